//! Link addresses: six digits that work once and for a day. A single read hands out a fresh one; a listing tells the one of the
//! hour, so that listing a hundred thousand companies stores nothing.

use crate::state::{Link, State, six_digits};
use crate::switches::Switches;
use crate::world::Dice;
use jiff::Timestamp;

const LIFE_SECONDS: i64 = 24 * 3600;
const HOUR: i64 = 3600;

/// How many links of one connection are remembered.
const REMEMBERED: usize = 500;

/// The password a listing tells, for a connection's or a company's id.
pub(crate) fn of_the_hour(seed: u64, id: &str, now: Timestamp) -> String {
    password_of(seed, id, now.as_second().div_euclid(HOUR))
}

fn password_of(seed: u64, id: &str, hour: i64) -> String {
    six_digits(&mut Dice::new(Dice::named(seed, id).roll(), &[0x11, u64::try_from(hour).unwrap_or(0)]))
}

fn lives(link: &Link, now: Timestamp) -> bool {
    now.duration_since(link.made).as_secs() < LIFE_SECONDS
}

/// Whether the password opens the link; from then on it does not.
pub(crate) fn open(links: &mut Vec<Link>, seed: u64, id: &str, sent: &str, now: Timestamp) -> bool {
    if let Some(known) = links.iter_mut().find(|link| link.password == sent && lives(link, now)) {
        return !std::mem::replace(&mut known.used, true);
    }
    let hour = now.as_second().div_euclid(HOUR);
    let Some(made) = (hour - 23..=hour).rev().find(|hour| password_of(seed, id, *hour) == sent) else { return false };
    links.push(Link { password: sent.to_owned(), made: Timestamp::from_second(made * HOUR).unwrap_or(now), used: true });
    true
}

/// Notes a fresh password and returns it, or returns the old one where links are stable.
fn hand_out(links: &mut Vec<Link>, fresh: String, switches: &Switches, now: Timestamp) -> String {
    links.retain(|link| lives(link, now));
    if switches.stable_links
        && let Some(known) = links.iter().rev().find(|link| !link.used)
    {
        return known.password.clone();
    }
    if switches.fresh_link_revokes_older {
        links.iter_mut().for_each(|link| link.used = true);
    }
    if links.len() >= REMEMBERED {
        links.remove(0);
    }
    links.push(Link { password: fresh.clone(), made: now, used: false });
    fresh
}

impl State {
    /// A link password for a connection that is read on its own; none when links are plain.
    pub(crate) fn hand_out_link(&mut self, connection: &str) -> Option<String> {
        if !self.switches.one_time_links {
            return None;
        }
        let (fresh, now) = (self.fresh_password(), self.now());
        let found = self.connections.get_mut(connection)?;
        Some(hand_out(&mut found.links, fresh, &self.switches, now))
    }

    /// The same for a company's own page.
    pub(crate) fn hand_out_company_link(&mut self, company: &str) -> Option<String> {
        if !self.switches.one_time_links {
            return None;
        }
        let (fresh, now) = (self.fresh_password(), self.now());
        let links = self.company_links.entry(company.to_owned()).or_default();
        Some(hand_out(links, fresh, &self.switches, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + hour * HOUR).expect("a moment")
    }

    #[test]
    fn s32_a_password_opens_once_and_for_a_day() {
        let switches = Switches::default();
        let mut links = vec![];
        let first = hand_out(&mut links, "111111".into(), &switches, at(0));
        let second = hand_out(&mut links, "222222".into(), &switches, at(1));
        assert!(open(&mut links, 1, "id", &first, at(2)), "a fresher link does not end an older one");
        assert!(!open(&mut links, 1, "id", &first, at(2)), "used");
        assert!(!open(&mut links, 1, "id", &second, at(25)), "too old");
        assert!(!open(&mut links, 1, "id", "", at(2)));
    }

    #[test]
    fn s32_what_a_listing_told_opens_too_and_once() {
        let told = of_the_hour(1, "id", at(0));
        let mut links = vec![];
        assert!(!open(&mut links, 1, "other id", &told, at(1)), "it belongs to one connection");
        assert!(open(&mut links, 1, "id", &told, at(23)));
        assert!(!open(&mut links, 1, "id", &told, at(23)));
        assert!(!open(&mut vec![], 1, "id", &told, at(24)));
    }

    #[test]
    fn s32_switches_make_links_stable_or_ended_by_fresher_ones() {
        let mut links = vec![];
        let stable = Switches { stable_links: true, ..Switches::default() };
        assert_eq!(hand_out(&mut links, "111111".into(), &stable, at(0)), "111111");
        assert_eq!(hand_out(&mut links, "222222".into(), &stable, at(0)), "111111");
        let strict = Switches { fresh_link_revokes_older: true, ..Switches::default() };
        assert_eq!(hand_out(&mut links, "333333".into(), &strict, at(0)), "333333");
        assert!(!open(&mut links, 1, "id", "111111", at(0)));
    }
}
