//! What the sandbox remembers: one Codat client with its companies, connections and reads.

use crate::answer::Answer;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::options::{Options, Switches};
use crate::world::{Bank, Catalogue, Dice, Ledger, Mode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// A company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created: Timestamp,
    pub(crate) connections: Vec<String>,
    pub(crate) legacy_platform: Option<String>,
}

/// A connection.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) company: String,
    pub(crate) bank: String,
    pub(crate) status: LinkState,
    pub(crate) created: Timestamp,
    /// Start of the consent that stands now.
    pub(crate) linked_at: Option<Timestamp>,
    /// First consent ever: the ledger's opening day.
    pub(crate) opened: Option<Timestamp>,
    /// Consent was given; the connection reads `Linked` from this moment on.
    pub(crate) linking: Option<Timestamp>,
    pub(crate) errors: Vec<ErrorRow>,
    pub(crate) otp: Option<(String, Timestamp)>,
    /// Finished good reads per data type, oldest first.
    pub(crate) reads: BTreeMap<String, Vec<Read>>,
    pub(crate) last_sync: Option<Timestamp>,
}

/// `status` of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum LinkState {
    PendingAuth,
    Linked,
    Unlinked,
    Deauthorized,
}

impl LinkState {
    pub(crate) fn word(self, legacy: bool) -> &'static str {
        match (self, legacy) {
            (Self::PendingAuth, false) => "PendingAuth",
            (Self::PendingAuth, true) => "pendingAuth",
            (Self::Linked, false) => "Linked",
            (Self::Linked, true) => "linked",
            (Self::Unlinked, _) => "Unlinked",
            (Self::Deauthorized, _) => "Deauthorized",
        }
    }
}

/// An entry of `dataConnectionErrors`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ErrorRow {
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) message: String,
    pub(crate) at: Timestamp,
    pub(crate) resolved: Option<Timestamp>,
}

/// A good read of a data type: what it could see.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Read {
    /// When it ran: nothing later is in it.
    pub(crate) at: Timestamp,
    /// Nothing older is in it.
    pub(crate) from: Option<Timestamp>,
    /// Every n-th transaction is no longer told.
    pub(crate) drop_every: Option<u32>,
}

/// A dataset: one read at Codat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dataset {
    pub(crate) id: String,
    pub(crate) company: String,
    pub(crate) connection: String,
    pub(crate) data_type: String,
    pub(crate) requested: Timestamp,
    /// Status words with the moment from which each holds.
    pub(crate) walk: Vec<(Timestamp, String)>,
    pub(crate) settled: bool,
}

impl Dataset {
    pub(crate) fn status(&self, now: Timestamp) -> &str {
        self.walk.iter().rev().find(|(from, _)| *from <= now).map_or("Initial", |(_, word)| word)
    }

    pub(crate) fn ends(&self) -> Timestamp {
        self.walk.last().map_or(self.requested, |(at, _)| *at)
    }
}

/// A customer on the bank's pages.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) company: String,
    pub(crate) connection: String,
    /// The link's own query, without the one-time password: fills the template's further placeholders.
    pub(crate) query: BTreeMap<String, String>,
    /// Institution picked in Plaid mode.
    pub(crate) institution: Option<String>,
}

/// A remembered answer under an idempotency key.
#[derive(Clone, Debug)]
pub(crate) struct Remembered {
    pub(crate) body: [u8; 32],
    pub(crate) at: Timestamp,
    /// None while the first request still runs.
    pub(crate) answer: Option<Answer>,
}

/// A line of the request log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Logged {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) status: u16,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) fault: Option<String>,
}

/// What survives a restart.
#[derive(Default, Serialize, Deserialize)]
struct Snapshot {
    companies: Vec<Company>,
    connections: Vec<Connection>,
    datasets: Vec<Dataset>,
    redirect_url: Option<String>,
    counter: u64,
}

/// Everything.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) switches: Switches,
    pub(crate) base_url: String,
    pub(crate) authorization: String,
    pub(crate) clock: Clock,
    pub(crate) catalogue: Catalogue,
    /// In the order of creation.
    pub(crate) company_order: Vec<String>,
    pub(crate) companies: HashMap<String, Company>,
    pub(crate) connections: HashMap<String, Connection>,
    pub(crate) datasets: HashMap<String, Dataset>,
    /// Ids of a company's datasets, oldest first.
    pub(crate) history: HashMap<String, Vec<String>>,
    pub(crate) running: Vec<String>,
    pub(crate) redirect_url: Option<String>,
    pub(crate) sync_settings: BTreeMap<String, serde_json::Value>,
    pub(crate) visits: HashMap<String, Visit>,
    pub(crate) remembered: HashMap<String, Remembered>,
    /// Answers made but held back by a slow fault, by key.
    pub(crate) unanswered: HashMap<String, Answer>,
    pub(crate) faults: Faults,
    pub(crate) log: VecDeque<Logged>,
    pub(crate) requests: u64,
    pub(crate) used_today: (i64, u32),
    pub(crate) ledgers: HashMap<String, (Timestamp, Arc<Ledger>)>,
    pub(crate) views: crate::views::Views,
    /// Companies that the tag index does not show yet, with the listings left until it does.
    pub(crate) unindexed: HashMap<String, u32>,
    counter: u64,
}

const LOG_LINES: usize = 200_000;

impl State {
    pub(crate) fn open(options: Options, base_url: &str) -> Result<Self, String> {
        use base64::Engine as _;
        let snapshot = match &options.state_file {
            Some(path) => match std::fs::read(path) {
                Ok(bytes) => Some(serde_json::from_slice::<Snapshot>(&bytes).map_err(|error| error.to_string())?),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
                Err(error) => return Err(error.to_string()),
            },
            None => None,
        };
        let key = base64::engine::general_purpose::STANDARD.encode(options.api_key());
        let mut state = Self {
            switches: options.switches.clone(),
            base_url: base_url.to_owned(),
            authorization: format!("Basic {key}"),
            clock: Clock::Running(jiff::SignedDuration::ZERO),
            catalogue: crate::world::catalogue(options.mode, options.seed),
            company_order: vec![],
            companies: HashMap::new(),
            connections: HashMap::new(),
            datasets: HashMap::new(),
            history: HashMap::new(),
            running: vec![],
            redirect_url: options.redirect_url.clone(),
            sync_settings: BTreeMap::new(),
            visits: HashMap::new(),
            remembered: HashMap::new(),
            unanswered: HashMap::new(),
            faults: Faults::new(options.script.clone(), options.seed),
            log: VecDeque::new(),
            requests: 0,
            used_today: (0, 0),
            ledgers: HashMap::new(),
            views: crate::views::Views::default(),
            unindexed: HashMap::new(),
            counter: 0,
            options,
        };
        match snapshot {
            Some(snapshot) => state.restore(snapshot),
            None => crate::populate::populate(&mut state),
        }
        Ok(state)
    }

    fn restore(&mut self, snapshot: Snapshot) {
        self.counter = snapshot.counter;
        // The caller's template wins: its port may have changed.
        self.redirect_url = self.redirect_url.take().or(snapshot.redirect_url);
        for company in snapshot.companies {
            self.company_order.push(company.id.clone());
            self.companies.insert(company.id.clone(), company);
        }
        self.connections = snapshot.connections.into_iter().map(|connection| (connection.id.clone(), connection)).collect();
        for dataset in snapshot.datasets {
            self.add_dataset(dataset);
        }
    }

    /// Writes the state file, when there is one. A failure is logged: the sandbox goes on in memory.
    pub(crate) fn save(&self) {
        let Some(path) = &self.options.state_file else { return };
        let mut datasets: Vec<&Dataset> = self.datasets.values().collect();
        datasets.sort_by_key(|dataset| (dataset.requested, &dataset.id));
        let snapshot = Snapshot {
            companies: self.company_order.iter().filter_map(|id| self.companies.get(id)).cloned().collect(),
            connections: self.connections.values().cloned().collect(),
            datasets: datasets.into_iter().cloned().collect(),
            redirect_url: self.redirect_url.clone(),
            counter: self.counter,
        };
        let fresh = path.with_extension("new");
        let written = serde_json::to_vec(&snapshot).map_err(std::io::Error::from).and_then(|bytes| std::fs::write(&fresh, bytes));
        if let Err(error) = written.and_then(|()| std::fs::rename(&fresh, path)) {
            tracing::warn!(%error, "could not write the sandbox's state file");
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The next number: with the seed it makes every id.
    pub(crate) fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(crate) fn fresh_id(&mut self) -> String {
        let number = self.number();
        guid(self.options.seed, &[0x1d, number]).to_string()
    }

    /// 32 hex digits and a dashed GUID in turn.
    pub(crate) fn fresh_correlation(&mut self) -> (String, u64) {
        let number = self.number();
        let id = guid(self.options.seed, &[0xc0, number]);
        (if number % 2 == 0 { id.simple().to_string() } else { id.to_string() }, number)
    }

    pub(crate) fn fresh_otp(&mut self) -> String {
        let number = self.number();
        format!("{:06}", Dice::new(self.options.seed, &[0x07, number]).below(1_000_000))
    }

    pub(crate) fn bank(&self, key: &str) -> Option<&Bank> {
        self.catalogue.by_key(key)
    }

    pub(crate) fn add_company(&mut self, company: Company) {
        self.company_order.push(company.id.clone());
        self.companies.insert(company.id.clone(), company);
    }

    pub(crate) fn add_connection(&mut self, connection: Connection) {
        if let Some(company) = self.companies.get_mut(&connection.company) {
            company.connections.push(connection.id.clone());
        }
        self.connections.insert(connection.id.clone(), connection);
    }

    pub(crate) fn add_dataset(&mut self, dataset: Dataset) {
        self.history.entry(dataset.company.clone()).or_default().push(dataset.id.clone());
        if !dataset.settled {
            self.running.push(dataset.id.clone());
        }
        self.datasets.insert(dataset.id.clone(), dataset);
    }

    pub(crate) fn log(&mut self, line: Logged) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }

    /// Companies with a connection that is linked.
    pub(crate) fn active_companies(&self) -> u32 {
        let linked = self.connections.values().filter(|connection| connection.status == LinkState::Linked);
        let companies: std::collections::HashSet<&str> = linked.map(|connection| connection.company.as_str()).collect();
        u32::try_from(companies.len()).unwrap_or(u32::MAX)
    }

    pub(crate) fn mode(&self) -> Mode {
        self.options.mode
    }
}

/// A GUID that follows from the seed and a key.
pub(crate) fn guid(seed: u64, key: &[u64]) -> Uuid {
    let mut dice = Dice::new(seed, key);
    let mut bytes = [0; 16];
    for byte in &mut bytes {
        *byte = u8::try_from(dice.below(256)).unwrap_or(0);
    }
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
