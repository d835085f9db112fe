//! What happened to a company, newest first: our ledger and Codat's reads, merged. Text in it is ours; bank names are cleaned.

use crate::sync::brought_rows;
use crate::view::{Millis, Ring, TimelineEvent};
use domain::data_type::DataType;
use domain::display::shown;
use domain::status::{DatasetStatus, Phase};
use say::{again, later, say, word};
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
            all if all.len() == DataType::ALL.len() => say!("All four types"),
            [one] => (*one).to_owned(),
            [first @ .., last] => say!("{one} and {other}", one = first.join(", "), other = within(last)),
            [] => String::new(),
        };
        let mut words: Vec<String> = self.words.iter().map(|word| shown(word)).collect();
        words.sort();
        words.dedup();
        if self.is_good {
            TimelineEvent { at: Millis(self.at), ring: Ring::Moored, title: say!("{what} read from {bank}", what, bank), detail: None }
        } else {
            let detail = Some(say!("Codat says {words}", words = words.join(", ")));
            TimelineEvent {
                at: Millis(self.at),
                ring: Ring::Crossed,
                title: say!("{what} could not be read from {bank}", what, bank),
                detail,
            }
        }
    }
}

/// That a pack was made is no part of the next one.
pub(crate) const PACK_MADE: &str = later!("Evidence pack made");

pub(crate) fn bank(connections: &[ConnectionEntry], id: Option<&str>, key: Option<&str>) -> String {
    let by_id = id.and_then(|id| connections.iter().find(|found| found.id == id));
    let found = by_id.or_else(|| connections.iter().find(|found| key.is_some() && found.bank_key.as_deref() == key));
    found.map(|found| shown(&found.bank_name)).filter(|name| !name.is_empty()).unwrap_or_else(|| say!("the bank"))
}

/// A line of the ledger in words, where no history of reads stands beside it.
pub(crate) fn line_of_all(event: &Event, connections: &[ConnectionEntry]) -> Option<TimelineEvent> {
    if (event.kind.as_str(), event.outcome.as_deref()) == ("read", Some("failed")) {
        let title = say!("A read failed at {bank}", bank = bank(connections, event.connection.as_deref(), event.bank_key.as_deref()));
        return Some(TimelineEvent { at: Millis(event.at), ring: Ring::Crossed, title, detail: event.detail.as_deref().map(kept) });
    }
    line(event, connections)
}

/// A line of the ledger in words. Failed reads are in the reads' own history.
fn line(event: &Event, connections: &[ConnectionEntry]) -> Option<TimelineEvent> {
    let bank = bank(connections, event.connection.as_deref(), event.bank_key.as_deref());
    let door = match event.door.as_deref() {
        Some("thisComputer") => Some(word("On this computer")),
        Some("qr") => Some(word("By QR code")),
        Some("copy") => Some(word("Copied")),
        Some("mail") => Some(word("By mail")),
        _ => None,
    };
    let (ring, title) = match (event.kind.as_str(), event.outcome.as_deref()) {
        ("begun", _) => (Ring::Dotted, say!("Case opened for {bank}", bank)),
        ("listed", _) => (Ring::Dotted, say!("Taken in from a list")),
        ("renewal", _) => (Ring::Dotted, say!("Renewal of {bank} prepared", bank)),
        ("company-made", _) => (Ring::Moored, say!("Company created at Codat")),
        ("connection-made", _) => (Ring::Moored, say!("Connection to {bank} prepared", bank)),
        ("handed-over", _) => (Ring::Waiting, say!("Link to {bank} handed over", bank)),
        ("returned", _) => (Ring::Running, say!("The customer\u{2019}s browser came back")),
        ("linked", _) => (Ring::Moored, say!("{bank} linked", bank)),
        ("ended", Some("left")) => (Ring::Dotted, say!("Came back from {bank} without connecting", bank)),
        ("ended", Some("unsupported")) => (Ring::Slashed, say!("{bank} can\u{2019}t be connected", bank)),
        ("ended", Some("failed")) => (Ring::Crossed, say!("{bank} or the service had a problem", bank)),
        ("discarded", _) => (Ring::Slashed, say!("Connecting {bank} was taken out of the queue", bank)),
        ("blocked", _) => (Ring::Crossed, say!("Codat refused to create it")),
        ("unlinked", _) => (Ring::Slashed, say!("{bank} unlinked", bank = told_bank(event, &bank))),
        ("connection-deleted", _) => (Ring::Slashed, say!("Connection to {bank} deleted at Codat", bank = told_bank(event, &bank))),
        ("exported", _) => (Ring::Moored, say!("Exported")),
        ("company-deleted", _) => (Ring::Slashed, say!("Company deleted at Codat")),
        ("parked", Some("over")) => (Ring::Slashed, say!("The link to {bank} was not used in time", bank)),
        ("parked", _) => (Ring::Slashed, say!("Stopped waiting")),
        ("evidence", _) => (Ring::Moored, say::word(PACK_MADE).to_owned()),
        ("business", Some("right")) => (Ring::Moored, say!("The accounts at {bank} were said to be the right business", bank)),
        ("business", _) => (Ring::Crossed, say!("The accounts at {bank} were said to be another business", bank)),
        ("refresh", _) => {
            (Ring::Running, if event.connection.is_some() { say!("Refresh of {bank} asked for", bank) } else { say!("Refresh asked for") })
        }
        _ => return None,
    };
    let more = event.detail.as_deref().filter(|_| !is_ending(event)).map(kept);
    let detail = match (door, more) {
        (Some(door), Some(more)) => Some(format!("{door}, {more}")),
        (door, more) => door.map(str::to_owned).or(more),
    };
    Some(TimelineEvent { at: Millis(event.at), ring, title, detail })
}

/// What the ledger kept in English, said again: a sentence of ours, or names of types.
pub(crate) fn kept(detail: &str) -> String {
    let detail = shown(detail);
    let (head, rest) = detail.split_once(": ").map_or((detail.as_str(), None), |(head, rest)| (head, Some(rest)));
    let types: Option<Vec<&str>> =
        head.split(", ").map(|name| DataType::ALL.into_iter().find(|known| known.english() == name).map(DataType::label)).collect();
    match (types, rest) {
        (Some(types), None) => types.join(", "),
        (Some(types), Some(rest)) => format!("{}: {rest}", types.join(", ")),
        (None, _) => again(&detail),
    }
}

/// A type within a sentence: small, but for the nouns of German.
pub(crate) fn within(label: &str) -> String {
    if say::language() == say::Language::German { label.to_owned() } else { label.to_lowercase() }
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
