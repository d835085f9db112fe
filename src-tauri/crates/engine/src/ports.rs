//! Where the process ends: Codat in our words, the vault, the browser, the clock, randomness, the demo's sandbox.

use crate::policy::PolicyPlace;
use crate::view::{BudgetView, Fits, KeychainState, Line, VaultKind, WaitReason};
use domain::data_type::DataType;
use secrecy::{SecretSlice, SecretString};
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use store::{CompanyEntry, ConnectionEntry, DatasetEntry, Quarantined, Records};

/// An answer that is waited for.
pub type Wait<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A company with its connections, as told at once.
pub type CompanyTold = (CompanyEntry, Vec<ConnectionEntry>);

/// Why Codat could not be asked, or refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// No network.
    #[error("no connection to Codat")]
    Offline,
    /// The answer was lost.
    #[error("the answer was lost")]
    Lost,
    /// The certificate is not trusted.
    #[error("the certificate is not trusted")]
    Untrusted,
    /// Something else answered.
    #[error("something else answered in Codat's place")]
    CaptivePortal,
    /// Not readable; the text says where, without content.
    #[error("unreadable: {0}")]
    Unreadable(String),
    /// The answer was too large: ask for less at once.
    #[error("the answer was too large")]
    TooLarge,
    /// Codat's own trouble, after retries.
    #[error("Codat failed: {0}")]
    Down(Told),
    /// 401: the key is refused, all traffic stops.
    #[error("the key is refused")]
    KeyRefused(Told),
    /// 403.
    #[error("forbidden: {0}")]
    Forbidden(Told),
    /// 402.
    #[error("plan limit: {0}")]
    PlanLimit(Told),
    /// 429, or our own budget: not before then (UTC milliseconds).
    #[error("limited")]
    Limited(i64),
    /// The thing is not there.
    #[error("not found: {0}")]
    NotFound(Told),
    /// Any other refusal.
    #[error("refused: {0}")]
    Refused(Told),
    /// The team's server, in a sentence of its own.
    #[error(transparent)]
    Team(team::Error),
    /// Somebody of the team began it, for companies that this login does not see: who, and when (UTC milliseconds).
    #[error("{0} of the team began it")]
    BegunBy(String, i64),
    /// It stands in the team's outbox and is not done yet.
    #[error("it waits in the team's outbox")]
    Outbox(InOutbox),
    /// This source does not do that; the sentence says who does.
    #[error("{0}")]
    NotHere(&'static str),
}

impl SourceError {
    /// Asking on would be pointless or rude, whatever is asked for.
    pub(crate) fn ends_all(&self) -> bool {
        match self {
            Self::Team(error) => !matches!(error, team::Error::Failed(_)),
            _ => matches!(self, Self::KeyRefused(_) | Self::Limited(_) | Self::Offline | Self::CaptivePortal | Self::Untrusted),
        }
    }

    /// Nobody answers; that passes by itself.
    pub(crate) fn is_away(&self) -> bool {
        match self {
            Self::Team(error) => error.is_passing(),
            _ => matches!(self, Self::Offline | Self::Lost | Self::CaptivePortal),
        }
    }
}

/// What waits in a team's outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InOutbox {
    /// When it was written there, UTC milliseconds.
    pub since: i64,
    /// When it is looked at again.
    pub next: i64,
    /// A worker has taken it.
    pub is_taken: bool,
    /// Why that worker waits, as a sentence.
    pub why: Option<String>,
}

/// So long from now by this computer's clock, UTC milliseconds.
pub(crate) fn in_a_while(length: Duration) -> i64 {
    SystemClock.now().saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX))
}

/// Codat's words and the id its support asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its text.
    pub message: String,
    /// Correlation id.
    pub correlation_id: Option<String>,
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// How sending a creation once ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent<T> {
    /// It exists.
    Made(T),
    /// It exists already: somebody else of the team had it made.
    Found {
        /// What.
        made: T,
        /// Who.
        who: String,
        /// When they asked for it, UTC milliseconds.
        at: i64,
    },
    /// It had no effect; the same may be sent again after this.
    Again(Duration),
    /// The same, and it is worth telling why.
    Held(SourceError, Duration),
    /// The key is in flight elsewhere: ask again with it.
    InFlight,
    /// Nobody knows; one word says how it ended.
    Unknown(&'static str),
    /// Refused for good.
    Refused(SourceError),
}

/// Asking for a read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Queued {
    /// It is queued.
    New(DatasetEntry),
    /// One is running already; its id, when told.
    Running(Option<String>),
}

/// A page of records.
#[derive(Clone, Debug)]
pub enum Fetched {
    /// Rows.
    Page(RecordPage),
    /// The set is empty, or the bank does not have this type.
    Empty,
    /// Never read at Codat, or being read for the first time.
    NotYet,
    /// Some rows went since the stamp that was asked by: only the whole list shows which.
    Fewer,
}

/// What a source rang for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rung {
    /// There is news of this company.
    Company(String),
    /// Nobody listened for a while, so there may be news of any.
    Anything,
}

/// Rows of one page.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// Decoded.
    pub records: Records,
    /// Set aside.
    pub bad: Vec<Quarantined>,
    /// Matches in all, as told.
    pub total: u64,
    /// A next page is offered.
    pub has_next: bool,
    /// Largest modification stamp among them.
    pub watermark: Option<String>,
    /// Rows on the page, bad ones included.
    pub rows: u32,
    /// Bytes of the answer.
    pub sent: usize,
}

/// Which page of records.
#[derive(Clone, Debug)]
pub struct PageAsked<'a> {
    /// Company.
    pub company: &'a str,
    /// Connection.
    pub connection: &'a str,
    /// Type.
    pub data_type: DataType,
    /// From 1.
    pub page: u32,
    /// Rows.
    pub size: u32,
    /// Only what was modified at or after this stamp.
    pub since: Option<&'a str>,
}

/// The client behind a key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTold {
    /// Its name.
    pub name: String,
    /// The redirect template that stands; never empty.
    pub redirect_url: Option<String>,
}

/// Schedule of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Type.
    pub data_type: DataType,
    /// Read on first link.
    pub on_first_link: bool,
    /// Hours; 0 is none.
    pub hours: u32,
    /// Months back that are read.
    pub from_months: Option<u32>,
    /// Day from which it is read, as sent.
    pub from_day: Option<String>,
    /// Months to read.
    pub months: Option<u32>,
    /// Codat does not let it be changed.
    pub is_locked: bool,
}

impl Schedule {
    /// Types that Codat does not read when a bank is linked, of all that Fairlead reads.
    pub(crate) fn missing_on_first_link(schedules: &[Self]) -> impl Iterator<Item = DataType> {
        let is_on = |wanted| schedules.iter().any(|schedule| schedule.data_type == wanted && schedule.on_first_link);
        DataType::ALL.into_iter().filter(move |wanted| !is_on(*wanted))
    }
}

/// How a type's schedule is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleChange {
    /// Type.
    pub data_type: DataType,
    /// Hours; 0 is none.
    pub hours: u32,
    /// Read on first link.
    pub on_first_link: bool,
    /// Months back that are read; `None` leaves what stands.
    pub from_months: Option<u32>,
}

/// A connection with its fresh link.
pub struct FreshLink {
    /// The connection.
    pub connection: ConnectionEntry,
    /// One-time address: never kept, never logged.
    pub url: SecretString,
}

/// Companies of one page.
#[derive(Clone, Debug, Default)]
pub struct CompanyBatch {
    /// The companies.
    pub companies: Vec<CompanyTold>,
    /// In all, as told.
    pub total: u64,
    /// More are to come.
    pub has_next: bool,
    /// Companies of the page that could not be read. They exist: a pass with any of them must not call others gone.
    pub unread: u32,
}

/// What pacing knows: for the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The line.
    pub line: Line,
    /// Last answer, UTC milliseconds.
    pub checked_at: Option<i64>,
    /// Requests since midnight UTC.
    pub calls_today: u32,
    /// Requests in this process.
    pub calls: u64,
    /// Quota of the day.
    pub quota: Option<u32>,
    /// When we may go on.
    pub resumes_at: Option<i64>,
    /// Why not before.
    pub why: Option<WaitReason>,
    /// Codat's clock less this computer's, milliseconds, as its last answer told; less than two seconds are none.
    pub clock_off: i64,
}

/// Banking sources as Codat lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BanksTold {
    /// Each once.
    pub banks: Vec<store::BankEntry>,
    /// All of the list could be read.
    pub whole: bool,
}

/// What becomes of the request budget, given how it was last left.
pub type BudgetChange = Box<dyn FnOnce(Option<&str>) -> String + Send>;

/// Where the request budget of a key is kept, for all programs that send with it.
pub trait BudgetPlace: Send + Sync {
    /// As it was last left, if it ever was; or why it cannot be read.
    fn read(&self) -> Wait<'_, Result<Option<String>, String>>;
    /// Changes it. Nobody else changes it between what `change` is shown and what it returns. Or why it cannot be kept.
    fn change(&self, change: BudgetChange) -> Wait<'_, Result<(), String>>;
    /// Whether a program may send by what it knows itself while this place does not answer.
    fn may_go_on_alone(&self) -> bool;
    /// The copy of the program that calls itself `holder` sends from now on.
    fn arrive(&self, _holder: u64) {}
    /// Those of these copies that are known to send nothing any more, although they did not say so.
    fn gone(&self, _holders: &[u64]) -> Vec<u64> {
        vec![]
    }
}

/// Codat, in our words. One value speaks for one key.
pub trait BankingSource: Send + Sync {
    /// It is a team's server: near, asked without a key and without a budget of requests.
    fn is_teams(&self) -> bool {
        false
    }
    /// Waits until it rings by itself. Codat does not.
    fn rung(&self) -> Wait<'_, Rung> {
        Box::pin(std::future::pending())
    }
    /// The client behind the key.
    fn client(&self) -> Wait<'_, Result<ClientTold, SourceError>>;
    /// Banking sources, disabled ones left out.
    fn banks(&self) -> Wait<'_, Result<Vec<store::BankEntry>, SourceError>>;
    /// Banking sources, switched on or not.
    fn all_banks(&self) -> Wait<'_, Result<BanksTold, SourceError>>;
    /// A page of companies in a stable order.
    fn companies(&self, page: u32, size: u32) -> Wait<'_, Result<CompanyBatch, SourceError>>;
    /// One company with all its connections.
    fn company<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>>;
    /// One company as it is at Codat now, also where a source tells what it was told before.
    fn company_now<'a>(&'a self, id: &'a str) -> Wait<'a, Result<CompanyTold, SourceError>> {
        self.company(id)
    }
    /// Several companies can be asked about now with one question.
    fn tells_several_now(&self) -> bool {
        true
    }
    /// These companies with all their connections, asked for at once; those that are not there are left out.
    fn companies_named<'a>(&'a self, ids: &'a [&'a str]) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>>;
    /// Companies that bear a tag.
    fn tagged<'a>(&'a self, tag: &'a str, value: &'a str) -> Wait<'a, Result<Vec<CompanyTold>, SourceError>>;
    /// Bytes of a company's creation, to be frozen.
    fn company_body(&self, name: &str, tags: &std::collections::BTreeMap<String, String>) -> Vec<u8>;
    /// Bytes of a connection's creation, to be frozen.
    fn connection_body(&self, bank_key: &str) -> Vec<u8>;
    /// Sends a company's creation once.
    fn create_company<'a>(&'a self, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<CompanyTold>>;
    /// Sends a connection's creation once.
    fn create_connection<'a>(&'a self, company: &'a str, body: &'a [u8], key: &'a str) -> Wait<'a, Sent<ConnectionEntry>>;
    /// What was given to be sent under this key and only waits is not sent any more; false when it is too late for that.
    fn take_back<'a>(&'a self, _key: &'a str) -> Wait<'a, Result<bool, SourceError>> {
        Box::pin(async { Ok(true) })
    }
    /// A company's connections.
    fn connections<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<ConnectionEntry>, SourceError>>;
    /// One connection with a fresh link.
    fn fresh_link<'a>(&'a self, company: &'a str, connection: &'a str) -> Wait<'a, Result<FreshLink, SourceError>>;
    /// Ends a connection or a company for good. What is gone already is no error; unlinking what is not linked may be refused.
    fn end<'a>(&'a self, company: &'a str, ending: &'a crate::view::Ending) -> Wait<'a, Result<(), SourceError>>;
    /// A company with a fresh link of its own, on which the customer chooses the bank; none when Codat offers none.
    fn company_link<'a>(&'a self, company: &'a str) -> Wait<'a, Result<(CompanyTold, Option<SecretString>), SourceError>>;
    /// Asks for a read.
    fn queue<'a>(&'a self, company: &'a str, connection: &'a str, data_type: DataType) -> Wait<'a, Result<Queued, SourceError>>;
    /// Reads of a company, newest first, at most 200.
    fn history<'a>(&'a self, company: &'a str) -> Wait<'a, Result<Vec<DatasetEntry>, SourceError>>;
    /// A page of records.
    fn records<'a>(&'a self, asked: PageAsked<'a>) -> Wait<'a, Result<Fetched, SourceError>>;
    /// Codat's own schedules, of a company or of the whole client.
    fn sync_settings<'a>(&'a self, company: Option<&'a str>) -> Wait<'a, Result<Vec<Schedule>, SourceError>>;
    /// Changes some of them; all others are sent back as they stand.
    fn change_sync_settings<'a>(&'a self, company: Option<&'a str>, changes: &'a [ScheduleChange]) -> Wait<'a, Result<(), SourceError>>;
    /// A logo's bytes, at most 256 KiB.
    fn logo<'a>(&'a self, url: &'a str) -> Wait<'a, Result<Vec<u8>, SourceError>>;
    /// What pacing knows.
    fn pace(&self) -> Pace;
    /// Whether whoever answered last was vouched for by this computer alone: a company's own authority, which reads along.
    fn is_inspected(&self) -> bool {
        false
    }
    /// Shares the request budget with all who keep it at this place.
    fn share_budget(&self, place: Arc<dyn BudgetPlace>);
    /// The request budget, other copies of the program included. Sends nothing.
    fn budget(&self) -> Wait<'_, BudgetView>;
    /// When so many requests would be through. Sends nothing.
    fn fits(&self, needed: u32) -> Wait<'_, Fits>;
    /// So many links are waited for: background work leaves room for their reads.
    fn expect_links(&self, count: usize);
    /// Gives back what of the budget was taken and not used: nothing more will be asked.
    fn settle_budget(&self) -> Wait<'_, ()>;
    /// Hosts (with port) whose links may be opened.
    fn may_open(&self, url: &str) -> bool;
}

/// Makes a source for a key.
pub trait SourceFactory: Send + Sync {
    /// For `https://api.codat.io` (`None`) or a loopback sandbox.
    ///
    /// # Errors
    /// When the key or the address cannot be one.
    fn source(&self, key: &SecretSlice<u8>, base_url: Option<&str>) -> Result<Arc<dyn BankingSource>, String>;
    /// Reads a typed key: raw, or the ready `Basic …` header.
    fn read_key(&self, typed: &str) -> Option<SecretSlice<u8>>;
}

/// What a vault said instead of doing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No keychain here.
    #[error("This computer has no keychain that answers.")]
    NoKeychain,
    /// Locked or refused.
    #[error("The keychain is locked or refused access. Unlock it and try again.")]
    Locked,
    /// No answer in time.
    #[error("The keychain did not answer in 10 seconds. A password prompt may be waiting behind this window.")]
    Silent,
    /// Holds something else under this name.
    #[error("The keychain holds something unreadable under Fairlead's name.")]
    Unreadable,
    /// The passphrase is wrong.
    #[error("The passphrase does not open this vault.")]
    WrongPassphrase,
    /// The vault file is damaged.
    #[error("The vault file is damaged. It was left as it is.")]
    Damaged,
    /// The vault file could not be read or written.
    #[error("The vault file could not be read or written.")]
    File,
    /// Anything else.
    #[error("The keychain failed.")]
    Failed,
}

/// Where secrets live.
pub trait SecretVault: Send + Sync {
    /// Which kind it is.
    fn kind(&self) -> VaultKind;
    /// A secret; `None` = not there, which a locked keychain may also say.
    fn get<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<Option<SecretSlice<u8>>, VaultError>>;
    /// Keeps a secret.
    fn set<'a>(&'a self, slot: &'a str, secret: SecretSlice<u8>) -> Wait<'a, Result<(), VaultError>>;
    /// Forgets a secret.
    fn delete<'a>(&'a self, slot: &'a str) -> Wait<'a, Result<(), VaultError>>;
}

/// The vaults of this computer.
pub trait Vaults: Send + Sync {
    /// The vault of a kind; a passphrase vault must have been opened before.
    fn vault(&self, kind: VaultKind) -> Option<Arc<dyn SecretVault>>;
    /// Whether the keychain answers.
    fn keychain(&self) -> Wait<'_, KeychainState>;
}

/// Opens an address in the system browser.
pub trait LinkOpener: Send + Sync {
    /// # Errors
    /// When no browser could be started.
    fn open(&self, url: &SecretString) -> Result<(), String>;
}

/// The time.
pub trait Clock: Send + Sync {
    /// UTC milliseconds.
    fn now(&self) -> i64;
}

/// Randomness.
pub trait Entropy: Send + Sync {
    /// 32 random bytes.
    fn bytes(&self) -> [u8; 32];
    /// A random (version 4) GUID.
    fn guid(&self) -> String;
}

/// Where the demo's sandbox listens.
#[derive(Clone, Debug)]
pub struct SandboxAddress {
    /// Base address.
    pub base_url: String,
    /// Its key.
    pub api_key: SecretString,
}

/// Starts the sandbox of the demo profile; it runs until the process ends.
pub trait DemoSandbox: Send + Sync {
    /// State is kept below `folder`; `redirect` is the client-wide template.
    fn start(&self, folder: PathBuf, redirect: String) -> Wait<'_, Result<SandboxAddress, String>>;
}

/// Everything the engine needs from outside.
#[derive(Clone)]
pub struct Ports {
    /// Codat.
    pub sources: Arc<dyn SourceFactory>,
    /// Vaults.
    pub vaults: Arc<dyn Vaults>,
    /// Browser.
    pub opener: Arc<dyn LinkOpener>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// The demo's sandbox.
    pub demo: Arc<dyn DemoSandbox>,
    /// Where the organisation's policy stands.
    pub policy: PolicyPlace,
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        jiff::Timestamp::now().as_millisecond()
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn bytes(&self) -> [u8; 32] {
        rand::random()
    }

    fn guid(&self) -> String {
        uuid::Uuid::new_v4().to_string()
    }
}
