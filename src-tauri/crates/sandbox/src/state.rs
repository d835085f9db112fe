//! What the sandbox remembers: one Codat client with its companies, connections and syncs. What is done with it, and how it is
//! told, is elsewhere.

use crate::agenda::Agenda;
use crate::answer::Answer;
use crate::clock::Clock;
use crate::digest::Digests;
use crate::faults::Faults;
use crate::idempotency::Keys;
use crate::links::Links;
use crate::options::{Options, key_of};
use crate::portfolio::Portfolio;
use crate::switches::Switches;
use crate::views::{Ledgers, Views};
use crate::world::{Bank, Catalogue, Dice, Mode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};
use uuid::Uuid;

/// A company.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Company {
    pub(crate) id: String,
    /// Its number in the portfolio, when it was there from the start.
    pub(crate) number: Option<u32>,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) created: Timestamp,
    pub(crate) connections: Vec<String>,
    pub(crate) legacy_platform: Option<String>,
    pub(crate) products: Vec<String>,
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
    /// The bank has ended consent; Codat finds out at the next sync.
    #[serde(default)]
    pub(crate) revoked: bool,
    /// Accounts the customer shared; none = all.
    pub(crate) shared: Option<Vec<String>>,
    /// Whose accounts they are; none = the company's own.
    #[serde(default)]
    pub(crate) holder: Option<String>,
    /// Newest first.
    pub(crate) errors: Vec<ErrorRow>,
    /// One-time links handed out.
    pub(crate) links: Links,
    /// Good syncs per data type, oldest first.
    pub(crate) syncs: BTreeMap<String, Vec<Sync>>,
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
    pub(crate) code: Cow<'static, str>,
    pub(crate) text: Cow<'static, str>,
    pub(crate) message: Cow<'static, str>,
    pub(crate) at: Timestamp,
    pub(crate) resolved: Option<Timestamp>,
}

/// A good sync of a data type: what it could see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sync {
    /// When it ran: nothing later is in it.
    pub(crate) at: Timestamp,
    /// Nothing older is in it.
    pub(crate) from: Option<Timestamp>,
    /// Every n-th transaction is no longer told.
    pub(crate) drop_every: Option<u32>,
    /// Every n-th record was stamped anew without other change.
    pub(crate) restamp_every: Option<u32>,
    /// The bank told nothing.
    pub(crate) empty: bool,
}

/// A dataset: one sync at Codat.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dataset {
    pub(crate) id: String,
    pub(crate) company: String,
    pub(crate) connection: String,
    pub(crate) data_type: String,
    pub(crate) requested: Timestamp,
    /// Statuses with the moment from which each holds; the last one is the end.
    pub(crate) walk: Vec<Step>,
    pub(crate) settled: bool,
}

/// A status from a moment on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Step {
    pub(crate) at: Timestamp,
    pub(crate) word: Cow<'static, str>,
    /// Fetching rests until then.
    pub(crate) paused_until: Option<Timestamp>,
}

impl Step {
    pub(crate) fn new(at: Timestamp, word: impl Into<Cow<'static, str>>) -> Self {
        Self { at, word: word.into(), paused_until: None }
    }
}

impl Dataset {
    pub(crate) fn step(&self, now: Timestamp) -> Option<&Step> {
        self.walk.iter().rev().find(|step| step.at <= now)
    }

    pub(crate) fn status(&self, now: Timestamp) -> &str {
        self.step(now).map_or("Initial", |step| &step.word)
    }

    pub(crate) fn ends(&self) -> Timestamp {
        self.walk.last().map_or(self.requested, |step| step.at)
    }
}

/// A customer on the bank's pages.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) company: String,
    /// None until a bank was picked on Codat's own page.
    pub(crate) connection: Option<String>,
    /// The link's own query, without the one-time password: fills the template's further placeholders.
    pub(crate) query: BTreeMap<String, String>,
    /// Institution picked in Plaid mode.
    pub(crate) institution: Option<String>,
    /// Another person must approve.
    pub(crate) awaits_approver: bool,
    /// Accounts ticked by the first person.
    pub(crate) ticked: Option<Vec<String>>,
    /// How it ended.
    pub(crate) end: Option<crate::flow::End>,
}

/// A key to the API.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiKey {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) key: String,
    pub(crate) created: Timestamp,
}

/// A line of the request log.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Logged {
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) template: String,
    pub(crate) query: Option<String>,
    pub(crate) status: u16,
    pub(crate) idempotency_key: Option<String>,
    pub(crate) replayed: bool,
    pub(crate) fault: Option<String>,
}

/// Counters behind everything that must differ each time.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Numbers {
    pub(crate) ids: u64,
    pub(crate) errors: u64,
}

/// Everything.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) switches: Switches,
    pub(crate) base_url: String,
    pub(crate) keys: Vec<ApiKey>,
    pub(crate) clock: Clock,
    pub(crate) catalogue: Catalogue,
    pub(crate) portfolio: Portfolio,
    /// Companies of the portfolio that were deleted.
    pub(crate) gone: BTreeSet<u32>,
    /// Companies made since, in that order.
    pub(crate) made: Vec<String>,
    /// Companies made since, and those of the portfolio that someone touched.
    pub(crate) companies: HashMap<String, Company>,
    /// Ids of those of the portfolio among them, by number.
    pub(crate) awake: HashMap<u32, String>,
    pub(crate) connections: HashMap<String, Connection>,
    pub(crate) datasets: HashMap<String, Dataset>,
    /// Ids of a company's datasets, oldest first.
    pub(crate) history: HashMap<String, Vec<String>>,
    pub(crate) agenda: Agenda,
    pub(crate) redirect_url: Option<String>,
    pub(crate) allowed_redirects: Vec<String>,
    pub(crate) cors_origins: Vec<String>,
    pub(crate) sync_settings: BTreeMap<String, serde_json::Value>,
    pub(crate) visits: HashMap<String, Visit>,
    /// One-time links to a company's own page.
    pub(crate) company_links: HashMap<String, Links>,
    pub(crate) idempotency: Keys<Answer>,
    pub(crate) faults: Faults,
    pub(crate) log: VecDeque<Logged>,
    pub(crate) requests: u64,
    /// The day, what was used of its quota, and the quota as it stood when the day began.
    pub(crate) today: (i64, u32, u32),
    pub(crate) ledgers: Ledgers,
    pub(crate) views: Views,
    pub(crate) digests: Digests,
    /// Companies that the tag index does not show yet, with the listings left until it does.
    pub(crate) unindexed: HashMap<String, u32>,
    pub(crate) numbers: Numbers,
    /// Active companies, until something changes.
    active: Option<u32>,
}

const LOG_LINES: usize = 200_000;

impl State {
    pub(crate) fn open(options: Options, base_url: &str) -> Result<Self, String> {
        let clock = Clock::start(options.clock);
        let catalogue = crate::world::catalogue(options.mode, options.seed);
        let snapshot = crate::snapshot::read(&options)?;
        let (size, epoch) = snapshot.as_ref().map_or((options.companies, clock.now()), crate::snapshot::Snapshot::portfolio);
        let first_key =
            ApiKey { id: guid(options.seed, &[0xa1, 0]).to_string(), name: None, key: key_of(options.seed, "key"), created: epoch };
        let mut state = Self {
            switches: options.switches.clone(),
            base_url: base_url.to_owned(),
            keys: vec![first_key],
            clock,
            portfolio: Portfolio::new(options.seed, size, epoch, &catalogue),
            catalogue,
            gone: BTreeSet::new(),
            made: vec![],
            companies: HashMap::new(),
            awake: HashMap::new(),
            connections: HashMap::new(),
            datasets: HashMap::new(),
            history: HashMap::new(),
            agenda: Agenda::default(),
            redirect_url: options.redirect_url.clone(),
            allowed_redirects: vec![],
            cors_origins: vec![],
            sync_settings: BTreeMap::new(),
            visits: HashMap::new(),
            company_links: HashMap::new(),
            idempotency: Keys::default(),
            faults: Faults::new(options.script.clone(), options.seed),
            log: VecDeque::new(),
            requests: 0,
            today: (i64::MIN, 0, 0),
            ledgers: Ledgers::default(),
            views: Views::default(),
            digests: Digests::default(),
            unindexed: HashMap::new(),
            numbers: Numbers::default(),
            active: None,
            options,
        };
        if let Some(snapshot) = snapshot {
            snapshot.restore(&mut state);
        }
        Ok(state)
    }

    /// To be called after every change: it is written to the state file.
    pub(crate) fn changed(&mut self) {
        self.active = None;
        crate::snapshot::write(self);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn fresh_id(&mut self) -> String {
        self.numbers.ids += 1;
        guid(self.options.seed, &[0x1d, self.numbers.ids]).to_string()
    }

    /// 32 hex digits and a dashed GUID in turn.
    pub(crate) fn fresh_correlation(&mut self) -> (String, u64) {
        self.numbers.errors += 1;
        let number = self.numbers.errors;
        let id = guid(self.options.seed, &[0xc0, number]);
        (if number.is_multiple_of(2) { id.simple().to_string() } else { id.to_string() }, number)
    }

    pub(crate) fn bank(&self, key: &str) -> Option<&Bank> {
        self.catalogue.by_key(key)
    }

    pub(crate) fn client_id(&self) -> Uuid {
        guid(self.options.seed, &[0xc1])
    }

    pub(crate) fn mode(&self) -> Mode {
        self.options.mode
    }

    /// Brings a company of the portfolio into the state, when it is one that still sleeps. Returns whether there is such a company.
    pub(crate) fn wake(&mut self, company: &str) -> bool {
        if self.companies.contains_key(company) {
            return true;
        }
        match self.portfolio.number(company) {
            Some(number) if !self.gone.contains(&number) => {
                self.wake_number(number);
                true
            }
            _ => false,
        }
    }

    /// The same for the company of a connection.
    pub(crate) fn wake_owner(&mut self, connection: &str) {
        if self.connections.contains_key(connection) {
            return;
        }
        if let Some(number) = self.portfolio.owner(connection)
            && !self.gone.contains(&number)
            && !self.awake.contains_key(&number)
        {
            self.wake_number(number);
        }
    }

    fn wake_number(&mut self, number: u32) {
        let company = self.portfolio.company(number);
        for connection in self.portfolio.connections(number) {
            for dataset in Portfolio::datasets(&connection) {
                self.add_dataset(dataset);
            }
            self.plan_consent_end(&connection.id, connection.status, connection.linked_at);
            self.connections.insert(connection.id.clone(), connection);
        }
        self.awake.insert(number, company.id.clone());
        self.companies.insert(company.id.clone(), company);
    }

    pub(crate) fn add_company(&mut self, company: Company) {
        self.made.push(company.id.clone());
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
            self.agenda.add(dataset.ends(), crate::agenda::Due::SyncEnds(dataset.id.clone()));
        }
        self.datasets.insert(dataset.id.clone(), dataset);
    }

    pub(crate) fn remove_company(&mut self, id: &str) {
        let Some(company) = self.companies.remove(id) else { return };
        for connection in &company.connections {
            self.remove_connection(connection);
        }
        for dataset in self.history.remove(id).unwrap_or_default() {
            self.datasets.remove(&dataset);
        }
        if let Some(number) = company.number {
            self.awake.remove(&number);
            self.gone.insert(number);
        }
        self.made.retain(|other| other != id);
        self.company_links.remove(id);
        self.unindexed.remove(id);
    }

    pub(crate) fn remove_connection(&mut self, id: &str) {
        if let Some(connection) = self.connections.remove(id)
            && let Some(company) = self.companies.get_mut(&connection.company)
        {
            company.connections.retain(|other| other != id);
        }
        self.ledgers.forget(id);
        self.views.forget(id);
    }

    /// How many companies there are.
    pub(crate) fn company_count(&self) -> usize {
        self.portfolio.size() as usize - self.gone.len() + self.made.len()
    }

    pub(crate) fn log(&mut self, line: Logged) {
        if self.log.len() == LOG_LINES {
            self.log.pop_front();
        }
        self.log.push_back(line);
    }

    /// Companies with a connection that is linked.
    pub(crate) fn active_companies(&mut self) -> u32 {
        if let Some(active) = self.active {
            return active;
        }
        let linked = self.connections.values().filter(|connection| connection.status == LinkState::Linked);
        let awake: HashSet<&str> = linked.map(|connection| connection.company.as_str()).collect();
        // Those of the portfolio that are awake or gone were counted when it was made.
        let counted = |number: &u32| self.portfolio.statuses(*number).contains(&LinkState::Linked);
        let moved = self.awake.keys().chain(&self.gone);
        let moved = u32::try_from(moved.filter(|number| counted(number)).count()).unwrap_or(0);
        let active = u32::try_from(awake.len()).unwrap_or(u32::MAX).saturating_add(self.portfolio.linked()).saturating_sub(moved);
        self.active = Some(active);
        active
    }
}

/// Six digits from the dice.
pub(crate) fn six_digits(dice: &mut Dice) -> String {
    format!("{:06}", dice.below(1_000_000))
}

/// A GUID that follows from the seed and a key.
pub(crate) fn guid(seed: u64, key: &[u64]) -> Uuid {
    let mut dice = Dice::new(seed, key);
    let bits = (u128::from(dice.roll()) << 64) | u128::from(dice.roll());
    uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid()
}
