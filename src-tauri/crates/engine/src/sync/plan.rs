//! What has to be fetched, and how. Pure: what Codat has, what we have, and the answer. Asks nobody and looks at no clock.

use domain::data_type::DataType;
use domain::date::WireDate;
use std::collections::BTreeMap;
use store::DatasetEntry;

/// Rows a page when nobody looks on.
pub(crate) const PAGE: u32 = 5_000;
/// A whole pass shows what is gone from Codat; a delta never does. Transactions get one this often.
const WHOLE_EVERY_MS: i64 = 30 * 24 * 3_600_000;
/// Stamps of one read may lie this far behind its end.
const SLACK_MS: i64 = 1_000;

/// A state of one type at Codat: which read made it, and when that had ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    dataset: Option<String>,
    at: Option<i64>,
}

impl Mark {
    /// The state after this read.
    pub(crate) fn after(read: &DatasetEntry) -> Self {
        Self { dataset: Some(read.id.clone()), at: read.completed }
    }

    /// The state when Codat told this time of a connection's last sync. Stands in where no history is told.
    pub(crate) fn at(last_sync: i64) -> Self {
        Self { dataset: None, at: Some(last_sync) }
    }

    pub(crate) fn dataset(&self) -> Option<&str> {
        self.dataset.as_deref()
    }

    /// When that read had ended.
    pub(crate) fn ended(&self) -> Option<i64> {
        self.at
    }

    /// The word that is kept.
    pub(crate) fn word(&self) -> String {
        let at = self.at.map(|at| format!("@{at}")).unwrap_or_default();
        format!("{}{at}", self.dataset.as_deref().unwrap_or_default())
    }

    /// Reads a kept word.
    pub(crate) fn from_word(word: &str) -> Self {
        let (dataset, at) = word.split_once('@').map_or((word, None), |(dataset, at)| (dataset, at.parse().ok()));
        Self { dataset: Some(dataset.to_owned()).filter(|dataset| !dataset.is_empty()), at }
    }

    /// Whoever has this state has everything of the other.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let same = self.dataset.is_some() && self.dataset == other.dataset;
        same || self.at.zip(other.at).is_some_and(|(own, others)| own >= others)
    }
}

/// One type of one connection at Codat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Remote {
    pub(crate) connection: String,
    pub(crate) data_type: DataType,
    /// What can be read now; `None` = nothing yet.
    pub(crate) readable: Option<Mark>,
}

/// The same here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Local {
    /// The state that was fetched to its end.
    pub(crate) fetched: Option<Mark>,
    /// Newest modification stamp of that fetch.
    pub(crate) watermark: Option<String>,
    /// A fetch that was cut: of which state, after how many pages.
    pub(crate) cut: Option<(Mark, u32)>,
    /// Rows held.
    pub(crate) rows: u32,
    /// When the last whole pass ended, UTC milliseconds.
    pub(crate) whole_at: Option<i64>,
    /// What is gone there is told when it is asked for what was changed, so that nothing needs a whole pass to show it.
    pub(crate) is_told_of_what_went: bool,
}

/// How to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Go on with the cut fetch.
    GoOn,
    /// Everything, from the first page.
    Whole,
    /// What was modified at or after this stamp.
    Since(String),
}

/// One fetch to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) connection: String,
    pub(crate) data_type: DataType,
    pub(crate) mark: Mark,
    pub(crate) how: How,
}

/// What to fetch, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SyncPlan {
    pub(crate) steps: Vec<Step>,
}

/// What we have, by connection and type.
pub(crate) type Locals = BTreeMap<(String, DataType), Local>;

impl SyncPlan {
    /// The fewest requests that bring everything here up to what Codat has.
    pub(crate) fn new(remote: &[Remote], local: &Locals, now: i64) -> Self {
        let nothing = Local::default();
        let steps = remote.iter().filter_map(|remote| {
            let mark = remote.readable.clone()?;
            let local = local.get(&(remote.connection.clone(), remote.data_type)).unwrap_or(&nothing);
            let how = how(remote.data_type, &mark, local, now)?;
            Some(Step { connection: remote.connection.clone(), data_type: remote.data_type, mark, how })
        });
        Self { steps: steps.collect() }
    }
}

/// How to fetch this state of a type; `None` = it is here.
pub(crate) fn how(data_type: DataType, mark: &Mark, local: &Local, now: i64) -> Option<How> {
    if let Some((cut, pages)) = &local.cut {
        // Pages of another state may have shifted: only the same one is gone on with, by whatever name it is told now.
        if cut.covers(mark) && *pages > 0 {
            return Some(How::GoOn);
        }
    } else if local.fetched.as_ref().is_some_and(|fetched| fetched.covers(mark)) {
        return None;
    }
    let Some(fetched) = &local.fetched else { return Some(How::Whole) };
    let fits_one_page = local.rows < PAGE;
    let whole_is_due = local.whole_at.is_none_or(|at| now - at >= WHOLE_EVERY_MS);
    let whole = match data_type {
        _ if local.is_told_of_what_went => false,
        // One request either way, and the whole also shows what is gone.
        DataType::Accounts | DataType::Balances | DataType::Categories => fits_one_page || whole_is_due,
        DataType::Transactions => whole_is_due,
    };
    let since = local.watermark.as_deref().and_then(|watermark| just_after(watermark, fetched.at));
    Some(match since {
        Some(since) if !whole => How::Since(since),
        _ => How::Whole,
    })
}

/// May a read have landed during a walk over several pages of this state? We walk in the order of stamps, so its rows came last and bear stamps
/// later than the state's end. Where they do not, no question needs to be asked.
pub(crate) fn may_be_overtaken(mark: &Mark, watermark: Option<&str>) -> bool {
    let newest = watermark.and_then(|stamp| WireDate::new(stamp).instant_or_utc());
    let known = newest.zip(mark.at).map(|(newest, ended)| newest.as_millisecond() > ended + SLACK_MS);
    known.unwrap_or(true)
}

/// The first stamp that may be new. A cursor only moves after a walk that no read overtook, so everything up to its stamp is here: asking for it
/// again would bring a whole first read once more, because all its rows may bear one stamp. Stamps later than the fetched read's end belong to
/// a read that was still being stored while we walked: those are asked for again.
fn just_after(watermark: &str, read_ended: Option<i64>) -> Option<String> {
    let stamp = WireDate::new(watermark).instant_or_utc()?;
    let ended = read_ended.and_then(|at| jiff::Timestamp::from_millisecond(at).ok());
    let from = ended.filter(|ended| stamp.as_millisecond() > ended.as_millisecond() + SLACK_MS).unwrap_or(stamp);
    let next = from.checked_add(jiff::SignedDuration::from_nanos(100)).ok()?;
    Some(format!("{}.{:07}Z", next.strftime("%Y-%m-%dT%H:%M:%S"), next.subsec_nanosecond() / 100))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn mark(word: &str) -> Mark {
        Mark::from_word(word)
    }

    fn plan(data_type: DataType, readable: Option<&str>, local: Local) -> Option<How> {
        let remote = [Remote { connection: "k".into(), data_type, readable: readable.map(mark) }];
        let local = Locals::from([(("k".to_owned(), data_type), local)]);
        SyncPlan::new(&remote, &local, NOW).steps.pop().map(|step| step.how)
    }

    fn fetched(word: &str) -> Local {
        Local { fetched: Some(mark(word)), watermark: Some("2026-03-01T10:00:00.5Z".into()), whole_at: Some(NOW), ..Local::default() }
    }

    #[test]
    fn little_is_asked_and_nothing_is_missed() {
        use DataType::Transactions as T;
        let since = || Some(How::Since("2026-03-01T10:00:00.5000001Z".into()));
        let cut = |local: Local, word: &str, pages| Local { cut: Some((mark(word), pages)), ..local };
        assert_eq!(plan(T, None, Local::default()), None, "Codat has nothing yet");
        assert_eq!(plan(T, Some("d1@5"), Local::default()), Some(How::Whole), "the first time");
        assert_eq!(plan(T, Some("d1@5"), fetched("d1@5")), None, "nothing moved");
        assert_eq!(plan(T, Some("d1@5"), fetched("@5")), None, "what the last sync's time stood for is the same read");
        assert_eq!(plan(T, Some("d2@9000000000000"), fetched("d1@5000000000000")), since(), "only what changed");
        assert_eq!(plan(T, Some("d1@5"), cut(Local::default(), "d1@5", 3)), Some(How::GoOn), "cut after page 3");
        assert_eq!(plan(T, Some("d1@5"), cut(Local::default(), "d1@5", 0)), Some(How::Whole), "nothing was stored yet");
        assert_eq!(
            plan(T, Some("d2@9"), cut(Local::default(), "d1@5", 3)),
            Some(How::Whole),
            "a read landed in between: pages may have shifted"
        );
        let cut_delta = cut(fetched("d0@9000000000000"), "d1@9100000000000", 1);
        assert_eq!(plan(T, Some("d2@9200000000000"), cut_delta), since(), "the delta begins anew from the same stamp");
    }

    #[test]
    fn small_sets_and_old_passes_are_read_whole_because_only_that_shows_what_is_gone() {
        let later = "d2@9000000000000";
        assert_eq!(plan(DataType::Balances, Some(later), fetched("d1@5")), Some(How::Whole), "one page either way");
        let large = Local { rows: PAGE, ..fetched("d1@5000000000000") };
        assert!(matches!(plan(DataType::Balances, Some(later), large), Some(How::Since(_))), "a large set costs what changed");
        let old = Local { whole_at: Some(NOW - WHOLE_EVERY_MS), ..fetched("d1@5") };
        assert_eq!(plan(DataType::Transactions, Some(later), old), Some(How::Whole));
        let told = |local: Local| Local { is_told_of_what_went: true, ..local };
        let small = told(fetched("d1@5000000000000"));
        assert!(matches!(plan(DataType::Balances, Some(later), small), Some(How::Since(_))), "a delta tells what went");
        assert_eq!(plan(DataType::Balances, Some("d2@9"), told(Local::default())), Some(How::Whole), "there is nothing to go on from");
        let unstamped = Local { watermark: None, ..fetched("d1@5") };
        assert_eq!(plan(DataType::Transactions, Some(later), unstamped), Some(How::Whole), "without a stamp there is no delta");
    }

    #[test]
    fn stamps_of_a_read_that_had_not_ended_are_asked_for_again() {
        let ended = jiff::Timestamp::from_millisecond(1_772_359_200_000).expect("10:00:00").as_millisecond();
        assert_eq!(
            just_after("2026-03-01T10:00:00.9Z", Some(ended)).as_deref(),
            Some("2026-03-01T10:00:00.9000001Z"),
            "its own last stamps"
        );
        assert_eq!(
            just_after("2026-03-01T10:00:30Z", Some(ended)).as_deref(),
            Some("2026-03-01T10:00:00.0000001Z"),
            "a later read's first ones"
        );
        assert_eq!(
            just_after("2026-03-01T10:00:00", None).as_deref(),
            Some("2026-03-01T10:00:00.0000001Z"),
            "an unzoned stamp is Codat's own time"
        );
        assert_eq!(just_after("soon", None), None);
    }

    #[test]
    fn c26_a_walk_without_later_stamps_was_not_overtaken() {
        let at = |ended: &str| Mark::at(ended.parse::<jiff::Timestamp>().expect("a time").as_millisecond());
        let may = |ended: &str, stamp| may_be_overtaken(&at(ended), stamp);
        assert!(!may("2026-03-01T10:00:00Z", Some("2026-03-01T09:59:59.1234567Z")));
        assert!(!may("2026-03-01T10:00:00Z", Some("2026-03-01T10:00:00.9Z")), "the read's own last stamps");
        assert!(may("2026-03-01T10:00:00Z", Some("2026-03-01T10:00:09Z")));
        assert!(may("2026-03-01T10:00:00Z", None) && may_be_overtaken(&Mark::from_word("d1"), Some("2026-03-01")), "not known is asked");
    }

    #[test]
    fn marks_are_kept_as_words_and_cover_what_came_before() {
        for word in ["d1@5", "@5", "d1"] {
            assert_eq!(mark(word).word(), word);
        }
        assert!(mark("@7").covers(&mark("d1@5")) && mark("d1").covers(&mark("d1@5")));
        assert!(!mark("@4").covers(&mark("d1@5")) && !mark("d1").covers(&mark("d2@5")) && !mark("").covers(&mark("")));
    }
}
