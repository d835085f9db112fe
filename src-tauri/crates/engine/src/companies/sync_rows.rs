//! The sync panel: one row per data type of a connection, with its stages, what is usual here, its schedule, and whose side a problem is on.

use crate::engine::Engine;
use crate::error::Result;
use crate::links::of_dataset;
use crate::sync::{Mark, ScheduleOf, again_at, brought_rows};
use crate::view::{DataTypeSync, Millis, Problem, Ring, RunState, Side, Stage, StatusPill, SyncStage};
use domain::data_type::DataType;
use domain::stages::usual;
use domain::status::{DatasetStatus, Phase};
use say::{say, word};
use store::{ConnectionEntry, DatasetEntry, Reading, StoreError};

/// Reads that are looked at for the last good one.
const LOOKED_AT: u32 = 20;

/// What is kept about one type of one connection.
#[derive(Debug, Default)]
struct Known {
    /// Newest first.
    reads: Vec<DatasetEntry>,
    fetched: Option<Mark>,
    is_fetching: bool,
    rows: u32,
    durations: Vec<i64>,
    schedule: Option<ScheduleOf>,
    /// Records that could not be understood.
    set_aside: u32,
}

impl Known {
    fn of(reading: &Reading<'_>, connection: &ConnectionEntry, data_type: DataType) -> std::result::Result<Self, StoreError> {
        let wire = data_type.wire();
        let cursor = reading.cursor(&connection.id, wire)?;
        Ok(Self {
            reads: reading.datasets(&connection.id, wire, LOOKED_AT)?,
            fetched: cursor.and_then(|cursor| cursor.dataset).as_deref().map(Mark::from_word),
            is_fetching: reading.unfinished_run(&connection.id, wire)?.is_some(),
            rows: reading.row_count(&connection.id, wire)?,
            durations: match connection.bank_key.as_deref() {
                Some(bank) => reading.durations(bank, wire)?,
                None => vec![],
            },
            schedule: ScheduleOf::known(reading, &connection.company, data_type)?,
            set_aside: reading.set_aside(&connection.id, wire)?,
        })
    }
}

impl Engine {
    /// One row per data type of a connection.
    pub(crate) async fn sync_rows(&self, connection: &ConnectionEntry) -> Result<Vec<DataTypeSync>> {
        let (own, now) = (connection.clone(), self.now());
        let mut rows = self.store(move |store| store.reading(|reading| sync_rows_at_rest(reading, &own, now))).await?;
        self.add_runs(&connection.id, &mut rows).await?;
        Ok(rows)
    }

    /// What is being fetched at this moment.
    pub(crate) async fn add_runs(&self, connection: &str, rows: &mut [DataTypeSync]) -> Result<()> {
        for (data_type, row) in DataType::ALL.into_iter().zip(rows) {
            row.run = self.run_of(connection, data_type).await?;
            if row.run.as_ref().is_some_and(|run| run.state == RunState::Stopped) {
                row.status = StatusPill { ring: Ring::Slashed, word: say!("Stopped") };
            }
        }
        Ok(())
    }
}

/// One row per data type of a connection, by what is kept.
pub(crate) fn sync_rows_at_rest(
    reading: &Reading<'_>,
    connection: &ConnectionEntry,
    now: i64,
) -> std::result::Result<Vec<DataTypeSync>, StoreError> {
    let rows = DataType::ALL.into_iter().map(|data_type| Ok(view(connection, data_type, &Known::of(reading, connection, data_type)?, now)));
    rows.collect()
}

fn view(connection: &ConnectionEntry, data_type: DataType, known: &Known, now: i64) -> DataTypeSync {
    let latest = known.reads.first();
    let good = known.reads.iter().find(|read| brought_rows(read));
    let by_read = good.and_then(|read| read.completed);
    DataTypeSync {
        data_type: data_type.wire().to_owned(),
        label: data_type.label().to_owned(),
        status: pill(known),
        raw_status: latest.map(|read| domain::display::shown(&read.status)),
        progress: latest.and_then(|read| read.progress),
        stages: latest.map(stages).unwrap_or_default(),
        requested_at: latest.and_then(|read| read.requested).map(Millis),
        completed_at: latest.and_then(|read| read.completed).map(Millis),
        last_success: by_read.or_else(|| known.fetched.as_ref().and_then(Mark::ended)).map(Millis),
        rows: known.rows,
        usual_ms: usual(&known.durations),
        schedule_hours: known.schedule.as_ref().map(|schedule| schedule.hours),
        run: None,
        problem: problem(connection, data_type, known, now),
    }
}

/// The state in words: Codat's stage while it reads, ours while we fetch, and what came of it.
fn pill(known: &Known) -> StatusPill {
    let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
    let Some(latest) = known.reads.first() else {
        return match (known.is_fetching, &known.fetched) {
            (true, _) => pill(Ring::Running, word("Downloading")),
            (false, Some(_)) => pill(Ring::Moored, word("Complete")),
            (false, None) => pill(Ring::Dotted, word("Never read")),
        };
    };
    let status = DatasetStatus::from_wire(latest.status.clone());
    let is_here = known.fetched.as_ref().is_some_and(|fetched| fetched.covers(&Mark::after(latest)));
    match status.phase() {
        Phase::Queued => pill(Ring::Waiting, word("Queued")),
        Phase::Fetching if is_new_word(&status) => pill(Ring::Running, &domain::display::shown(&latest.status)),
        Phase::Fetching => pill(Ring::Running, word("Fetching")),
        Phase::Mapping => pill(Ring::Running, word("Mapping")),
        Phase::Validating => pill(Ring::Running, word("Validating")),
        Phase::Processing => pill(Ring::Running, word("Processing")),
        Phase::Done if status.is_not_supported() => pill(Ring::Slashed, word("Not offered by this bank")),
        Phase::Done if is_here => pill(Ring::Moored, word("Complete")),
        Phase::Done => pill(Ring::Running, word("Downloading")),
        Phase::Failed => pill(Ring::Crossed, word("Last read failed")),
    }
}

fn is_new_word(status: &DatasetStatus) -> bool {
    !status.wire().eq_ignore_ascii_case("Fetching")
}

fn problem(connection: &ConnectionEntry, data_type: DataType, known: &Known, now: i64) -> Option<Problem> {
    failed_or_left_out(connection, data_type, known, now).or_else(|| (known.set_aside > 0).then(|| set_aside(known.set_aside)))
}

fn set_aside(count: u32) -> Problem {
    let what = if count == 1 { say!("1 record could not be understood.") } else { say!("{count} records could not be understood.", count) };
    Problem {
        side: Side::Codat,
        what,
        done: Some(say!("Fairlead set aside what Codat sent, whole, and kept everything else. Sums leave it out.")),
        say: None,
        correlation_id: None,
    }
}

fn failed_or_left_out(connection: &ConnectionEntry, data_type: DataType, known: &Known, now: i64) -> Option<Problem> {
    let label = data_type.label();
    let Some(latest) = known.reads.first() else {
        let left_out = known.fetched.is_none() && known.schedule.as_ref().is_some_and(|schedule| !schedule.on_first_link);
        return left_out.then(|| Problem {
            side: Side::Codat,
            what: say!("Codat is set not to read {label} when a bank links.", label),
            done: Some(say!("Fairlead asks for it itself. An administrator can change it in Codat\u{2019}s sync settings.")),
            say: None,
            correlation_id: None,
        });
    };
    if DatasetStatus::from_wire(latest.status.clone()).phase() != Phase::Failed {
        return None;
    }
    let mut problem = of_dataset(&latest.status, latest.error.as_deref(), &domain::display::shown(&connection.bank_name));
    if let Some(at) = again_at(&known.reads, now) {
        let minutes = ((at - now).max(0) + 59_999) / 60_000;
        let soon = if minutes <= 1 { say!("in a minute") } else { say!("in {minutes} minutes", minutes) };
        problem.done = Some(say!("Large first reads may time out; the second usually works. Fairlead asks again by itself {soon}.", soon));
    }
    Some(problem)
}

fn stages(read: &DatasetEntry) -> Vec<SyncStage> {
    let shown = |word: &str| {
        Some(match domain::stages::Stage::from_word(word)? {
            domain::stages::Stage::Queued => Stage::Queued,
            domain::stages::Stage::Fetching => Stage::Fetching,
            domain::stages::Stage::Mapping => Stage::Mapping,
            domain::stages::Stage::Validating => Stage::Validating,
            domain::stages::Stage::Processing => Stage::Processing,
            domain::stages::Stage::Downloading => Stage::Downloading,
        })
    };
    read.stages.iter().filter_map(|span| Some(SyncStage { stage: shown(&span.stage)?, ms: span.ms })).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000_000;

    fn read(id: &str, status: &str, ended: Option<i64>) -> DatasetEntry {
        DatasetEntry { id: id.into(), status: status.into(), requested: Some(NOW - 90_000), completed: ended, ..DatasetEntry::default() }
    }

    fn known(reads: Vec<DatasetEntry>, fetched: Option<&str>) -> Known {
        Known { reads, fetched: fetched.map(Mark::from_word), ..Known::default() }
    }

    fn word(known: &Known) -> String {
        pill(known).word
    }

    #[test]
    fn a_row_says_where_the_rows_are_and_not_only_what_codat_did() {
        let done = || vec![read("d1", "Complete", Some(NOW - 60_000))];
        assert_eq!(word(&known(vec![], None)), "Never read");
        assert_eq!(word(&known(done(), None)), "Downloading", "complete at Codat is not here yet");
        assert_eq!(word(&known(done(), Some("d1@1"))), "Complete");
        assert_eq!(word(&known(vec![], Some("@5"))), "Complete", "fetched without any history");
        assert_eq!(word(&known(vec![read("d2", "ValidationQueued", None)], Some("d1@1"))), "Validating");
        assert_eq!(word(&known(vec![read("d2", "Percolating", None)], None)), "Percolating", "a new word is shown as it is");
        assert_eq!(word(&known(vec![read("d2", "NotSupported", Some(NOW))], None)), "Not offered by this bank");
    }

    #[test]
    fn a_failure_names_its_side_and_keeps_the_last_success() {
        let bank = ConnectionEntry { bank_name: "NatWest".into(), ..ConnectionEntry::default() };
        let failed = known(vec![read("d2", "FetchError", Some(NOW - 60_000)), read("d1", "Complete", Some(NOW - 900_000))], Some("d1@5"));
        let row = view(&bank, DataType::Transactions, &failed, NOW);
        assert_eq!((row.status.word.as_str(), row.last_success), ("Last read failed", Some(Millis(NOW - 900_000))));
        let problem = row.problem.expect("a problem");
        assert_eq!(problem.side, Side::Bank);
        assert!(problem.done.expect("what we do").contains("in 4 minutes"), "a first time-out is asked for again by ourselves");
        let aside = Known { set_aside: 2, ..known(vec![], Some("@5")) };
        let aside = view(&bank, DataType::Transactions, &aside, NOW);
        assert_eq!(
            (aside.status.word.as_str(), aside.problem.expect("said").what.as_str()),
            ("Complete", "2 records could not be understood.")
        );
        let lost = view(&bank, DataType::Transactions, &known(vec![read("d2", "MapError", Some(NOW))], None), NOW);
        assert_eq!(lost.problem.map(|problem| problem.side), Some(Side::Codat));
    }
}
