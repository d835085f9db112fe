//! Reads at Codat: queueing, the walk through the statuses, and what a finished read makes visible.

use crate::clock::stamp;
use crate::state::{Connection, Dataset, LinkState, Read, State};
use crate::world::{Dice, Mode};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The four types of banking, in the order in which they are queued.
pub(crate) const TYPES: [&str; 4] =
    ["banking-accounts", "banking-accountBalances", "banking-transactions", "banking-transactionCategories"];

const GOOD_WALK: [&str; 10] = [
    "Initial",
    "Queued",
    "Fetching",
    "MapQueued",
    "Mapping",
    "ValidationQueued",
    "Validating",
    "ProcessingQueued",
    "Processing",
    "Complete",
];

pub(crate) fn known_type(text: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|data_type| data_type.eq_ignore_ascii_case(text))
}

impl State {
    /// Lets everything happen that is due by now: consents that take effect, reads that end.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        let due: Vec<String> = self
            .connections
            .values()
            .filter(|connection| connection.linking.is_some_and(|at| at <= now))
            .map(|connection| connection.id.clone())
            .collect();
        for id in &due {
            self.take_effect(id);
        }
        let ended: Vec<String> =
            self.running.iter().filter(|id| self.datasets.get(*id).is_none_or(|dataset| dataset.ends() <= now)).cloned().collect();
        for id in &ended {
            self.end(id);
        }
        if !(due.is_empty() && ended.is_empty()) {
            self.running.retain(|id| !ended.contains(id));
            self.save();
        }
    }

    /// Consent was given and counts from `linking` on.
    fn take_effect(&mut self, id: &str) {
        let Some(connection) = self.connections.get_mut(id) else { return };
        let Some(at) = connection.linking.take() else { return };
        connection.status = LinkState::Linked;
        connection.linked_at = Some(at);
        connection.opened.get_or_insert(at);
        for error in connection.errors.iter_mut().filter(|error| error.resolved.is_none()) {
            error.resolved = Some(at);
        }
        let company = connection.company.clone();
        for data_type in TYPES {
            if self.fetches_on_first_link(&company, data_type) {
                self.queue(id, data_type, at);
            }
        }
    }

    pub(crate) fn fetches_on_first_link(&self, company: &str, data_type: &str) -> bool {
        let settings = self.sync_settings.get(company).or_else(|| self.sync_settings.get("client"));
        let list = settings.and_then(|settings| settings.get("settings")).and_then(Value::as_array);
        list.and_then(|list| list.iter().find(|setting| setting["dataType"] == data_type))
            .is_none_or(|setting| setting["fetchOnFirstLink"] != false)
    }

    /// Queues a read from `at` on and returns its id.
    pub(crate) fn queue(&mut self, connection: &str, data_type: &str, at: Timestamp) -> Option<String> {
        let found = self.connections.get(connection)?;
        let company = found.company.clone();
        let repeated = found.reads.contains_key(data_type) || self.failed_before(&company, connection, data_type);
        let id = self.fresh_id();
        let number = self.number();
        let walk = self.walk(data_type, at, number, repeated);
        self.add_dataset(Dataset {
            id: id.clone(),
            company,
            connection: connection.to_owned(),
            data_type: data_type.to_owned(),
            requested: at,
            walk,
            settled: false,
        });
        Some(id)
    }

    fn failed_before(&self, company: &str, connection: &str, data_type: &str) -> bool {
        let ids = self.history.get(company).into_iter().flatten();
        ids.filter_map(|id| self.datasets.get(id))
            .any(|dataset| dataset.connection == connection && dataset.data_type == data_type && dataset.settled)
    }

    fn walk(&self, data_type: &str, at: Timestamp, number: u64, repeated: bool) -> Vec<(Timestamp, String)> {
        let mut dice = Dice::new(self.options.seed, &[0x5c, number]);
        let base: u64 = match data_type {
            "banking-transactions" => 5_200,
            "banking-accountBalances" => 3_000,
            "banking-accounts" => 2_200,
            _ => 1_800,
        };
        // The share of each step, in thousandths of the whole.
        let shares: [u64; 9] = [10, 60, 480, 20, 170, 10, 90, 10, 150];
        let whole = (base + dice.below(base / 2)).checked_div(u64::from(self.options.speed)).unwrap_or(0);
        let fails = self.switches.fail_reads.get(data_type).cloned();
        let fails =
            fails.or_else(|| (self.mode() == Mode::Plaid && data_type == "banking-transactions" && !repeated).then(|| "FetchError".into()));
        let mut walk = vec![];
        let mut offset = 0_u64;
        for (step, word) in GOOD_WALK.iter().enumerate() {
            let from = at.checked_add(SignedDuration::from_millis(i64::try_from(offset).unwrap_or(i64::MAX))).unwrap_or(Timestamp::MAX);
            walk.push((from, (*word).to_owned()));
            if step == 2
                && let Some(word) = &fails
            {
                // Plaid's first read of transactions times out after a quarter of an hour.
                let late = if self.mode() == Mode::Plaid && !self.switches.fail_reads.contains_key(data_type) {
                    900_000
                } else {
                    whole * 480 / 1000
                };
                let ends = from.checked_add(SignedDuration::from_millis(i64::try_from(late).unwrap_or(i64::MAX))).unwrap_or(Timestamp::MAX);
                walk.push((ends, word.clone()));
                break;
            }
            offset += whole * shares.get(step).copied().unwrap_or(0) / 1000;
        }
        walk
    }

    fn end(&mut self, id: &str) {
        let Some(dataset) = self.datasets.get_mut(id) else { return };
        dataset.settled = true;
        let (ends, requested) = (dataset.ends(), dataset.requested);
        let (connection, data_type) = (dataset.connection.clone(), dataset.data_type.clone());
        let word = dataset.status(ends).to_owned();
        let Some(connection) = self.connections.get_mut(&connection) else { return };
        if word == "AuthError" {
            deauthorise(connection, ends);
        }
        if word != "Complete" && word != "NotSupported" {
            return;
        }
        connection.last_sync = Some(ends);
        if word == "NotSupported" {
            return;
        }
        let late = connection.linked_at.is_some_and(|linked| requested.duration_since(linked).as_secs() > 300);
        let days = |days: i64| ends.checked_sub(SignedDuration::from_hours(24 * days)).ok();
        let ninety = (late && self.options.mode == Mode::TrueLayer).then(|| days(90)).flatten();
        let window = self.switches.window_months.and_then(|months| days(i64::from(months) * 30));
        let reads = connection.reads.entry(data_type).or_default();
        if window.is_some() {
            // A narrower window at Codat deletes what falls outside.
            reads.clear();
        }
        // What was read once stays at Codat: only the newest read per limit needs to be kept.
        let read = Read { at: ends, from: window.or(ninety), drop_every: self.switches.drop_every };
        reads.push(read);
    }

    /// A dataset as Codat tells it.
    pub(crate) fn pull_operation(&self, dataset: &Dataset) -> Value {
        let now = self.now();
        let status = dataset.status(now);
        let terminal = dataset.ends() <= now;
        let good = status == "Complete" || status == "NotSupported";
        let step = GOOD_WALK.iter().position(|word| *word == status).unwrap_or(9);
        let mut value = json!({
            "id": dataset.id, "companyId": dataset.company, "connectionId": dataset.connection, "dataType": dataset.data_type,
            "status": if self.switches.legacy && status == "Complete" { "success" } else { status },
            "statusDescription": null, "requested": stamp(dataset.requested),
            "progress": if terminal && good { 100 } else { step * 10 },
            "isCompleted": terminal && status == "Complete", "isErrored": terminal && !good,
        });
        if terminal {
            value["completed"] = json!(stamp(dataset.ends()));
            if !good {
                value["errorMessage"] = json!(failure_text(status));
            }
        }
        value
    }
}

/// The bank ended consent.
pub(crate) fn deauthorise(connection: &mut Connection, at: Timestamp) {
    connection.status = LinkState::Deauthorized;
    connection.errors.insert(
        0,
        crate::state::ErrorRow {
            code: "401".into(),
            text: "Unauthorized".into(),
            message: "The consent has ended. The customer must authorise again.".into(),
            at,
            resolved: None,
        },
    );
}

pub(crate) fn failure_text(status: &str) -> &'static str {
    match status {
        "FetchError" => "The bank did not answer in time.",
        "AuthError" => "The consent has ended.",
        "PermissionsError" => "The user may not read this at the bank.",
        "RateLimitError" => "The bank's own limit was reached.",
        "PrerequisiteNotMet" => "Another data type must be read first.",
        "Cancelled" => "The read was cancelled.",
        _ => "An error occurred while reading.",
    }
}
