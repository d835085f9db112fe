//! What happened to a company, newest first: our ledger and Codat's reads, merged. Text in it is ours; bank names are cleaned.

use crate::sync::brought_rows;
use crate::view::{Millis, Ring, TimelineEvent};
use domain::data_type::DataType;
use domain::display::shown;
use domain::status::{DatasetStatus, Phase};
use store::{ConnectionEntry, DatasetEntry, Event};

const LINES: usize = 200;
/// Reads of one connection that end this close together are one line.
const TOGETHER_MS: i64 = 120_000;

/// At most 200 lines.
pub(crate) fn of(events: &[Event], reads: &[DatasetEntry], connections: &[ConnectionEntry]) -> Vec<TimelineEvent> {
    let mut lines: Vec<TimelineEvent> = events.iter().filter_map(|event| line(event, connections)).collect();
    lines.extend(groups(reads).iter().map(|group| group.line(connections)));
    lines.sort_by(|left, right| right.at.cmp(&left.at).then_with(|| left.title.cmp(&right.title)));
    lines.truncate(LINES);
    lines
}

/// Reads that ended together and alike.
struct Group {
    connection: String,
    is_good: bool,
    at: i64,
    types: Vec<DataType>,
    words: Vec<String>,
}

fn groups(reads: &[DatasetEntry]) -> Vec<Group> {
    let mut ended: Vec<(i64, &DatasetEntry, DataType)> = reads
        .iter()
        .filter(|read| brought_rows(read) || DatasetStatus::from_wire(read.status.clone()).phase() == Phase::Failed)
        .filter_map(|read| Some((read.completed?, read, DataType::from_wire(&read.data_type)?)))
        .collect();
    ended.sort_by_key(|(at, read, _)| (*at, read.id.clone()));
    let mut groups: Vec<Group> = vec![];
    for (at, read, data_type) in ended {
        let is_good = brought_rows(read);
        let same = |group: &&mut Group| group.connection == read.connection && group.is_good == is_good && at - group.at <= TOGETHER_MS;
        match groups.iter_mut().rev().find(same) {
            Some(group) if !group.types.contains(&data_type) => {
                group.at = at;
                group.types.push(data_type);
                group.words.push(read.status.clone());
            }
            _ => groups.push(Group {
                connection: read.connection.clone(),
                is_good,
                at,
                types: vec![data_type],
                words: vec![read.status.clone()],
            }),
        }
    }
    groups
}

impl Group {
    fn line(&self, connections: &[ConnectionEntry]) -> TimelineEvent {
        let bank = bank(connections, Some(&self.connection), None);
        let labels: Vec<&str> =
            DataType::ALL.iter().filter(|data_type| self.types.contains(data_type)).map(|data_type| data_type.label()).collect();
        let what = match labels.as_slice() {
            all if all.len() == DataType::ALL.len() => "All four types".to_owned(),
            [one] => (*one).to_owned(),
            [first @ .., last] => format!("{} and {}", first.join(", "), last.to_lowercase()),
            [] => String::new(),
        };
        let mut words: Vec<String> = self.words.iter().map(|word| shown(word)).collect();
        words.sort();
        words.dedup();
        if self.is_good {
            TimelineEvent { at: Millis(self.at), ring: Ring::Moored, title: format!("{what} read from {bank}"), detail: None }
        } else {
            let detail = Some(format!("Codat says {}", words.join(", ")));
            TimelineEvent { at: Millis(self.at), ring: Ring::Crossed, title: format!("{what} could not be read from {bank}"), detail }
        }
    }
}

/// That a pack was made is no part of the next one.
pub(crate) const PACK_MADE: &str = "Evidence pack made";

pub(crate) fn bank(connections: &[ConnectionEntry], id: Option<&str>, key: Option<&str>) -> String {
    let by_id = id.and_then(|id| connections.iter().find(|found| found.id == id));
    let found = by_id.or_else(|| connections.iter().find(|found| key.is_some() && found.bank_key.as_deref() == key));
    found.map(|found| shown(&found.bank_name)).filter(|name| !name.is_empty()).unwrap_or_else(|| "the bank".to_owned())
}

/// A line of the ledger in words, where no history of reads stands beside it.
pub(crate) fn line_of_all(event: &Event, connections: &[ConnectionEntry]) -> Option<TimelineEvent> {
    if (event.kind.as_str(), event.outcome.as_deref()) == ("read", Some("failed")) {
        let title = format!("A read failed at {}", bank(connections, event.connection.as_deref(), event.bank_key.as_deref()));
        return Some(TimelineEvent { at: Millis(event.at), ring: Ring::Crossed, title, detail: event.detail.as_deref().map(shown) });
    }
    line(event, connections)
}

/// A line of the ledger in words. Failed reads are in the reads' own history.
fn line(event: &Event, connections: &[ConnectionEntry]) -> Option<TimelineEvent> {
    let bank = bank(connections, event.connection.as_deref(), event.bank_key.as_deref());
    let door = match event.door.as_deref() {
        Some("thisComputer") => Some("On this computer"),
        Some("qr") => Some("By QR code"),
        Some("copy") => Some("Copied"),
        Some("mail") => Some("By mail"),
        _ => None,
    };
    let (ring, title) = match (event.kind.as_str(), event.outcome.as_deref()) {
        ("begun", _) => (Ring::Dotted, format!("Case opened for {bank}")),
        ("listed", _) => (Ring::Dotted, "Taken in from a list".to_owned()),
        ("renewal", _) => (Ring::Dotted, format!("Renewal of {bank} prepared")),
        ("company-made", _) => (Ring::Moored, "Company created at Codat".to_owned()),
        ("connection-made", _) => (Ring::Moored, format!("Connection to {bank} prepared")),
        ("handed-over", _) => (Ring::Waiting, format!("Link to {bank} handed over")),
        ("returned", _) => (Ring::Running, "The customer\u{2019}s browser came back".to_owned()),
        ("linked", _) => (Ring::Moored, format!("{bank} linked")),
        ("ended", Some("left")) => (Ring::Dotted, format!("Came back from {bank} without connecting")),
        ("ended", Some("unsupported")) => (Ring::Slashed, format!("{bank} can\u{2019}t be connected")),
        ("ended", Some("failed")) => (Ring::Crossed, format!("{bank} or the service had a problem")),
        ("discarded", _) => (Ring::Slashed, format!("Connecting {bank} was taken out of the queue")),
        ("blocked", _) => (Ring::Crossed, "Codat refused to create it".to_owned()),
        ("unlinked", _) => (Ring::Slashed, format!("{} unlinked", told_bank(event, &bank))),
        ("connection-deleted", _) => (Ring::Slashed, format!("Connection to {} deleted at Codat", told_bank(event, &bank))),
        ("exported", _) => (Ring::Moored, "Exported".to_owned()),
        ("company-deleted", _) => (Ring::Slashed, "Company deleted at Codat".to_owned()),
        ("parked", Some("over")) => (Ring::Slashed, format!("The link to {bank} was not used in time")),
        ("parked", _) => (Ring::Slashed, "Stopped waiting".to_owned()),
        ("evidence", _) => (Ring::Moored, PACK_MADE.to_owned()),
        ("business", Some("right")) => (Ring::Moored, format!("The accounts at {bank} were said to be the right business")),
        ("business", _) => (Ring::Crossed, format!("The accounts at {bank} were said to be another business")),
        ("refresh", _) => (
            Ring::Running,
            if event.connection.is_some() { format!("Refresh of {bank} asked for") } else { "Refresh asked for".to_owned() },
        ),
        _ => return None,
    };
    let more = event.detail.as_deref().filter(|_| !is_ending(event)).map(shown);
    let detail = match (door, more) {
        (Some(door), Some(more)) => Some(format!("{door}, {more}")),
        (door, more) => door.map(str::to_owned).or(more),
    };
    Some(TimelineEvent { at: Millis(event.at), ring, title, detail })
}

fn is_ending(event: &Event) -> bool {
    matches!(event.kind.as_str(), "unlinked" | "connection-deleted" | "company-deleted")
}

/// Its name as the ledger kept it: the connection is gone.
fn told_bank(event: &Event, known: &str) -> String {
    event.detail.as_deref().map_or_else(|| known.to_owned(), shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(data_type: &str, status: &str, at: i64) -> DatasetEntry {
        DatasetEntry {
            id: format!("{data_type}{at}"),
            connection: "k".into(),
            data_type: data_type.into(),
            status: status.into(),
            completed: Some(at),
            ..DatasetEntry::default()
        }
    }

    #[test]
    fn reads_that_end_together_are_one_line_between_the_ledgers() {
        let natwest = ConnectionEntry { id: "k".into(), bank_name: "NatWest\u{202e}".into(), ..ConnectionEntry::default() };
        let event = |at, kind: &str| Event { at, connection: Some("k".into()), kind: kind.into(), ..Event::default() };
        let events = [event(5_000, "linked"), event(1_000, "begun"), event(2_000_000, "refresh"), event(3, "something new")];
        let reads = [
            read("banking-accounts", "Complete", 8_000),
            read("banking-transactions", "Complete", 11_000),
            read("banking-accountBalances", "NotSupported", 9_000),
            read("banking-transactionCategories", "FetchError", 10_000),
            read("banking-transactions", "Complete", 2_005_000),
        ];
        let lines: Vec<(i64, String)> = of(&events, &reads, &[natwest]).into_iter().map(|line| (line.at.0, line.title)).collect();
        let told: Vec<(i64, &str)> = lines.iter().map(|(at, title)| (*at, title.as_str())).collect();
        assert_eq!(
            told,
            [
                (2_005_000, "Transactions read from NatWest"),
                (2_000_000, "Refresh of NatWest asked for"),
                (11_000, "Accounts and transactions read from NatWest"),
                (10_000, "Categories could not be read from NatWest"),
                (5_000, "NatWest linked"),
                (1_000, "Case opened for NatWest"),
            ]
        );
    }
}
