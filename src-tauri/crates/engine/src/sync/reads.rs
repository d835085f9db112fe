//! Codat's history of reads: taking it in, and what it means for what can be fetched.

use crate::engine::Engine;
use crate::error::Result;
use crate::sync::fetch::whole_fact;
use crate::sync::plan::{Local, Locals, Mark, Remote, SyncPlan};
use domain::data_type::DataType;
use domain::stages::{Seen, Stage, Stretch, downloaded, watch};
use domain::status::{DatasetStatus, Phase};
use std::collections::BTreeMap;
use store::{ConnectionEntry, DatasetEntry, Event, Reading, StageSpan, StoreError, Writing};

/// Reads of a company that are looked at.
const KEPT: u32 = 400;
/// A first read that timed out at the bank is asked for once more after this.
const AGAIN_AFTER_MS: i64 = 5 * 60_000;
/// A failure older than this is a person's to act on.
const AGAIN_WITHIN_MS: i64 = 60 * 60_000;

pub(crate) fn status(read: &DatasetEntry) -> DatasetStatus {
    DatasetStatus::from_wire(read.status.clone())
}

pub(crate) fn brought_rows(read: &DatasetEntry) -> bool {
    status(read).phase() == Phase::Done && !status(read).is_not_supported()
}

/// The latest reads of a company, per linked connection and type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Look {
    /// Newest first, per connection and type.
    latest: Vec<Vec<DatasetEntry>>,
}

impl Look {
    /// Some read has not ended.
    pub(crate) fn is_running(&self) -> bool {
        self.newest().any(|read| !status(read).is_terminal())
    }

    /// There are reads, and the latest of each type ended well.
    pub(crate) fn is_good(&self) -> bool {
        self.newest().next().is_some() && self.newest().all(|read| status(read).phase() == Phase::Done)
    }

    /// Reads to be asked for once more by ourselves, with the moment to do it.
    pub(crate) fn again(&self, now: i64) -> Vec<(DatasetEntry, i64)> {
        self.latest.iter().filter_map(|reads| Some((reads.first()?.clone(), again_at(reads, now)?))).collect()
    }

    fn newest(&self) -> impl Iterator<Item = &DatasetEntry> {
        self.latest.iter().filter_map(|reads| reads.first())
    }
}

/// Once, spaced, and only after the first failure in a row: a large first read often works the second time.
pub(crate) fn again_at(newest_first: &[DatasetEntry], now: i64) -> Option<i64> {
    let is_fetch_error = |read: &DatasetEntry| read.status.eq_ignore_ascii_case("FetchError");
    let latest = newest_first.first().filter(|read| is_fetch_error(read))?;
    let second_in_a_row = newest_first.get(1).is_some_and(is_fetch_error);
    let ended = latest.completed.or(latest.requested)?;
    (!second_in_a_row && now - ended < AGAIN_WITHIN_MS).then_some(ended + AGAIN_AFTER_MS)
}

impl Engine {
    /// Reads the history once and keeps what is new in it.
    pub(crate) async fn look_at_reads(&self, company: &str) -> Result<(Look, bool)> {
        let moved = self.hear_reads(company).await?;
        let company = company.to_owned();
        Ok((self.store(move |store| store.reading(|reading| latest(reading, &company))).await?, moved))
    }

    /// The same for who does not look at what came of it; true when any read moved.
    pub(crate) async fn hear_reads(&self, company: &str) -> Result<bool> {
        let told = self.inner.source.history(company).await?;
        let (company, now) = (company.to_owned(), self.now());
        let news = self.store(move |store| store.reading(|reading| news(reading, &company, told, now))).await?;
        if news.moved.is_empty() {
            return Ok(false);
        }
        self.write(0, move |writing| news.keep(writing)).await?;
        Ok(true)
    }

    /// Reads the history once, keeps what is new in it, and says what that leaves to fetch. Where it leaves nothing, `seen` is noted in the same step: of a
    /// portfolio that moved, most companies end here, and each of them costs one question and one write.
    pub(crate) async fn look_and_plan(&self, company: &str, seen: Vec<(String, String)>) -> Result<SyncPlan> {
        let told = self.inner.source.history(company).await?;
        let (company, now) = (company.to_owned(), self.now());
        self.write(0, move |writing| {
            news(&writing.reading(), &company, told, now)?.keep(writing)?;
            let plan = plan(&writing.reading(), &company, now)?;
            if plan.steps.is_empty() {
                writing.set_facts(&seen)?;
            }
            Ok(plan)
        })
        .await
    }
}

/// What a look at the history showed that was not known.
#[derive(Default)]
struct News {
    /// With the stages that were watched.
    moved: Vec<DatasetEntry>,
    failures: Vec<Event>,
}

impl News {
    fn keep(&self, writing: &Writing<'_>) -> std::result::Result<(), StoreError> {
        if !self.moved.is_empty() {
            writing.keep_datasets(&self.moved)?;
        }
        self.failures.iter().try_for_each(|failure| writing.record(failure))
    }
}

/// Reads that moved since the last look. Those of another company are not taken.
fn news(reading: &Reading<'_>, company: &str, told: Vec<DatasetEntry>, now: i64) -> std::result::Result<News, StoreError> {
    let known: BTreeMap<String, DatasetEntry> =
        reading.datasets_of(company, KEPT)?.into_iter().map(|read| (read.id.clone(), read)).collect();
    let mut news = News::default();
    for mut read in told.into_iter().filter(|read| read.company == company) {
        let Some(data_type) = DataType::from_wire(&read.data_type) else { continue };
        let before = known.get(&read.id);
        if before.is_some_and(|before| status(before).is_terminal()) {
            continue;
        }
        read.data_type = data_type.wire().to_owned();
        let phase = status(&read).phase();
        let watched = before.map(|before| stretches(&before.stages)).unwrap_or_default();
        if let Some(requested) = read.requested {
            let elapsed_ms = if status(&read).is_terminal() { read.completed.unwrap_or(now) - requested } else { now - requested };
            read.stages = spans(&watch(&watched, Seen { phase, elapsed_ms }));
        }
        if before == Some(&read) {
            continue;
        }
        if phase == Phase::Failed && before.is_some() {
            news.failures.push(failure(&read, data_type, now));
        }
        news.moved.push(read);
    }
    Ok(news)
}

fn failure(read: &DatasetEntry, data_type: DataType, now: i64) -> Event {
    Event {
        at: read.completed.unwrap_or(now),
        company: Some(read.company.clone()),
        connection: Some(read.connection.clone()),
        kind: "read".into(),
        outcome: Some("failed".into()),
        detail: Some(format!("{}: {}", data_type.english(), read.status)),
        ..Event::default()
    }
}

/// The latest reads of every linked connection.
fn latest(reading: &Reading<'_>, company: &str) -> std::result::Result<Look, StoreError> {
    let mut look = Look::default();
    for connection in connections_of(reading, company)?.iter().filter(|found| found.status == "Linked") {
        for data_type in DataType::ALL {
            look.latest.push(reading.datasets(&connection.id, data_type.wire(), 2)?);
        }
    }
    Ok(look)
}

pub(crate) fn connections_of(reading: &Reading<'_>, company: &str) -> std::result::Result<Vec<ConnectionEntry>, StoreError> {
    Ok(reading.company(company)?.map(|item| item.connections).unwrap_or_default())
}

/// What has to be fetched of a company, by what is kept: no request.
pub(crate) fn plan(reading: &Reading<'_>, company: &str, now: i64) -> std::result::Result<SyncPlan, StoreError> {
    let remotes = remotes(reading, company)?;
    let mut locals = Locals::new();
    for Remote { connection, data_type, readable } in &remotes {
        if let Some(mark) = readable {
            locals.insert((connection.clone(), *data_type), local(reading, connection, *data_type, mark)?);
        }
    }
    Ok(SyncPlan::new(&remotes, &locals, now))
}

/// What can be fetched of a company.
fn remotes(reading: &Reading<'_>, company: &str) -> std::result::Result<Vec<Remote>, StoreError> {
    let reads = reading.datasets_of(company, KEPT)?;
    let mut remotes = vec![];
    for connection in connections_of(reading, company)? {
        for data_type in DataType::ALL {
            let own = reads.iter().filter(|read| read.connection == connection.id && read.data_type == data_type.wire());
            let by_read =
                own.filter(|read| brought_rows(read)).map(Mark::after).reduce(|best, other| if best.covers(&other) { best } else { other });
            let is_new_here = reading.cursor(&connection.id, data_type.wire())?.is_none();
            // Where no history is told or kept, the last sync's time says that there is something.
            let by_time = connection.last_sync.filter(|_| is_new_here).map(Mark::at);
            let readable = match (by_read, by_time) {
                (Some(read), Some(time)) => Some(if read.covers(&time) { read } else { time }),
                (read, time) => read.or(time),
            };
            remotes.push(Remote { connection: connection.id.clone(), data_type, readable });
        }
    }
    Ok(remotes)
}

/// What is here of one type of one connection, as far as it decides how this state is fetched.
pub(crate) fn local(reading: &Reading<'_>, connection: &str, data_type: DataType, mark: &Mark) -> std::result::Result<Local, StoreError> {
    let cursor = reading.cursor(connection, data_type.wire())?;
    let cut =
        reading.unfinished_run(connection, data_type.wire())?.and_then(|run| Some((Mark::from_word(run.dataset.as_deref()?), run.page)));
    let fetched = cursor.as_ref().and_then(|cursor| cursor.dataset.as_deref()).map(Mark::from_word);
    let local = Local { fetched, watermark: cursor.and_then(|cursor| cursor.watermark), cut, ..Local::default() };
    let has_moved = local.fetched.as_ref().is_some_and(|fetched| local.cut.is_some() || !fetched.covers(mark));
    if !has_moved {
        return Ok(local);
    }
    Ok(Local {
        // Transactions are many, and their number decides nothing.
        rows: if data_type == DataType::Transactions { 0 } else { reading.row_count(connection, data_type.wire())? },
        whole_at: reading.fact(&whole_fact(connection, data_type.wire()))?.and_then(|at| at.parse().ok()),
        ..local
    })
}

/// The read that a fetch brought home, with the fetch as its last stretch.
pub(crate) fn with_download(
    reading: &Reading<'_>,
    connection: &str,
    data_type: &str,
    mark: &Mark,
    ms: i64,
) -> std::result::Result<Option<DatasetEntry>, StoreError> {
    let Some(dataset) = mark.dataset() else { return Ok(None) };
    let read = reading.datasets(connection, data_type, 20)?.into_iter().find(|read| read.id == dataset);
    Ok(read.map(|read| DatasetEntry { stages: spans(&downloaded(&stretches(&read.stages), ms)), ..read }))
}

pub(crate) fn stretches(spans: &[StageSpan]) -> Vec<Stretch> {
    spans.iter().filter_map(|span| Some(Stretch { stage: Stage::from_word(&span.stage)?, ms: span.ms })).collect()
}

fn spans(stretches: &[Stretch]) -> Vec<StageSpan> {
    stretches.iter().map(|stretch| StageSpan { stage: stretch.stage.word().to_owned(), ms: stretch.ms }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: &str, ended_minutes_ago: i64) -> DatasetEntry {
        DatasetEntry { status: status.into(), completed: Some(100 * 60_000 - ended_minutes_ago * 60_000), ..DatasetEntry::default() }
    }

    #[test]
    fn c22_a_fetch_error_is_asked_for_once_more_spaced_and_then_left_to_a_person() {
        let now = 100 * 60_000;
        let in_minutes = |reads: &[DatasetEntry]| again_at(reads, now).map(|at| (at - now) / 60_000);
        assert_eq!(in_minutes(&[read("FetchError", 2)]), Some(3), "five minutes after it ended");
        assert_eq!(in_minutes(&[read("FetchError", 2), read("Complete", 80)]), Some(3));
        assert_eq!(in_minutes(&[read("FetchError", 2), read("FetchError", 9)]), None, "twice in a row is a person's");
        assert_eq!(in_minutes(&[read("FetchError", 61)]), None, "old failures are not dug up");
        assert_eq!(in_minutes(&[read("AuthError", 2)]), None, "the customer must renew first");
        assert_eq!(in_minutes(&[read("Complete", 2), read("FetchError", 9)]), None);
        assert_eq!(in_minutes(&[]), None);
    }

    #[test]
    fn c20_unknown_words_run_not_supported_ends_well_and_brings_nothing() {
        let look = |words: &[&str]| Look { latest: words.iter().map(|word| vec![read(word, 1)]).collect() };
        assert!(look(&["Complete", "Percolating"]).is_running());
        assert!(!look(&["Complete", "NotSupported"]).is_running() && look(&["Complete", "NotSupported"]).is_good());
        assert!(!look(&["Complete", "MapError"]).is_good() && !look(&[]).is_good());
        assert!(brought_rows(&read("complete", 1)) && !brought_rows(&read("NotSupported", 1)) && !brought_rows(&read("FetchError", 1)));
    }
}
