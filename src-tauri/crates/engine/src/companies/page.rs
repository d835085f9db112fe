//! A company's page: one honest sentence, its connections as cards, what happened.

use crate::companies::{bank_mark, connection_pill, day_text, history_of, row};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::links::of_dataset;
use crate::view::{
    AccountView, CompanyView, ConnectionCard, DataTypeSync, Millis, Problem, Ring, Stage, StatusPill, SyncStage, TimelineEvent,
};
use domain::data_type::DataType;
use domain::status::{DatasetStatus, Phase};
use store::{CompanyItem, ConnectionEntry, DatasetEntry, Event};

/// Lines of a timeline.
const LINES: u32 = 200;
/// Usual days of a consent, where nothing better is known; always called an estimate.
const CONSENT_DAYS: i64 = 90;

impl Engine {
    /// Everything on a company's page.
    ///
    /// # Errors
    /// When it is not here.
    pub async fn company(&self, id: String) -> Result<CompanyView> {
        let wanted = id.clone();
        let item = self.store(move |store| store.company(&wanted)).await?.ok_or(Error::NotFound("company"))?;
        let accounts = self.accounts(id.clone()).await?;
        let mut cards = vec![];
        for connection in item.connections.iter().rev() {
            cards.push(self.card(connection, &accounts).await?);
        }
        let wanted = id.clone();
        let (events, attempts) = self.store(move |store| Ok((store.events_of(&wanted, LINES)?, store.open_attempts()?))).await?;
        let transactions = accounts.iter().map(|account| account.transactions).sum();
        Ok(CompanyView {
            sentence: sentence(&item, &accounts, &cards),
            row: row(&item, self.now()),
            accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
            transactions,
            timeline: events.iter().filter_map(|event| line(event, &item)).collect(),
            open_attempt: attempts.into_iter().find(|attempt| attempt.company.as_deref() == Some(id.as_str())).map(|attempt| attempt.id),
            connections: cards,
        })
    }

    async fn card(&self, connection: &ConnectionEntry, accounts: &[AccountView]) -> Result<ConnectionCard> {
        let id = connection.id.clone();
        let newest = self.store(move |store| store.newest_day(&id)).await?;
        let sync = self.sync_rows(connection).await?;
        let is_reading = sync.iter().any(|row| row.status.ring == Ring::Running);
        let mut bank = bank_mark(connection);
        bank.status = connection_pill(connection, is_reading);
        Ok(ConnectionCard {
            id: connection.id.clone(),
            bank,
            raw_status: connection.status.clone(),
            linked_at: connection.linked_at.map(Millis),
            consent_until_estimate: connection.linked_at.map(|at| Millis(at + CONSENT_DAYS * 86_400_000)),
            last_read: sync.iter().filter_map(|row| row.last_success).max(),
            data_to: newest.map(day_text),
            accounts: accounts.iter().filter(|account| account.connection_id == connection.id).cloned().collect(),
            history: history_of(connection),
            problem: self.problem(connection, &sync),
            sync,
        })
    }

    fn problem(&self, connection: &ConnectionEntry, sync: &[DataTypeSync]) -> Option<Problem> {
        let of_link = connection
            .problem_code
            .as_deref()
            .filter(|_| connection.status != "Linked")
            .map(|code| crate::links::of_connection(code, connection.problem_text.as_deref(), &connection.bank_name));
        of_link.or_else(|| sync.iter().find_map(|row| row.problem.clone()))
    }

    /// One row per data type of a connection.
    pub(crate) async fn sync_rows(&self, connection: &ConnectionEntry) -> Result<Vec<DataTypeSync>> {
        let mut rows = vec![];
        for data_type in DataType::ALL {
            let (id, bank) = (connection.id.clone(), connection.bank_key.clone().unwrap_or_default());
            let (datasets, cursor, held, durations, schedule) = self
                .store(move |store| {
                    Ok((
                        store.datasets(&id, data_type.wire(), 20)?,
                        store.cursor(&id, data_type.wire())?,
                        store.row_count(&id, data_type.wire())?,
                        store.durations(&bank, data_type.wire())?,
                        store.fact(&format!("schedule/{}", data_type.wire()))?,
                    ))
                })
                .await?;
            let fetched = cursor.as_ref().and_then(|cursor| cursor.dataset.clone());
            rows.push(data_type_row(
                connection,
                data_type,
                &datasets,
                fetched.as_deref(),
                held,
                &durations,
                schedule.and_then(|hours| hours.parse().ok()),
            ));
        }
        Ok(rows)
    }
}

fn data_type_row(
    connection: &ConnectionEntry,
    data_type: DataType,
    datasets: &[DatasetEntry],
    fetched: Option<&str>,
    rows: u32,
    durations: &[i64],
    schedule: Option<u32>,
) -> DataTypeSync {
    let latest = datasets.first();
    let good = datasets.iter().find(|dataset| DatasetStatus::from_wire(dataset.status.clone()).phase() == Phase::Done);
    let status = latest.map(|dataset| DatasetStatus::from_wire(dataset.status.clone()));
    let pill = |ring, word: &str| StatusPill { ring, word: word.to_owned() };
    let shown = match (&status, latest) {
        (None, _) | (_, None) => pill(Ring::Dotted, "Never read"),
        (Some(status), Some(latest)) => match status.phase() {
            Phase::Queued => pill(Ring::Waiting, "Queued"),
            Phase::Fetching => pill(Ring::Running, "Fetching"),
            Phase::Mapping => pill(Ring::Running, "Mapping"),
            Phase::Validating => pill(Ring::Running, "Validating"),
            Phase::Processing => pill(Ring::Running, "Processing"),
            Phase::Done if status.is_not_supported() => pill(Ring::Slashed, "Not offered by this bank"),
            Phase::Done if fetched == Some(latest.id.as_str()) => pill(Ring::Moored, "Complete"),
            Phase::Done => pill(Ring::Running, "Downloading"),
            Phase::Failed => pill(Ring::Crossed, "Last read failed"),
        },
    };
    let problem = latest
        .filter(|_| status.as_ref().is_some_and(|status| status.phase() == Phase::Failed))
        .map(|latest| of_dataset(&latest.status, latest.error.as_deref(), &connection.bank_name));
    DataTypeSync {
        data_type: data_type.wire().to_owned(),
        label: data_type.label().to_owned(),
        status: shown,
        raw_status: latest.map(|dataset| dataset.status.clone()),
        progress: latest.and_then(|dataset| dataset.progress),
        stages: latest
            .map(|dataset| dataset.stages.iter().filter_map(|span| Some(SyncStage { stage: stage(&span.stage)?, ms: span.ms })).collect())
            .unwrap_or_default(),
        requested_at: latest.and_then(|dataset| dataset.requested).map(Millis),
        completed_at: latest.and_then(|dataset| dataset.completed).map(Millis),
        last_success: good.and_then(|dataset| dataset.completed).map(Millis),
        rows,
        usual_ms: usual(durations),
        schedule_hours: schedule,
        problem,
    }
}

fn stage(word: &str) -> Option<Stage> {
    Some(match word {
        "queued" => Stage::Queued,
        "fetching" => Stage::Fetching,
        "mapping" => Stage::Mapping,
        "validating" => Stage::Validating,
        "processing" => Stage::Processing,
        "downloading" => Stage::Downloading,
        _ => return None,
    })
}

/// Lower and upper quartile; nothing is said with fewer than five cases.
fn usual(durations: &[i64]) -> Option<(u32, u32)> {
    let mut sorted: Vec<u32> = durations.iter().filter_map(|ms| u32::try_from(*ms).ok()).collect();
    if sorted.len() < 5 {
        return None;
    }
    sorted.sort_unstable();
    Some((*sorted.get(sorted.len() / 4)?, *sorted.get(sorted.len() * 3 / 4)?))
}

fn plural(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// One sentence a person could say on the phone.
fn sentence(item: &CompanyItem, accounts: &[AccountView], cards: &[ConnectionCard]) -> String {
    if item.connections.is_empty() {
        return "No bank is connected yet.".into();
    }
    let banks: std::collections::BTreeSet<&str> = accounts.iter().map(|account| account.bank.as_str()).collect();
    let mut parts = vec![];
    if accounts.is_empty() {
        parts.push("No accounts have been read yet.".to_owned());
    } else {
        let to = item.data_to.map(|day| format!(", data to {}", day_text(day))).unwrap_or_default();
        parts.push(format!("{} at {}{to}.", plural(accounts.len(), "account", "accounts"), plural(banks.len(), "bank", "banks")));
    }
    for card in cards {
        let name = &card.bank.name;
        match card.raw_status.as_str() {
            "Deauthorized" => parts.push(format!("{name} stopped sharing: the consent ended.")),
            "PendingAuth" => parts.push(format!("{name} waits for the customer.")),
            "Linked" if card.sync.iter().any(|row| row.status.ring == Ring::Running || row.status.ring == Ring::Waiting) => {
                parts.push(format!("{name} is linked and reading."))
            }
            "Linked" if card.sync.iter().any(|row| row.problem.is_some()) => {
                parts.push(format!("The last read at {name} did not end well."))
            }
            _ => {}
        }
    }
    parts.join(" ")
}

/// A line of the ledger in words. Codes of banks and doors only; nothing secret is in the ledger.
fn line(event: &Event, item: &CompanyItem) -> Option<TimelineEvent> {
    let bank = item
        .connections
        .iter()
        .find(|found| Some(&found.id) == event.connection.as_ref() || found.bank_key == event.bank_key && event.bank_key.is_some());
    let bank = bank.map_or_else(|| "the bank".to_owned(), |found| domain::display::shown(&found.bank_name));
    let door = match event.door.as_deref() {
        Some("thisComputer") => Some("On this computer"),
        Some("qr") => Some("By QR code"),
        Some("copy") => Some("Copied"),
        Some("mail") => Some("By mail"),
        _ => None,
    };
    let (ring, title) = match (event.kind.as_str(), event.outcome.as_deref()) {
        ("begun", _) => (Ring::Dotted, format!("Case opened for {bank}")),
        ("company-made", _) => (Ring::Moored, "Company created at Codat".to_owned()),
        ("connection-made", _) => (Ring::Moored, format!("Connection to {bank} prepared")),
        ("handed-over", _) => (Ring::Waiting, format!("Link to {bank} handed over")),
        ("returned", _) => (Ring::Running, "The customer\u{2019}s browser came back".to_owned()),
        ("linked", _) => (Ring::Moored, format!("{bank} linked")),
        ("ended", Some("left")) => (Ring::Dotted, format!("Came back from {bank} without connecting")),
        ("ended", Some("unsupported")) => (Ring::Slashed, format!("{bank} can\u{2019}t be connected")),
        ("ended", Some("failed")) => (Ring::Crossed, format!("{bank} or the service had a problem")),
        ("blocked", _) => (Ring::Crossed, "Codat refused to create it".to_owned()),
        ("parked", _) => (Ring::Slashed, "Stopped waiting".to_owned()),
        ("read", Some("complete")) => (Ring::Moored, format!("Read from {bank}")),
        ("read", _) => (Ring::Crossed, format!("A read from {bank} failed")),
        _ => return None,
    };
    Some(TimelineEvent { at: Millis(event.at), ring, title, detail: door.map(str::to_owned).or_else(|| event.detail.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_durations_need_five_cases() {
        assert_eq!(usual(&[1, 2, 3, 4]), None);
        assert_eq!(usual(&[50, 10, 40, 20, 30]), Some((20, 40)));
    }
}
