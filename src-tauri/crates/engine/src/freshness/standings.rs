//! What is kept about a company's reads, as the decision needs it. All of it is in the database, so a restart forgets nothing and repeats nothing.

use crate::freshness::due::{Jitter, Standing, due, interval};
use crate::freshness::wishes::{Wishes, holds};
use crate::sync::{Mark, ScheduleOf};
use crate::view::Cadence;
use domain::data_type::DataType;
use domain::status::{DatasetStatus, Phase};
use serde::{Deserialize, Serialize};
use store::{ConnectionEntry, DatasetEntry, Store, StoreError};

/// Reads that are looked at for failures in a row.
const LOOKED_AT: u32 = 6;

/// Tries of ours since the last good read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Tried {
    at: i64,
    count: u32,
}

fn tried_fact(connection: &str, data_type: DataType) -> String {
    format!("tried/{connection}/{}", data_type.wire())
}

fn tried(store: &Store, connection: &str, data_type: DataType) -> Result<Tried, StoreError> {
    let kept = store.fact(&tried_fact(connection, data_type))?;
    Ok(kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// Notes tries before they are made: one that is cut is not made again at once.
pub(super) fn keep_tried(store: &Store, tries: &[Watched], at: i64) -> Result<(), StoreError> {
    let mut facts = vec![];
    for watched in tries {
        let before = tried(store, &watched.connection.id, watched.data_type)?;
        let good_since = watched.standing.last_good.is_some_and(|good| good >= before.at);
        let tried = Tried { at, count: if good_since { 1 } else { before.count.saturating_add(1) } };
        facts.push((tried_fact(&watched.connection.id, watched.data_type), serde_json::to_string(&tried).unwrap_or_default()));
    }
    store.set_facts(&facts)
}

/// One type of one linked connection.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) connection: ConnectionEntry,
    pub(super) data_type: DataType,
    pub(super) standing: Standing,
    /// Whether Codat reads it by itself is known of the whole client only.
    pub(super) by_hearsay: bool,
    /// Since when a read has been running, as far as was seen.
    pub(super) open_since: Option<i64>,
}

/// Reads that run are looked at by ourselves after this long, then at twice their age, up to once an hour.
const LOOK_MS: (i64, i64) = (3 * 60_000, 3_600_000);
/// A read that has not ended after this long is not looked at any more.
const GIVEN_UP_MS: i64 = 24 * 3_600_000;

/// How long a read that Codat is thought to make by itself may stay out before the company's own schedule is asked for.
fn grace(interval: i64) -> i64 {
    interval + interval / 2
}

impl Watched {
    /// When its running read is to be looked at: nothing else tells of a read that failed.
    pub(super) fn look_at(&self, now: i64) -> Option<i64> {
        let age = now - self.open_since?;
        (age < GIVEN_UP_MS).then(|| now + age.clamp(LOOK_MS.0, LOOK_MS.1))
    }

    /// When it has to be looked into; `None` = never.
    pub(super) fn due(&self, now: i64, woke: i64, jitter: Jitter) -> Option<i64> {
        if !(self.standing.by_codat && self.by_hearsay) {
            return due(&self.standing, now, woke, jitter);
        }
        // It should have come by itself. Where it did not, this company's schedule may be another.
        let late = interval(self.standing.cadence).map(grace)?;
        let at = self.standing.last_good.unwrap_or(woke) + late;
        Some(at.max(woke) + jitter.within(late / 10))
    }
}

/// The types of a company's linked connections.
pub(super) fn watched(store: &Store, all: &Wishes, company: &str, now: i64) -> Result<Vec<Watched>, StoreError> {
    let own = Wishes::kept(store, Some(company))?;
    let connections = store.company(company)?.map(|item| item.connections).unwrap_or_default();
    let mut watched = vec![];
    for connection in connections.into_iter().filter(|found| found.status == "Linked") {
        for data_type in DataType::ALL {
            let cadence = holds(&own, all, data_type);
            let Some(interval) = interval(cadence) else { continue };
            let (schedule, by_hearsay) = ScheduleOf::known_or_clients(store, company, data_type)?;
            // Nothing known: nothing is asked for until it is.
            let by_codat = schedule.as_ref().is_none_or(|schedule| schedule.covers(interval));
            let reads = store.datasets(&connection.id, data_type.wire(), LOOKED_AT)?;
            let standing = standing(store, &connection, data_type, &reads, now)?;
            let standing = Standing { cadence, by_codat, ..standing };
            watched.push(Watched { connection: connection.clone(), data_type, standing, by_hearsay, open_since: open_since(&reads) });
        }
    }
    Ok(watched)
}

fn standing(
    store: &Store,
    connection: &ConnectionEntry,
    data_type: DataType,
    reads: &[DatasetEntry],
    now: i64,
) -> Result<Standing, StoreError> {
    let fetched = store.cursor(&connection.id, data_type.wire())?.and_then(|cursor| cursor.dataset);
    // Where no history is kept, what was fetched stands for it, and the last sync for what was not.
    let by_mark = fetched.as_deref().map(Mark::from_word).and_then(|mark| mark.ended());
    let last_good = last_good(reads).max(by_mark).or(connection.last_sync.filter(|_| reads.is_empty()));
    let tried = tried(store, &connection.id, data_type)?;
    let newest = reads.iter().filter_map(|read| read.requested).max();
    let in_vain = if last_good.is_some_and(|good| good >= tried.at) || tried.at > now { 0 } else { tried.count };
    Ok(Standing {
        cadence: Cadence::Off,
        by_codat: false,
        last_good,
        last_tried: newest.max((tried.at > 0).then_some(tried.at)),
        failures: failed_in_a_row(reads).saturating_add(in_vain),
    })
}

fn open_since(newest_first: &[DatasetEntry]) -> Option<i64> {
    newest_first.first().filter(|read| !DatasetStatus::from_wire(read.status.clone()).is_terminal()).and_then(|read| read.requested)
}

fn phase(read: &DatasetEntry) -> Phase {
    DatasetStatus::from_wire(read.status.clone()).phase()
}

fn last_good(newest_first: &[DatasetEntry]) -> Option<i64> {
    newest_first.iter().find(|read| phase(read) == Phase::Done).and_then(|read| read.completed.or(read.requested))
}

fn failed_in_a_row(newest_first: &[DatasetEntry]) -> u32 {
    let failed = newest_first.iter().take_while(|read| phase(read) == Phase::Failed).count();
    u32::try_from(failed).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str, ended: i64) -> DatasetEntry {
        DatasetEntry { status: status.into(), requested: Some(ended - 1), completed: Some(ended), ..DatasetEntry::default() }
    }

    #[test]
    fn failures_are_counted_back_to_the_last_good_read() {
        let reads = [read("FetchError", 9), read("AuthError", 8), read("Complete", 5), read("FetchError", 4)];
        assert_eq!((failed_in_a_row(&reads), last_good(&reads)), (2, Some(5)));
        assert_eq!((failed_in_a_row(&reads[2..]), last_good(&[])), (0, None));
        assert_eq!(last_good(&[read("NotSupported", 7)]), Some(7), "what a bank does not have is not asked for every minute");
    }

    #[test]
    fn what_should_have_come_by_itself_is_looked_into_only_when_it_stays_out() {
        const HOUR: i64 = 3_600_000;
        let standing = Standing { cadence: Cadence::Daily, by_codat: true, last_good: Some(0), last_tried: None, failures: 0 };
        let watched =
            Watched { connection: ConnectionEntry::default(), data_type: DataType::Accounts, standing, by_hearsay: true, open_since: None };
        let jitter = Jitter::of("", "");
        let at = watched.due(0, -HOUR, jitter).expect("looked into");
        assert!((36 * HOUR..40 * HOUR).contains(&at), "{at}");
        let known = Watched { by_hearsay: false, ..watched };
        assert_eq!(known.due(0, -HOUR, jitter), None, "the company's own schedule is known to do it");
        let running = Watched { open_since: Some(0), ..known };
        let looks = [0, 10, 90, 24 * 60].map(|minutes| running.look_at(minutes * 60_000).map(|at| at / 60_000 - minutes));
        assert_eq!(looks, [Some(3), Some(10), Some(60), None], "a running read is looked at, ever less");
    }
}
