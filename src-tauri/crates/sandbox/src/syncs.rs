//! Syncs at Codat: queueing, the walk through the statuses, and what a finished one makes visible; also what happens to a
//! connection by itself. How data is told after that is in `views`.

use crate::agenda::Due;
use crate::clock::stamp;
use crate::state::{Connection, Dataset, ErrorRow, LinkState, State, Step, Sync};
use crate::world::{Dice, Mode};
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::{Value, json};
use std::borrow::Cow;

/// The four types of banking, in the order in which they are queued.
pub(crate) const TYPES: [&str; 4] =
    ["banking-accounts", "banking-accountBalances", "banking-transactions", "banking-transactionCategories"];

/// Status, and the share of the whole that it lasts, in thousandths.
const GOOD_WALK: [(&str, u64); 10] = [
    ("Initial", 10),
    ("Queued", 60),
    ("Fetching", 480),
    ("MapQueued", 20),
    ("Mapping", 170),
    ("ValidationQueued", 10),
    ("Validating", 90),
    ("ProcessingQueued", 10),
    ("Processing", 150),
    ("Complete", 0),
];

/// Where a sync that fails turns off.
const FETCHING: usize = 2;

/// A paused sync is tried this often.
const MOST_PAUSES: u32 = 10;

/// Plaid's first sync of transactions gives up after a quarter of an hour.
const PLAID_GIVES_UP_MS: u64 = 900_000;

/// With TrueLayer a sync later than this after consent sees only ninety days.
const FULL_HISTORY_SECONDS: i64 = 300;

pub(crate) fn known_type(text: &str) -> Option<&'static str> {
    TYPES.into_iter().find(|data_type| data_type.eq_ignore_ascii_case(text))
}

impl State {
    /// Lets everything happen that is due by now.
    pub(crate) fn settle(&mut self) {
        let now = self.now();
        let mut moved = false;
        while let Some((at, due)) = self.agenda.next(now) {
            moved |= match due {
                Due::LinkTakesEffect(connection) => self.link_takes_effect(&connection, at),
                Due::SyncEnds(dataset) => self.sync_ends(&dataset),
                Due::ConsentEnds(connection, since) => self.consent_ends(&connection, since, at),
            };
        }
        if moved {
            self.changed();
        }
    }

    /// Consent was given and counts from now on: everything that is fetched on first link is queued.
    fn link_takes_effect(&mut self, id: &str, at: Timestamp) -> bool {
        let holder = self.switches.holder.clone();
        let Some(connection) = self.connections.get_mut(id).filter(|connection| connection.linking.is_some()) else { return false };
        connection.linking = None;
        connection.status = LinkState::Linked;
        connection.revoked = false;
        connection.linked_at = Some(at);
        connection.opened.get_or_insert(at);
        connection.holder = holder;
        for error in connection.errors.iter_mut().filter(|error| error.resolved.is_none()) {
            error.resolved = Some(at);
        }
        let company = connection.company.clone();
        self.plan_consent_end(id, LinkState::Linked, Some(at));
        for data_type in TYPES {
            if self.fetches_on_first_link(&company, data_type) && self.running(&company, id, data_type, at).is_none() {
                self.queue(id, data_type, at);
            }
        }
        true
    }

    pub(crate) fn plan_consent_end(&mut self, connection: &str, status: LinkState, since: Option<Timestamp>) {
        let (LinkState::Linked, Some(since), Some(days)) = (status, since, self.switches.consent_days) else { return };
        if let Ok(ends) = since.checked_add(SignedDuration::from_hours(24 * i64::from(days))) {
            self.agenda.add(ends, Due::ConsentEnds(connection.to_owned(), since));
        }
    }

    fn consent_ends(&mut self, id: &str, since: Timestamp, at: Timestamp) -> bool {
        let still = |connection: &&mut Connection| connection.status == LinkState::Linked && connection.linked_at == Some(since);
        let Some(connection) = self.connections.get_mut(id).filter(still) else { return false };
        deauthorise(connection, at);
        true
    }

    fn setting(&self, company: &str, data_type: &str) -> Option<&Value> {
        let settings = self.sync_settings.get(company).or_else(|| self.sync_settings.get("client"))?;
        settings.get("settings")?.as_array()?.iter().find(|setting| setting["dataType"] == data_type)
    }

    pub(crate) fn fetches_on_first_link(&self, company: &str, data_type: &str) -> bool {
        self.setting(company, data_type).is_none_or(|setting| setting["fetchOnFirstLink"] != false)
    }

    /// The start of the sync window that an operator has set.
    fn window(&self, company: &str, data_type: &str, at: Timestamp) -> Option<Timestamp> {
        let setting = self.setting(company, data_type)?;
        let fixed = setting["syncFromUtc"].as_str().and_then(crate::query::moment);
        let fixed = fixed.and_then(|from| jiff::tz::TimeZone::UTC.to_timestamp(from).ok());
        let rolling = setting["syncFromWindow"].as_i64().and_then(|months| {
            let local = jiff::tz::Offset::UTC.to_datetime(at).checked_sub(Span::new().try_months(months).ok()?).ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(local).ok()
        });
        fixed.max(rolling)
    }

    /// The id of the sync that runs.
    pub(crate) fn running(&self, company: &str, connection: &str, data_type: &str, now: Timestamp) -> Option<String> {
        let of_type = |dataset: &&Dataset| dataset.connection == connection && dataset.data_type == data_type;
        let latest = self.history.get(company)?.iter().rev().filter_map(|id| self.datasets.get(id)).find(of_type)?;
        (latest.ends() > now).then(|| latest.id.clone())
    }

    /// Queues a sync from `at` on and returns its id.
    pub(crate) fn queue(&mut self, connection: &str, data_type: &str, at: Timestamp) -> Option<String> {
        let found = self.connections.get(connection)?;
        let company = found.company.clone();
        let bad_consent = found.revoked || found.status != LinkState::Linked;
        let of_type = |dataset: &&Dataset| dataset.connection == connection && dataset.data_type == data_type;
        let repeated = self.history.get(&company).into_iter().flatten().filter_map(|id| self.datasets.get(id)).any(|d| of_type(&d));
        let id = self.fresh_id();
        let fails: Option<Cow<'static, str>> = if bad_consent {
            Some("AuthError".into())
        } else {
            self.switches.fail_syncs.get(data_type).map(|word| Cow::Owned(word.clone()))
        };
        let tires = self.mode() == Mode::Plaid || self.switches.first_sync_gives_up;
        let gives_up = tires && data_type == "banking-transactions" && !repeated && fails.is_none();
        let walk = self.walk(data_type, at, fails.as_ref(), gives_up);
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

    fn walk(&self, data_type: &str, at: Timestamp, fails: Option<&Cow<'static, str>>, gives_up: bool) -> Vec<Step> {
        let mut dice = Dice::new(self.options.seed, &[0x5c, self.numbers.ids]);
        let base: u64 = match data_type {
            "banking-transactions" => 5_200,
            "banking-accountBalances" => 3_000,
            "banking-accounts" => 2_200,
            _ => 1_800,
        };
        let whole = (base + dice.below(base / 2)).checked_div(u64::from(self.options.speed)).unwrap_or(0);
        let pauses = self.switches.pauses.get(data_type).copied().unwrap_or(0);
        let mut walk = vec![];
        let mut from = at;
        for (index, (word, share)) in GOOD_WALK.into_iter().enumerate() {
            let odd = self.switches.odd_status.as_ref().filter(|_| word == "MapQueued");
            walk.push(Step::new(from, odd.map_or(Cow::Borrowed(word), |odd| Cow::Owned(odd.clone()))));
            let lasts = if index == FETCHING && gives_up { PLAID_GIVES_UP_MS } else { whole * share / 1000 };
            from = later(from, lasts);
            if index != FETCHING {
                continue;
            }
            for _ in 0..pauses.min(MOST_PAUSES) {
                let resumes = later(from, u64::from(self.switches.pause_seconds) * 1000);
                walk.push(Step { paused_until: Some(resumes), ..Step::new(from, "Fetching") });
                walk.push(Step::new(resumes, "Fetching"));
                from = later(resumes, lasts);
            }
            let tired = (pauses > MOST_PAUSES || gives_up).then_some(Cow::Borrowed("FetchError"));
            if let Some(word) = fails.cloned().or(tired) {
                walk.push(Step::new(from, word));
                break;
            }
        }
        walk
    }

    fn sync_ends(&mut self, id: &str) -> bool {
        let now = self.now();
        let Some(dataset) = self.datasets.get_mut(id).filter(|dataset| !dataset.settled) else { return false };
        dataset.settled = true;
        let (ends, requested) = (dataset.ends(), dataset.requested);
        let word = dataset.status(now.max(ends)).to_owned();
        // Only the end counts from now on.
        dataset.walk.drain(..dataset.walk.len().saturating_sub(1));
        let (company, connection, data_type) = (dataset.company.clone(), dataset.connection.clone(), dataset.data_type.clone());
        let window = self.window(&company, &data_type, ends);
        let mode = self.mode();
        let (drop_every, empty) = (self.switches.drop_every, self.switches.empty_types.contains(&data_type));
        let Some(connection) = self.connections.get_mut(&connection) else { return true };
        match word.as_str() {
            "AuthError" if connection.status == LinkState::Linked => {
                deauthorise(connection, ends);
                return true;
            }
            "NotSupported" => {
                connection.last_sync = Some(ends);
                return true;
            }
            "Complete" => {}
            _ => return true,
        }
        connection.last_sync = Some(ends);
        let late = connection.linked_at.is_some_and(|linked| requested.duration_since(linked).as_secs() > FULL_HISTORY_SECONDS);
        let ninety = (late && mode == Mode::TrueLayer).then(|| ends.checked_sub(SignedDuration::from_hours(24 * 90)).ok()).flatten();
        let syncs = connection.syncs.entry(data_type).or_default();
        // A narrower window at Codat deletes what falls outside.
        for sync in syncs.iter_mut() {
            sync.from = sync.from.max(window);
        }
        syncs.push(Sync { at: ends, from: ninety.max(window), drop_every, restamp_every: None, empty });
        true
    }

    /// A sync that ended this very moment: well, with some records stamped anew; or with nothing, where the bank does not support the type.
    pub(crate) fn land(&mut self, connection: &str, data_type: &str) {
        let now = self.now();
        let Some(id) = self.queue(connection, data_type, now) else { return };
        let is_supported = self.switches.fail_syncs.get(data_type).is_none_or(|word| word != "NotSupported");
        if let Some(dataset) = self.datasets.get_mut(&id) {
            dataset.walk = vec![Step::new(now, if is_supported { "Complete" } else { "NotSupported" })];
            dataset.settled = true;
        }
        let drop_every = self.switches.drop_every;
        if let Some(found) = self.connections.get_mut(connection) {
            found.last_sync = Some(now);
            if !is_supported {
                return self.changed();
            }
            let syncs = found.syncs.entry(data_type.to_owned()).or_default();
            let before = syncs.last().copied().unwrap_or_default();
            syncs.push(Sync { at: now, drop_every, restamp_every: Some(7), ..before });
        }
        self.changed();
    }

    /// A sync as Codat tells it.
    pub(crate) fn pull_operation(&self, dataset: &Dataset) -> Value {
        let now = self.now();
        let step = dataset.step(now).cloned().unwrap_or_else(|| Step::new(dataset.requested, "Initial"));
        self.operation(dataset, &step, dataset.ends() <= now)
    }

    /// A sync as Codat tells it in the moment it is queued.
    pub(crate) fn queued_operation(&self, dataset: &Dataset) -> Value {
        self.operation(dataset, &Step::new(dataset.requested, "Initial"), false)
    }

    fn operation(&self, dataset: &Dataset, step: &Step, ended: bool) -> Value {
        let word = step.word.as_ref();
        let good = ended && (word == "Complete" || (word == "NotSupported" && !self.switches.unsupported_is_errored));
        let at = GOOD_WALK.iter().position(|(known, _)| *known == word).unwrap_or(FETCHING + 1);
        let progress = match (good, self.switches.progress_goes_back && !at.is_multiple_of(2)) {
            (true, _) => 100,
            (false, true) => (at * 10).saturating_sub(15),
            (false, false) => at * 10,
        };
        let mut value = json!({
            "id": dataset.id, "companyId": dataset.company, "connectionId": dataset.connection, "dataType": dataset.data_type,
            "status": if self.switches.legacy { legacy_word(word) } else { word },
            "statusDescription": step.paused_until.map(|until| format!("Paused until {}", stamp(until))),
            "requested": stamp(dataset.requested), "progress": progress,
            "isCompleted": ended && word == "Complete", "isErrored": ended && !good,
        });
        if ended {
            value["completed"] = json!(stamp(dataset.ends()));
            if !good {
                value["errorMessage"] = json!(failure_text(word));
            }
        } else {
            value["errorMessage"] = Value::Null;
        }
        if self.switches.extra_members {
            value["queuedBy"] = json!("api");
        }
        value
    }
}

fn later(at: Timestamp, ms: u64) -> Timestamp {
    at.checked_add(SignedDuration::from_millis(i64::try_from(ms).unwrap_or(i64::MAX))).unwrap_or(Timestamp::MAX)
}

/// The bank ended consent.
pub(crate) fn deauthorise(connection: &mut Connection, at: Timestamp) {
    connection.status = LinkState::Deauthorized;
    connection.errors.insert(
        0,
        ErrorRow {
            code: "401".into(),
            text: "Unauthorized".into(),
            message: "The consent has ended. The customer must authorise again.".into(),
            at,
            resolved: None,
        },
    );
}

fn legacy_word(word: &str) -> &str {
    match word {
        "Complete" => "success",
        word if word.ends_with("Error") => "failure",
        word => word,
    }
}

fn failure_text(word: &str) -> &'static str {
    match word {
        "FetchError" => "The bank did not answer in time.",
        "AuthError" => "The consent has ended.",
        "PermissionsError" => "The user may not read this at the bank.",
        "RateLimitError" => "The bank's own limit was reached.",
        "PrerequisiteNotMet" => "Another data type must be synced first.",
        "Cancelled" => "The sync was cancelled.",
        "NotSupported" => "The bank does not offer this.",
        _ => "An error occurred while syncing.",
    }
}
