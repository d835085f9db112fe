//! Link addresses: six digits that work once and for a day. Passwords follow from the seed and a running number, so that what is
//! remembered stays small however often a connection is polled. A single read hands out a fresh one; a listing tells the one of
//! the hour, so that listing a hundred thousand companies stores nothing.

use crate::state::{State, six_digits};
use crate::switches::Switches;
use crate::world::Dice;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const LIFE: i64 = 24 * HOUR;
const HOUR: i64 = 3600;

/// Age is known to within ten minutes.
const SLOT: i64 = 600;

/// Passwords told since the last save are not in the state file: after a restart this many more are taken as told.
const TOLD_UNSAVED: u64 = 5_000;

/// The one-time links of a connection, or of a company's own page.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Links {
    /// How many were handed out.
    told: u64,
    /// Beginning of a slot of time, and the number of the first link handed out in it.
    slots: Vec<(i64, u64)>,
    /// Those before were ended by fresher ones.
    ended_before: u64,
    /// Numbers that were used.
    used: Vec<u64>,
    /// Hours whose listed link was used.
    used_hours: Vec<i64>,
}

fn password(seed: u64, id: &str, kind: u64, number: u64) -> String {
    six_digits(&mut Dice::new(Dice::named(seed, id).roll(), &[kind, number]))
}

fn of_number(seed: u64, id: &str, number: u64) -> String {
    password(seed, id, 0x12, number)
}

fn of_hour(seed: u64, id: &str, hour: i64) -> String {
    password(seed, id, 0x11, u64::try_from(hour).unwrap_or(0))
}

/// The password a listing tells, for a connection's or a company's id.
pub(crate) fn of_the_hour(seed: u64, id: &str, now: Timestamp) -> String {
    of_hour(seed, id, now.as_second().div_euclid(HOUR))
}

impl Links {
    fn forget_old(&mut self, now: Timestamp) {
        self.slots.retain(|(from, _)| now.as_second() - from < LIFE);
        let first = self.slots.first().map_or(self.told + 1, |(_, first)| *first);
        self.ended_before = self.ended_before.max(first);
        self.used.retain(|number| *number >= first);
        let hour = now.as_second().div_euclid(HOUR);
        self.used_hours.retain(|used| hour - used < 24);
    }

    /// Whether the password opens the link; from then on it does not.
    pub(crate) fn open(&mut self, seed: u64, id: &str, sent: &str, now: Timestamp) -> bool {
        self.forget_old(now);
        let fresh = |number: &u64| !self.used.contains(number) && of_number(seed, id, *number) == sent;
        if let Some(number) = (self.ended_before.max(1)..=self.told).rev().find(fresh) {
            self.used.push(number);
            return true;
        }
        let hour = now.as_second().div_euclid(HOUR);
        let listed = |hour: &i64| !self.used_hours.contains(hour) && of_hour(seed, id, *hour) == sent;
        let Some(hour) = (hour - 23..=hour).rev().find(listed) else { return false };
        self.used_hours.push(hour);
        true
    }

    /// A fresh password, or where links are stable the last one that was not used.
    fn hand_out(&mut self, seed: u64, id: &str, switches: &Switches, now: Timestamp) -> String {
        self.forget_old(now);
        if switches.stable_links && self.told >= self.ended_before.max(1) && !self.used.contains(&self.told) {
            return of_number(seed, id, self.told);
        }
        self.told += 1;
        if switches.fresh_link_revokes_older {
            self.ended_before = self.told;
        }
        let slot = now.as_second().div_euclid(SLOT) * SLOT;
        if self.slots.last().is_none_or(|(last, _)| *last != slot) {
            self.slots.push((slot, self.told));
        }
        of_number(seed, id, self.told)
    }

    /// After a restart.
    pub(crate) fn count_unsaved(&mut self) {
        if !self.slots.is_empty() {
            self.told += TOLD_UNSAVED;
        }
    }
}

impl State {
    /// A link password for a connection that is read on its own; none when links are plain.
    pub(crate) fn hand_out_link(&mut self, connection: &str) -> Option<String> {
        if !self.switches.one_time_links {
            return None;
        }
        let (seed, now) = (self.options.seed, self.now());
        let found = self.connections.get_mut(connection)?;
        Some(found.links.hand_out(seed, connection, &self.switches, now))
    }

    /// The same for a company's own page.
    pub(crate) fn hand_out_company_link(&mut self, company: &str) -> Option<String> {
        if !self.switches.one_time_links {
            return None;
        }
        let (seed, now) = (self.options.seed, self.now());
        let links = self.company_links.entry(company.to_owned()).or_default();
        Some(links.hand_out(seed, company, &self.switches, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).expect("a moment")
    }

    #[test]
    fn s32_a_password_opens_once_and_for_a_day() {
        let switches = Switches::default();
        let mut links = Links::default();
        let first = links.hand_out(1, "id", &switches, at(0));
        let second = links.hand_out(1, "id", &switches, at(HOUR));
        assert_ne!(first, second);
        assert!(links.open(1, "id", &first, at(2 * HOUR)), "a fresher link does not end an older one");
        assert!(!links.open(1, "id", &first, at(2 * HOUR)), "used");
        assert!(!links.clone().open(1, "id", &second, at(25 * HOUR)), "too old");
        assert!(links.open(1, "id", &second, at(24 * HOUR)), "23 hours are not too old");
        assert!(!links.open(1, "id", "", at(2 * HOUR)));
    }

    #[test]
    fn s32_a_day_of_polling_keeps_the_link_that_was_handed_out_and_little_else() {
        let switches = Switches::default();
        let mut links = Links::default();
        let handed_out = links.hand_out(1, "id", &switches, at(0));
        for poll in 1..20_000 {
            links.hand_out(1, "id", &switches, at(poll * 4));
        }
        assert!(links.slots.len() < 160);
        assert!(links.open(1, "id", &handed_out, at(23 * HOUR)));
        assert!(!links.open(1, "id", &handed_out, at(23 * HOUR)));
    }

    #[test]
    fn s32_what_a_listing_told_opens_too_and_once() {
        let told = of_the_hour(1, "id", at(0));
        let mut links = Links::default();
        assert!(!links.open(1, "other id", &told, at(HOUR)), "it belongs to one connection");
        assert!(links.open(1, "id", &told, at(23 * HOUR)));
        assert!(!links.open(1, "id", &told, at(23 * HOUR)));
        assert!(!Links::default().open(1, "id", &told, at(24 * HOUR)));
    }

    #[test]
    fn s32_switches_make_links_stable_or_ended_by_fresher_ones() {
        let mut links = Links::default();
        let stable = Switches { stable_links: true, ..Switches::default() };
        let first = links.hand_out(1, "id", &stable, at(0));
        assert_eq!(links.hand_out(1, "id", &stable, at(0)), first);
        let strict = Switches { fresh_link_revokes_older: true, ..Switches::default() };
        links.hand_out(1, "id", &strict, at(0));
        assert!(!links.open(1, "id", &first, at(0)));
    }

    #[test]
    fn links_told_after_the_last_save_open_after_a_restart() {
        let switches = Switches::default();
        let mut links = Links::default();
        links.hand_out(1, "id", &switches, at(0));
        let mut saved = links.clone();
        let unsaved = links.hand_out(1, "id", &switches, at(1));
        saved.count_unsaved();
        assert!(saved.open(1, "id", &unsaved, at(2)));
    }
}
