//! What a face of the engine shows: plain data for a screen, a terminal or a JSON document.
//!
//! Nothing here holds a secret, and nothing is decoded back into a decision. Ids are text, money is a decimal
//! string beside its currency, times are UTC milliseconds. The TypeScript twins are generated from these types.

pub use crate::analysis::view::*;
pub use crate::banks::view::*;
pub use crate::bulk::view::*;
pub use crate::consents::view::*;
pub use crate::course::view::*;
pub use crate::doctor::view::*;
pub use crate::evidence::view::*;
pub use crate::policy::{ManagedView, Policy};
pub use crate::setup::view::*;
pub use crate::words::view::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An instant: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[ts(type = "number")]
pub struct Millis(pub i64);

/// An exact amount as a decimal string, for example `"-8412.60"`, with its ISO 4217 code as the bank sent it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MoneyView {
    /// Decimal string; never a float.
    pub amount: String,
    /// Currency code as sent.
    pub currency: String,
}

// ---------------------------------------------------------------------------------------------- profiles and health

/// Which world a profile speaks to. Shown as colour, pattern and word on every window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Environment {
    /// A live Codat client with real customers.
    Production,
    /// A Codat test client.
    Test,
    /// Our own local stand-in for Codat.
    Sandbox,
}

/// One profile: a Codat client, its key (kept elsewhere) and its own encrypted database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProfileView {
    /// The name the team gave it; unique on this computer.
    pub name: String,
    /// The Codat client's own name, as `GET /profile` told it; empty until first seen.
    pub client_name: String,
    /// Where it points.
    pub environment: Environment,
    /// The built-in demo, which starts its own sandbox.
    pub is_demo: bool,
    /// Where its secrets live.
    pub vault: VaultKind,
}

/// What Fairlead is unlocked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LockBy {
    /// The PIN.
    Pin,
    /// Nothing of its own: who is signed in to the computer, as far as its keychain is open.
    Computer,
    /// The passphrase of the profile that was open.
    Passphrase,
}

/// The lock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LockView {
    /// Nothing may be asked for.
    pub locked: bool,
    /// What it is, or would be, unlocked with; none: it cannot be locked.
    pub by: Option<LockBy>,
    /// The profile that is opened again.
    pub profile: Option<String>,
    /// A PIN is set.
    pub has_pin: bool,
    /// Minutes without a person after which it locks itself.
    pub after_minutes: Option<u32>,
    /// No PIN is looked at before this.
    pub not_before: Option<Millis>,
    /// The organisation wants a PIN for what is open, and there is none: nothing of a customer is shown before.
    pub wants_pin: bool,
}

/// Where secrets live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum VaultKind {
    /// The operating system's keychain.
    Keychain,
    /// Memory only: gone when the program ends.
    Session,
    /// A file behind a passphrase (Argon2id).
    PassphraseFile,
}

/// What the first question to the engine answers: which screen to open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// Fairlead's own version.
    pub version: String,
    /// Profiles on this computer, most recently used first.
    pub profiles: Vec<ProfileView>,
    /// The open one, if any.
    pub active: Option<ProfileView>,
    /// Whether the keychain answers, in one sentence when it does not.
    pub keychain: KeychainState,
    /// The lock.
    pub lock: LockView,
    /// What the organisation sets for everybody on this computer; none: nothing.
    pub managed: Option<ManagedView>,
    /// Appearance, formats and the like.
    pub preferences: Preferences,
    /// The computer's language, or English: what is spoken where none was chosen.
    pub computer: Language,
}

/// What the keychain said when asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeychainState {
    /// It can be used now.
    pub available: bool,
    /// One sentence for a person when it cannot.
    pub message: Option<String>,
}

/// What a person chose about the look; kept on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preferences {
    /// Colour theme.
    pub theme: Theme,
    /// Row height of tables.
    pub density: Density,
    /// Show banks' personal log-ins in the picker.
    pub show_personal_banks: bool,
    /// Whole months that a credit file needs of each account.
    #[serde(default = "twelve")]
    pub required_months: u8,
    /// What the system tells while the window is not in front.
    #[serde(default)]
    pub notices: NoticeSettings,
    /// Keys that a person gave to an action, by the action's name, as "Mod+Shift+K"; empty takes its keys away. What is as it came is not in it.
    #[serde(default)]
    pub shortcuts: std::collections::BTreeMap<String, String>,
    /// The language of the window; without one it is the computer's.
    #[serde(default)]
    pub language: Option<Language>,
    /// Whose dates, numbers and times are written; without it they follow the language.
    #[serde(default)]
    pub formats: Option<Language>,
}

/// What the system tells while the window is not in front. The inbox holds everything in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct NoticeSettings {
    /// It tells at all.
    pub system: bool,
    /// It names the company and the bank, also on a lock screen.
    pub names: bool,
    /// When it tells nothing.
    pub quiet: Option<QuietHours>,
    /// Days before the estimated end of a consent at which the inbox tells of it.
    pub consent_days: [u16; 3],
}

impl NoticeSettings {
    /// The steps, farthest first, each within a year.
    pub(crate) fn steps(self) -> [u16; 3] {
        let mut steps = self.consent_days.map(|days| days.clamp(1, 365));
        steps.sort_unstable_by_key(|days| std::cmp::Reverse(*days));
        steps
    }
}

impl Default for NoticeSettings {
    fn default() -> Self {
        Self { system: true, names: false, quiet: None, consent_days: [30, 14, 3] }
    }
}

/// From a minute of the day up to another one, by this computer's clock; also over midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuietHours {
    /// The first quiet minute.
    pub from: u16,
    /// The first minute after them.
    pub until: u16,
}

fn twelve() -> u8 {
    12
}

/// How a person left the desk of this profile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Desk {
    /// Ids of the companies opened last, newest first.
    pub recent: Vec<String>,
    /// Where the window was.
    pub route: Option<String>,
    /// Columns of the list that are hidden; none when nobody chose.
    pub hidden: Option<Vec<String>>,
    /// Views of the list that were kept under a name.
    pub views: Vec<OwnView>,
    /// Filters of transactions that were kept under a name, for every company; the address is what stands behind the tab's question mark.
    pub filters: Vec<OwnView>,
}

/// A view of the list that was kept under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OwnView {
    /// Our id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its address in the window.
    pub address: String,
}

/// Colour theme.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Theme {
    System,
    Light,
    Dark,
    Contrast,
    ContrastDark,
}

/// Row height of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Density {
    Comfortable,
    Compact,
}

/// The foot of the sidebar: is Codat reachable, and what have we spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusView {
    /// What the last request said about the line.
    pub line: Line,
    /// One sentence when the line is not `Online`.
    pub message: Option<String>,
    /// When Codat last answered.
    pub checked_at: Option<Millis>,
    /// Requests sent since 00:00 UTC.
    pub calls_today: u32,
    /// The day's quota, from `X-Rate-Limit-Limit`, when known.
    pub quota: Option<u32>,
    /// When the quota refills or the pause ends.
    pub resumes_at: Option<Millis>,
    /// Counts for the sidebar's views.
    pub counts: ViewCounts,
}

/// The line to Codat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Line {
    /// Nothing asked yet.
    Unknown,
    /// The last request was answered.
    Online,
    /// No route, refused, or a captive portal's page.
    Offline,
    /// 429: waiting for the quota.
    Limited,
    /// 401: the key is refused; all traffic stopped.
    KeyRefused,
}

/// Why nothing is sent for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum WaitReason {
    /// Codat refused with 429 and named a time.
    Limited,
    /// Codat is away and named a time.
    Away,
    /// Codat says that the minute is used up.
    Minute,
    /// The day's quota is used up, but for what is left to persons.
    Day,
}

/// The request budget of a profile, as all copies of the program share it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BudgetView {
    /// The rolling minute.
    pub minute: MinuteBudget,
    /// The day, which begins at 00:00 UTC.
    pub today: DayBudget,
    /// Requests under way in this copy.
    pub in_flight: u32,
    /// Requests that may be under way at once in it.
    pub at_once: u32,
    /// Requests that persons wait for a turn with.
    pub waiting_persons: u32,
    /// Requests in the background that wait for a turn.
    pub waiting_background: u32,
    /// Other copies of the program at work on the same profile.
    pub others: u32,
    /// What today's requests were for, most first.
    pub spent_on: Vec<SpentOn>,
    /// Nothing is sent in the background before.
    pub paused_until: Option<Millis>,
    /// Why.
    pub why: Option<WaitReason>,
}

/// Requests within any 60 seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MinuteBudget {
    /// Sent within the last minute.
    pub used: u32,
    /// Allowed.
    pub limit: u32,
    /// Of them left to persons.
    pub reserve: u32,
    /// When the first of the used ones comes back.
    pub next_at: Option<Millis>,
}

/// Requests since 00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DayBudget {
    /// Sent, by other computers too as far as Codat told.
    pub used: u32,
    /// Allowed, when Codat told.
    pub limit: Option<u32>,
    /// Of them left to persons.
    pub reserve: Option<u32>,
    /// When all of them come back.
    pub refills_at: Millis,
}

/// What requests were for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SpentOn {
    /// The path as in Codat's reference.
    pub what: String,
    /// Requests today.
    pub requests: u32,
}

/// How a number of requests fits into the budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Fits {
    /// The requests.
    pub needed: u32,
    /// Of them, so many may leave at once.
    pub now: u32,
    /// Left today for work in the background, when Codat told.
    pub today: Option<u32>,
    /// When the last of them may have left; none when the quota is zero.
    pub until: Option<Millis>,
}

/// How many companies stand in each saved view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ViewCounts {
    /// Something a person must do.
    pub needs_you: u32,
    /// A link is out, nothing linked yet.
    pub waiting: u32,
    /// A consent ends within two weeks, by our estimate.
    pub ending: u32,
    /// Newest data older than a week.
    pub stale: u32,
    /// Everything.
    pub all: u32,
    /// Cases begun and not finished.
    pub drafts: u32,
    /// Those of them that still wait to be made at Codat.
    pub queued: u32,
    /// Notices in the inbox that nobody has read; counted up to 100.
    pub unread: u32,
}

// ------------------------------------------------------------------------------------------------------- key entry

/// What a key turned out to be, before it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeyCheck {
    /// The Codat client's name.
    pub client_name: String,
    /// How many companies it holds.
    pub companies: u32,
    /// How many banking sources are enabled; 0 is explained, not hidden.
    pub banks_enabled: u32,
    /// A profile name made from the client's, free on this computer.
    pub suggested_profile: String,
}

/// Save the key that was just checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SaveKey {
    /// Name for the new profile.
    pub profile: String,
    /// Production or test.
    pub environment: Environment,
    /// Where the key goes.
    pub vault: VaultKind,
}

// -------------------------------------------------------------------------------------------------------- companies

/// Saved views of the home list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "see `ViewCounts`")]
pub enum SavedView {
    #[default]
    All,
    NeedsYou,
    Waiting,
    /// A consent ends within two weeks, by our estimate.
    Ending,
    Stale,
}

/// A company's state, as its worst connection has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StatusFilter {
    /// A consent ended.
    Ended,
    /// A bank is waited for.
    Waiting,
    /// All that counts is linked.
    Linked,
    /// Unlinked, or without a bank.
    Other,
}

/// Sorted column of the home list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CompanySort {
    #[default]
    Name,
    Status,
    DataTo,
    Created,
}

/// One window of the home list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CompanyQuery {
    /// Words to find in name, reference, bank, owner, tags, note.
    pub text: String,
    /// Which saved view.
    pub view: SavedView,
    /// Only companies of this state.
    pub status: Option<StatusFilter>,
    /// Only companies with a connection to the bank of this name.
    pub bank: Option<String>,
    /// Only companies with a consent that ends within so many days, by our estimate.
    pub ends_within_days: Option<u16>,
    /// Only companies that this one looks after; empty: that nobody does.
    pub owner: Option<String>,
    /// Only companies with this tag.
    pub tag: Option<String>,
    /// Sorted by.
    pub sort: CompanySort,
    /// Largest first; companies without the value come last both ways.
    pub descending: bool,
    /// First row of the window.
    pub offset: u32,
    /// Rows of the window, at most 500.
    pub limit: u32,
}

/// A window of the home list, and the sentence on top of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyPage {
    /// Rows that match, in all.
    pub total: u32,
    /// The rows of the window.
    pub rows: Vec<CompanyRow>,
    /// Counts for the sentence and the sidebar.
    pub counts: ViewCounts,
    /// When the list was last read from Codat; `None` = never.
    pub as_of: Option<Millis>,
}

/// One company in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyRow {
    /// Codat's id.
    pub id: String,
    /// The name as Codat stores it.
    pub name: String,
    /// Our reference, from the tag.
    pub reference: Option<String>,
    /// State in words.
    pub status: StatusPill,
    /// What to do next, when something is to be done.
    pub next_action: Option<String>,
    /// Banks, each with its state.
    pub banks: Vec<BankMark>,
    /// Day of the oldest of its accounts' newest transactions, `YYYY-MM-DD`.
    pub data_to: Option<String>,
    /// When the first of its consents ends, by our estimate.
    pub consent_until_estimate: Option<Millis>,
    /// When it was made at Codat.
    pub created: Option<Millis>,
    /// Who looks after it; kept on this computer.
    pub owner: Option<String>,
    /// Tags, by name; kept on this computer.
    pub tags: Vec<String>,
}

/// What companies share: a bank, an owner, a tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Held {
    /// Its name.
    pub name: String,
    /// Companies that have it.
    pub companies: u32,
}

/// Owners and tags that companies have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Labels {
    /// Who looks after companies.
    pub owners: Vec<Held>,
    /// Tags.
    pub tags: Vec<Held>,
}

/// Change what the team keeps about companies; members left out stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct KeepDesk {
    /// Who looks after them; empty: nobody.
    pub owner: Option<String>,
    /// Tags they get.
    pub add: Vec<String>,
    /// Tags they lose.
    pub remove: Vec<String>,
    /// The note, of one company only.
    pub note: Option<String>,
}

/// What goes on and what happened, over all companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ActivityView {
    /// Reads that run at Codat, newest first.
    pub reads: Vec<OpenRead>,
    /// The newest lines of history first.
    pub happened: Vec<HistoryLine>,
    /// Every bank that was tried, most recently tried first.
    pub banks: Vec<BankRecordView>,
}

/// What waits to be made at Codat: a case whose company or connection is not there yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueuedView {
    /// Its case.
    pub attempt_id: String,
    /// Company, once Codat has it.
    pub company_id: Option<String>,
    /// Its name.
    pub company_name: String,
    /// What is to be made.
    pub what: String,
    /// When a person asked for it.
    pub since: Millis,
    /// Where it stands.
    pub status: StatusPill,
    /// Why it is not made yet, one sentence.
    pub why: String,
    /// When it is tried next, where a time is known.
    pub next: Option<Millis>,
    /// Whether Fairlead tries again without being asked.
    pub goes_on: bool,
    /// What discarding it comes to.
    pub discard: Discard,
    /// The same as a sentence.
    pub means: String,
}

/// What discarding a queued creation comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Discard {
    /// Nothing of it is at Codat, and nothing will be.
    Clean,
    /// A part of it is at Codat and stays there.
    Leaves,
    /// Nobody knows whether Codat made it.
    MayExist,
    /// It is decided elsewhere.
    Elsewhere,
}

/// What a person does with the queue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum QueuedStep {
    /// Looks.
    Look,
    /// Takes a case out.
    Discard {
        /// Which.
        attempt_id: String,
        /// The person was told that Codat may have made it all the same.
        knowing: bool,
    },
    /// Makes a draft of a case again, to change it. Only where nothing of it can be at Codat.
    Change {
        /// Which.
        attempt_id: String,
    },
}

/// The queue after a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueueView {
    /// What waits, oldest first: the order in which it is tried.
    pub waiting: Vec<QueuedView>,
    /// The draft that a case became.
    pub draft_id: Option<String>,
}

/// A read that runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenRead {
    /// Company.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// Bank.
    pub bank: String,
    /// Accounts, Balances, Transactions, Categories.
    pub label: String,
    /// Codat's word with its ring.
    pub status: StatusPill,
    /// When Codat was asked.
    pub requested_at: Millis,
    /// Usual duration here in ms; `None` under five cases.
    pub usual_ms: Option<(u32, u32)>,
}

/// A line of the history of all companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryLine {
    /// Its number; grows.
    pub seq: u32,
    /// When.
    pub at: Millis,
    /// Drawn as.
    pub ring: Ring,
    /// What happened.
    pub title: String,
    /// More.
    pub detail: Option<String>,
    /// Company, while it is here.
    pub company_id: Option<String>,
    /// Its name.
    pub company_name: Option<String>,
    /// Attempt.
    pub attempt_id: Option<String>,
    /// The attempt can be continued.
    pub is_open: bool,
    /// Somebody wants to hear of it.
    pub is_news: bool,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// A bank was linked.
    Linked,
    /// A customer came back without connecting.
    Left,
    /// A bank could not be linked.
    NotLinked,
    /// Codat refused a creation.
    Refused,
    /// A read failed.
    ReadFailed,
    /// A link was not used in time.
    Expired,
    /// A consent ends soon, by our estimate.
    Ending,
    /// An export was written.
    Exported,
}

impl NoticeKind {
    /// All of them.
    pub(crate) const ALL: [Self; 8] =
        [Self::Linked, Self::Left, Self::NotLinked, Self::Refused, Self::ReadFailed, Self::Expired, Self::Ending, Self::Exported];

    /// As it is kept.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Linked => "linked",
            Self::Left => "left",
            Self::NotLinked => "notLinked",
            Self::Refused => "refused",
            Self::ReadFailed => "readFailed",
            Self::Expired => "expired",
            Self::Ending => "ending",
            Self::Exported => "exported",
        }
    }
}

/// What a person is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoticeView {
    /// Its number; grows.
    pub id: u32,
    /// What it is about.
    pub kind: NoticeKind,
    /// When the last of what it counts was heard of.
    pub at: Millis,
    /// Drawn as.
    pub ring: Ring,
    /// What happened.
    pub title: String,
    /// More.
    pub detail: Option<String>,
    /// Company, while it is here; none when it is about several.
    pub company_id: Option<String>,
    /// Its name.
    pub company_name: Option<String>,
    /// An attempt that can be continued.
    pub open_attempt: Option<String>,
    /// Nobody has read it.
    pub is_unread: bool,
}

/// What a person is to be told, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InboxView {
    /// At most 100.
    pub notices: Vec<NoticeView>,
    /// How many nobody has read; counted up to 100.
    pub unread: u32,
}

/// What a person does with the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
pub enum InboxStep {
    /// Looks.
    Look,
    /// Marks one as read or not read.
    Mark {
        /// Which.
        notice: u32,
        /// As what.
        read: bool,
    },
    /// Marks all as read, up to the newest one that was on screen.
    MarkAll {
        /// Its number.
        upto: u32,
    },
}

/// A notice of the system, such as a lock screen may show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// The notice it is about; none when it is about several.
    pub notice: Option<u32>,
    /// First line.
    pub title: String,
    /// Second line.
    pub body: String,
}

/// How a bank did here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BankRecordView {
    /// Platform key.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
    /// The last ten attempts, newest first: linked or not.
    pub last: Vec<bool>,
    /// The same in words.
    pub evidence: Evidence,
    /// Last attempt of any outcome.
    pub last_tried: Millis,
}

/// Companies that were chosen in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Pick {
    /// The list as it is shown.
    pub query: CompanyQuery,
    /// Everything that matches, except `ids`; otherwise just `ids`.
    pub all: bool,
    /// Companies.
    pub ids: Vec<String>,
}

/// What is done with them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase", deny_unknown_fields)]
pub enum PickAction {
    /// Ask Codat for reads of every linked bank.
    Refresh,
    /// Open connections again whose consent ended or ends soon.
    Renew,
    /// Write the list as a file.
    Export,
    /// Change what the team keeps about them.
    Keep(KeepDesk),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PickDone {
    /// How many it was done for.
    pub done: u32,
    /// What was done, one sentence.
    pub said: String,
    /// What was left out, or where a file is.
    pub note: Option<String>,
}

/// A bank as a small plate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BankMark {
    /// Platform key, when known.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
    /// State in words.
    pub status: StatusPill,
}

/// The eight rings of the design.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "see the design's table of rings")]
pub enum Ring {
    Moored,
    Running,
    Waiting,
    Half,
    Clock,
    Crossed,
    Slashed,
    Dotted,
}

/// A ring and its word: never one without the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StatusPill {
    /// The drawing.
    pub ring: Ring,
    /// The word, for example `Linked` or `Reading transactions`.
    pub word: String,
}

/// Everything on a company's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CompanyView {
    /// The row it has in the list.
    pub row: CompanyRow,
    /// One sentence a person could say on the phone.
    pub sentence: String,
    /// Its connections, newest first.
    pub connections: Vec<ConnectionCard>,
    /// Accounts in all.
    pub accounts: u32,
    /// Transactions in all.
    pub transactions: u32,
    /// A note of the team; kept on this computer.
    pub note: String,
    /// The newest events first; at most 200.
    pub timeline: Vec<TimelineEvent>,
    /// A link attempt that can be continued.
    pub open_attempt: Option<String>,
    /// Whose the accounts are, where there is something to say.
    pub checks: Vec<BusinessCheck>,
}

/// Whose the accounts of a connection are, held against the company's name and against what was there before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessCheck {
    /// Connection.
    pub connection_id: String,
    /// Name of the bank.
    pub bank: String,
    /// They were held against those of the consent before.
    pub is_renewal: bool,
    /// A person must say what it means.
    pub asks: bool,
    /// What differs, or cannot be told.
    pub differences: Vec<BusinessDifference>,
    /// The same accounts by other connections.
    pub twins: Vec<BusinessTwin>,
    /// What a person said.
    pub answer: Option<BusinessAnswer>,
}

/// What differs, one sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessDifference {
    /// The sentence.
    pub says: String,
    /// A person must say what it means.
    pub asks: bool,
}

/// The same account by another connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessTwin {
    /// Last characters of its number.
    pub ending: String,
    /// Name of the bank there.
    pub bank: String,
    /// The company there.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// It is the same company.
    pub is_own: bool,
}

/// What a person said of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BusinessAnswer {
    /// It is the right business.
    pub right: bool,
    /// When.
    pub at: Millis,
}

/// One connection as a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionCard {
    /// Codat's id.
    pub id: String,
    /// Bank.
    pub bank: BankMark,
    /// Codat's raw status word.
    pub raw_status: String,
    /// When consent was given, as far as we know.
    pub linked_at: Option<Millis>,
    /// Estimated end of consent; always an estimate.
    pub consent_until_estimate: Option<Millis>,
    /// Last successful read.
    pub last_read: Option<Millis>,
    /// Newest transaction's day.
    pub data_to: Option<String>,
    /// Accounts inside.
    pub accounts: Vec<AccountView>,
    /// One row per banking data type.
    pub sync: Vec<DataTypeSync>,
    /// Was the five-minute window for full history met.
    pub history: Option<HistoryWindow>,
    /// The last error Codat holds for it, in our words.
    pub problem: Option<Problem>,
}

/// An ending that a person asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct End {
    /// Company.
    pub company_id: String,
    /// What is to end.
    pub ending: Ending,
    /// The company's name as the person typed it: it must agree.
    pub typed: String,
}

/// Three different things at Codat, and one on this computer; none can be taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase")]
pub enum Ending {
    /// Consent ends; what was read stays readable at Codat. The id of the connection.
    Unlink(String),
    /// The connection and access to its data go. The id of the connection.
    DeleteConnection(String),
    /// The company, its connections and its data go.
    DeleteCompany,
    /// Everything that is on this computer of the company goes; nothing at Codat changes.
    Erase,
}

/// What an erasure took, and how much of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErasureView {
    /// `company`, `age` or `profile`.
    pub what: String,
    /// The company's id at Codat, or the profile's name.
    pub of: Option<String>,
    /// The first day that was kept, where age was the reason.
    pub before: Option<String>,
    /// When.
    pub at: Millis,
    /// Rows in all.
    #[ts(type = "number")]
    pub rows: u64,
    /// Rows by table.
    pub counts: Vec<ErasedRows>,
    /// SHA-256 of the receipt.
    pub digest: String,
    /// No page of the file holds anything of it any more. Until then the next start goes on.
    pub is_whole: bool,
}

/// Rows that went from a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ErasedRows {
    /// Table.
    pub table: String,
    /// Rows.
    #[ts(type = "number")]
    pub rows: u64,
}

/// A company that is gone at Codat, and still here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeftBehindView {
    /// Codat's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Transactions that are kept of it.
    #[ts(type = "number")]
    pub rows: u64,
}

/// What is kept on this computer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct KeptView {
    /// Months that rows are kept; none = for ever.
    pub months: Option<u32>,
    /// Companies that are gone at Codat and still here.
    pub left_behind: Vec<LeftBehindView>,
    /// What was erased, newest first.
    pub erasures: Vec<ErasureView>,
}

/// What would go if rows were kept for so many months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OlderView {
    /// Months.
    pub months: u32,
    /// The first day that would be kept.
    pub before: String,
    /// Transactions that would go.
    #[ts(type = "number")]
    pub transactions: u64,
    /// Balances that would go.
    #[ts(type = "number")]
    pub balances: u64,
    /// Companies that would lose any.
    #[ts(type = "number")]
    pub companies: u64,
}

/// Did the four reads start in time for the full history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HistoryWindow {
    /// When we first saw it linked.
    pub linked_at: Millis,
    /// When all four types were queued; `None` = not yet.
    pub queued_at: Option<Millis>,
    /// Until when full history is possible.
    pub closes_at: Millis,
    /// Queued in time.
    pub met: bool,
    /// Seconds between linking and the last of the four queues, one decimal, as text.
    pub seconds: Option<String>,
}

/// A problem names its owner before its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// Whose side.
    pub side: Side,
    /// What happened, one sentence.
    pub what: String,
    /// What Fairlead did or will do.
    pub done: Option<String>,
    /// What the officer can say to the customer.
    pub say: Option<String>,
    /// Codat's correlation id, when there is one.
    pub correlation_id: Option<String>,
}

/// Whose side a problem is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Side {
    Bank,
    Codat,
    Network,
    Fairlead,
    ThisComputer,
    Customer,
    Nobody,
}

/// One data type of one connection in the sync panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DataTypeSync {
    /// `banking-accounts` and so on.
    pub data_type: String,
    /// Word for a person: Accounts, Balances, Transactions, Categories.
    pub label: String,
    /// State in words.
    pub status: StatusPill,
    /// Codat's raw status word, when it ever ran.
    pub raw_status: Option<String>,
    /// 0..100 as Codat says; shown, never computed with.
    pub progress: Option<u32>,
    /// Stages we saw, in order.
    pub stages: Vec<SyncStage>,
    /// When Codat was asked.
    pub requested_at: Option<Millis>,
    /// When it ended.
    pub completed_at: Option<Millis>,
    /// Last success.
    pub last_success: Option<Millis>,
    /// Rows we hold.
    pub rows: u32,
    /// Usual duration here in ms (lower and upper quartile); `None` under five cases.
    pub usual_ms: Option<(u32, u32)>,
    /// Hours between scheduled reads at Codat; 0 = none.
    pub schedule_hours: Option<u32>,
    /// Our own fetch of it, while it runs or is stopped.
    pub run: Option<SyncRun>,
    /// Why it failed.
    pub problem: Option<Problem>,
}

/// A stretch of one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncStage {
    /// Which.
    pub stage: Stage,
    /// How long so far, ms.
    pub ms: u32,
}

/// Stages of a pull at Codat, and of our own fetch after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Stage {
    Queued,
    Fetching,
    Mapping,
    Validating,
    Processing,
    Downloading,
}

/// One line of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEvent {
    /// When.
    pub at: Millis,
    /// Drawn as.
    pub ring: Ring,
    /// What happened.
    pub title: String,
    /// More, on the second line.
    pub detail: Option<String>,
}

// -------------------------------------------------------------------------------------------------- new onboarding

/// What Codat will do to a name, and who already bears it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NameCheck {
    /// The name as Codat would store it.
    pub stored_as: String,
    /// Characters Codat silently removes, in order of appearance, each once.
    pub removed: Vec<String>,
    /// Nothing is left, or nothing was typed.
    pub empty: bool,
    /// Companies that may be the same, best first, at most 5.
    pub similar: Vec<CompanyRow>,
}

/// Where banks come from in this client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum PickerMode {
    /// Many banks: show the picker.
    List,
    /// One bank enabled: the picker is skipped and says so.
    Single,
    /// Plaid: the customer picks the bank there.
    Plaid,
    /// Nothing enabled: an explanation.
    None,
}

/// Ask for banks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct BankQuery {
    /// As typed; at most 100 characters count.
    pub text: String,
    /// Also personal log-ins.
    pub personal: bool,
    /// First row of the window.
    pub offset: u32,
    /// Rows of the window, at most 200.
    pub limit: u32,
}

/// Banks, best first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BankPage {
    /// How to pick.
    pub mode: PickerMode,
    /// Enabled banking sources in all.
    pub enabled: u32,
    /// Matches in all.
    pub total: u32,
    /// Personal log-ins that matched and are hidden.
    pub hidden_personal: u32,
    /// Why the list is what it is, when the words were bent: "Showing natwest. You typed natwset, two letters swapped."
    pub note: Option<String>,
    /// The rows of the window.
    pub rows: Vec<BankRow>,
    /// Banks of these words that went lately; only for the first window, at most 5.
    pub away: Vec<AwayBank>,
    /// The default and the team's favourites in their order; only for an empty query; at most 9.
    pub favourites: Vec<BankRow>,
    /// The team's recent ones; only for an empty query; at most 3.
    pub recent: Vec<BankRow>,
    /// Popular here, from own history first; only for an empty query; at most 6.
    pub popular: Vec<BankRow>,
    /// When the list was read from Codat.
    pub as_of: Option<Millis>,
}

/// One bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BankRow {
    /// Platform key.
    pub key: String,
    /// Name as Codat tells it.
    pub name: String,
    /// Matched parts of the name: start and length in characters.
    pub matched: Vec<(u32, u32)>,
    /// Why it matched when the name alone does not show it.
    pub reason: Option<String>,
    /// A business log-in.
    pub business: bool,
    /// A personal log-in.
    pub personal: bool,
    /// PNG as a `data:` address, when the logo was fetched and decoded here.
    pub logo: Option<String>,
    /// Monogram for the plate.
    pub monogram: String,
    /// Own history, in words with its ring; `None` = not tried here yet.
    pub evidence: Option<Evidence>,
    /// One of the team's favourites.
    pub favourite: bool,
    /// The team's default.
    pub is_default: bool,
    /// Why the team does not offer it: "Hidden by your team: fails for companies".
    pub hidden: Option<String>,
}

/// Own experience with a bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// "9 of last 10 linked".
    pub status: StatusPill,
    /// "last today 08:51"-style instant of the last success.
    pub last_success: Option<Millis>,
    /// Linked here in all.
    pub linked: u32,
}

/// A case that was begun: kept so that leaving loses nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DraftView {
    /// Our id.
    pub id: String,
    /// Company name as typed.
    pub name: String,
    /// Reference as typed.
    pub reference: Option<String>,
    /// An existing company it continues.
    pub company_id: Option<String>,
    /// Chosen bank.
    pub bank: Option<BankMark>,
    /// Data-access sheet was read out or shown, when.
    pub sheet_seen_at: Option<Millis>,
    /// Last change.
    pub saved_at: Millis,
    /// Language of the customer.
    pub language: Language,
}

/// Save or change a draft; members left out stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SaveDraft {
    /// `None` makes a new one.
    pub id: Option<String>,
    /// Company name as typed.
    pub name: Option<String>,
    /// Reference as typed; empty removes it.
    pub reference: Option<String>,
    /// Continue an existing company.
    pub company_id: Option<String>,
    /// Chosen bank.
    pub bank_key: Option<String>,
    /// The data-access sheet was gone through.
    pub sheet_seen: bool,
    /// Language of the customer.
    pub language: Option<Language>,
}

/// The data-access sheet in the words this customer gets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DataAccessSheet {
    /// Version of the words, kept with the case.
    pub version: String,
    /// Their language.
    pub language: Language,
    /// What it is.
    pub title: String,
    /// Who asks for what, one sentence.
    pub lead: String,
    /// What matters most: that nobody can move money, and where they sign in.
    pub points: Vec<String>,
    /// Sections in order.
    pub sections: Vec<SheetSection>,
    /// Where the binding consent is given, one sentence.
    pub binding: String,
    /// What the customer will see at this bank, as the team wrote it; empty when it wrote nothing.
    pub note: Vec<NoteBlock>,
}

/// One section of the sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SheetSection {
    /// At most 50 characters.
    pub heading: String,
    /// One sentence shown always.
    pub lead: String,
    /// More, when opened.
    pub detail: Vec<String>,
}

/// How the link reaches the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Door {
    /// Opened in this computer's browser.
    ThisComputer,
    /// Shown as a QR code.
    Qr,
    /// Copied.
    Copy,
    /// Handed to the mail program.
    Mail,
}

/// A link made ready for one door. The address is fresh: fetched for this hand-over, never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct HandOver {
    /// The attempt it belongs to.
    pub attempt_id: String,
    /// The door.
    pub door: Door,
    /// The address, for QR, copy and mail; for this computer the browser was opened by the engine.
    pub link_url: Option<String>,
    /// QR modules, row by row, `true` = dark; square.
    pub qr: Option<Vec<Vec<bool>>>,
    /// A ready mail.
    pub mail: Option<Mail>,
    /// When the link stops working, an estimate from Codat's rule of 24 hours and one use.
    pub expires_at: Millis,
    /// The host that will open, shown to the operator.
    pub host: String,
    /// Whose link it is, as Codat stores the name.
    pub company_name: String,
    /// Language of what the customer reads.
    pub language: Language,
    /// Version of the words that go with it, kept with the case.
    pub text_version: Option<String>,
    /// Where the file lies, when one was asked for.
    pub place: Option<String>,
}

/// A link as a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HandFile {
    /// A draft that mail programs open.
    Eml,
    /// A picture of the code.
    Png,
    /// A sheet to print, with the code and the customer's words.
    Sheet,
}

/// A leaflet that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LeafletMade {
    /// Version of its words.
    pub version: String,
    /// Their language.
    pub language: Language,
    /// Where it lies.
    pub place: String,
}

/// A mail for the officer's own program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Address, where it is known.
    pub to: Option<String>,
    /// Subject.
    pub subject: String,
    /// Plain text body with the link.
    pub body: String,
}

/// Where an attempt stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AttemptView {
    /// Our id.
    pub id: String,
    /// Company.
    pub company_id: Option<String>,
    /// Its name as Codat stores it (as typed until then).
    pub company_name: String,
    /// Name as typed, when Codat stored another.
    pub typed_name: Option<String>,
    /// Bank.
    pub bank: BankMark,
    /// The bank's logo or none, as in `BankRow`.
    pub logo: Option<String>,
    /// Stage of the attempt.
    pub stage: AttemptStage,
    /// The connection, once made.
    pub connection_id: Option<String>,
    /// Doors used so far.
    pub doors: Vec<DoorUse>,
    /// When it began.
    pub started_at: Millis,
    /// Last answer from Codat about it.
    pub last_check: Option<Millis>,
    /// Next planned question; `None` = none planned.
    pub next_check: Option<Millis>,
    /// Until when we go on asking by ourselves.
    pub until: Option<Millis>,
    /// How the last check or return went wrong.
    pub problem: Option<Problem>,
    /// Filled once linked.
    pub history: Option<HistoryWindow>,
    /// Reads per data type, once linked.
    pub sync: Vec<DataTypeSync>,
    /// All connections that this link produced.
    pub connections: Vec<BankMark>,
    /// Who the link is for.
    pub addressee: Addressee,
    /// The mail that would go to them, an ellipsis where the link will stand.
    pub mail: Mail,
    /// What the customer will see at this bank, as the team wrote it.
    pub note: Vec<NoteBlock>,
}

/// A door was used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoorUse {
    /// Which.
    pub door: Door,
    /// When.
    pub at: Millis,
}

/// What a person may do about an attempt that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AttemptStep {
    /// Look at Codat now.
    CheckNow,
    /// Stop waiting and keep the case.
    Park,
    /// Say who the link is for.
    Address(Addressee),
}

/// Stages of an attempt, as far as anyone can know them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AttemptStage {
    /// Company and connection are being made at Codat.
    Creating,
    /// Creation could not go on by itself; see `problem`.
    Blocked,
    /// Connection stands, link not handed over yet.
    Ready,
    /// Link handed over; Codat says still pending.
    Waiting,
    /// The browser came back; Codat has not confirmed yet.
    Returned,
    /// Codat says linked; the first read runs.
    Reading,
    /// The four reads ended well.
    Complete,
    /// Reads ended, at least one not well.
    ReadFailed,
    /// Cancelled, failed or unsupported, as Codat reports it; can be tried again.
    NotLinked,
    /// We stopped asking; the case stays.
    Parked,
}

/// What became of an address handed to us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RingOutcome {
    /// It rang the bell: a check happens now.
    pub accepted: bool,
    /// One word for machines: `accepted`, `malformed`, `unknown`, `used`, `expired`, `foreign`.
    pub reason: String,
    /// The attempt it belongs to, when accepted.
    pub attempt_id: Option<String>,
}

// ------------------------------------------------------------------------------------------------------------ sync

/// Queue reads at Codat and fetch what they bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StartSync {
    /// Company.
    pub company_id: String,
    /// One connection, or all linked ones.
    pub connection_id: Option<String>,
    /// `banking-accounts` …; empty = all four.
    pub data_types: Vec<String>,
}

/// A person's word about fetching.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "of", rename_all = "camelCase")]
pub enum SyncStep {
    /// Reads are asked for.
    Start(StartSync),
    /// One fetch stops, or everything. What is stored stays, and so does the place to go on from.
    Stop(Option<RunKey>),
    /// What was stopped of this company, or of all, goes on.
    GoOn(Option<String>),
}

/// Which fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunKey {
    /// Connection.
    pub connection_id: String,
    /// `banking-accounts` …
    pub data_type: String,
}

/// What a search over all companies found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundTransactions {
    /// Newest first.
    pub rows: Vec<FoundTransaction>,
    /// Per cent of all rows that can be searched by now; what came just now follows.
    pub indexed: u8,
    /// There was no time to look everywhere: older rows may be left out.
    pub cut: bool,
}

/// A transaction with its company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FoundTransaction {
    /// Company.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// The row.
    pub row: TransactionRow,
}

/// What is fetched right now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncNow {
    /// Fetches, the longest at work first; stopped ones last.
    pub runs: Vec<SyncRun>,
    /// Fetches beyond those.
    pub hidden: u32,
    /// A pass over several companies.
    pub pass: Option<Pass>,
    /// Rows a second in all.
    pub rows_a_second: u32,
    /// When all of it will be here, about.
    pub ends_at: Option<Millis>,
    /// Why nothing is asked of Codat now.
    pub why: Option<WaitReason>,
    /// Until when.
    pub waits_until: Option<Millis>,
    /// A person stopped everything.
    pub all_stopped: bool,
}

/// One fetch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncRun {
    /// Company.
    pub company_id: String,
    /// Its name.
    pub company_name: String,
    /// Connection.
    pub connection_id: String,
    /// Bank.
    pub bank: String,
    /// `banking-accounts` …
    pub data_type: String,
    /// Accounts, Balances, Transactions, Categories.
    pub label: String,
    /// What it does.
    pub state: RunState,
    /// Since when it runs here.
    pub since: Millis,
    /// Rows stored since.
    #[ts(type = "number")]
    pub rows: u64,
    /// Pages stored, earlier tries included.
    pub page: u32,
    /// Pages in all, once Codat told.
    pub pages: Option<u32>,
    /// Rows a second; 0 = not known yet.
    pub rows_a_second: u32,
    /// When the rest will be here, about: by its own pages, before that by what is usual at this bank.
    pub ends_at: Option<Millis>,
}

/// What a fetch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    /// The next page is on its way.
    Asking,
    /// A page is being stored.
    Storing,
    /// Nothing is asked of Codat until a moment that is told.
    Waiting,
    /// A person stopped it.
    Stopped,
}

/// A pass over several companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Pass {
    /// Companies with something to fetch.
    pub companies: u32,
    /// Of them, so many are done.
    pub done: u32,
    /// Rows stored.
    #[ts(type = "number")]
    pub rows: u64,
    /// Pages stored.
    pub pages: u32,
    /// Rows a second.
    pub rows_a_second: u32,
    /// When it will be done, about.
    pub ends_at: Option<Millis>,
}

/// How a sync ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SyncOutcome {
    /// `complete`, `partial`, `failed`, `limited`, `offline`, `stopped`.
    pub outcome: String,
    /// Requests sent.
    pub requests: u32,
    /// Pages stored.
    pub pages: u32,
    /// Rows stored or confirmed.
    #[ts(type = "number")]
    pub rows: u64,
    /// Wall seconds, three decimals, as text.
    pub seconds: String,
}

// ------------------------------------------------------------------------------------------------------------ data

/// An account that a person points at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccountOf {
    /// Company.
    pub company_id: String,
    /// Connection it came by.
    pub connection_id: String,
    /// The bank's id.
    pub account_id: String,
}

/// One number of an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NumberView {
    /// `Sort code`, `IBAN` and the like.
    pub what: String,
    /// In groups, to be read out.
    pub shown: String,
    /// Without them, as payment forms take it.
    pub plain: String,
}

/// One account with its newest balance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AccountView {
    /// The bank's id.
    pub id: String,
    /// Connection it came by.
    pub connection_id: String,
    /// Bank name.
    pub bank: String,
    /// Account name.
    pub name: String,
    /// Holder as the bank tells it.
    pub holder: Option<String>,
    /// `Debit`, `Credit` or what the bank said.
    pub account_type: String,
    /// Last four characters of its number, when there is one.
    pub ending: Option<String>,
    /// Currency.
    pub currency: String,
    /// Current balance.
    pub current: Option<MoneyView>,
    /// Available balance.
    pub available: Option<MoneyView>,
    /// Day of the balance or of the account record.
    pub as_of: Option<String>,
    /// Newest transaction's day.
    pub data_to: Option<String>,
    /// Oldest transaction's day.
    pub data_from: Option<String>,
    /// Transactions held.
    pub transactions: u32,
}

/// One window of transactions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TransactionQuery {
    /// Company.
    pub company_id: String,
    /// One account only.
    pub account_id: Option<String>,
    /// First day, `YYYY-MM-DD`.
    pub from: Option<String>,
    /// Last day, `YYYY-MM-DD`.
    pub to: Option<String>,
    /// Words, and chips such as `>1000`, `out`, `in`, `2026-03`, `category:rent`.
    pub text: String,
    /// First row of the window, newest first.
    pub offset: u32,
    /// Rows of the window, at most 500.
    pub limit: u32,
}

/// A window of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionPage {
    /// Matches in all.
    pub total: u32,
    /// The rows.
    pub rows: Vec<TransactionRow>,
    /// In and out per currency over all matches; never across currencies.
    pub sums: Vec<CurrencySum>,
    /// Chips understood in the text, for showing back.
    pub chips: Vec<QueryChip>,
    /// When transactions were last read.
    pub as_of: Option<Millis>,
}

/// A piece of the query that was understood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QueryChip {
    /// As typed.
    pub text: String,
    /// In words.
    pub meaning: String,
    /// False = not understood, and says so.
    pub valid: bool,
}

/// In and out of one currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CurrencySum {
    /// Currency.
    pub currency: String,
    /// Sum of what came in.
    pub money_in: String,
    /// Sum of what went out, negative.
    pub money_out: String,
    /// Rows.
    pub count: u32,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TransactionRow {
    /// The bank's id.
    pub id: String,
    /// Account.
    pub account_id: String,
    /// Account name.
    pub account: String,
    /// Posted day, `YYYY-MM-DD`; the authorised day when not posted.
    pub date: String,
    /// The date exactly as sent.
    pub date_text: String,
    /// Exact amount, sign as sent.
    pub amount: String,
    /// Currency.
    pub currency: String,
    /// Description as sent, with control characters removed.
    pub description: String,
    /// Merchant, when sent.
    pub merchant: Option<String>,
    /// Codat's category, when known.
    pub category: Option<String>,
    /// The lender's own category, when a rule gives one.
    pub own_category: Option<String>,
    /// Codat's code.
    pub code: String,
    /// True when Codat no longer lists it (after two agreeing passes).
    pub missing: bool,
}

/// What a rule on categories looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RuleWhen {
    /// Codat's category bears this name.
    Category,
    /// Description or merchant has these words in a row.
    Text,
}

/// A rule that gives transactions an own category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CategoryRule {
    /// What it looks at.
    pub when: RuleWhen,
    /// The name or the words.
    pub what: String,
    /// The own category.
    pub own: String,
}

/// One of Codat's categories, in the order of its tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CategoryTold {
    /// Its name.
    pub name: String,
    /// How deep it stands; 0 is the top.
    pub depth: u32,
    /// The own category a rule gives it.
    pub own: Option<String>,
    /// What its rows and those of the categories below it come to in the period, by currency.
    pub sums: Vec<CurrencySum>,
}

/// Codat's categories of a company, and the rules that stand for all companies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CategoriesView {
    /// The tree.
    pub categories: Vec<CategoryTold>,
    /// What rows of the period that stand in none of them come to.
    pub outside: Vec<CurrencySum>,
    /// First day of the period.
    pub from: String,
    /// Its last day.
    pub to: String,
    /// The rules; the first that fits counts, words before categories.
    pub rules: Vec<CategoryRule>,
}

/// Export format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ExportFormat {
    Csv,
    Xlsx,
    Jsonl,
    Json,
    Parquet,
}

impl ExportFormat {
    /// How its files end.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Jsonl => "jsonl",
            Self::Json => "json",
            Self::Parquet => "parquet",
        }
    }
}

/// A finished export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportDone {
    /// File name, without its folder.
    pub file: String,
    /// File name of the manifest beside it.
    pub manifest: String,
    /// Folder, for showing.
    pub folder: String,
    /// Rows written.
    pub rows: u32,
    /// Size of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// What was asked for, in words.
    pub filter: String,
    /// In and out per currency; never across currencies.
    pub sums: Vec<CurrencySum>,
}

/// The whole store in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Stats {
    /// Companies.
    pub companies: u32,
    /// Connections.
    pub connections: u32,
    /// Accounts.
    pub accounts: u32,
    /// Transactions.
    #[ts(type = "number")]
    pub transactions: u64,
    /// Exact sums per currency, as decimal strings.
    pub sums: std::collections::BTreeMap<String, String>,
}

// -------------------------------------------------------------------------------------------------------- audit log

/// Who did what, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    /// What it is worth.
    pub standing: AuditStanding,
    /// The same in a sentence.
    pub says: String,
    /// Number of the newest line.
    pub total: u32,
    /// The newest line's code: kept elsewhere, it proves later what the log was now.
    pub seal: Option<String>,
    /// The newest lines.
    pub lines: Vec<AuditLineView>,
}

/// A copy of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditWritten {
    /// Lines in it.
    pub lines: u32,
    /// Where it lies.
    pub place: String,
    /// Its hash.
    pub sha256: String,
}

/// What a log is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum AuditStanding {
    /// Every line from this one on is as it was written, and none is missing.
    Whole {
        /// The first line under the key.
        from: u32,
    },
    /// The same; the vault was told of the last lines only now.
    CaughtUp {
        /// The first line under the key.
        from: u32,
        /// So many.
        lines: u32,
    },
    /// Not as it was written.
    Changed {
        /// The first such line.
        line: u32,
    },
    /// The end is missing.
    Cut {
        /// The last line that is here.
        after: u32,
    },
    /// The vault does not have the key any more.
    KeyGone,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLineView {
    /// Its number.
    pub seq: u32,
    /// When.
    pub at: Millis,
    /// Who, as the operating system names them.
    pub who: String,
    /// What, one word.
    pub act: String,
    /// To what: an id, or nothing.
    pub subject: String,
    /// More.
    pub detail: String,
}

// ------------------------------------------------------------------------------------------------- return settings

/// The four doorbells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Doorbell {
    /// `fairlead://return`.
    Scheme,
    /// `http://127.0.0.1:PORT/return`.
    Loopback,
    /// An https page of the team's own that forwards to the scheme.
    Bounce,
    /// The address pasted by hand.
    Paste,
}

/// How returns are caught.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReturnSettings {
    /// The one whose template should stand in Codat.
    pub chosen: Doorbell,
    /// Port of the loopback page.
    pub port: u16,
    /// Address of the team's bounce page.
    pub bounce_url: Option<String>,
    /// Each doorbell.
    pub doorbells: Vec<DoorbellView>,
    /// The template that stands at Codat now (`GET /profile`), when known.
    pub at_codat: Option<String>,
    /// Whether that is the chosen one, and what to do if not.
    pub verdict: StatusPill,
}

/// One doorbell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DoorbellView {
    /// Which.
    pub kind: Doorbell,
    /// The exact template to paste into Codat's Portal; `None` when it needs none.
    pub template: Option<String>,
    /// Registered, listening, written.
    pub status: StatusPill,
}

/// Change how returns are caught; members left out stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SetReturn {
    /// The chosen doorbell.
    pub chosen: Option<Doorbell>,
    /// Loopback port, 1024 to 65535.
    pub port: Option<u16>,
    /// Bounce page; empty removes it.
    pub bounce_url: Option<String>,
}

// ------------------------------------------------------------------------------------------------------- freshness

/// How often the team wants a type read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Cadence {
    Off,
    Hourly,
    Daily,
    Weekly,
    Monthly,
}

/// Who sees to it that data stays fresh, and when next: for all companies, or for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FreshnessView {
    /// The company; `None` = what holds for all that have nothing of their own.
    pub company: Option<String>,
    /// Each of the four types.
    pub types: Vec<TypeFreshness>,
    /// When Fairlead next asks or looks for this company, or for any.
    pub next_at: Option<Millis>,
}

/// One type's schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TypeFreshness {
    /// Wire name.
    pub data_type: String,
    /// Its name for a person.
    pub label: String,
    /// How often the team wants it.
    pub cadence: Cadence,
    /// The company has this of its own.
    pub is_own: bool,
    /// Codat's own schedule in hours, 0 = none; `None` = not known yet.
    pub codat_hours: Option<u32>,
    /// Codat reads it often enough by itself, so Fairlead asks for nothing.
    pub by_codat: bool,
    /// When Fairlead asks next, for one company.
    pub next_at: Option<Millis>,
}

/// Change how often types are read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SetFreshness {
    /// The company; `None` = all that have nothing of their own.
    pub company: Option<String>,
    /// By wire name; null = the company goes by what holds for all again.
    pub types: std::collections::BTreeMap<String, Option<Cadence>>,
}

/// Codat's own schedule of one type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodatSchedule {
    /// Wire name.
    pub data_type: String,
    /// Its name for a person.
    pub label: String,
    /// Hours between reads; 0 = none.
    pub hours: u32,
    /// Read as soon as a bank links.
    pub on_first_link: bool,
    /// Months back that are read.
    pub from_months: Option<u32>,
    /// Day from which it is read, as sent.
    pub from_day: Option<String>,
    /// Months to read.
    pub months: Option<u32>,
    /// Codat does not let it be changed.
    pub locked: bool,
}

/// A change of Codat's own schedule of one type; members left out stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CodatScheduleChange {
    /// 0, 1, 24, 168 or 720.
    pub hours: Option<u32>,
    /// Read as soon as a bank links.
    pub on_first_link: Option<bool>,
    /// Months back that are read.
    pub from_months: Option<u32>,
}

/// Change Codat's own schedule; without a change it is only told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SetCodatSchedule {
    /// The company; `None` = the whole client.
    pub company: Option<String>,
    /// By wire name.
    pub types: std::collections::BTreeMap<String, CodatScheduleChange>,
    /// The warnings were read: make the change.
    pub confirmed: bool,
}

/// Codat's own schedule, and what a change of it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CodatScheduleAnswer {
    /// As it stands now.
    pub types: Vec<CodatSchedule>,
    /// What the change does, one sentence each.
    pub warnings: Vec<String>,
    /// It was made.
    pub saved: bool,
}

/// What a person can see now: that is looked at more often.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct OnScreen {
    /// A person pressed or moved something since the last time.
    #[serde(default)]
    pub used: bool,
    /// Some of the window can be seen.
    pub visible: bool,
    /// The company whose page is open.
    pub company: Option<String>,
}

// ---------------------------------------------------------------------------------------------------------- events

/// What became out of date. Never what it now is: ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Stale {
    /// Grows by one; a gap means events were missed: ask everything again.
    #[ts(type = "number")]
    pub seq: u64,
    /// What is stale.
    pub topics: Vec<Topic>,
}

/// What can become stale.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "kind", content = "id", rename_all = "camelCase")]
pub enum Topic {
    /// Profiles, preferences, keychain.
    App,
    /// The home list and its counts.
    Companies,
    /// One company's page.
    Company(String),
    /// One attempt.
    Attempt(String),
    /// The bank list.
    Banks,
    /// The status foot.
    Status,
    /// What is fetched right now.
    Progress,
    /// Return settings.
    Return,
    /// Lists of customers.
    Bulk,
    /// The inbox.
    Inbox,
    /// Show this attempt now: its customer came back.
    ShowAttempt(String),
    /// Show the case of this notice now, or the inbox: a person pressed the system's notice.
    ShowNotice(Option<u32>),
    /// Everything.
    Resync,
}

// ----------------------------------------------------------------------------------------------------------- error

/// The one error on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    /// What the screen acts on.
    pub code: ErrorCode,
    /// One sentence: what happened, whose side, what to do.
    pub message: String,
    /// Whose side it is on.
    pub side: Side,
    /// Trying again may help.
    pub retry: bool,
    /// Folded details: Codat's words.
    pub detail: Option<String>,
    /// Codat's correlation id.
    pub correlation_id: Option<String>,
    /// Finds the log line.
    pub trace_id: String,
}

/// Closed set: a code exists because a screen does something with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorCode {
    /// No profile is open.
    NoProfile,
    /// Fairlead is locked.
    Locked,
    /// The organisation does not allow it, or its policy cannot be read.
    Managed,
    /// The request itself makes no sense: wrong length, unknown id.
    BadRequest,
    /// Company, attempt or draft is not here.
    NotFound,
    /// Codat refused the key (401).
    KeyRefused,
    /// The key belongs to another client or is outdated (403).
    Forbidden,
    /// A plan limit at Codat (402).
    PlanLimit,
    /// Quota: `message` says when it resumes (429).
    Limited,
    /// No network.
    Offline,
    /// Something between us and Codat answers instead of it.
    CaptivePortal,
    /// The certificate is not trusted.
    Untrusted,
    /// Codat answers with an error of its own.
    CodatDown,
    /// Codat sent what we could not read.
    Unreadable,
    /// The bank is not enabled or unknown.
    BankUnavailable,
    /// The outcome of a creation is not known yet; Fairlead is finding out.
    OutcomeUnknown,
    /// The link address was refused by our own rules.
    UnsafeLink,
    /// No keychain, or it is locked, denied or silent.
    Keychain,
    /// The database key is missing for an existing database.
    KeyMissing,
    /// The database cannot be read with its key, or is damaged.
    Damaged,
    /// The database was written by a newer Fairlead.
    NewerDatabase,
    /// No space, read-only, or no permission.
    Disk,
    /// Another Fairlead holds it.
    Busy,
    /// Our own mistake.
    Internal,
}
