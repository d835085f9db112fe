//! The companies that are there from the start, so that a list looks alive: each is a pure function of the seed and its number,
//! and costs nothing until someone changes or reads it. What woke up lives in the state and is no concern of this module.

mod names;

use crate::state::{Company, Connection, Dataset, ErrorRow, LinkState, Step, Sync};
use crate::syncs::TYPES;
use crate::world::{Catalogue, Dice};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

const COMPANY: u64 = 1;
const CONNECTION: [u64; 2] = [2, 3];
const DAY: i64 = 86_400;

/// The companies of the first day.
#[derive(Debug)]
pub(crate) struct Portfolio {
    seed: u64,
    size: u32,
    /// The first day, to the second: what is "a week ago" is counted from here.
    epoch: Timestamp,
    banks: Vec<String>,
    linked: u32,
}

impl Portfolio {
    pub(crate) fn new(seed: u64, size: u32, epoch: Timestamp, catalogue: &Catalogue) -> Self {
        let banks = catalogue.banks().iter().filter(|bank| bank.enabled && !bank.personal).take(160).map(|bank| bank.key.clone()).collect();
        let mut portfolio = Self { seed, size, epoch, banks, linked: 0 };
        let linked = (0..size).filter(|&number| portfolio.statuses(number).contains(&LinkState::Linked)).count();
        portfolio.linked = u32::try_from(linked).unwrap_or(u32::MAX);
        portfolio
    }

    pub(crate) fn size(&self) -> u32 {
        self.size
    }

    pub(crate) fn epoch(&self) -> Timestamp {
        self.epoch
    }

    /// How many have a connection that is linked.
    pub(crate) fn linked(&self) -> u32 {
        self.linked
    }

    /// How many connections the first `size` companies have.
    pub(crate) fn connection_count(&self, number: u32) -> usize {
        self.statuses(number).len()
    }

    /// The number behind a company's id.
    pub(crate) fn number(&self, id: &str) -> Option<u32> {
        self.decode(id, COMPANY)
    }

    /// The company a connection's id belongs to.
    pub(crate) fn owner(&self, connection: &str) -> Option<u32> {
        CONNECTION.iter().find_map(|kind| self.decode(connection, *kind))
    }

    fn decode(&self, id: &str, kind: u64) -> Option<u32> {
        let bytes = uuid::Uuid::try_parse(id).ok()?.into_bytes();
        let number = u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]) ^ self.mask(kind);
        (number < self.size && self.id(kind, number) == id).then_some(number)
    }

    fn mask(&self, kind: u64) -> u32 {
        u32::try_from(Dice::new(self.seed, &[0xc0fe, kind]).roll() >> 32).unwrap_or(0)
    }

    /// A GUID that carries the number, so that no index of a hundred thousand ids is needed.
    fn id(&self, kind: u64, number: u32) -> String {
        let mut dice = Dice::new(self.seed, &[0xc0fe, kind, u64::from(number)]);
        let high = (u128::from(dice.roll()) << 64) | u128::from(dice.roll());
        let mut bytes = high.to_be_bytes();
        bytes[12..].copy_from_slice(&(number ^ self.mask(kind)).to_be_bytes());
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    pub(crate) fn company_id(&self, number: u32) -> String {
        self.id(COMPANY, number)
    }

    fn dice(&self, number: u32, what: u64) -> Dice {
        Dice::new(self.seed, &[0xc0fe, 9, u64::from(number), what])
    }

    pub(crate) fn name(&self, number: u32) -> String {
        names::business(&mut self.dice(number, 0))
    }

    /// The team's own reference.
    pub(crate) fn reference(&self, number: u32) -> String {
        format!("HF-{:05}", 10_000 + u64::from(number))
    }

    pub(crate) fn created(&self, number: u32) -> Timestamp {
        let mut dice = self.dice(number, 1);
        let days = dice.between(2, 360);
        self.ago(days * DAY + dice.between(0, DAY - 1))
    }

    fn ago(&self, seconds: i64) -> Timestamp {
        self.epoch.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(self.epoch)
    }

    pub(crate) fn statuses(&self, number: u32) -> Vec<LinkState> {
        if self.banks.is_empty() {
            return vec![];
        }
        let mut dice = self.dice(number, 2);
        let count = [0, 1, 1, 1, 1, 1, 1, 1, 2, 2][usize::try_from(dice.below(10)).unwrap_or(0)];
        let status = |dice: &mut Dice| match dice.below(20) {
            0 | 1 => LinkState::PendingAuth,
            2 => LinkState::Deauthorized,
            3 => LinkState::Unlinked,
            _ => LinkState::Linked,
        };
        (0..count).map(|_| status(&mut dice)).collect()
    }

    pub(crate) fn company(&self, number: u32) -> Company {
        let connections = (0..self.connection_count(number)).map(|nth| self.id(CONNECTION[nth.min(1)], number)).collect();
        Company {
            id: self.company_id(number),
            number: Some(number),
            name: self.name(number),
            description: None,
            tags: BTreeMap::from([("reference".to_owned(), self.reference(number))]),
            created: self.created(number),
            connections,
            legacy_platform: None,
            products: vec![],
        }
    }

    pub(crate) fn connections(&self, number: u32) -> Vec<Connection> {
        let company = self.company_id(number);
        let statuses = self.statuses(number);
        statuses.into_iter().enumerate().map(|(nth, status)| self.connection(&company, number, nth, status)).collect()
    }

    fn connection(&self, company: &str, number: u32, nth: usize, status: LinkState) -> Connection {
        let mut dice = self.dice(number, 3 + nth as u64);
        let created = self.created(number);
        let opened = created.checked_add(SignedDuration::from_mins(7 + dice.between(0, 50))).unwrap_or(created);
        let authorised = status != LinkState::PendingAuth;
        // Consent is renewed every 90 days at most, so a live one is younger.
        let consent = if status == LinkState::Linked { self.ago(dice.between(0, 80) * DAY + 600).max(opened) } else { opened };
        let last_sync = match status {
            LinkState::PendingAuth => None,
            LinkState::Linked => Some(self.ago(dice.between(0, 9) * DAY + dice.between(300, 80_000)).max(after(opened, 40))),
            LinkState::Unlinked | LinkState::Deauthorized => Some(after(opened, 40 + dice.between(0, 30) * DAY).min(self.ago(DAY))),
        };
        let mut syncs = BTreeMap::new();
        if let Some(last) = last_sync {
            for data_type in TYPES {
                let first = Sync { at: after(opened, 30), ..Sync::default() };
                let all = if last > first.at { vec![first, Sync { at: last, ..first }] } else { vec![first] };
                syncs.insert(data_type.to_owned(), all);
            }
        }
        let error = |code: &'static str, text: &'static str, message: &'static str, at: Timestamp| ErrorRow {
            code: code.into(),
            text: text.into(),
            message: message.into(),
            at,
            resolved: None,
        };
        let errors = match status {
            LinkState::Deauthorized => {
                vec![error("401", "Unauthorized", "The consent has ended. The customer must authorise again.", self.ago(3 * DAY))]
            }
            LinkState::PendingAuth if dice.chance(1, 3) => {
                vec![error("403", "User cancelled linking", "User cancelled", after(created, 400))]
            }
            _ => vec![],
        };
        Connection {
            id: self.id(CONNECTION[nth.min(1)], number),
            company: company.to_owned(),
            bank: dice.pick(&self.banks).clone(),
            status,
            created: after(created, 20),
            linked_at: authorised.then_some(consent),
            opened: authorised.then_some(opened),
            linking: None,
            revoked: false,
            shared: None,
            holder: None,
            errors,
            links: crate::links::Links::default(),
            syncs,
            last_sync,
        }
    }

    /// The datasets behind a connection's syncs.
    pub(crate) fn datasets(connection: &Connection) -> Vec<Dataset> {
        let mut all = vec![];
        for (data_type, syncs) in &connection.syncs {
            for (nth, sync) in syncs.iter().enumerate() {
                let number = uuid::Uuid::try_parse(&connection.id).map(|id| id.as_u128()).unwrap_or_default();
                let half = u64::try_from(number >> 64).unwrap_or(0) ^ u64::try_from(number & u128::from(u64::MAX)).unwrap_or(0);
                let id = crate::state::guid(half, &[Dice::named(1, data_type).roll(), nth as u64]).to_string();
                all.push(Dataset {
                    id,
                    company: connection.company.clone(),
                    connection: connection.id.clone(),
                    data_type: data_type.clone(),
                    requested: sync.at.checked_sub(SignedDuration::from_secs(21)).unwrap_or(sync.at),
                    walk: vec![Step::new(sync.at, "Complete")],
                    settled: true,
                });
            }
        }
        all.sort_by(|left, right| (left.requested, &left.id).cmp(&(right.requested, &right.id)));
        all
    }
}

fn after(at: Timestamp, seconds: i64) -> Timestamp {
    at.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::{Mode, catalogue};

    fn portfolio(seed: u64) -> Portfolio {
        let epoch = "2026-11-25T09:00:00Z".parse().expect("a moment");
        Portfolio::new(seed, 500, epoch, &catalogue(Mode::TrueLayer, seed))
    }

    #[test]
    fn an_id_leads_back_to_its_company_and_no_other_id_does() {
        let all = portfolio(3);
        for number in [0, 1, 77, 499] {
            assert_eq!(all.number(&all.company_id(number)), Some(number));
            for connection in all.connections(number) {
                assert_eq!(all.owner(&connection.id), Some(number));
                assert_eq!(all.number(&connection.id), None, "a connection's id is no company's");
            }
        }
        assert_eq!(all.number(&portfolio(4).company_id(1)), None, "an id of another seed is unknown here");
        assert_eq!(all.number("not an id"), None);
    }

    #[test]
    fn the_companies_are_in_varied_states_and_their_times_make_sense() {
        let all = portfolio(1);
        let mut seen = BTreeMap::new();
        for connection in (0..all.size()).flat_map(|number| all.connections(number)) {
            *seen.entry(format!("{:?}", connection.status)).or_insert(0) += 1;
            assert!(connection.created < all.epoch());
            assert!(connection.last_sync.is_none_or(|at| at < all.epoch()), "nothing was read in the future");
            if connection.status == LinkState::Linked {
                let consent = connection.linked_at.expect("linked once");
                assert!(all.epoch().duration_since(consent).as_hours() < 90 * 24, "a live consent is younger than 90 days");
            }
        }
        assert_eq!(seen.len(), 4, "{seen:?}");
        assert!(seen["Linked"] > 300, "most are linked: {seen:?}");
    }
}
