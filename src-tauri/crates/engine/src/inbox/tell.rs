//! Whether the system tells of what came in now. Pure.

use crate::view::{NoticeSettings, QuietHours};

/// No two notices of the system come closer than this.
pub(super) const PAUSE_MS: i64 = 30_000;

/// What is done with notices that were not told yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    /// The system shows them.
    Now,
    /// Once the last one is a while ago.
    Later,
    /// They stay in the inbox only: the person looks at the window, wants none, or it is a quiet hour.
    Inbox,
}

/// What a moment is like.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    /// UTC milliseconds.
    pub(super) now: i64,
    /// Minute of the day where the person is.
    pub(super) minute: u16,
    /// When the system told something last.
    pub(super) last: i64,
    /// The window is in front.
    pub(super) is_looking: bool,
}

pub(super) fn telling(settings: &NoticeSettings, moment: Moment) -> Telling {
    let quiet = settings.quiet.is_some_and(|hours| is_quiet(hours, moment.minute));
    if moment.is_looking || !settings.system || quiet {
        Telling::Inbox
    } else if (0..PAUSE_MS).contains(&(moment.now - moment.last)) {
        Telling::Later
    } else {
        Telling::Now
    }
}

/// From a minute of the day up to another one, also over midnight; from and until the same minute is no time at all.
fn is_quiet(hours: QuietHours, minute: u16) -> bool {
    if hours.from <= hours.until { (hours.from..hours.until).contains(&minute) } else { minute >= hours.from || minute < hours.until }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(quiet: Option<(u16, u16)>) -> NoticeSettings {
        NoticeSettings { quiet: quiet.map(|(from, until)| QuietHours { from, until }), ..NoticeSettings::default() }
    }

    const NOON: Moment = Moment { now: 1_000_000, minute: 720, last: 0, is_looking: false };

    #[test]
    fn the_system_tells_only_who_looks_elsewhere_wants_it_and_is_awake() {
        assert_eq!(telling(&settings(None), NOON), Telling::Now);
        assert_eq!(telling(&settings(None), Moment { is_looking: true, ..NOON }), Telling::Inbox);
        assert_eq!(telling(&NoticeSettings { system: false, ..settings(None) }, NOON), Telling::Inbox);
        let night = Some((22 * 60, 7 * 60));
        for (minute, wanted) in [
            (720, Telling::Now),
            (1319, Telling::Now),
            (1320, Telling::Inbox),
            (0, Telling::Inbox),
            (419, Telling::Inbox),
            (420, Telling::Now),
        ] {
            assert_eq!(telling(&settings(night), Moment { minute, ..NOON }), wanted, "{minute}");
        }
        assert_eq!(telling(&settings(Some((600, 780))), NOON), Telling::Inbox);
        assert_eq!(telling(&settings(Some((720, 720))), NOON), Telling::Now);
    }

    #[test]
    fn a_storm_is_told_twice_a_minute_at_most_and_a_clock_that_was_set_back_silences_nothing() {
        let last = |last| telling(&settings(None), Moment { last, ..NOON });
        assert_eq!((last(NOON.now - 29_999), last(NOON.now - 30_000)), (Telling::Later, Telling::Now));
        assert_eq!(last(NOON.now + 3_600_000), Telling::Now);
    }
}
