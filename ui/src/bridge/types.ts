// Generated from the engine's views and the shell's commands by `cargo xtask bindings`. Do not edit.

export type Millis = number;

export type MoneyView = { 
/**
 * Decimal string; never a float.
 */
amount: string, 
/**
 * Currency code as sent.
 */
currency: string, };

export type Environment = "production" | "test" | "sandbox";

export type ProfileView = { 
/**
 * The name the team gave it; unique on this computer.
 */
name: string, 
/**
 * The Codat client's own name, as `GET /profile` told it; empty until first seen.
 */
clientName: string, 
/**
 * Where it points.
 */
environment: Environment, 
/**
 * The built-in demo, which starts its own sandbox.
 */
isDemo: boolean, 
/**
 * Where its secrets live.
 */
vault: VaultKind, };

export type VaultKind = "keychain" | "session" | "passphraseFile";

export type AppState = { 
/**
 * Fairlead's own version.
 */
version: string, 
/**
 * Profiles on this computer, most recently used first.
 */
profiles: Array<ProfileView>, 
/**
 * The open one, if any.
 */
active: ProfileView | null, 
/**
 * Whether the keychain answers, in one sentence when it does not.
 */
keychain: KeychainState, 
/**
 * The lock.
 */
lock: LockView, 
/**
 * What the organisation sets for everybody on this computer; none: nothing.
 */
managed: ManagedView | null, 
/**
 * Appearance, formats and the like.
 */
preferences: Preferences, 
/**
 * The computer's language, or English: what is spoken where none was chosen.
 */
computer: Language, };

export type KeychainState = { 
/**
 * It can be used now.
 */
available: boolean, 
/**
 * One sentence for a person when it cannot.
 */
message: string | null, };

export type ManagedView = { 
/**
 * The file or the registry's key.
 */
place: string, 
/**
 * What it says.
 */
policy: Policy, };

export type Policy = { 
/**
 * A name, a mail address or a page; shown wherever something is locked.
 */
contact: string | null, 
/**
 * Profiles of other environments are not opened and not added.
 */
environments: Array<Environment> | null, 
/**
 * Profiles of other names are not opened and not added. Where it is one name, the key window suggests it.
 */
profiles: Array<string> | null, 
/**
 * Whether profiles may be added. A new key in an old one's place is always allowed.
 */
newProfiles: boolean | null, 
/**
 * Whether the built-in demo may be opened. It holds no customer's data.
 */
demo: boolean | null, 
/**
 * Where API keys and database keys may be kept. Profiles that keep them elsewhere are not opened; the demo is not asked.
 */
vaults: Array<VaultKind> | null, 
/**
 * How a customer's return is caught. With another than the loopback page no port of this computer is opened.
 */
doorbell: Doorbell | null, 
/**
 * The port of the page on 127.0.0.1.
 */
loopbackPort: number | null, 
/**
 * The https address of the organisation's own page that forwards returns.
 */
bounceUrl: string | null, 
/**
 * Minutes without a person after which Fairlead locks itself at the latest. Sooner may be chosen.
 */
lockAfterMinutes: number | null, 
/**
 * Whether the window shows customers only once a PIN is set. A profile behind a passphrase needs none.
 */
pinRequired: boolean | null, 
/**
 * Months for which rows are kept on this computer at most. What is older is erased when the window starts and once a day.
 */
keepMonths: number | null, 
/**
 * Formats in which transactions, lists of companies and evidence packs (CSV and Parquet) may be written to files. An empty list: none.
 */
exports: Array<ExportFormat> | null, 
/**
 * Whether notices of the system name company and bank, also on a lock screen.
 */
namesInNotices: boolean | null, 
/**
 * Whether banks' log-ins for private customers are offered.
 */
personalBanks: boolean | null, 
/**
 * Whole months of history that a credit file needs of each account.
 */
requiredMonths: number | null, };

export type Preferences = { 
/**
 * Colour theme.
 */
theme: Theme, 
/**
 * Row height of tables.
 */
density: Density, 
/**
 * Show banks' personal log-ins in the picker.
 */
showPersonalBanks: boolean, 
/**
 * Whole months that a credit file needs of each account.
 */
requiredMonths: number, 
/**
 * What the system tells while the window is not in front.
 */
notices: NoticeSettings, 
/**
 * Keys that a person gave to an action, by the action's name, as "Mod+Shift+K"; empty takes its keys away. What is as it came is not in it.
 */
shortcuts: { [key in string]: string }, 
/**
 * The language of the window; without one it is the computer's.
 */
language: Language | null, 
/**
 * Whose dates, numbers and times are written; without it they follow the language.
 */
formats: Language | null, };

export type NoticeSettings = { 
/**
 * It tells at all.
 */
system: boolean, 
/**
 * It names the company and the bank, also on a lock screen.
 */
names: boolean, 
/**
 * When it tells nothing.
 */
quiet: QuietHours | null, 
/**
 * Days before the estimated end of a consent at which the inbox tells of it.
 */
consentDays: [number, number, number], };

export type QuietHours = { 
/**
 * The first quiet minute.
 */
from: number, 
/**
 * The first minute after them.
 */
until: number, };

export type Desk = { 
/**
 * Ids of the companies opened last, newest first.
 */
recent: Array<string>, 
/**
 * Where the window was.
 */
route: string | null, 
/**
 * Columns of the list that are hidden; none when nobody chose.
 */
hidden: Array<string> | null, 
/**
 * Views of the list that were kept under a name.
 */
views: Array<OwnView>, 
/**
 * Filters of transactions that were kept under a name, for every company; the address is what stands behind the tab's question mark.
 */
filters: Array<OwnView>, };

export type OwnView = { 
/**
 * Our id.
 */
id: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * Its address in the window.
 */
address: string, };

export type Theme = "system" | "light" | "dark" | "contrast" | "contrast-dark";

export type Density = "comfortable" | "compact";

export type StatusView = { 
/**
 * What the last request said about the line.
 */
line: Line, 
/**
 * One sentence when the line is not `Online`.
 */
message: string | null, 
/**
 * When Codat last answered.
 */
checkedAt: Millis | null, 
/**
 * Requests sent since 00:00 UTC.
 */
callsToday: number, 
/**
 * The day's quota, from `X-Rate-Limit-Limit`, when known.
 */
quota: number | null, 
/**
 * When the quota refills or the pause ends.
 */
resumesAt: Millis | null, 
/**
 * Counts for the sidebar's views.
 */
counts: ViewCounts, };

export type Line = "unknown" | "online" | "offline" | "limited" | "keyRefused";

export type WaitReason = "limited" | "away" | "minute" | "day";

export type BudgetView = { 
/**
 * The rolling minute.
 */
minute: MinuteBudget, 
/**
 * The day, which begins at 00:00 UTC.
 */
today: DayBudget, 
/**
 * Requests under way in this copy.
 */
inFlight: number, 
/**
 * Requests that may be under way at once in it.
 */
atOnce: number, 
/**
 * Requests that persons wait for a turn with.
 */
waitingPersons: number, 
/**
 * Requests in the background that wait for a turn.
 */
waitingBackground: number, 
/**
 * Other copies of the program at work on the same profile.
 */
others: number, 
/**
 * What today's requests were for, most first.
 */
spentOn: Array<SpentOn>, 
/**
 * Nothing is sent in the background before.
 */
pausedUntil: Millis | null, 
/**
 * Why.
 */
why: WaitReason | null, };

export type MinuteBudget = { 
/**
 * Sent within the last minute.
 */
used: number, 
/**
 * Allowed.
 */
limit: number, 
/**
 * Of them left to persons.
 */
reserve: number, 
/**
 * When the first of the used ones comes back.
 */
nextAt: Millis | null, };

export type DayBudget = { 
/**
 * Sent, by other computers too as far as Codat told.
 */
used: number, 
/**
 * Allowed, when Codat told.
 */
limit: number | null, 
/**
 * Of them left to persons.
 */
reserve: number | null, 
/**
 * When all of them come back.
 */
refillsAt: Millis, };

export type SpentOn = { 
/**
 * The path as in Codat's reference.
 */
what: string, 
/**
 * Requests today.
 */
requests: number, };

export type ViewCounts = { 
/**
 * Something a person must do.
 */
needsYou: number, 
/**
 * A link is out, nothing linked yet.
 */
waiting: number, 
/**
 * A consent ends within two weeks, by our estimate.
 */
ending: number, 
/**
 * Newest data older than a week.
 */
stale: number, 
/**
 * Everything.
 */
all: number, 
/**
 * Cases begun and not finished.
 */
drafts: number, 
/**
 * Those of them that still wait to be made at Codat.
 */
queued: number, 
/**
 * Notices in the inbox that nobody has read; counted up to 100.
 */
unread: number, };

export type KeyCheck = { 
/**
 * The Codat client's name.
 */
clientName: string, 
/**
 * How many companies it holds.
 */
companies: number, 
/**
 * How many banking sources are enabled; 0 is explained, not hidden.
 */
banksEnabled: number, 
/**
 * A profile name made from the client's, free on this computer.
 */
suggestedProfile: string, };

export type SaveKey = { 
/**
 * Name for the new profile.
 */
profile: string, 
/**
 * Production or test.
 */
environment: Environment, 
/**
 * Where the key goes.
 */
vault: VaultKind, };

export type SavedView = "all" | "needsYou" | "waiting" | "ending" | "stale";

export type StatusFilter = "ended" | "waiting" | "linked" | "other";

export type CompanySort = "name" | "status" | "dataTo" | "created";

export type CompanyQuery = { 
/**
 * Words to find in name, reference, bank, owner, tags, note.
 */
text: string, 
/**
 * Which saved view.
 */
view: SavedView, 
/**
 * Only companies of this state.
 */
status: StatusFilter | null, 
/**
 * Only companies with a connection to the bank of this name.
 */
bank: string | null, 
/**
 * Only companies with a consent that ends within so many days, by our estimate.
 */
endsWithinDays: number | null, 
/**
 * Only companies that this one looks after; empty: that nobody does.
 */
owner: string | null, 
/**
 * Only companies with this tag.
 */
tag: string | null, 
/**
 * Sorted by.
 */
sort: CompanySort, 
/**
 * Largest first; companies without the value come last both ways.
 */
descending: boolean, 
/**
 * First row of the window.
 */
offset: number, 
/**
 * Rows of the window, at most 500.
 */
limit: number, };

export type CompanyPage = { 
/**
 * Rows that match, in all.
 */
total: number, 
/**
 * The rows of the window.
 */
rows: Array<CompanyRow>, 
/**
 * Counts for the sentence and the sidebar.
 */
counts: ViewCounts, 
/**
 * When the list was last read from Codat; `None` = never.
 */
asOf: Millis | null, };

export type CompanyRow = { 
/**
 * Codat's id.
 */
id: string, 
/**
 * The name as Codat stores it.
 */
name: string, 
/**
 * Our reference, from the tag.
 */
reference: string | null, 
/**
 * State in words.
 */
status: StatusPill, 
/**
 * What to do next, when something is to be done.
 */
nextAction: string | null, 
/**
 * Banks, each with its state.
 */
banks: Array<BankMark>, 
/**
 * Day of the oldest of its accounts' newest transactions, `YYYY-MM-DD`.
 */
dataTo: string | null, 
/**
 * When the first of its consents ends, by our estimate.
 */
consentUntilEstimate: Millis | null, 
/**
 * When it was made at Codat.
 */
created: Millis | null, 
/**
 * Who looks after it; kept on this computer.
 */
owner: string | null, 
/**
 * Tags, by name; kept on this computer.
 */
tags: Array<string>, };

export type Held = { 
/**
 * Its name.
 */
name: string, 
/**
 * Companies that have it.
 */
companies: number, };

export type Labels = { 
/**
 * Who looks after companies.
 */
owners: Array<Held>, 
/**
 * Tags.
 */
tags: Array<Held>, };

export type KeepDesk = { 
/**
 * Who looks after them; empty: nobody.
 */
owner: string | null, 
/**
 * Tags they get.
 */
add: Array<string>, 
/**
 * Tags they lose.
 */
remove: Array<string>, 
/**
 * The note, of one company only.
 */
note: string | null, };

export type ActivityView = { 
/**
 * Reads that run at Codat, newest first.
 */
reads: Array<OpenRead>, 
/**
 * The newest lines of history first.
 */
happened: Array<HistoryLine>, 
/**
 * Every bank that was tried, most recently tried first.
 */
banks: Array<BankRecordView>, };

export type OpenRead = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * Bank.
 */
bank: string, 
/**
 * Accounts, Balances, Transactions, Categories.
 */
label: string, 
/**
 * Codat's word with its ring.
 */
status: StatusPill, 
/**
 * When Codat was asked.
 */
requestedAt: Millis, 
/**
 * Usual duration here in ms; `None` under five cases.
 */
usualMs: [number, number] | null, };

export type HistoryLine = { 
/**
 * Its number; grows.
 */
seq: number, 
/**
 * When.
 */
at: Millis, 
/**
 * Drawn as.
 */
ring: Ring, 
/**
 * What happened.
 */
title: string, 
/**
 * More.
 */
detail: string | null, 
/**
 * Company, while it is here.
 */
companyId: string | null, 
/**
 * Its name.
 */
companyName: string | null, 
/**
 * Attempt.
 */
attemptId: string | null, 
/**
 * The attempt can be continued.
 */
isOpen: boolean, 
/**
 * Somebody wants to hear of it.
 */
isNews: boolean, };

export type QueuedView = { 
/**
 * Its case.
 */
attemptId: string, 
/**
 * Company, once Codat has it.
 */
companyId: string | null, 
/**
 * Its name.
 */
companyName: string, 
/**
 * What is to be made.
 */
what: string, 
/**
 * When a person asked for it.
 */
since: Millis, 
/**
 * Where it stands.
 */
status: StatusPill, 
/**
 * Why it is not made yet, one sentence.
 */
why: string, 
/**
 * When it is tried next, where a time is known.
 */
next: Millis | null, 
/**
 * Whether Fairlead tries again without being asked.
 */
goesOn: boolean, 
/**
 * What discarding it comes to.
 */
discard: Discard, 
/**
 * The same as a sentence.
 */
means: string, };

export type Discard = "clean" | "leaves" | "mayExist" | "elsewhere";

export type QueuedStep = { "kind": "look" } | { "kind": "discard", 
/**
 * Which.
 */
attemptId: string, 
/**
 * The person was told that Codat may have made it all the same.
 */
knowing: boolean, } | { "kind": "change", 
/**
 * Which.
 */
attemptId: string, };

export type QueueView = { 
/**
 * What waits, oldest first: the order in which it is tried.
 */
waiting: Array<QueuedView>, 
/**
 * The draft that a case became.
 */
draftId: string | null, };

export type NoticeKind = "linked" | "left" | "notLinked" | "refused" | "readFailed" | "expired" | "ending" | "exported";

export type NoticeView = { 
/**
 * Its number; grows.
 */
id: number, 
/**
 * What it is about.
 */
kind: NoticeKind, 
/**
 * When the last of what it counts was heard of.
 */
at: Millis, 
/**
 * Drawn as.
 */
ring: Ring, 
/**
 * What happened.
 */
title: string, 
/**
 * More.
 */
detail: string | null, 
/**
 * Company, while it is here; none when it is about several.
 */
companyId: string | null, 
/**
 * Its name.
 */
companyName: string | null, 
/**
 * An attempt that can be continued.
 */
openAttempt: string | null, 
/**
 * Nobody has read it.
 */
isUnread: boolean, };

export type InboxView = { 
/**
 * At most 100.
 */
notices: Array<NoticeView>, 
/**
 * How many nobody has read; counted up to 100.
 */
unread: number, };

export type InboxStep = { "kind": "look" } | { "kind": "mark", 
/**
 * Which.
 */
notice: number, 
/**
 * As what.
 */
read: boolean, } | { "kind": "markAll", 
/**
 * Its number.
 */
upto: number, };

export type CourseKey = "slowBank" | "bankDown" | "cancelled" | "secondApprover" | "linkExpired" | "windowMissed" | "partialData" | "duplicate" | "consentEnded" | "rateLimited" | "plaidFirst" | "wrongBusiness";

export type CourseStep = { "kind": "look" } | { "kind": "start", "of": CourseKey } | { "kind": "hint" } | { "kind": "check" } | { "kind": "startOver" } | { "kind": "end" };

export type CourseView = { 
/**
 * All cases.
 */
cases: Array<CourseCase>, 
/**
 * The one under way.
 */
running: CourseRun | null, 
/**
 * How many were done.
 */
done: number, };

export type CourseCase = { 
/**
 * Which.
 */
key: CourseKey, 
/**
 * Its place, from 1.
 */
number: number, 
/**
 * What it is called.
 */
title: string, 
/**
 * What is to be reached, one sentence.
 */
goal: string, 
/**
 * Not begun, under way, done.
 */
state: CourseState, 
/**
 * The same as a ring and a word.
 */
status: StatusPill, };

export type CourseState = "notBegun" | "underWay" | "done";

export type CourseRun = { 
/**
 * Which.
 */
key: CourseKey, 
/**
 * Its place, from 1.
 */
number: number, 
/**
 * What it is called.
 */
title: string, 
/**
 * What is to be reached.
 */
goal: string, 
/**
 * What will be seen.
 */
see: string, 
/**
 * Hints that were asked for.
 */
hints: Array<string>, 
/**
 * Hints that are left.
 */
hintsLeft: number, 
/**
 * The company it is about.
 */
company: string, 
/**
 * Its id, once it is made.
 */
companyId: string | null, 
/**
 * The case that waits, or its draft.
 */
attemptId: string | null, 
/**
 * The draft from which it is to be begun.
 */
draftId: string | null, 
/**
 * What a check found; only right after one.
 */
checked: CourseCheck | null, };

export type CourseCheck = { 
/**
 * Everything is done.
 */
done: boolean, 
/**
 * What is done and what is missing.
 */
parts: Array<CoursePart>, };

export type CoursePart = { 
/**
 * It is done.
 */
done: boolean, 
/**
 * What is so, or what is missing.
 */
says: string, };

export type BankRecordView = { 
/**
 * Platform key.
 */
key: string, 
/**
 * Name as Codat tells it.
 */
name: string, 
/**
 * The last ten attempts, newest first: linked or not.
 */
last: Array<boolean>, 
/**
 * The same in words.
 */
evidence: Evidence, 
/**
 * Last attempt of any outcome.
 */
lastTried: Millis, };

export type Pick = { 
/**
 * The list as it is shown.
 */
query: CompanyQuery, 
/**
 * Everything that matches, except `ids`; otherwise just `ids`.
 */
all: boolean, 
/**
 * Companies.
 */
ids: Array<string>, };

export type PickAction = { "kind": "refresh" } | { "kind": "renew" } | { "kind": "export" } | { "kind": "keep", "of": KeepDesk };

export type PickDone = { 
/**
 * How many it was done for.
 */
done: number, 
/**
 * What was done, one sentence.
 */
said: string, 
/**
 * What was left out, or where a file is.
 */
note: string | null, };

export type BankMark = { 
/**
 * Platform key, when known.
 */
key: string, 
/**
 * Name as Codat tells it.
 */
name: string, 
/**
 * State in words.
 */
status: StatusPill, };

export type Ring = "moored" | "running" | "waiting" | "half" | "clock" | "crossed" | "slashed" | "dotted";

export type StatusPill = { 
/**
 * The drawing.
 */
ring: Ring, 
/**
 * The word, for example `Linked` or `Reading transactions`.
 */
word: string, };

export type CompanyView = { 
/**
 * The row it has in the list.
 */
row: CompanyRow, 
/**
 * One sentence a person could say on the phone.
 */
sentence: string, 
/**
 * Its connections, newest first.
 */
connections: Array<ConnectionCard>, 
/**
 * Accounts in all.
 */
accounts: number, 
/**
 * Transactions in all.
 */
transactions: number, 
/**
 * A note of the team; kept on this computer.
 */
note: string, 
/**
 * The newest events first; at most 200.
 */
timeline: Array<TimelineEvent>, 
/**
 * A link attempt that can be continued.
 */
openAttempt: string | null, 
/**
 * Whose the accounts are, where there is something to say.
 */
checks: Array<BusinessCheck>, };

export type BusinessCheck = { 
/**
 * Connection.
 */
connectionId: string, 
/**
 * Name of the bank.
 */
bank: string, 
/**
 * They were held against those of the consent before.
 */
isRenewal: boolean, 
/**
 * A person must say what it means.
 */
asks: boolean, 
/**
 * What differs, or cannot be told.
 */
differences: Array<BusinessDifference>, 
/**
 * The same accounts by other connections.
 */
twins: Array<BusinessTwin>, 
/**
 * What a person said.
 */
answer: BusinessAnswer | null, };

export type BusinessDifference = { 
/**
 * The sentence.
 */
says: string, 
/**
 * A person must say what it means.
 */
asks: boolean, };

export type BusinessTwin = { 
/**
 * Last characters of its number.
 */
ending: string, 
/**
 * Name of the bank there.
 */
bank: string, 
/**
 * The company there.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * It is the same company.
 */
isOwn: boolean, };

export type BusinessAnswer = { 
/**
 * It is the right business.
 */
right: boolean, 
/**
 * When.
 */
at: Millis, };

export type ConnectionCard = { 
/**
 * Codat's id.
 */
id: string, 
/**
 * Bank.
 */
bank: BankMark, 
/**
 * Codat's raw status word.
 */
rawStatus: string, 
/**
 * When consent was given, as far as we know.
 */
linkedAt: Millis | null, 
/**
 * Estimated end of consent; always an estimate.
 */
consentUntilEstimate: Millis | null, 
/**
 * Last successful read.
 */
lastRead: Millis | null, 
/**
 * Newest transaction's day.
 */
dataTo: string | null, 
/**
 * Accounts inside.
 */
accounts: Array<AccountView>, 
/**
 * One row per banking data type.
 */
sync: Array<DataTypeSync>, 
/**
 * Was the five-minute window for full history met.
 */
history: HistoryWindow | null, 
/**
 * The last error Codat holds for it, in our words.
 */
problem: Problem | null, };

export type HistoryWindow = { 
/**
 * When we first saw it linked.
 */
linkedAt: Millis, 
/**
 * When all four types were queued; `None` = not yet.
 */
queuedAt: Millis | null, 
/**
 * Until when full history is possible.
 */
closesAt: Millis, 
/**
 * Queued in time.
 */
met: boolean, 
/**
 * Seconds between linking and the last of the four queues, one decimal, as text.
 */
seconds: string | null, };

export type Problem = { 
/**
 * Whose side.
 */
side: Side, 
/**
 * What happened, one sentence.
 */
what: string, 
/**
 * What Fairlead did or will do.
 */
done: string | null, 
/**
 * What the officer can say to the customer.
 */
say: string | null, 
/**
 * Codat's correlation id, when there is one.
 */
correlationId: string | null, };

export type Side = "bank" | "codat" | "network" | "fairlead" | "thisComputer" | "customer" | "nobody";

export type DataTypeSync = { 
/**
 * `banking-accounts` and so on.
 */
dataType: string, 
/**
 * Word for a person: Accounts, Balances, Transactions, Categories.
 */
label: string, 
/**
 * State in words.
 */
status: StatusPill, 
/**
 * Codat's raw status word, when it ever ran.
 */
rawStatus: string | null, 
/**
 * 0..100 as Codat says; shown, never computed with.
 */
progress: number | null, 
/**
 * Stages we saw, in order.
 */
stages: Array<SyncStage>, 
/**
 * When Codat was asked.
 */
requestedAt: Millis | null, 
/**
 * When it ended.
 */
completedAt: Millis | null, 
/**
 * Last success.
 */
lastSuccess: Millis | null, 
/**
 * Rows we hold.
 */
rows: number, 
/**
 * Usual duration here in ms (lower and upper quartile); `None` under five cases.
 */
usualMs: [number, number] | null, 
/**
 * Hours between scheduled reads at Codat; 0 = none.
 */
scheduleHours: number | null, 
/**
 * Our own fetch of it, while it runs or is stopped.
 */
run: SyncRun | null, 
/**
 * Why it failed.
 */
problem: Problem | null, };

export type SyncStage = { 
/**
 * Which.
 */
stage: Stage, 
/**
 * How long so far, ms.
 */
ms: number, };

export type Stage = "queued" | "fetching" | "mapping" | "validating" | "processing" | "downloading";

export type TimelineEvent = { 
/**
 * When.
 */
at: Millis, 
/**
 * Drawn as.
 */
ring: Ring, 
/**
 * What happened.
 */
title: string, 
/**
 * More, on the second line.
 */
detail: string | null, };

export type NameCheck = { 
/**
 * The name as Codat would store it.
 */
storedAs: string, 
/**
 * Characters Codat silently removes, in order of appearance, each once.
 */
removed: Array<string>, 
/**
 * Nothing is left, or nothing was typed.
 */
empty: boolean, 
/**
 * Companies that may be the same, best first, at most 5.
 */
similar: Array<CompanyRow>, };

export type PickerMode = "list" | "single" | "plaid" | "none";

export type BankQuery = { 
/**
 * As typed; at most 100 characters count.
 */
text: string, 
/**
 * Also personal log-ins.
 */
personal: boolean, 
/**
 * First row of the window.
 */
offset: number, 
/**
 * Rows of the window, at most 200.
 */
limit: number, };

export type BankPage = { 
/**
 * How to pick.
 */
mode: PickerMode, 
/**
 * Enabled banking sources in all.
 */
enabled: number, 
/**
 * Matches in all.
 */
total: number, 
/**
 * Personal log-ins that matched and are hidden.
 */
hiddenPersonal: number, 
/**
 * Why the list is what it is, when the words were bent: "Showing natwest. You typed natwset, two letters swapped."
 */
note: string | null, 
/**
 * The rows of the window.
 */
rows: Array<BankRow>, 
/**
 * Banks of these words that went lately; only for the first window, at most 5.
 */
away: Array<AwayBank>, 
/**
 * The default and the team's favourites in their order; only for an empty query; at most 9.
 */
favourites: Array<BankRow>, 
/**
 * The team's recent ones; only for an empty query; at most 3.
 */
recent: Array<BankRow>, 
/**
 * Popular here, from own history first; only for an empty query; at most 6.
 */
popular: Array<BankRow>, 
/**
 * When the list was read from Codat.
 */
asOf: Millis | null, };

export type BankRow = { 
/**
 * Platform key.
 */
key: string, 
/**
 * Name as Codat tells it.
 */
name: string, 
/**
 * Matched parts of the name: start and length in characters.
 */
matched: Array<[number, number]>, 
/**
 * Why it matched when the name alone does not show it.
 */
reason: string | null, 
/**
 * A business log-in.
 */
business: boolean, 
/**
 * A personal log-in.
 */
personal: boolean, 
/**
 * PNG as a `data:` address, when the logo was fetched and decoded here.
 */
logo: string | null, 
/**
 * Monogram for the plate.
 */
monogram: string, 
/**
 * Own history, in words with its ring; `None` = not tried here yet.
 */
evidence: Evidence | null, 
/**
 * One of the team's favourites.
 */
favourite: boolean, 
/**
 * The team's default.
 */
isDefault: boolean, 
/**
 * Why the team does not offer it: "Hidden by your team: fails for companies".
 */
hidden: string | null, };

export type AwayBank = { 
/**
 * Name.
 */
name: string, 
/**
 * "Switched off in the Portal".
 */
word: string, 
/**
 * When that was seen.
 */
at: Millis, };

export type MirrorWhich = "all" | "on" | "off" | "ours";

export type MirrorQuery = { 
/**
 * Words of the name, the key or the provider.
 */
text: string, 
/**
 * Which banks.
 */
which: MirrorWhich, 
/**
 * First row of the window.
 */
offset: number, 
/**
 * Rows of the window, at most 200.
 */
limit: number, };

export type MirrorView = { 
/**
 * Providers, the one with most banks first.
 */
sources: Array<SourceView>, 
/**
 * What changed within the last week, newest first, at most 200.
 */
changes: Array<BankChangeView>, 
/**
 * Since when changes are noted; none before the first look.
 */
since: Millis | null, 
/**
 * When the list was read from Codat.
 */
asOf: Millis | null, 
/**
 * Favourites in their order.
 */
favourites: Array<MirrorRow>, 
/**
 * The bank that is chosen unless a person chooses another.
 */
defaultBank: MirrorRow | null, 
/**
 * How many fit.
 */
total: number, 
/**
 * The rows of the window, by name.
 */
rows: Array<MirrorRow>, };

export type SourceView = { 
/**
 * Its name as Codat tells it.
 */
name: string, 
/**
 * Codat's id of the integration.
 */
integrationId: string | null, 
/**
 * Banks that are switched on.
 */
on: number, 
/**
 * Banks that are listed and switched off.
 */
off: number, };

export type BankChangeView = { 
/**
 * When it was seen.
 */
at: Millis, 
/**
 * Platform key.
 */
key: string, 
/**
 * Name; of a renamed one the new.
 */
name: string, 
/**
 * Through whom it is reached.
 */
source: string, 
/**
 * "Switched off", "Renamed from Birch".
 */
status: StatusPill, };

export type MirrorRow = { 
/**
 * Platform key.
 */
key: string, 
/**
 * Name as Codat tells it.
 */
name: string, 
/**
 * Through whom it is reached.
 */
source: string, 
/**
 * "Switched on", "Switched off", "Not listed any more".
 */
status: StatusPill, 
/**
 * PNG as a `data:` address, when it is here.
 */
logo: string | null, 
/**
 * Monogram for the plate.
 */
monogram: string, 
/**
 * A personal log-in.
 */
personal: boolean, 
/**
 * Linked here in all.
 */
linked: number, 
/**
 * One of the favourites.
 */
favourite: boolean, 
/**
 * Chosen unless a person chooses another.
 */
isDefault: boolean, 
/**
 * Not offered, and why; an empty text gives no reason.
 */
hidden: string | null, 
/**
 * The note as written.
 */
note: string, 
/**
 * The note as it is drawn.
 */
blocks: Array<NoteBlock>, };

export type OfferChange = { "kind": "favourites", 
/**
 * Platform keys.
 */
keys: Array<string>, } | { "kind": "default", 
/**
 * Platform key.
 */
key: string | null, } | { "kind": "hide", 
/**
 * Platform key.
 */
key: string, 
/**
 * Why.
 */
why: string | null, } | { "kind": "note", 
/**
 * Platform key.
 */
key: string, 
/**
 * The note.
 */
text: string, };

export type NoteBlock = { "kind": "heading", 
/**
 * Its words.
 */
runs: Array<NoteRun>, } | { "kind": "paragraph", 
/**
 * Its words.
 */
runs: Array<NoteRun>, } | { "kind": "list", 
/**
 * With numbers.
 */
ordered: boolean, 
/**
 * Its items.
 */
items: Array<Array<NoteRun>>, };

export type NoteRun = { 
/**
 * Plain text.
 */
text: string, 
/**
 * Heavier.
 */
strong: boolean, 
/**
 * Slanted.
 */
em: boolean, 
/**
 * As typed into a machine.
 */
code: boolean, };

export type Evidence = { 
/**
 * "9 of last 10 linked".
 */
status: StatusPill, 
/**
 * "last today 08:51"-style instant of the last success.
 */
lastSuccess: Millis | null, 
/**
 * Linked here in all.
 */
linked: number, };

export type DraftView = { 
/**
 * Our id.
 */
id: string, 
/**
 * Company name as typed.
 */
name: string, 
/**
 * Reference as typed.
 */
reference: string | null, 
/**
 * An existing company it continues.
 */
companyId: string | null, 
/**
 * Chosen bank.
 */
bank: BankMark | null, 
/**
 * Data-access sheet was read out or shown, when.
 */
sheetSeenAt: Millis | null, 
/**
 * Last change.
 */
savedAt: Millis, 
/**
 * Language of the customer.
 */
language: Language, };

export type SaveDraft = { 
/**
 * `None` makes a new one.
 */
id: string | null, 
/**
 * Company name as typed.
 */
name: string | null, 
/**
 * Reference as typed; empty removes it.
 */
reference: string | null, 
/**
 * Continue an existing company.
 */
companyId: string | null, 
/**
 * Chosen bank.
 */
bankKey: string | null, 
/**
 * The data-access sheet was gone through.
 */
sheetSeen: boolean, 
/**
 * Language of the customer.
 */
language: Language | null, };

export type DataAccessSheet = { 
/**
 * Version of the words, kept with the case.
 */
version: string, 
/**
 * Their language.
 */
language: Language, 
/**
 * What it is.
 */
title: string, 
/**
 * Who asks for what, one sentence.
 */
lead: string, 
/**
 * What matters most: that nobody can move money, and where they sign in.
 */
points: Array<string>, 
/**
 * Sections in order.
 */
sections: Array<SheetSection>, 
/**
 * Where the binding consent is given, one sentence.
 */
binding: string, 
/**
 * What the customer will see at this bank, as the team wrote it; empty when it wrote nothing.
 */
note: Array<NoteBlock>, };

export type SheetSection = { 
/**
 * At most 50 characters.
 */
heading: string, 
/**
 * One sentence shown always.
 */
lead: string, 
/**
 * More, when opened.
 */
detail: Array<string>, };

export type Door = "thisComputer" | "qr" | "copy" | "mail";

export type HandFile = "eml" | "png" | "sheet";

export type LeafletMade = { 
/**
 * Version of its words.
 */
version: string, 
/**
 * Their language.
 */
language: Language, 
/**
 * Where it lies.
 */
place: string, };

export type SheetOf = { bankKey: string, language: Language, };

export type LeafletOf = { sheet: SheetOf, pdf: boolean, };

export type Language = "en" | "de" | "fr" | "es";

export type Addressee = { 
/**
 * The language of what they read.
 */
language: Language, 
/**
 * The person who has the log-in, where it is another than the one who was asked.
 */
name: string | null, 
/**
 * Their mail address.
 */
mail: string | null, };

export type HandOver = { 
/**
 * The attempt it belongs to.
 */
attemptId: string, 
/**
 * The door.
 */
door: Door, 
/**
 * The address, for QR, copy and mail; for this computer the browser was opened by the engine.
 */
linkUrl: string | null, 
/**
 * QR modules, row by row, `true` = dark; square.
 */
qr: Array<Array<boolean>> | null, 
/**
 * A ready mail.
 */
mail: Mail | null, 
/**
 * When the link stops working, an estimate from Codat's rule of 24 hours and one use.
 */
expiresAt: Millis, 
/**
 * The host that will open, shown to the operator.
 */
host: string, 
/**
 * Whose link it is, as Codat stores the name.
 */
companyName: string, 
/**
 * Language of what the customer reads.
 */
language: Language, 
/**
 * Version of the words that go with it, kept with the case.
 */
textVersion: string | null, 
/**
 * Where the file lies, when one was asked for.
 */
place: string | null, };

export type Mail = { 
/**
 * Address, where it is known.
 */
to: string | null, 
/**
 * Subject.
 */
subject: string, 
/**
 * Plain text body with the link.
 */
body: string, };

export type AttemptView = { 
/**
 * Our id.
 */
id: string, 
/**
 * Company.
 */
companyId: string | null, 
/**
 * Its name as Codat stores it (as typed until then).
 */
companyName: string, 
/**
 * Name as typed, when Codat stored another.
 */
typedName: string | null, 
/**
 * Bank.
 */
bank: BankMark, 
/**
 * The bank's logo or none, as in `BankRow`.
 */
logo: string | null, 
/**
 * Stage of the attempt.
 */
stage: AttemptStage, 
/**
 * The connection, once made.
 */
connectionId: string | null, 
/**
 * Doors used so far.
 */
doors: Array<DoorUse>, 
/**
 * When it began.
 */
startedAt: Millis, 
/**
 * Last answer from Codat about it.
 */
lastCheck: Millis | null, 
/**
 * Next planned question; `None` = none planned.
 */
nextCheck: Millis | null, 
/**
 * Until when we go on asking by ourselves.
 */
until: Millis | null, 
/**
 * How the last check or return went wrong.
 */
problem: Problem | null, 
/**
 * Filled once linked.
 */
history: HistoryWindow | null, 
/**
 * Reads per data type, once linked.
 */
sync: Array<DataTypeSync>, 
/**
 * All connections that this link produced.
 */
connections: Array<BankMark>, 
/**
 * Who the link is for.
 */
addressee: Addressee, 
/**
 * The mail that would go to them, an ellipsis where the link will stand.
 */
mail: Mail, 
/**
 * What the customer will see at this bank, as the team wrote it.
 */
note: Array<NoteBlock>, };

export type DoorUse = { 
/**
 * Which.
 */
door: Door, 
/**
 * When.
 */
at: Millis, };

export type AttemptStage = "creating" | "blocked" | "ready" | "waiting" | "returned" | "reading" | "complete" | "readFailed" | "notLinked" | "parked";

export type AttemptStep = "checkNow" | "park" | { "address": Addressee };

export type RingOutcome = { 
/**
 * It rang the bell: a check happens now.
 */
accepted: boolean, 
/**
 * One word for machines: `accepted`, `malformed`, `unknown`, `used`, `expired`, `foreign`.
 */
reason: string, 
/**
 * The attempt it belongs to, when accepted.
 */
attemptId: string | null, };

export type StartSync = { 
/**
 * Company.
 */
companyId: string, 
/**
 * One connection, or all linked ones.
 */
connectionId: string | null, 
/**
 * `banking-accounts` …; empty = all four.
 */
dataTypes: Array<string>, };

export type SyncStep = { "kind": "start", "of": StartSync } | { "kind": "stop", "of": RunKey | null } | { "kind": "goOn", "of": string | null };

export type RunKey = { 
/**
 * Connection.
 */
connectionId: string, 
/**
 * `banking-accounts` …
 */
dataType: string, };

export type SyncNow = { 
/**
 * Fetches, the longest at work first; stopped ones last.
 */
runs: Array<SyncRun>, 
/**
 * Fetches beyond those.
 */
hidden: number, 
/**
 * A pass over several companies.
 */
pass: Pass | null, 
/**
 * Rows a second in all.
 */
rowsASecond: number, 
/**
 * When all of it will be here, about.
 */
endsAt: Millis | null, 
/**
 * Why nothing is asked of Codat now.
 */
why: WaitReason | null, 
/**
 * Until when.
 */
waitsUntil: Millis | null, 
/**
 * A person stopped everything.
 */
allStopped: boolean, };

export type FoundTransactions = { 
/**
 * Newest first.
 */
rows: Array<FoundTransaction>, 
/**
 * Per cent of all rows that can be searched by now; what came just now follows.
 */
indexed: number, 
/**
 * There was no time to look everywhere: older rows may be left out.
 */
cut: boolean, };

export type FoundTransaction = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * The row.
 */
row: TransactionRow, };

export type SyncRun = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * Connection.
 */
connectionId: string, 
/**
 * Bank.
 */
bank: string, 
/**
 * `banking-accounts` …
 */
dataType: string, 
/**
 * Accounts, Balances, Transactions, Categories.
 */
label: string, 
/**
 * What it does.
 */
state: RunState, 
/**
 * Since when it runs here.
 */
since: Millis, 
/**
 * Rows stored since.
 */
rows: number, 
/**
 * Pages stored, earlier tries included.
 */
page: number, 
/**
 * Pages in all, once Codat told.
 */
pages: number | null, 
/**
 * Rows a second; 0 = not known yet.
 */
rowsASecond: number, 
/**
 * When the rest will be here, about: by its own pages, before that by what is usual at this bank.
 */
endsAt: Millis | null, };

export type RunState = "asking" | "storing" | "waiting" | "stopped";

export type Pass = { 
/**
 * Companies with something to fetch.
 */
companies: number, 
/**
 * Of them, so many are done.
 */
done: number, 
/**
 * Rows stored.
 */
rows: number, 
/**
 * Pages stored.
 */
pages: number, 
/**
 * Rows a second.
 */
rowsASecond: number, 
/**
 * When it will be done, about.
 */
endsAt: Millis | null, };

export type SyncOutcome = { 
/**
 * `complete`, `partial`, `failed`, `limited`, `offline`, `stopped`.
 */
outcome: string, 
/**
 * Requests sent.
 */
requests: number, 
/**
 * Pages stored.
 */
pages: number, 
/**
 * Rows stored or confirmed.
 */
rows: number, 
/**
 * Wall seconds, three decimals, as text.
 */
seconds: string, };

export type AccountView = { 
/**
 * The bank's id.
 */
id: string, 
/**
 * Connection it came by.
 */
connectionId: string, 
/**
 * Bank name.
 */
bank: string, 
/**
 * Account name.
 */
name: string, 
/**
 * Holder as the bank tells it.
 */
holder: string | null, 
/**
 * `Debit`, `Credit` or what the bank said.
 */
accountType: string, 
/**
 * Last four characters of its number, when there is one.
 */
ending: string | null, 
/**
 * Currency.
 */
currency: string, 
/**
 * Current balance.
 */
current: MoneyView | null, 
/**
 * Available balance.
 */
available: MoneyView | null, 
/**
 * Day of the balance or of the account record.
 */
asOf: string | null, 
/**
 * Newest transaction's day.
 */
dataTo: string | null, 
/**
 * Oldest transaction's day.
 */
dataFrom: string | null, 
/**
 * Transactions held.
 */
transactions: number, };

export type TransactionQuery = { 
/**
 * Company.
 */
companyId: string, 
/**
 * One account only.
 */
accountId: string | null, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string | null, 
/**
 * Last day, `YYYY-MM-DD`.
 */
to: string | null, 
/**
 * Words, and chips such as `>1000`, `out`, `in`, `2026-03`, `category:rent`.
 */
text: string, 
/**
 * First row of the window, newest first.
 */
offset: number, 
/**
 * Rows of the window, at most 500.
 */
limit: number, };

export type TransactionPage = { 
/**
 * Matches in all.
 */
total: number, 
/**
 * The rows.
 */
rows: Array<TransactionRow>, 
/**
 * In and out per currency over all matches; never across currencies.
 */
sums: Array<CurrencySum>, 
/**
 * Chips understood in the text, for showing back.
 */
chips: Array<QueryChip>, 
/**
 * When transactions were last read.
 */
asOf: Millis | null, };

export type QueryChip = { 
/**
 * As typed.
 */
text: string, 
/**
 * In words.
 */
meaning: string, 
/**
 * False = not understood, and says so.
 */
valid: boolean, };

export type CurrencySum = { 
/**
 * Currency.
 */
currency: string, 
/**
 * Sum of what came in.
 */
moneyIn: string, 
/**
 * Sum of what went out, negative.
 */
moneyOut: string, 
/**
 * Rows.
 */
count: number, };

export type TransactionRow = { 
/**
 * The bank's id.
 */
id: string, 
/**
 * Account.
 */
accountId: string, 
/**
 * Account name.
 */
account: string, 
/**
 * Posted day, `YYYY-MM-DD`; the authorised day when not posted.
 */
date: string, 
/**
 * The date exactly as sent.
 */
dateText: string, 
/**
 * Exact amount, sign as sent.
 */
amount: string, 
/**
 * Currency.
 */
currency: string, 
/**
 * Description as sent, with control characters removed.
 */
description: string, 
/**
 * Merchant, when sent.
 */
merchant: string | null, 
/**
 * Codat's category, when known.
 */
category: string | null, 
/**
 * The lender's own category, when a rule gives one.
 */
ownCategory: string | null, 
/**
 * Codat's code.
 */
code: string, 
/**
 * True when Codat no longer lists it (after two agreeing passes).
 */
missing: boolean, };

export type RuleWhen = "category" | "text";

export type CategoryRule = { 
/**
 * What it looks at.
 */
when: RuleWhen, 
/**
 * The name or the words.
 */
what: string, 
/**
 * The own category.
 */
own: string, };

export type CategoryTold = { 
/**
 * Its name.
 */
name: string, 
/**
 * How deep it stands; 0 is the top.
 */
depth: number, 
/**
 * The own category a rule gives it.
 */
own: string | null, 
/**
 * What its rows and those of the categories below it come to in the period, by currency.
 */
sums: Array<CurrencySum>, };

export type CategoriesView = { 
/**
 * The tree.
 */
categories: Array<CategoryTold>, 
/**
 * What rows of the period that stand in none of them come to.
 */
outside: Array<CurrencySum>, 
/**
 * First day of the period.
 */
from: string, 
/**
 * Its last day.
 */
to: string, 
/**
 * The rules; the first that fits counts, words before categories.
 */
rules: Array<CategoryRule>, };

export type ExportFormat = "csv" | "xlsx" | "jsonl" | "json" | "parquet";

export type ExportDone = { 
/**
 * File name, without its folder.
 */
file: string, 
/**
 * File name of the manifest beside it.
 */
manifest: string, 
/**
 * Folder, for showing.
 */
folder: string, 
/**
 * Rows written.
 */
rows: number, 
/**
 * Size of the file.
 */
bytes: number, 
/**
 * SHA-256 of the file, hex.
 */
sha256: string, 
/**
 * What was asked for, in words.
 */
filter: string, 
/**
 * In and out per currency; never across currencies.
 */
sums: Array<CurrencySum>, };

export type Stats = { 
/**
 * Companies.
 */
companies: number, 
/**
 * Connections.
 */
connections: number, 
/**
 * Accounts.
 */
accounts: number, 
/**
 * Transactions.
 */
transactions: number, 
/**
 * Exact sums per currency, as decimal strings.
 */
sums: { [key in string]: string }, };

export type CoverageView = { 
/**
 * One sentence that says how much of what is required is here.
 */
sentence: string, 
/**
 * Whole months asked for: those before the present one.
 */
required: number, 
/**
 * First required month, `YYYY-MM`.
 */
requiredFrom: string, 
/**
 * Last required month.
 */
requiredTo: string, 
/**
 * All months shown, oldest first; the last is not over.
 */
months: Array<string>, 
/**
 * The accounts.
 */
accounts: Array<CoverageAccount>, };

export type CoverageAccount = { 
/**
 * The bank's id.
 */
accountId: string, 
/**
 * Connection it came by.
 */
connectionId: string, 
/**
 * Bank.
 */
bank: string, 
/**
 * Account name.
 */
name: string, 
/**
 * Last characters of its number.
 */
ending: string | null, 
/**
 * Currency.
 */
currency: string, 
/**
 * `9 of 12` and its ring.
 */
verdict: StatusPill, 
/**
 * One cell a month.
 */
cells: Array<CoverageCell>, 
/**
 * What is missing and why, a sentence each; empty when nothing is.
 */
reasons: Array<string>, 
/**
 * What brings it.
 */
fix: CoverageFix | null, };

export type CoverageCell = { 
/**
 * `YYYY-MM`.
 */
month: string, 
/**
 * What is here.
 */
kind: CoverageKind, 
/**
 * Rows.
 */
rows: number, 
/**
 * It belongs to the required months.
 */
required: boolean, 
/**
 * It is over, read to its end, and has rows or is proven empty.
 */
counts: boolean, 
/**
 * In words.
 */
words: string, };

export type CoverageKind = "rows" | "empty" | "gap" | "unproven" | "notGiven" | "notRead";

export type CoverageFix = "refresh" | "renew" | "askAnother";

export type PeriodQuery = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Currency; the one with most rows when not given.
 */
currency: string | null, 
/**
 * Whole months back.
 */
months: number, };

export type CountedAccount = { 
/**
 * The bank's id.
 */
accountId: string, 
/**
 * Bank.
 */
bank: string, 
/**
 * Name and last characters.
 */
name: string, 
/**
 * Why its balance does not count; `None` when it counts.
 */
leftOut: string | null, };

export type CashFlowView = { 
/**
 * One sentence that says what the chart shows.
 */
sentence: string, 
/**
 * Currencies with rows, the one with most first. They are never summed.
 */
currencies: Array<string>, 
/**
 * The one shown; empty when there is none.
 */
currency: string, 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
to: string, 
/**
 * Months, oldest first.
 */
months: Array<CashMonth>, 
/**
 * Sum in.
 */
moneyIn: string, 
/**
 * Sum out; negative.
 */
moneyOut: string, 
/**
 * Accounts of this currency.
 */
accounts: Array<CountedAccount>, 
/**
 * Who paid in, largest first.
 */
payers: PartyList, 
/**
 * Who was paid, largest first.
 */
payees: PartyList, };

export type CashMonth = { 
/**
 * `YYYY-MM`.
 */
month: string, 
/**
 * Came in.
 */
moneyIn: string, 
/**
 * Went out; negative.
 */
moneyOut: string, 
/**
 * Both together.
 */
net: string, 
/**
 * Rows.
 */
rows: number, 
/**
 * What the accounts held at its end, or on its last day that was told, when all of them are known.
 */
balance: string | null, 
/**
 * The month is over.
 */
over: boolean, };

export type PartyList = { 
/**
 * The largest.
 */
top: Array<PartyView>, 
/**
 * How many more have a name.
 */
others: number, 
/**
 * Rows that name nobody.
 */
unnamed: number, 
/**
 * Sum over all rows, always positive.
 */
whole: string, };

export type PartyView = { 
/**
 * Name as the bank writes it.
 */
name: string, 
/**
 * Sum, always positive.
 */
sum: string, 
/**
 * Share of the whole in percent, one decimal.
 */
share: string | null, 
/**
 * Rows.
 */
rows: number, 
/**
 * Its rows.
 */
opens: RowsOf, };

export type RowsOf = { 
/**
 * First day.
 */
from: string, 
/**
 * Last day.
 */
to: string, 
/**
 * As it would be typed into the query bar.
 */
text: string, };

export type LensView = { 
/**
 * Currencies with rows, the one with most first.
 */
currencies: Array<string>, 
/**
 * The one shown; empty when there is none.
 */
currency: string, 
/**
 * First day; whole months only.
 */
from: string, 
/**
 * Last day.
 */
to: string, 
/**
 * Accounts of this currency; those that count for balances have nothing in `leftOut`.
 */
accounts: Array<CountedAccount>, 
/**
 * Rows of the period.
 */
rows: number, 
/**
 * Of them, sides of transfers between own accounts; they count for no figure of payments.
 */
transfers: number, 
/**
 * The figures.
 */
figures: Array<FigureView>, 
/**
 * Who paid in, own transfers left out.
 */
payers: PartyList, 
/**
 * Recurring money in, the dearest first.
 */
recurringIn: Array<RecurringView>, 
/**
 * Recurring money out.
 */
recurringOut: Array<RecurringView>, 
/**
 * Recurring money out that looks like the repayment of a loan or a lease.
 */
loans: Array<RecurringView>, };

export type FigureKey = "averageBalance" | "lowestBalance" | "daysNegative" | "topPayer" | "concentration" | "volatility" | "recurringIn" | "recurringOut" | "loans";

export type FigureUnit = "money" | "percent" | "days" | "index";

export type FigureView = { 
/**
 * Which.
 */
key: FigureKey, 
/**
 * What it counts.
 */
unit: FigureUnit, 
/**
 * Decimal text; `None` when it cannot be told.
 */
value: string | null, 
/**
 * What it stands on, or why it cannot be told.
 */
note: string, 
/**
 * Rows it counts; 0 for what is told by balances.
 */
rows: number, 
/**
 * Its rows, where one address finds them.
 */
opens: RowsOf | null, };

export type RecurringView = { 
/**
 * Counterparty.
 */
name: string, 
/**
 * `monthly` and the like.
 */
rhythm: string, 
/**
 * Rows.
 */
rows: number, 
/**
 * Middle amount, signed.
 */
usual: string, 
/**
 * Smallest, without a sign.
 */
least: string, 
/**
 * Largest, without a sign.
 */
most: string, 
/**
 * What it comes to in a month.
 */
aMonth: string | null, 
/**
 * First day.
 */
first: string, 
/**
 * Last day.
 */
last: string, 
/**
 * The next one is not overdue at the end of the period.
 */
goesOn: boolean, 
/**
 * The word that makes it look like a repayment.
 */
why: string | null, 
/**
 * Its rows.
 */
opens: RowsOf, };

export type Doorbell = "scheme" | "loopback" | "bounce" | "paste";

export type ReturnSettings = { 
/**
 * The one whose template should stand in Codat.
 */
chosen: Doorbell, 
/**
 * Port of the loopback page.
 */
port: number, 
/**
 * Address of the team's bounce page.
 */
bounceUrl: string | null, 
/**
 * Each doorbell.
 */
doorbells: Array<DoorbellView>, 
/**
 * The template that stands at Codat now (`GET /profile`), when known.
 */
atCodat: string | null, 
/**
 * Whether that is the chosen one, and what to do if not.
 */
verdict: StatusPill, };

export type DoorbellView = { 
/**
 * Which.
 */
kind: Doorbell, 
/**
 * The exact template to paste into Codat's Portal; `None` when it needs none.
 */
template: string | null, 
/**
 * Registered, listening, written.
 */
status: StatusPill, };

export type SetReturn = { 
/**
 * The chosen doorbell.
 */
chosen: Doorbell | null, 
/**
 * Loopback port, 1024 to 65535.
 */
port: number | null, 
/**
 * Bounce page; empty removes it.
 */
bounceUrl: string | null, };

export type Cadence = "off" | "hourly" | "daily" | "weekly" | "monthly";

export type FreshnessView = { 
/**
 * The company; `None` = what holds for all that have nothing of their own.
 */
company: string | null, 
/**
 * Each of the four types.
 */
types: Array<TypeFreshness>, 
/**
 * When Fairlead next asks or looks for this company, or for any.
 */
nextAt: Millis | null, };

export type End = { 
/**
 * Company.
 */
companyId: string, 
/**
 * What is to end.
 */
ending: Ending, 
/**
 * The company's name as the person typed it: it must agree.
 */
typed: string, };

export type Ending = { "kind": "unlink", "of": string } | { "kind": "deleteConnection", "of": string } | { "kind": "deleteCompany" } | { "kind": "erase" };

export type SetupPath = "throughCodat" | "ownTrueLayer" | "plaid" | "bankingSandbox";

export type SetupMark = "open" | "waiting" | "done";

export type MarkSetup = { 
/**
 * Key of the step.
 */
step: string, 
/**
 * What is so now.
 */
mark: SetupMark, 
/**
 * Who says so.
 */
by: string, };

export type SetupSaid = { 
/**
 * Key of the step.
 */
step: string, 
/**
 * What was said.
 */
mark: SetupMark, 
/**
 * By whom.
 */
by: string, 
/**
 * When.
 */
at: Millis, };

export type SetupState = "open" | "waiting" | "done" | "seen" | "differs";

export type SetupCopy = { 
/**
 * What it is.
 */
label: string, 
/**
 * The text.
 */
text: string, };

export type SetupPage = { 
/**
 * Whose page it is.
 */
label: string, 
/**
 * Its address; opened by the system's browser.
 */
address: string, };

export type SetupStep = { 
/**
 * Its name for the program.
 */
key: string, 
/**
 * Its name on the screen.
 */
title: string, 
/**
 * Whose turn it is.
 */
whose: string, 
/**
 * What to do.
 */
says: string, 
/**
 * What one will see.
 */
expect: string | null, 
/**
 * Where.
 */
page: SetupPage | null, 
/**
 * What to take along.
 */
copy: Array<SetupCopy>, 
/**
 * How it stands.
 */
state: SetupState, 
/**
 * The same as a mark and a word.
 */
status: StatusPill, 
/**
 * What Codat shows of it, where it can be seen there.
 */
shows: string | null, 
/**
 * The last that was said of it.
 */
said: SetupSaid | null, };

export type SetupView = { 
/**
 * The way that was chosen.
 */
path: SetupPath | null, 
/**
 * The client at Codat that the key belongs to, when it could be asked.
 */
client: string | null, 
/**
 * Why Codat could not be asked, in a sentence: what it would show is left out then.
 */
unasked: string | null, 
/**
 * When it was looked at.
 */
checkedAt: Millis, 
/**
 * Where things stand, in a sentence.
 */
truth: string, 
/**
 * Steps that are done or seen.
 */
done: number, 
/**
 * The first step that is neither done nor with somebody else.
 */
next: string | null, 
/**
 * In order.
 */
steps: Array<SetupStep>, 
/**
 * Everything that was ever said, oldest first.
 */
said: Array<SetupSaid>, 
/**
 * The same as a text to send or to file: Markdown.
 */
report: string, };

export type SetupAsk = { "kind": "look" } | { "kind": "choose", "of": SetupPath } | { "kind": "mark", "of": MarkSetup } | { "kind": "open", "of": string };

export type ErasureView = { 
/**
 * `company`, `age` or `profile`.
 */
what: string, 
/**
 * The company's id at Codat, or the profile's name.
 */
of: string | null, 
/**
 * The first day that was kept, where age was the reason.
 */
before: string | null, 
/**
 * When.
 */
at: Millis, 
/**
 * Rows in all.
 */
rows: number, 
/**
 * Rows by table.
 */
counts: Array<ErasedRows>, 
/**
 * SHA-256 of the receipt.
 */
digest: string, 
/**
 * No page of the file holds anything of it any more. Until then the next start goes on.
 */
isWhole: boolean, };

export type ErasedRows = { 
/**
 * Table.
 */
table: string, 
/**
 * Rows.
 */
rows: number, };

export type LeftBehindView = { 
/**
 * Codat's id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Transactions that are kept of it.
 */
rows: number, };

export type KeptView = { 
/**
 * Months that rows are kept; none = for ever.
 */
months: number | null, 
/**
 * Companies that are gone at Codat and still here.
 */
leftBehind: Array<LeftBehindView>, 
/**
 * What was erased, newest first.
 */
erasures: Array<ErasureView>, };

export type AuditView = { 
/**
 * What it is worth.
 */
standing: AuditStanding, 
/**
 * The same in a sentence.
 */
says: string, 
/**
 * Number of the newest line.
 */
total: number, 
/**
 * The newest line's code: kept elsewhere, it proves later what the log was now.
 */
seal: string | null, 
/**
 * The newest lines.
 */
lines: Array<AuditLineView>, };

export type AuditStanding = { "kind": "whole", 
/**
 * The first line under the key.
 */
from: number, } | { "kind": "caughtUp", 
/**
 * The first line under the key.
 */
from: number, 
/**
 * So many.
 */
lines: number, } | { "kind": "changed", 
/**
 * The first such line.
 */
line: number, } | { "kind": "cut", 
/**
 * The last line that is here.
 */
after: number, } | { "kind": "keyGone" };

export type AuditWritten = { 
/**
 * Lines in it.
 */
lines: number, 
/**
 * Where it lies.
 */
place: string, 
/**
 * Its hash.
 */
sha256: string, };

export type AuditLineView = { 
/**
 * Its number.
 */
seq: number, 
/**
 * When.
 */
at: Millis, 
/**
 * Who, as the operating system names them.
 */
who: string, 
/**
 * What, one word.
 */
act: string, 
/**
 * To what: an id, or nothing.
 */
subject: string, 
/**
 * More.
 */
detail: string, };

export type LockBy = "pin" | "computer" | "passphrase";

export type LockView = { 
/**
 * Nothing may be asked for.
 */
locked: boolean, 
/**
 * What it is, or would be, unlocked with; none: it cannot be locked.
 */
by: LockBy | null, 
/**
 * The profile that is opened again.
 */
profile: string | null, 
/**
 * A PIN is set.
 */
hasPin: boolean, 
/**
 * Minutes without a person after which it locks itself.
 */
afterMinutes: number | null, 
/**
 * No PIN is looked at before this.
 */
notBefore: Millis | null, 
/**
 * The organisation wants a PIN for what is open, and there is none: nothing of a customer is shown before.
 */
wantsPin: boolean, };

export type LockStep = { "kind": "now" } | { "kind": "pin", "of": string } | { "kind": "set", "of": SetPin } | { "kind": "after", "of": number | null };

export type SetPin = { old: string, new: string | null, };

export type OlderView = { 
/**
 * Months.
 */
months: number, 
/**
 * The first day that would be kept.
 */
before: string, 
/**
 * Transactions that would go.
 */
transactions: number, 
/**
 * Balances that would go.
 */
balances: number, 
/**
 * Companies that would lose any.
 */
companies: number, };

export type DoctorAsk = { "kind": "checkUp" } | { "kind": "support" } | { "kind": "saveSupport" };

export type Doctor = DoctorView | SupportView | SupportWritten;

export type DoctorView = { 
/**
 * Fairlead's version.
 */
version: string, 
/**
 * Operating system and processor.
 */
system: string, 
/**
 * The profile that was looked at.
 */
profile: string | null, 
/**
 * When.
 */
checkedAt: Millis, 
/**
 * Findings that keep something from working.
 */
wrong: number, 
/**
 * Findings worth knowing.
 */
notes: number, 
/**
 * In the order in which one would look.
 */
findings: Array<Finding>, };

export type SupportView = { 
/**
 * All of it.
 */
files: Array<SupportFile>, };

export type SupportFile = { 
/**
 * Its name in the ZIP.
 */
name: string, 
/**
 * What it tells.
 */
what: string, 
/**
 * Every word of it.
 */
text: string, };

export type SupportWritten = { 
/**
 * Files in it.
 */
files: number, 
/**
 * Its size.
 */
bytes: number, 
/**
 * Its hash.
 */
sha256: string, 
/**
 * Where it lies.
 */
place: string, };

export type Check = "profile" | "policy" | "network" | "key" | "banks" | "provider" | "firstLink" | "schedule" | "redirect" | "loopback" | "scheme" | "quota" | "keychain" | "clock" | "disk" | "database";

export type Verdict = "good" | "note" | "wrong" | "unknown";

export type Finding = { 
/**
 * What was looked at.
 */
check: Check, 
/**
 * Its name on the screen.
 */
title: string, 
/**
 * How it is.
 */
verdict: Verdict, 
/**
 * One sentence.
 */
says: string, 
/**
 * What to do.
 */
fix: string | null, 
/**
 * The screen on which to do it.
 */
route: string | null, };

export type TypeFreshness = { 
/**
 * Wire name.
 */
dataType: string, 
/**
 * Its name for a person.
 */
label: string, 
/**
 * How often the team wants it.
 */
cadence: Cadence, 
/**
 * The company has this of its own.
 */
isOwn: boolean, 
/**
 * Codat's own schedule in hours, 0 = none; `None` = not known yet.
 */
codatHours: number | null, 
/**
 * Codat reads it often enough by itself, so Fairlead asks for nothing.
 */
byCodat: boolean, 
/**
 * When Fairlead asks next, for one company.
 */
nextAt: Millis | null, };

export type SetFreshness = { 
/**
 * The company; `None` = all that have nothing of their own.
 */
company: string | null, 
/**
 * By wire name; null = the company goes by what holds for all again.
 */
types: { [key in string]: Cadence | null }, };

export type CodatSchedule = { 
/**
 * Wire name.
 */
dataType: string, 
/**
 * Its name for a person.
 */
label: string, 
/**
 * Hours between reads; 0 = none.
 */
hours: number, 
/**
 * Read as soon as a bank links.
 */
onFirstLink: boolean, 
/**
 * Months back that are read.
 */
fromMonths: number | null, 
/**
 * Day from which it is read, as sent.
 */
fromDay: string | null, 
/**
 * Months to read.
 */
months: number | null, 
/**
 * Codat does not let it be changed.
 */
locked: boolean, };

export type CodatScheduleChange = { 
/**
 * 0, 1, 24, 168 or 720.
 */
hours: number | null, 
/**
 * Read as soon as a bank links.
 */
onFirstLink: boolean | null, 
/**
 * Months back that are read.
 */
fromMonths: number | null, };

export type SetCodatSchedule = { 
/**
 * The company; `None` = the whole client.
 */
company: string | null, 
/**
 * By wire name.
 */
types: { [key in string]: CodatScheduleChange }, 
/**
 * The warnings were read: make the change.
 */
confirmed: boolean, };

export type CodatScheduleAnswer = { 
/**
 * As it stands now.
 */
types: Array<CodatSchedule>, 
/**
 * What the change does, one sentence each.
 */
warnings: Array<string>, 
/**
 * It was made.
 */
saved: boolean, };

export type OnScreen = { 
/**
 * A person pressed or moved something since the last time.
 */
used: boolean, 
/**
 * Some of the window can be seen.
 */
visible: boolean, 
/**
 * The company whose page is open.
 */
company: string | null, };

export type Stale = { 
/**
 * Grows by one; a gap means events were missed: ask everything again.
 */
seq: number, 
/**
 * What is stale.
 */
topics: Array<Topic>, };

export type Topic = { "kind": "app" } | { "kind": "companies" } | { "kind": "company", "id": string } | { "kind": "attempt", "id": string } | { "kind": "banks" } | { "kind": "status" } | { "kind": "progress" } | { "kind": "return" } | { "kind": "bulk" } | { "kind": "inbox" } | { "kind": "showAttempt", "id": string } | { "kind": "showNotice", "id": number | null } | { "kind": "resync" };

export type WireError = { 
/**
 * What the screen acts on.
 */
code: ErrorCode, 
/**
 * One sentence: what happened, whose side, what to do.
 */
message: string, 
/**
 * Whose side it is on.
 */
side: Side, 
/**
 * Trying again may help.
 */
retry: boolean, 
/**
 * Folded details: Codat's words.
 */
detail: string | null, 
/**
 * Codat's correlation id.
 */
correlationId: string | null, 
/**
 * Finds the log line.
 */
traceId: string, };

export type ErrorCode = "noProfile" | "locked" | "managed" | "badRequest" | "notFound" | "keyRefused" | "forbidden" | "planLimit" | "limited" | "offline" | "captivePortal" | "untrusted" | "codatDown" | "unreadable" | "bankUnavailable" | "outcomeUnknown" | "unsafeLink" | "keychain" | "keyMissing" | "damaged" | "newerDatabase" | "disk" | "busy" | "internal";

export type AnalysisAsk = { "kind": "coverage", "of": string } | { "kind": "cashFlow", "of": PeriodQuery } | { "kind": "lens", "of": PeriodQuery };

export type Analysis = CoverageView | CashFlowView | LensView;

export type AccountOf = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Connection it came by.
 */
connectionId: string, 
/**
 * The bank's id.
 */
accountId: string, };

export type NumberView = { 
/**
 * `Sort code`, `IBAN` and the like.
 */
what: string, 
/**
 * In groups, to be read out.
 */
shown: string, 
/**
 * Without them, as payment forms take it.
 */
plain: string, };

export type FindAsk = { "kind": "companies", "of": string } | { "kind": "banks" } | { "kind": "labels" } | { "kind": "name", "of": string } | { "kind": "transactions", "of": string } | { "kind": "numbers", "of": AccountOf };

export type Found = Array<CompanyRow> | Array<Held> | Labels | NameCheck | FoundTransactions | Array<NumberView>;

export type ActivityAsk = { "kind": "everything" } | { "kind": "attempts" } | { "kind": "queued", "of": QueuedStep } | { "kind": "budget" } | { "kind": "kept" } | { "kind": "older", "of": number } | { "kind": "keepFor", "of": number | null } | { "kind": "audit" } | { "kind": "saveAudit" } | { "kind": "inbox", "of": InboxStep } | { "kind": "course", "of": CourseStep };

export type Activity = ActivityView | Array<AttemptView> | QueueView | BudgetView | KeptView | OlderView | AuditView | AuditWritten | InboxView | CourseView;

export type FreshnessAsk = { "kind": "ours", "of": SetFreshness } | { "kind": "codat", "of": SetCodatSchedule };

export type Freshness = FreshnessView | CodatScheduleAnswer;

export type ReturnsAsk = { "kind": "settings", "of": SetReturn } | { "kind": "pasted", "of": string } | { "kind": "test", "of": Doorbell } | { "kind": "page" };

export type Returns = ReturnSettings | RingOutcome | StatusPill | string;

export type BanksAsk = { "kind": "search", "of": BankQuery } | { "kind": "sheet", "of": SheetOf } | { "kind": "leaflet", "of": LeafletOf } | { "kind": "mirror", "of": MirrorQuery } | { "kind": "offer", "of": OfferChange } | { "kind": "note", "of": string };

export type Banks = LeafletMade | BankPage | DataAccessSheet | MirrorView | null | Array<NoteBlock>;

export type DraftsAsk = { "kind": "all" } | { "kind": "save", "of": SaveDraft } | { "kind": "discard", "of": string } | { "kind": "bulk", "of": BulkAsk } | { "kind": "consents", "of": ConsentsAsk };

export type Drafts = Array<DraftView> | DraftView | BulkAnswer | ConsentsAnswer;

export type Fits = { 
/**
 * The requests.
 */
needed: number, 
/**
 * Of them, so many may leave at once.
 */
now: number, 
/**
 * Left today for work in the background, when Codat told.
 */
today: number | null, 
/**
 * When the last of them may have left; none when the quota is zero.
 */
until: Millis | null, };

export type BulkAsk = { "kind": "all" } | { "kind": "check", file: BulkFile, columns: BulkColumns | null, } | { "kind": "begin", file: BulkFile, columns: BulkColumns | null, } | { "kind": "board", query: BulkQuery, } | { "kind": "goOn", id: string, } | { "kind": "cancel", id: string, } | { "kind": "undo", id: string, } | { "kind": "links", id: string, mails: boolean, language: Language, };

export type BulkAnswer = Array<BulkView> | BulkCheck | BulkView | BulkBoard | BulkLinks;

export type BulkFile = { name: string, 
/**
 * Base64.
 */
content: string, };

export type BulkColumns = { 
/**
 * Names of the companies.
 */
name: number | null, 
/**
 * The team's own references.
 */
reference: number | null, 
/**
 * Addresses of those who are to connect.
 */
mail: number | null, 
/**
 * Their languages.
 */
language: number | null, };

export type BulkCheck = { 
/**
 * Name of the file.
 */
name: string, 
/**
 * Headings of its columns.
 */
headings: Array<string>, 
/**
 * Which of them holds what.
 */
columns: BulkColumns, 
/**
 * Rows that would be made.
 */
make: number, 
/**
 * Rows whose company is here already: used, not made again.
 */
known: number, 
/**
 * Rows that are left out.
 */
leftOut: number, 
/**
 * Requests that making them takes.
 */
requests: number, 
/**
 * How they fit into the budget.
 */
fits: Fits, 
/**
 * It was compared with the companies as Codat has them now, not as they were when last read.
 */
isCurrent: boolean, 
/**
 * In the order of the file.
 */
lines: Array<BulkLine>, };

export type BulkLine = { 
/**
 * Line of the file.
 */
line: number, 
/**
 * Name as it stands there.
 */
name: string, 
/**
 * Reference.
 */
reference: string | null, 
/**
 * Address, where it can be one.
 */
mail: string | null, 
/**
 * What would become of it.
 */
verdict: BulkVerdict, 
/**
 * What is wrong, or to be known, each one sentence.
 */
notes: Array<string>, };

export type BulkVerdict = "make" | "known" | "leftOut";

export type BulkView = { 
/**
 * Id.
 */
id: string, 
/**
 * Name of the file.
 */
name: string, 
/**
 * When it was taken in.
 */
madeAt: Millis, 
/**
 * Where it stands.
 */
stage: BulkStage, 
/**
 * The same as a pill.
 */
status: StatusPill, 
/**
 * The same as one sentence, with figures.
 */
sentence: string, 
/**
 * Why it stands still.
 */
problem: Problem | null, 
/**
 * Rows.
 */
rows: number, 
/**
 * Still to be made.
 */
open: number, 
/**
 * With a company that was made for it.
 */
made: number, 
/**
 * With a company that was here already.
 */
known: number, 
/**
 * Left out.
 */
leftOut: number, 
/**
 * Refused by Codat.
 */
refused: number, 
/**
 * Deleted again.
 */
undone: number, 
/**
 * With a linked bank.
 */
linked: number, 
/**
 * Whose link was given out.
 */
invited: number, };

export type BulkStage = "running" | "held" | "cancelled" | "done" | "undoing" | "undone";

export type BulkWhich = "all" | "notLinked" | "linked" | "failed";

export type BulkQuery = { 
/**
 * List.
 */
id: string, 
/**
 * Which rows.
 */
which: BulkWhich, 
/**
 * First row.
 */
offset: number, 
/**
 * Rows, at most 500.
 */
limit: number, };

export type BulkBoard = { 
/**
 * The list.
 */
list: BulkView, 
/**
 * Rows that match.
 */
total: number, 
/**
 * The window.
 */
rows: Array<BulkRowView>, };

export type BulkRowView = { 
/**
 * Line of the file.
 */
line: number, 
/**
 * Name.
 */
name: string, 
/**
 * Reference.
 */
reference: string | null, 
/**
 * Address.
 */
mail: string | null, 
/**
 * What became of it.
 */
status: StatusPill, 
/**
 * Why it was left out or refused.
 */
why: string | null, 
/**
 * Its company.
 */
companyId: string | null, 
/**
 * When its link was last given out.
 */
linkAt: Millis | null, };

export type BulkLinks = { 
/**
 * Links in the file.
 */
links: number, 
/**
 * Mails that were written.
 */
mails: number, 
/**
 * Left out, because a bank is linked meanwhile or the company is gone.
 */
leftOut: number, 
/**
 * Each works once and until then.
 */
expiresAt: Millis, 
/**
 * The file.
 */
place: string, 
/**
 * The folder of the mails.
 */
mailsPlace: string | null, };

export type ConsentsAsk = { "kind": "desk", query: ConsentQuery, } | { "kind": "renew", of: Array<RenewOf>, codes: boolean, language: Language | null, } | { "kind": "business", companyId: string, connectionId: string, right: boolean, } | { "kind": "evidence", companyId: string, } | { "kind": "calendar" };

export type ConsentsAnswer = ConsentsView | RenewalsSent | CalendarFile | CompanyView | EvidenceMade;

export type CalendarFile = { ends: number, place: string, };

export type ConsentQuery = { 
/**
 * Only what ended or ends within so many days; none for everything.
 */
within: number | null, 
/**
 * The batch whose renewals are shown one by one; the newest when none is named.
 */
batch: string | null, };

export type ConsentsView = { 
/**
 * By their ends, at most 1,000.
 */
rows: Array<ConsentRow>, 
/**
 * How many there are in all.
 */
counts: ConsentCounts, 
/**
 * Days on which any ends, for the next thirteen weeks.
 */
days: Array<EndDay>, 
/**
 * Days before an end at which the inbox tells of it.
 */
steps: [number, number, number], 
/**
 * What was sent together, newest first.
 */
batches: Array<BatchView>, };

export type ConsentGroup = "ended" | "overdue" | "week" | "month" | "later" | "unknown";

export type ConsentCounts = { 
/**
 * See `ConsentGroup`.
 */
ended: number, 
/**
 * See `ConsentGroup`.
 */
overdue: number, 
/**
 * See `ConsentGroup`.
 */
week: number, 
/**
 * See `ConsentGroup`.
 */
month: number, 
/**
 * See `ConsentGroup`.
 */
later: number, 
/**
 * See `ConsentGroup`.
 */
unknown: number, };

export type ConsentRow = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * The team's reference.
 */
reference: string | null, 
/**
 * Connection.
 */
connectionId: string, 
/**
 * Name of the bank.
 */
bank: string, 
/**
 * When it ends.
 */
group: ConsentGroup, 
/**
 * When it was given, as far as we know.
 */
givenAt: Millis | null, 
/**
 * Estimated end, or when it ended.
 */
endsAt: Millis | null, 
/**
 * What the estimate rests on, one sentence.
 */
why: string, 
/**
 * Where the last renewal stands, when one was sent for this consent.
 */
renewal: StatusPill | null, };

export type EndDay = { 
/**
 * ISO date.
 */
day: string, 
/**
 * Consents that end on it, by our estimate.
 */
ends: number, };

export type RenewOf = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Connection.
 */
connectionId: string, };

export type BatchView = { 
/**
 * Its id.
 */
id: string, 
/**
 * When they were sent.
 */
madeAt: Millis, 
/**
 * Sent.
 */
sent: number, 
/**
 * Linked again, or came back from the bank.
 */
done: number, 
/**
 * Whose link still works.
 */
waiting: number, 
/**
 * Whose link has grown old.
 */
expired: number, 
/**
 * Whose connection is gone.
 */
gone: number, 
/**
 * One by one, for the batch that was asked for.
 */
rows: Array<RenewalRow>, };

export type RenewalRow = { 
/**
 * Company.
 */
companyId: string, 
/**
 * Its name.
 */
companyName: string, 
/**
 * Connection.
 */
connectionId: string, 
/**
 * Name of the bank.
 */
bank: string, 
/**
 * Where it stands.
 */
status: StatusPill, 
/**
 * It can be sent again.
 */
again: boolean, };

export type RenewalsSent = { 
/**
 * Batch; none when nothing went out.
 */
batch: string | null, 
/**
 * Links in the folder.
 */
sent: number, 
/**
 * Of those, mails with an address.
 */
addressed: number, 
/**
 * Whose connection is gone at Codat.
 */
leftOut: number, 
/**
 * Each link works once and until then.
 */
expiresAt: Millis, 
/**
 * The folder.
 */
place: string, 
/**
 * Why the rest did not go out.
 */
stopped: string | null, };

export type EvidenceMade = { 
/**
 * Files in it.
 */
files: number, 
/**
 * Bytes of the pack.
 */
bytes: number, 
/**
 * SHA-256 of the pack.
 */
sha256: string, 
/**
 * Where it is.
 */
place: string, };

export type LinkOf = { "kind": "draft", id: string, } | { "kind": "connection", companyId: string, id: string, };

export type ExportAsk = { "kind": "begin", query: TransactionQuery, format: ExportFormat, } | { "kind": "look" } | { "kind": "end" } | { "kind": "show" };

export type Exported = ExportDone | number | null;

export type CategoriesAsk = { "kind": "of", companyId: string, } | { "kind": "keep", companyId: string, rules: Array<CategoryRule>, };

