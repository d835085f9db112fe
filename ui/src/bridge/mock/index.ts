// A host made of sample data, so that every screen can be built and looked at in a browser. Switches in the address:
// ?fresh  first run   ?empty  no companies   ?many=100000   ?route=/company/co-8 where the last window was   ?fail=command:code   ?mode=single|plaid|none   ?line=offline|limited|keyRefused
// ?demo  the demo is open; ?demo=running, hinted, missing or done with a case of its course   ?offer  the team made something of its banks   ?well  the check-up finds nothing   ?beginning  no way to banks is chosen yet
// ?outcome=linked|left|bank   ?theme=   ?slow (lists never answer; ?slow=command only that one)   ?fast (short journey)   ?waits (the customer comes at the event "customer")   ?nokeychain   ?managed
import { advice } from "../../lib/errors";
import { day } from "../../lib/fmt";
import { ofComputer } from "../../lib/language.svelte";
import type { Host } from "../host";
import type {
  ActivityView, ManagedView, AppState, AttemptStep, AttemptView, AuditStanding, AuditView, BankPage, BankQuery, BankRow, BudgetView, BulkAsk, Cadence, CategoriesView, CategoryRule, CodatSchedule, CodatScheduleAnswer, CourseStep, CompanyPage, CompanyQuery, CompanyRow, CompanyView, ConsentsAsk, DataAccessSheet, Desk, Door, DraftView, End, ErasureView, ErrorCode, Evidence, ExportDone, FoundTransactions, FreshnessView, HandFile, HandOver, HistoryLine, InboxStep, InboxView, KeptView, Labels, Language, LeafletOf, Line, LockStep, MarkSetup, MirrorQuery, NoticeView, OfferChange, OlderView, PeriodQuery, Pick, PickAction, PickDone, PickerMode, QueuedStep, QueuedView, QueueView, ReturnSettings, SaveDraft, SetCodatSchedule, SetFreshness, SetReturn, SetupPath, SheetOf, Side, Stale, StatusView, SyncNow, SyncRun, SyncStep, Theme, Topic, TransactionPage, TransactionQuery, TransactionRow, ViewCounts, WireError,
} from "../types";
import { cashFlowOf, lensOf, pence, period, rowsIn, told } from "./analysis";
import { change as changeOffer, drawn, madeOf, mirrorOf } from "./banks";
import { checksOf, consentsOf } from "./consents";
import { coverageOf } from "./coverage";
import { accountsOf, bankNamed, banks, companies, mark, personalBanks, pill, transactionAt } from "./data";
import { courseOf } from "./course";
import { doctorOf, supportOf } from "./doctor";
import { listsOf } from "./lists";
import { speakPseudo } from "./pseudo";
import { setupOf } from "./setup";
import { attempt, bankProblem, letter, met, scenes, syncDone, syncFailed, syncRunning } from "./scenes";

const sides: Partial<Record<ErrorCode, Side>> = { managed: "thisComputer", offline: "network", captivePortal: "network", bankUnavailable: "bank", codatDown: "codat", limited: "codat", keyRefused: "codat", keychain: "thisComputer", disk: "thisComputer" };
const said: Partial<Record<ErrorCode, string>> = {
  offline: "Codat could not be reached from this computer.", codatDown: "Codat answered with an error of its own (502). Fairlead asked three times.", keyRefused: "Codat does not know this key, or it was replaced.",
  managed: "Your organisation’s policy cannot be read, so Fairlead opens nothing. Ask whoever looks after this computer to put it right, and send this along: /etc/fairlead/policy.json: unknown field `exprots` at line 3 column 11.",
  bankUnavailable: "NatWest is switched off at Codat at the moment.", notFound: "Codat no longer lists it.", disk: "The disk is full.",
};
const fail = (code: ErrorCode): WireError => ({
  code, message: said[code] ?? `${advice[code].title}.`, side: sides[code] ?? "fairlead", retry: true, detail: code === "codatDown" ? "HTTP 502 from /companies" : null,
  correlationId: code === "codatDown" ? "0f1d2c3b-77aa-4b1e-8d52-1f6f0d1b22c4" : null, traceId: "t-4f19c2",
});
const needs = (row: CompanyRow) => row.status.ring === "crossed" || row.status.word.startsWith("History");

const germanSheet: DataAccessSheet = {
  version: "2026-12-de-1", language: "de", title: "Womit Sie einverstanden sind, wenn Sie NatWest verbinden", lead: "Harbourline Finance bittet darum, Ihre Geschäftskonten bei NatWest lesen zu dürfen.", points: ["Nur lesen: Niemand kann damit Geld bewegen.", "Sie werden zur Anmeldung zu NatWest weitergeleitet. Das Passwort sehen wir nie."],
  sections: [
    { heading: "Warum wir fragen", lead: "Harbourline Finance braucht die Kontoinformationen für die Entscheidung und um den Vertrag mit Ihnen zu begleiten.", detail: ["Das ersetzt Kontoauszüge auf Papier.", "Für anderes werden sie nicht verwendet, ohne Sie noch einmal zu fragen."] },
    { heading: "Wie lange", lead: "Bis Sie den Zugriff beenden oder die Bank um eine erneute Bestätigung bittet, meist nach 90 bis 180 Tagen.", detail: ["Danach wird nichts Neues gelesen; was gelesen wurde, bleibt so lange gespeichert, wie Gesetz und Vertrag es vorsehen."] },
  ],
  binding: "Dieses Blatt informiert Sie. Die verbindliche Einwilligung geben Sie auf den Seiten der Bank.", note: [],
};

export function mock(): Host {
  const switches = new URLSearchParams(location.search);
  if (switches.has("pseudo")) speakPseudo();
  const listeners = new Set<(payload: Stale) => void>();
  let seq = 0;
  const stale = (...topics: Topic[]) => { seq += 1; for (const listener of listeners) listener({ seq, topics }); };
  const later = (ms: number, then: () => void) => setTimeout(then, switches.has("fast") ? ms / 12 : ms);

  const rows: CompanyRow[] = switches.has("empty") ? [] : companies(Number(switches.get("many") ?? 306));
  const attempts: Record<string, AttemptView> = scenes();
  const setup = setupOf(!switches.has("beginning"));
  let drafts: DraftView[] = switches.has("empty") ? [] : [
    { id: "d-1", name: "Northgate Cycles Ltd", reference: "NGC-4410", companyId: null, bank: mark("Lloyds Business", "dotted", "Not begun"), sheetSeenAt: null, savedAt: Date.now() - 5_400_000, language: "en" },
    { id: "d-2", name: "Ashdown & Pell Joinery Ltd", reference: "APJ-3302", companyId: null, bank: mark("NatWest", "dotted", "Not begun"), sheetSeenAt: Date.now() - 50_000, savedAt: Date.now() - 60_000, language: "en" },
  ];
  const left: Desk = { recent: switches.has("empty") ? [] : ["co-8", "co-0", "co-3"], route: switches.get("route"), hidden: null, views: switches.has("empty") ? [] : [{ id: "v-barclays", name: "Barclays, consent ended", address: "/companies/all?status=ended&bank=Barclays+Business&own=v-barclays" }], filters: switches.has("empty") ? [] : [{ id: "f-1", name: "Payroll over 1,000", address: "text=out+%3E1000+payroll" }, { id: "f-2", name: "Loan-like", address: "text=category%3A%22lease+repayment%22" }] };
  const line = (switches.get("line") ?? "online") as Line;
  const house = { name: "Harbourline Finance", clientName: "Harbourline Finance", environment: "production" as const, isDemo: false, vault: "keychain" as const };
  const managed: ManagedView = {
    place: "/etc/fairlead/policy.json",
    policy: {
      contact: "it@harbourline.example", environments: ["production"], profiles: null, newProfiles: false, demo: false, vaults: ["keychain"], doorbell: "loopback", loopbackPort: 47811, bounceUrl: "https://harbourline.example/back",
      lockAfterMinutes: 10, pinRequired: true, keepMonths: 24, exports: switches.has("noexport") ? [] : ["csv", "parquet"], namesInNotices: false, personalBanks: false, requiredMonths: 12,
    },
  };
  const demo = { ...house, name: "Demo", environment: "sandbox" as const, isDemo: true, vault: "session" as const };
  const course = courseOf(switches.get("demo") ?? "");
  const state: AppState = {
    version: "0.1.0", profiles: switches.has("fresh") ? [] : [house, { ...house, name: "Harbourline test", environment: "test" }], active: switches.has("fresh") || switches.has("locked") ? null : switches.has("demo") ? demo : house,
    keychain: switches.has("nokeychain") ? { available: false, message: "No keychain answers on this computer: the login collection is locked or missing." } : { available: true, message: null },
    lock: { locked: switches.has("locked"), by: switches.has("nopin") ? null : switches.has("computer") ? "computer" : switches.has("passphrase") ? "passphrase" : "pin", profile: switches.has("locked") ? house.name : null, hasPin: !["nopin", "passphrase", "computer"].some((one) => switches.has(one)), afterMinutes: switches.has("nopin") ? null : 10, notBefore: switches.has("waits") ? Date.now() + 240_000 : null, wantsPin: switches.has("wantspin") },
    managed: switches.has("managed") || switches.has("wantspin") ? managed : null, preferences: { theme: (switches.get("theme") ?? "system") as Theme, density: "comfortable", showPersonalBanks: false, requiredMonths: 12, language: (switches.get("lang") ?? null) as Language | null, formats: (switches.get("formats") ?? null) as Language | null, shortcuts: switches.has("ownkeys") ? { connect: "Mod+J", inbox: "" } : {}, notices: { system: true, names: false, quiet: switches.has("quiet") ? { from: 1080, until: 480 } : null, consentDays: [30, 14, 3] } }, computer: ofComputer(),
  };
  const query = "?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}";
  const settings: ReturnSettings = {
    chosen: "loopback", port: 47811, bounceUrl: null, atCodat: `http://127.0.0.1:47811/return${query}`, verdict: pill("moored", "Codat sends people back to the chosen doorbell"),
    doorbells: [
      { kind: "loopback", template: `http://127.0.0.1:47811/return${query}`, status: pill("moored", "Listening on port 47811") }, { kind: "scheme", template: `fairlead://return${query}`, status: pill("moored", "Registered on this computer") },
      { kind: "bounce", template: null, status: pill("dotted", "No page address yet") }, { kind: "paste", template: null, status: pill("moored", "Always there") },
    ],
  };

  const notes: Record<string, string> = { "co-8": "Their accountant (Síle, mornings) confirms the bank. Wants the lens before the January review." };
  const named = (id: string) => rows.find((row) => row.id === id)?.name ?? null;
  const notice = (id: number, minutes: number, kind: NoticeView["kind"], ring: NoticeView["ring"], title: string, companyId: string | null, more: Partial<NoticeView> = {}): NoticeView => ({ id, kind, ring, title, at: Date.now() - minutes * 60_000, detail: null, companyId, companyName: companyId && named(companyId), openAttempt: null, isUnread: id > 13, ...more });
  const notices: NoticeView[] = switches.has("empty") ? [] : [
    notice(17, 3, "linked", "moored", "Starling Business linked", "co-10"), notice(16, 22, "readFailed", "crossed", "503 reads failed", null), notice(15, 55, "expired", "slashed", "The link to NatWest was not used in time", "co-3", { openAttempt: "a-parked" }),
    notice(14, 190, "ending", "half", "The consent at AIB ends soon, an estimate", "co-8"), notice(13, 1260, "left", "dotted", "Came back from Commerzbank without connecting", "co-4"), notice(12, 1500, "exported", "moored", "Export finished", "co-8", { detail: "41208 rows as csv" }), notice(11, 2900, "readFailed", "crossed", "A read failed at Bank of Ireland", "co-8", { detail: "Transactions: FetchError" }),
  ];
  const queued = (attemptId: string, companyName: string, what: string, minutes: number, ring: QueuedView["status"]["ring"], word: string, why: string, more: Partial<QueuedView> = {}): QueuedView => ({ attemptId, companyId: null, companyName, what, since: Date.now() - minutes * 60_000, status: pill(ring, word), why, next: null, goesOn: true, discard: "clean", means: "Nothing of it is at Codat, and nothing will be.", ...more });
  let waiting: QueuedView[] = switches.has("empty") || !(line === "offline" || switches.has("queued")) ? [] : [
    queued("a-blocked", "Lindqvist Kakel & Golv AB", "Make the company and its connection to NatWest", 1440, "crossed", "Refused", "Codat did not take the platform key of this bank: it was switched off meanwhile.", { goesOn: false }),
    queued("a-creating", "Ashdown & Pell Joinery Ltd", "Make the company and its connection to NatWest", 52, "half", "Answer unknown", "The answer was lost. Fairlead is finding out whether it was made, and does not make it twice.", { discard: "mayExist", means: "Nobody knows whether Codat made this company: the answer was lost. Fairlead stops finding out. If it is there, it appears in the list without a bank. A new case under the same reference looks for it first, so it is not made twice." }),
    queued("a-q3", "Kestrel Freight Forwarding (Ireland) Designated Activity Company", "Make the connection to Bank of Ireland", 18, line === "offline" ? "dotted" : "clock", line === "offline" ? "Offline" : "Paused", line === "offline" ? "There is no connection to Codat." : "Codat asked for a pause.", { next: Date.now() + 41_000 }),
    queued("a-q4", "Brightwater Dental Group Ltd", "Make the company", 3, "waiting", "Next", "It is the next to be sent.", { discard: "elsewhere", means: "It is a row of a customer list." }),
  ];
  const counts = (): ViewCounts => ({
    needsYou: rows.filter(needs).length, waiting: rows.filter((row) => row.status.ring === "waiting").length, ending: rows.filter((row) => soon(row, 14)).length, stale: rows.filter((row) => row.status.ring === "clock").length, all: rows.length, drafts: drafts.length, queued: waiting.length, unread: notices.filter((notice) => notice.isUnread).length,
  });

  const loads: SyncRun[] = switches.has("syncing") ? ([["co-8", "cn-3", "Revolut Business", "Transactions", 61, 183, 301_000], ["co-11", "cn-1", "ING", "Transactions", 4, 9, 24_000], ["co-12", "cn-1", "Barclays Business", "Balances", 0, null, 2000]] as const).map(([companyId, connectionId, bank, label, page, pages, since], index) => ({
    companyId, connectionId, bank, label, companyName: rows.find((row) => row.id === companyId)?.name ?? "", dataType: label === "Balances" ? "banking-accountBalances" : "banking-transactions", state: line === "limited" ? "waiting" : switches.get("syncing") === "stopped" && index < 2 ? "stopped" : "asking",
    since: Date.now() - since, rows: page * 5000, page, pages, rowsASecond: page ? 1013 : 0, endsAt: pages ? Date.now() + (pages - page) * 4935 : null,
  })) : [];
  let stopped = switches.get("syncing") === "all";
  function downloads(step: SyncStep | null): SyncNow {
    const which = (run: SyncRun) => step?.kind === "stop" ? step.of === null || (step.of.connectionId === run.connectionId && step.of.dataType === run.dataType) : step?.kind === "goOn" && (step.of === null || step.of === run.companyId);
    for (const run of loads.filter(which)) run.state = step?.kind === "stop" ? "stopped" : "asking";
    if (step?.kind === "stop" && step.of === null) stopped = true;
    if (step?.kind === "goOn" && step.of === null) stopped = false;
    if (step) later(20, () => stale({ kind: "progress" }, { kind: "company", id: "co-8" }));
    const runs = loads.map((run) => ({ ...run, state: stopped ? ("stopped" as const) : run.state }));
    const pass = switches.get("syncing") === "pass" ? { companies: 306, done: 112, rows: 418_204, pages: 611, rowsASecond: 2210, endsAt: Date.now() + 251_000 } : null;
    return { runs, hidden: pass ? 21 : 0, pass, rowsASecond: pass ? 2210 : 2026, endsAt: pass?.endsAt ?? loads[0]?.endsAt ?? null, why: line === "limited" && loads.length ? "day" : null, waitsUntil: line === "limited" && loads.length ? new Date().setUTCHours(24, 0, 0, 0) : null, allStopped: stopped };
  }

  const happened = (): HistoryLine[] => {
    if (switches.has("empty")) return [];
    const line = (seq: number, minutes: number, ring: HistoryLine["ring"], title: string, company: string | null, more: Partial<HistoryLine> = {}): HistoryLine => ({
      seq, at: Date.now() - minutes * 60_000, ring, title, detail: null, companyId: company, companyName: rows.find((row) => row.id === company)?.name ?? null, attemptId: null, isOpen: false, isNews: false, ...more,
    });
    return [
      line(44, 4, "waiting", "Link to NatWest handed over", "co-3", { detail: "By QR code", attemptId: "a-waiting", isOpen: true }), line(43, 22, "moored", "Starling Business linked", "co-10", { detail: "History window met in 6.1 s", isNews: true }),
      line(42, 190, "crossed", "A read failed at Bank of Ireland", "co-8", { detail: "Transactions: FetchError", isNews: true }), line(41, 1260, "dotted", "Came back from Commerzbank without connecting", "co-4", { isNews: true }),
      line(40, 1300, "running", "Refresh asked for", "co-7", { detail: "Accounts, Balances, Transactions, Categories" }), line(39, 2900, "moored", "AIB linked", "co-8", { isNews: true }), line(38, 3100, "slashed", "Stopped waiting", "co-13"),
    ];
  };
  const soon = (row: CompanyRow, days: number) => row.consentUntilEstimate !== null && row.consentUntilEstimate < Date.now() + days * 86_400_000;
  const stands = (row: CompanyRow) => (row.status.word === "Consent ended" ? "ended" : row.status.ring === "waiting" ? "waiting" : ["slashed", "dotted"].includes(row.status.ring) ? "other" : "linked");
  function list(ask: CompanyQuery): CompanyPage {
    const words = ask.text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = rows.filter((row) => {
      const inView = ask.view === "all" || (ask.view === "waiting" && row.status.ring === "waiting") || (ask.view === "stale" && row.status.ring === "clock") || (ask.view === "needsYou" && needs(row)) || (ask.view === "ending" && soon(row, 14));
      const hay = `${row.name} ${row.reference ?? ""} ${row.banks.map((bank) => bank.name).join(" ")} ${row.owner ?? ""} ${row.tags.join(" ")} ${notes[row.id] ?? ""}`.toLowerCase();
      return inView && words.every((word) => hay.includes(word)) && (!ask.status || stands(row) === ask.status) && (!ask.bank || row.banks.some((bank) => bank.name === ask.bank)) && (!ask.endsWithinDays || soon(row, ask.endsWithinDays)) && (ask.owner === null || ask.owner === (row.owner ?? "")) && (!ask.tag || row.tags.includes(ask.tag));
    });
    const key = (row: CompanyRow) => (ask.sort === "name" ? row.name : ask.sort === "dataTo" ? row.dataTo : ask.sort === "created" ? row.created : null);
    if (ask.sort !== "status") found.sort((a, b) => {
      const [x, y] = [key(a), key(b)];
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
      return (x < y ? -1 : x > y ? 1 : 0) * (ask.descending ? -1 : 1);
    });
    return { total: found.length, rows: found.slice(ask.offset, ask.offset + ask.limit), counts: counts(), asOf: Date.now() - 2100 };
  }

  const made = madeOf(switches.has("offer"));
  const offered = (row: BankRow): BankRow => ({ ...row, favourite: made.favourites.includes(row.key), isDefault: made.standard === row.key, hidden: row.key in made.hidden ? (made.hidden[row.key] ? `Hidden by your team: ${made.hidden[row.key]}` : "Hidden by your team") : null });
  function search(ask: BankQuery): BankPage {
    const mode = (switches.get("mode") ?? "list") as PickerMode;
    let text = ask.text.trim().toLowerCase();
    let note: string | null = null;
    if (text === "natwset") { text = "natwest"; note = "Showing natwest. You typed natwset, two letters swapped."; }
    const only: BankRow = { ...bankNamed("NatWest"), name: mode === "plaid" ? "Plaid" : "NatWest", monogram: mode === "plaid" ? "Pl" : "NW" };
    const pool = mode === "none" ? [] : mode === "list" ? (ask.personal ? [...banks, ...personalBanks] : banks) : [only];
    const hit = (row: BankRow): BankRow | null => {
      if (!text) return row;
      const at = row.name.toLowerCase().indexOf(text);
      if (at >= 0) return { ...row, matched: [[at, text.length]] };
      return text === "natwest" && /Royal Bank|Ulster/.test(row.name) ? { ...row, reason: "Part of NatWest Group" } : null;
    };
    const fitting = pool.map(hit).filter((row): row is BankRow => row !== null).map(offered);
    const tiles = (names: string[]) => (text ? [] : names.map(bankNamed).map(offered).filter((row) => !row.favourite && !row.isDefault && row.hidden === null));
    const first = mode === "list" ? [...new Set([...(made.standard ? [made.standard] : []), ...made.favourites])].flatMap((key) => fitting.filter((row) => row.key === key)) : [];
    const found = text ? [...fitting.filter((row) => !row.hidden), ...fitting.filter((row) => row.hidden)] : [...first, ...fitting.filter((row) => !row.hidden && !first.includes(row))];
    return {
      mode, enabled: mode === "none" ? 0 : mode === "list" ? banks.length : 1, total: found.length, note, asOf: Date.now() - 3_600_000, rows: found.slice(ask.offset, ask.offset + ask.limit),
      hiddenPersonal: ask.personal ? 0 : personalBanks.filter((row) => !text || row.name.toLowerCase().includes(text)).length,
      away: /^clyd/.test(text) ? [{ name: "Clydesdale Business", word: "No longer listed by Codat", at: Date.now() - 3 * 3_600_000 }] : [], favourites: text ? [] : first.slice(0, 9),
      recent: tiles(["Lloyds Business", "Starling Business", "HSBC Business"]), popular: tiles(["Barclays Business", "NatWest", "Tide", "Monzo Business", "Santander Business", "Revolut Business"]),
    };
  }

  function company(id: string): CompanyView {
    const row = rows.find((each) => each.id === id);
    if (!row) throw fail("notFound");
    const accounts = row.dataTo ? accountsOf(id) : [];
    const now = Date.now();
    const kestrel = id === "co-8";
    const cards = row.banks.slice(0, kestrel ? 3 : 1);
    return {
      row, checks: checksOf(switches.get("business"), accounts[0]?.connectionId ?? ""), note: notes[id] ?? "", accounts: accounts.length, transactions: accounts.reduce((sum, account) => sum + account.transactions, 0), openAttempt: row.status.ring === "waiting" ? "a-waiting" : null,
      sentence: kestrel ? "5 accounts at 3 banks. Bank of Ireland did not answer today; Fairlead tries again at 09:20. AIB’s consent ends in about 12 days, an estimate." : row.dataTo ? `${accounts.length} accounts at ${cards.length === 1 ? "1 bank" : `${cards.length} banks`}, ${row.status.word.toLowerCase()}.` : "A link is out, and no bank is linked yet.",
      connections: cards.map((bank, index) => ({
        id: `cn-${index + 1}`, rawStatus: row.dataTo ? "Linked" : "PendingAuth", lastRead: row.dataTo ? now - 3_600_000 : null, dataTo: row.dataTo, history: row.dataTo ? met() : null, problem: kestrel && index === 1 ? bankProblem : null,
        bank: { ...bank, status: kestrel && index === 0 ? pill("half", `Linked, ends about ${day(now + 12 * 86_400_000)}`) : kestrel && index === 1 ? pill("crossed", "Last read failed") : row.dataTo ? pill("moored", "Linked") : pill("waiting", "Pending") },
        linkedAt: row.dataTo ? now - (168 - index * 30) * 86_400_000 : null, consentUntilEstimate: row.dataTo ? now + (12 + index * 30) * 86_400_000 : null,
        accounts: accounts.filter((account) => account.connectionId === `cn-${index + 1}`), sync: row.dataTo ? (kestrel && index === 1 ? syncFailed() : kestrel && index === 2 ? syncRunning().map((each) => { const run = loads.find((run) => run.companyId === row.id && run.dataType === each.dataType) ?? null; return run ? { ...each, rows: run.rows, run, status: run.state === "stopped" ? pill("slashed", "Stopped") : pill("running", "Downloading") } : each; }) : syncDone()) : [],
      })),
      timeline: [
        { at: now - 120_000, ring: kestrel ? "crossed" : "moored", title: kestrel ? "Transactions failed at the bank" : "All four read", detail: kestrel ? "Will retry at 09:20" : "684 new rows" },
        { at: now - 240_000, ring: "running", title: "All four reads asked for", detail: "Asked by hand" }, { at: now - 5 * 86_400_000, ring: "moored", title: "Exported 41,102 rows as CSV", detail: "SHA-256 5e1a…07" },
        { at: now - 100 * 86_400_000, ring: "moored", title: `${row.banks[0]?.name ?? "A bank"} linked`, detail: "By code, history window met in 6.1 s" }, { at: now - 168 * 86_400_000, ring: "dotted", title: "Case opened", detail: null },
      ],
    };
  }

  let rules: CategoryRule[] = switches.has("unmapped") ? [] : [{ when: "category", what: "Payroll", own: "Staff costs" }, { when: "category", what: "Lease repayment", own: "Debt service" }, { when: "text", what: "Agreement L-44190", own: "Debt service, asset finance of the vehicle fleet" }];
  const ownOf = (row: TransactionRow): string | null => (rules.find((rule) => rule.when === "text" && `${row.merchant} ${row.description}`.toLowerCase().includes(rule.what.toLowerCase())) ?? rules.find((rule) => rule.when === "category" && rule.what === row.category))?.own ?? null;
  function categoriesOf(id: string): CategoriesView {
    const tree: [number, string][] = company(id).accounts === 0 ? [] : [[0, "Expense"], [1, "Cost of services"], [2, "Freight in"], [2, "Port charges"], [2, "Courier"], [1, "Overheads"], [2, "Fuel"], [2, "Insurance"], [2, "Rent"], [2, "Payroll"], [1, "Charges"], [0, "Income"], [1, "Sales"], [0, "Liability"], [1, "Lease repayment"], [1, "VAT"]];
    const { from, to } = period({ companyId: company(id).accounts ? id : "", months: 12, currency: null });
    const rows = company(id).accounts ? rowsIn(id).filter((row) => row.date >= from && !row.missing) : [];
    const under = (at: number) => { const depth = tree[at]?.[0] ?? 0; let end = at + 1; while ((tree[end]?.[0] ?? -1) > depth) end += 1; return tree.slice(at, end).map(([, name]) => name); };
    const names = tree.map(([, name]) => name);
    const sums = (own: TransactionRow[]) => ["EUR", "GBP", "USD"].flatMap((currency) => { const of = own.filter((row) => row.currency === currency); const sum = (out: boolean) => told(of.filter((row) => (row.amount[0] === "-") === out).reduce((all, row) => all + pence(row.amount), 0n)); return of.length ? [{ currency, moneyIn: sum(false), moneyOut: sum(true), count: of.length }] : []; });
    return { rules, from, to, outside: sums(rows.filter((row) => !names.includes(row.category ?? ""))), categories: tree.map(([depth, name], at) => { const all = under(at); return { depth, name, own: rules.find((rule) => rule.when === "category" && rule.what === name)?.own ?? null, sums: sums(rows.filter((row) => all.includes(row.category ?? ""))) }; }) };
  }
  let held: { key: string; found: TransactionRow[]; page: Omit<TransactionPage, "rows"> } | null = null;
  function transactions(ask: TransactionQuery): TransactionPage {
    const key = JSON.stringify([ask.companyId, ask.accountId, ask.from, ask.to, ask.text]);
    if (held?.key !== key) {
      const words = ask.text.match(/category:"[^"]*"|"[^"]*"|\S+/g) ?? [];
      const named = (word: string) => (word.startsWith("category:") ? word.slice(9).replaceAll('"', "").toLowerCase() : "");
      const chips = words.filter((word) => /^[<>]|^(in|out|EUR|GBP|USD)$|^\d{4}(-\d\d)?$|:/.test(word)).map((word) => ({
        text: word, valid: (!word.includes(":") || named(word) !== "") && !/^[<>]$/.test(word),
        meaning: /^[A-Z]{3}$/.test(word) ? `in ${word} only` : word === "out" || word === "in" ? `money ${word}` : named(word) ? `category ${named(word)}` : word.includes(":") || word.length === 1 ? `${word} is not understood` : word[0] === ">" ? `over ${word.slice(1)}` : word[0] === "<" ? `under ${word.slice(1)}` : `in ${word}`,
      }));
      const fits = (row: TransactionRow, chip: string) => {
        const size = Math.abs(Number(row.amount));
        return named(chip) ? `${row.category}\n${row.ownCategory ?? ""}`.toLowerCase().includes(named(chip)) : /^[A-Z]{3}$/.test(chip) ? row.currency === chip : chip === "out" ? row.amount[0] === "-" : chip === "in" ? row.amount[0] !== "-" : chip[0] === ">" ? size > Number(chip.slice(1)) : chip[0] === "<" ? size < Number(chip.slice(1)) : row.date.startsWith(chip);
      };
      const plain = words.filter((word) => !chips.some((chip) => chip.text === word)).map((word) => word.toLowerCase().replaceAll('"', ""));
      const found = Array.from({ length: ask.companyId === "co-8" ? 41_208 : 725 }, (_, index) => { const row = transactionAt(index); return { ...row, ownCategory: ownOf(row) }; }).filter((row) =>
        (!ask.accountId || row.accountId === ask.accountId) && (!ask.from || row.date >= ask.from) && (!ask.to || row.date <= ask.to) && chips.every((chip) => !chip.valid || fits(row, chip.text)) &&
        plain.every((word) => `${row.merchant} ${row.description} ${row.category}`.toLowerCase().includes(word)));
      const pence = (own: TransactionRow[], out: boolean) => {
        const sum = own.reduce((all, row) => all + ((row.amount[0] === "-") === out ? BigInt(row.amount.replace(".", "")) : 0n), 0n);
        const digits = (sum < 0n ? -sum : sum).toString().padStart(3, "0");
        return `${sum < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
      };
      const sums = ["EUR", "GBP", "USD"].map((currency) => { const own = found.filter((row) => row.currency === currency); return { currency, moneyIn: pence(own, false), moneyOut: pence(own, true), count: own.length }; }).filter((sum) => sum.count > 0);
      held = { key, found, page: { total: found.length, sums, chips, asOf: Date.now() - 3_600_000 } };
    }
    return { ...held.page, rows: held.found.slice(ask.offset, ask.offset + ask.limit) };
  }

  const change = (id: string, more: Partial<AttemptView>) => { attempts[id] = { ...(attempts[id] as AttemptView), ...more }; stale({ kind: "attempt", id }, { kind: "companies" }, { kind: "status" }); };

  function linkRow(id: string): void {
    const at = rows.findIndex((each) => each.id === id);
    const row = rows[at];
    if (row) rows[at] = { ...row, status: pill("running", "Reading transactions"), nextAction: null, dataTo: new Date().toISOString().slice(0, 10), banks: row.banks.map((bank) => ({ ...bank, status: pill("moored", "Linked") })) };
  }
  // A result that is opened by its address has linked its company before.
  if (/a-(reading|complete|missed|readfailed)/.test(location.hash)) linkRow("co-3");

  function play(id: string): void {
    const come = () => {
      if (attempts[id]?.stage !== "waiting") return;
      const outcome = switches.get("outcome") ?? "linked";
      if (outcome !== "linked") { change(id, { stage: "notLinked", nextCheck: null, problem: scenes()[outcome === "left" ? "a-left" : "a-bank"]?.problem ?? null }); return; }
      linkRow("co-3"); change(id, { stage: "reading", nextCheck: Date.now() + 2000, history: { ...met(), linkedAt: Date.now(), queuedAt: null, closesAt: Date.now() + 300_000 }, sync: syncRunning(), connections: [mark(attempts[id].bank.name)] });
      later(3000, () => change(id, { history: met() }));
      later(12_000, () => change(id, { stage: "complete", nextCheck: null, sync: syncDone() }));
    };
    if (switches.has("waits")) addEventListener("customer", come, { once: true });
    else later(9000, come);
  }

  function handOver(id: string, door: Door): HandOver {
    const now = attempts[id] ?? attempt(id, "ready");
    const linkUrl = `https://link.codat.io/company/8f2c1b7e-52d0-4f5e-9c63-0a1f4a7be3d1?otp=493817&state=${id}`;
    attempts[id] = { ...now, doors: [...now.doors, { door, at: Date.now() }], stage: ["ready", "parked", "notLinked"].includes(now.stage) ? "waiting" : now.stage, problem: null, lastCheck: Date.now(), nextCheck: Date.now() + 5000, until: Date.now() + 1_800_000 };
    if (now.stage !== "waiting") play(id);
    later(120, () => stale({ kind: "attempt", id }));
    const size = 33;
    const corners: [number, number][] = [[0, 0], [0, size - 7], [size - 7, 0]];
    const dark = (r: number, c: number) => {
      const corner = corners.find(([y, x]) => r - y >= -1 && r - y <= 7 && c - x >= -1 && c - x <= 7);
      if (!corner) return ((r * 7 + c * 13 + r * c * 3) ^ (r * 5 + c)) % 5 < 2;
      const d = Math.max(Math.abs(r - corner[0] - 3), Math.abs(c - corner[1] - 3));
      return d === 3 || d <= 1;
    };
    return {
      attemptId: id, door, linkUrl: door === "thisComputer" ? null : linkUrl, host: "link.codat.io", expiresAt: Date.now() + 86_400_000, companyName: now.companyName, language: now.addressee.language, textVersion: door === "mail" ? `invitation 2026-12-${now.addressee.language}-1` : null, place: null,
      qr: door === "qr" ? Array.from({ length: size }, (_, r) => Array.from({ length: size }, (_, c) => dark(r, c))) : null,
      mail: door === "mail" ? { ...letter(now.bank.name, linkUrl), to: now.addressee.mail } : null,
    };
  }

  function saveDraft(draft: SaveDraft): DraftView {
    const old = drafts.find((each) => each.id === draft.id);
    const row = draft.bankKey ? [...banks, ...personalBanks].find((each) => each.key === draft.bankKey) : null;
    const next: DraftView = {
      id: old?.id ?? `d-${Date.now()}`, name: draft.name ?? old?.name ?? rows.find((each) => each.id === draft.companyId)?.name ?? "", reference: draft.reference === null ? (old?.reference ?? null) : draft.reference || null,
      companyId: draft.companyId ?? old?.companyId ?? null, bank: row ? { key: row.key, name: row.name, status: pill("dotted", "Not begun") } : (old?.bank ?? null), sheetSeenAt: draft.sheetSeen ? Date.now() : (old?.sheetSeenAt ?? null), savedAt: Date.now(), language: draft.language ?? old?.language ?? "en",
    };
    drafts = [next, ...drafts.filter((each) => each.id !== next.id)];
    return next;
  }

  function beginLink(draftId: string): AttemptView {
    const draft = drafts.find((each) => each.id === draftId);
    const id = `a-${Date.now()}`;
    const begun = attempt(id, "creating", { companyName: draft?.name || "New company", bank: draft?.bank ?? mark("NatWest"), startedAt: Date.now(), logo: null });
    attempts[id] = begun;
    drafts = drafts.filter((each) => each.id !== draftId);
    later(900, () => change(id, { stage: "ready", companyId: "co-3", connectionId: "cn-1" }));
    return begun;
  }

  const labels: Record<string, string> = { "banking-accounts": "Accounts", "banking-accountBalances": "Balances", "banking-transactions": "Transactions", "banking-transactionCategories": "Categories" };
  const wishes: Record<string, Record<string, Cadence>> = { "": { "banking-accounts": "daily", "banking-accountBalances": "hourly", "banking-transactions": "daily", "banking-transactionCategories": "off" }, "co-8": { "banking-transactions": "hourly" } };
  const codats: CodatSchedule[] = Object.entries(labels).map(([dataType, label]) => ({ dataType, label, hours: 24, onFirstLink: true, fromMonths: null, fromDay: null, months: null, locked: dataType === "banking-transactionCategories" }));
  const hoursOf: Record<Cadence, number> = { off: 0, hourly: 1, daily: 24, weekly: 168, monthly: 720 };
  function freshness(change: SetFreshness): FreshnessView {
    const whose = wishes[change.company ?? ""] ?? (wishes[change.company ?? ""] = {});
    for (const [type, cadence] of Object.entries(change.types)) { if (cadence) whose[type] = cadence; else delete whose[type]; }
    const types = codats.map(({ dataType, label, hours }, index) => {
      const cadence = whose[dataType] ?? wishes[""]?.[dataType] ?? "daily";
      const byCodat = cadence !== "off" && hours > 0 && hours <= hoursOf[cadence];
      return { dataType, label, cadence, isOwn: change.company !== null && dataType in whose, codatHours: hours, byCodat, nextAt: change.company !== null && cadence !== "off" && !byCodat ? Date.now() + (index + 1) * 1_260_000 : null };
    });
    return { company: change.company, types, nextAt: types.some((type) => type.cadence !== "off" && !type.byCodat) ? Date.now() + 540_000 : null };
  }
  function codatSchedule(change: SetCodatSchedule): CodatScheduleAnswer {
    const words: Record<number, string> = { 0: "only when asked", 1: "hourly", 24: "daily", 168: "weekly", 720: "monthly" };
    const warnings = Object.entries(change.types).flatMap(([type, next]) => {
      const stands = codats.find((each) => each.dataType === type);
      return !next || !stands ? [] : [
        ...(next.hours !== null && next.hours !== stands.hours ? [`${stands.label}: Codat reads it ${words[next.hours]} instead of ${words[stands.hours]}.`, ...(next.hours === 1 ? ["Hourly reads need a Codat plan that includes them."] : [])] : []),
        ...(next.onFirstLink === false && stands.onFirstLink ? [`${stands.label}: Codat no longer reads it when a bank links. Fairlead asks for it itself; other programs may not.`] : []),
      ];
    });
    const saved = change.confirmed && warnings.length > 0;
    if (saved) for (const each of codats) { const next = change.types[each.dataType]; if (next) Object.assign(each, { hours: next.hours ?? each.hours, onFirstLink: next.onFirstLink ?? each.onFirstLink }); }
    return { types: codats, saved, warnings: warnings.length ? ["This changes the whole Codat client: every company without settings of its own, and every other program that uses it.", ...warnings] : [] };
  }

  const erased = (what: string, of: string | null, before: string | null): ErasureView => ({ what, of, before, at: Date.now() - 60_000, rows: 44_518, counts: [{ table: "transactions", rows: 41_208 }, { table: "balances", rows: 3_310 }], digest: `${kept.erasures.length}f3a`.padEnd(64, "9c41"), isWhole: true });
  const kept: KeptView = { months: state.managed ? 24 : null, leftBehind: [], erasures: [] };
  if (!switches.has("empty")) {
    kept.leftBehind = [{ id: "gone-1", name: "Thornbury Cycles Ltd", rows: 12_408 }, { id: "gone-2", name: "A company whose name is so long that it does not fit on one line of any list, Ltd", rows: 1 }];
    kept.erasures = [{ ...erased("company", "8d9cb7e0-1f2a-4b63-9d6e-0c1a2b3c4d5e", null), at: Date.now() - 86_400_000 * 3, counts: [{ table: "accounts", rows: 4 }, { table: "attempts", rows: 2 }, { table: "balances", rows: 730 }, { table: "transactions", rows: 8_118 }], rows: 8_854 }];
    kept.erasures.unshift({ ...erased("age", null, "2025-09-01"), isWhole: false });
  }

  const log = (standing: AuditStanding, says: string, total: number): AuditView => ({ standing, says, total, seal: standing.kind === "whole" && total ? "9f3a41c28be07d5516f0a4427be2c1d90e5a7781b3cc40f6d2a95e08714cb36a" : null, lines: [] });
  const audit = switches.has("empty") ? log({ kind: "whole", from: 1 }, "Every line is as it was written, and none is missing.", 0)
    : switches.has("tampered") ? log({ kind: "cut", after: 412 }, "Lines after 412 are missing. Somebody cut the log, or put an older database in its place.", 412)
    : switches.has("nolog") ? log({ kind: "keyGone" }, "The vault does not hold the log’s key any more, so nothing in it can be proved. The next line begins a new log.", 412)
    : log({ kind: "whole", from: 1 }, "Every line is as it was written, and none is missing.", 412);
  const acts: [string, string, string][] = [["company-erased", "8d9cb7e0-1f2a-4b63-9d6e-0c1a2b3c4d5e", "receipt 9f3a41c28be07d5516f0a4427be2c1d90e5a7781b3cc40f6d2a95e08714cb36a"], ["link-handed-over", "1f2a8d9c-4b63-4e07-9d6e-5e0c1a2b3c4d", "qr, attempt 4b639d6e-0c1a-4b63-9d6e-8d9cb7e01f2a"], ["exported", "2b3c4d5e-1f2a-4b63-9d6e-0c1a8d9cb7e0", "csv, 1204 rows, from 2026-01-01, narrowed by words, SHA-256 5516f0a4427be2c1"], ["data-queued", "", "38 companies"], ["retention", "", "24 months"], ["unlinked", "0c1a2b3c-1f2a-4b63-9d6e-4d5e8d9cb7e0", "connection 9d6e0c1a-4b63-4b63-9d6e-8d9cb7e01f2a"], ["unlocked", "", "after 2 wrong PINs"], ["locked", "", "by a person"], ["opened", "", ""]];
  if (audit.total) audit.lines = Array.from({ length: 40 }, (_, at) => { const [act, subject, detail] = acts[at % acts.length]!; return { seq: 412 - at, at: Date.now() - at * 5_400_000, who: at % 9 ? "ruth" : "tom.hale-longername@bridgewater", act, subject, detail }; });

  let exporting: { rows: number; ended: boolean } | null = null;
  const answer: Record<string, (args: never) => unknown> = {
    app_state: ({ step }: { step?: LockStep }) => {
      if (step?.kind === "pin" && step.of !== "4711") throw { ...fail("badRequest"), message: "This is not the PIN. 3 more tries before Fairlead makes you wait." };
      if (step?.kind === "pin") { state.lock.locked = false; state.active = house; }
      if (step?.kind === "now") { state.lock.locked = true; state.active = null; }
      if (step?.kind === "after") state.lock.afterMinutes = step.of;
      if (step?.kind === "set") { state.lock.hasPin = step.of.new !== null; state.lock.by = step.of.new === null ? null : "pin"; }
      return state;
    },
    set_preferences: ({ preferences }: { preferences: AppState["preferences"] }) => { state.preferences = preferences; later(20, () => stale({ kind: "app" })); return preferences; },
    // The demo is a profile that is made when it is opened.
    open_profile: ({ name }: { name: string }) => {
      if (name === "Demo") { state.active = demo; state.profiles = [state.active]; }
      else state.active = state.profiles.find((each) => each.name === name) ?? null;
      return state.active;
    },
    remove_profile: ({ name }: { name: string }) => { state.profiles = state.profiles.filter((each) => each.name !== name); if (state.active?.name === name) state.active = null; return erased("profile", name, null); },
    open_key_window: () => { window.open(`key-entry.html${location.search}`, "_blank", "width=560,height=680"); },
    status: (): StatusView => ({
      line, checkedAt: Date.now() - (line === "online" ? 3000 : 46_800_000), callsToday: 1204, quota: 292_000, resumesAt: line === "limited" ? Date.now() + 3_600_000 : null, counts: counts(),
      message: line === "online" ? null : line === "limited" ? "Today’s calls are used up until 00:00 UTC." : line === "keyRefused" ? "Codat refused the key of this profile." : "Codat cannot be reached from this computer.",
    }),
    "activity.inbox": ({ of: step }: { of: InboxStep }): InboxView => {
      for (const each of notices) if (step.kind === "mark" ? each.id === step.notice : step.kind === "markAll" && each.id <= step.upto) each.isUnread = step.kind === "mark" ? !step.read : false;
      return { notices, unread: notices.filter((each) => each.isUnread).length };
    },
    "activity.course": ({ of: step }: { of: CourseStep }) => course(step),
    "activity.budget": (): BudgetView => ({
      minute: { used: 412, limit: 1000, reserve: 10, nextAt: Date.now() + 21_000 },
      today: { used: line === "limited" ? 277_400 : 1204, limit: 292_000, reserve: 14_600, refillsAt: new Date().setUTCHours(24, 0, 0, 0) },
      inFlight: 3, atOnce: 16, waitingPersons: 0, waitingBackground: line === "limited" ? 12 : 0, others: line === "limited" ? 1 : 0,
      spentOn: [
        { what: "/companies/{companyId}/connections/{connectionId}/data/banking-transactions", requests: 702 }, { what: "/companies/{companyId}/data/history", requests: 310 },
        { what: "/companies", requests: 118 }, { what: "/integrations", requests: 74 },
      ],
      pausedUntil: line === "limited" ? new Date().setUTCHours(24, 0, 0, 0) : null, why: line === "limited" ? "day" : null,
    }),
    end: ({ end }: { end: End }) => {
      const row = rows.find((each) => each.id === end.companyId);
      if ((end.ending.kind === "deleteCompany" || end.ending.kind === "erase") && row) rows.splice(rows.indexOf(row), 1);
      kept.leftBehind = kept.leftBehind.filter((each) => each.id !== end.companyId);
      const receipt = end.ending.kind === "erase" ? erased("company", end.companyId, null) : null;
      if (receipt) kept.erasures = [receipt, ...kept.erasures];
      stale({ kind: "companies" });
      return receipt;
    },
    "activity.queued": ({ of: step }: { of: QueuedStep }): QueueView => {
      if (step.kind !== "look") { waiting = waiting.filter((each) => each.attemptId !== step.attemptId); later(10, () => stale({ kind: "status" })); }
      return { waiting, draftId: step.kind === "change" ? "d-2" : null };
    },
    "activity.kept": (): KeptView => kept,
    "activity.audit": (): AuditView => audit,
    "activity.saveAudit": () => ({ lines: 412, place: "/home/ruth/Downloads/audit log.jsonl", sha256: "9f3a41c28be07d55" }),
    "activity.older": ({ of: months }: { of: number }): OlderView => ({ months, before: "2025-10-01", transactions: months < 36 ? 41_208 : 0, balances: months < 36 ? 3_310 : 0, companies: months < 36 ? 38 : 0 }),
    "activity.keepFor": ({ of: months }: { of: number | null }): KeptView => { kept.months = months; if (months !== null && months < 36) kept.erasures = [erased("age", null, "2025-10-01"), ...kept.erasures]; return { ...kept }; },
    "doctor.checkUp": () => doctorOf(switches.has("well")),
    "doctor.support": () => supportOf(doctorOf(switches.has("well"))),
    "doctor.saveSupport": () => ({ files: 6, bytes: 4_812, sha256: "9f3a41c28be07d55", place: "/home/ruth/Downloads/fairlead-support.zip" }),
    "setup.look": () => setup.look(),
    "setup.choose": ({ of }: { of: SetupPath }) => setup.choose(of),
    "setup.mark": ({ of }: { of: MarkSetup }) => setup.mark(of),
    "setup.open": () => null,
    "freshness.ours": ({ of }: { of: SetFreshness }) => freshness(of),
    "freshness.codat": ({ of }: { of: SetCodatSchedule }) => codatSchedule(of),
    list_companies: (args: { query: CompanyQuery }) => list(args.query),
    refresh: () => { later(400, () => stale({ kind: "companies" }, { kind: "banks" })); },
    company: ({ id }: { id: string }) => company(id),
    desk: ({ keep }: { keep?: Desk | null }) => (keep ? Object.assign(left, keep) : left),
    "find.companies": ({ of: text }: { of: string }) => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      if (words.length === 0) return left.recent.flatMap((id) => rows.find((row) => row.id === id) ?? []).slice(0, 8);
      const near = (row: CompanyRow) => { const all = `${row.name} ${row.reference ?? ""}`.toLowerCase(); return !words.every((word) => all.includes(word)) ? 9 : all.startsWith(words[0] ?? "") ? 0 : words.every((word) => all.includes(` ${word}`)) ? 1 : 2; };
      const found: CompanyRow[][] = [[], [], []];
      for (const row of rows) found[near(row)]?.push(row);
      return found.flat().slice(0, 8);
    },
    "activity.everything": (): ActivityView => ({
      reads: switches.has("empty") ? [] : [["co-8", "Bank of Ireland", "Transactions", "waiting", "Queued", 12_000], ["co-8", "Revolut Business", "Categories", "running", "Mapping", 34_000], ["co-11", "ING", "Transactions", "running", "Fetching", 61_000]].map(([companyId, bank, label, ring, word, since]) => ({
        companyId: companyId as string, companyName: rows.find((row) => row.id === companyId)?.name ?? "", bank: bank as string, label: label as string, status: pill(ring as "running", word as string), requestedAt: Date.now() - (since as number), usualMs: label === "Transactions" ? [40_000, 70_000] : null,
      })),
      happened: happened(),
      banks: switches.has("empty") ? [] : banks.filter((bank) => bank.evidence).map((bank) => { const [good = 0, all = 0] = (bank.evidence?.status.word.match(/\d+/g) ?? []).map(Number); return { key: bank.key, name: bank.name, evidence: bank.evidence as Evidence, lastTried: Math.min(Date.now() - 3_600_000, (bank.evidence?.lastSuccess ?? 0) + (good < all ? 86_400_000 : 0)), last: Array.from({ length: all }, (_, index) => index >= all - good) }; }),
    }),
    "find.transactions": ({ of: text }: { of: string }): FoundTransactions => {
      const words = text.toLowerCase().split(/\s+/).filter(Boolean);
      const known = rows.filter((row) => ["co-8", "co-9", "co-11"].includes(row.id));
      const all = known.flatMap((row) => transactions({ companyId: row.id, accountId: null, from: null, to: null, text, offset: 0, limit: 4 } as TransactionQuery).rows.map((found) => ({ companyId: row.id, companyName: row.name, row: found })));
      return { rows: all.filter((each) => words.every((word) => each.row.description.toLowerCase().includes(word))).sort((one, other) => other.row.date.localeCompare(one.row.date)).slice(0, 6), indexed: switches.has("indexing") ? 43 : 100, cut: false };
    },
    "find.labels": (): Labels => {
      const tell = (named: (string | null)[]) => { const held = new Map<string, number>(); for (const name of named) if (name) held.set(name, (held.get(name) ?? 0) + 1); return [...held].map(([name, companies]) => ({ name, companies })).sort((a, b) => a.name.localeCompare(b.name)); };
      return { owners: tell(rows.map((row) => row.owner)), tags: tell(rows.flatMap((row) => row.tags)) };
    },
    "find.numbers": () => switches.has("masked") ? [] : [{ what: "Sort code", shown: "20-00-00", plain: "200000" }, { what: "Account number", shown: "55779911", plain: "55779911" }, { what: "IBAN", shown: "GB29 NWBK 6016 1331 9268 19", plain: "GB29NWBK60161331926819" }],
    "find.banks": () => {
      const held = new Map<string, number>();
      for (const row of rows) for (const bank of row.banks) held.set(bank.name, (held.get(bank.name) ?? 0) + 1);
      return [...held].map(([name, companies]) => ({ name, companies })).sort((a, b) => a.name.localeCompare(b.name));
    },
    for_companies: ({ pick, action }: { pick: Pick; action: PickAction }): PickDone => {
      const all = list({ ...pick.query, offset: 0, limit: 1_000_000 }).rows;
      const chosen = all.filter((row) => pick.all !== pick.ids.includes(row.id));
      const ended = chosen.filter((row) => row.status.word === "Consent ended");
      later(action.kind === "keep" ? 5 : 200, () => stale({ kind: "companies" }, ...(chosen.length === 1 && chosen[0] ? [{ kind: "company" as const, id: chosen[0].id }] : [])));
      if (action.kind === "keep") {
        const { owner, add, remove, note } = action.of;
        for (const row of chosen) {
          if (owner !== null) row.owner = owner || null;
          row.tags = [...new Set([...row.tags.filter((tag) => !remove.includes(tag)), ...add])].sort();
          if (note !== null) notes[row.id] = note;
        }
        const many = chosen.length === 1 ? "1 company" : `${chosen.length} companies`;
        return { done: chosen.length, said: owner !== null ? `${owner || "Nobody"} looks after ${many}` : add[0] ? `Tagged ${add[0]}: ${many}` : remove[0] ? `${remove[0]} taken from ${many}` : `The note is kept with ${many}`, note: null };
      }
      if (action.kind === "renew") return { done: ended.length, said: `${ended.length} ${ended.length === 1 ? "renewal is" : "renewals are"} prepared`, note: chosen.length > ended.length ? `${chosen.length - ended.length} need none now.` : null };
      if (action.kind === "export") return { done: chosen.length, said: `Exported ${chosen.length} companies`, note: "Downloads, companies.csv" };
      return { done: chosen.length, said: `Asking for reads of ${chosen.length} companies`, note: "Codat is asked for one after the other." };
    },
    "analysis.lens": ({ of: query }: { of: PeriodQuery }) => lensOf({ ...query, companyId: company(query.companyId).accounts ? query.companyId : "" }),
    "analysis.cashFlow": ({ of: query }: { of: PeriodQuery }) => cashFlowOf({ ...query, companyId: company(query.companyId).accounts ? query.companyId : "" }),
    "analysis.coverage": ({ of: companyId }: { of: string }) => {
      const { accounts } = company(companyId);
      return coverageOf(accounts ? companyId : "", state.preferences.requiredMonths);
    },
    "find.name": ({ of: name }: { of: string }) => ({
      storedAs: name.replace(/[^\p{L}\p{N} .,&'()-]/gu, "").trim(), removed: [...new Set(name.match(/[^\p{L}\p{N} .,&'()-]/gu) ?? [])], empty: !name.trim(),
      similar: name.trim().length < 4 ? [] : rows.filter((row) => row.name.toLowerCase().startsWith(name.trim().toLowerCase().slice(0, 6))).slice(0, 3),
    }),
    "banks.search": ({ of }: { of: BankQuery }) => search(of),
    "banks.mirror": ({ of }: { of: MirrorQuery }) => mirrorOf(of, made, switches.has("empty")),
    "banks.offer": ({ of }: { of: OfferChange }) => { changeOffer(made, of); later(5, () => stale({ kind: "banks" })); return null; },
    "banks.note": ({ of: text }: { of: string }) => drawn(text),
    "drafts.all": () => drafts,
    "drafts.consents": ({ of }: { of: ConsentsAsk }) => of.kind === "business" ? company(of.companyId) : consentsOf(of, switches.has("empty"), switches.has("many"), rows),
    "drafts.bulk": ({ of }: { of: BulkAsk }) => { const told = listsOf(of, switches.has("empty"), rows); if (told === null) throw fail("notFound"); return told; },
    "drafts.discard": ({ of: id }: { of: string }) => { drafts = drafts.filter((each) => each.id !== id); later(10, () => stale({ kind: "status" })); return drafts; },
    "drafts.save": ({ of }: { of: SaveDraft }) => saveDraft(of),
    "banks.leaflet": ({ of }: { of: LeafletOf }) => ({ version: `2026-12-${of.sheet.language}-1`, language: of.sheet.language, place: `/home/ruth/Downloads/${of.sheet.bankKey}-data-access-${of.sheet.language}.${of.pdf ? "pdf" : "html"}` }),
    "banks.sheet": ({ of }: { of: SheetOf }) => of.language === "de" ? germanSheet : ({
      version: "2026-12-en-1", language: of.language, title: "What you agree to", lead: "Harbourline Finance asks to read your business accounts at your bank.", points: ["Read only. Nobody can move money with this.", "You will be sent to your bank to sign in. We never see the password."], binding: "The binding consent is given on the bank’s own pages.",
      note: drawn(made.notes[of.bankKey] ?? ""), sections: [
        { heading: "Purpose", lead: "To check income and outgoings of your business", detail: ["For the credit line you asked for, and to keep it under review while it is open."] },
        { heading: "What is read", lead: "Accounts, balances and transactions", detail: ["Account names, currencies, last digits, balances.", "Transactions: date, amount, description, up to 12 months back, then daily.", "Not: passwords, cards, payments, personal accounts."] },
        { heading: "For how long", lead: "Up to 180 days, then you are asked again", detail: ["The bank decides when it asks you to confirm. Any end shown here is an estimate."] },
        { heading: "Who sees it", lead: "Harbourline Finance, through Codat", detail: ["Codat passes the data on. Nobody else receives it from us."] },
        { heading: "How to stop", lead: "At your bank, or by telling us, at any time", detail: ["Stopping ends further reading. What was read stays in our file as the law asks."] },
      ],
    }),
    "begin_link.draft": ({ id }: { id: string }) => beginLink(id),
    "begin_link.connection": ({ companyId }: { companyId: string }) => { const open = attempts["a-ready"] as AttemptView; change("a-ready", { companyId }); return open; },
    attempt: ({ id, step }: { id: string; step?: AttemptStep | null }) => {
      if (!attempts[id]) throw fail("notFound");
      if (step === "checkNow") change(id, { lastCheck: Date.now(), nextCheck: Date.now() + 15_000 });
      if (step && typeof step === "object") change(id, { addressee: step.address });
      if (step === "park") change(id, { stage: "parked", nextCheck: null, until: null });
      return { ...attempts[id], note: drawn(made.notes[attempts[id].bank.key] ?? "") };
    },
    "activity.attempts": () => (switches.has("empty") ? [] : [attempts["a-waiting"], attempts["a-reading"], attempts["a-parked"], ...Object.values(attempts).filter((each) => /^a-\d/.test(each.id) && each.stage !== "complete")]),
    hand_over: ({ attemptId, door, file }: { attemptId: string; door: Door; file: HandFile | null }) => { const given = handOver(attemptId, door); return file ? { ...given, place: `/home/ruth/Downloads/link.${file === "sheet" ? "html" : file}` } : given; },
    "returns.pasted": ({ of: text }: { of: string }) => (/state=/.test(text) ? { accepted: true, reason: "accepted", attemptId: "a-waiting" } : { accepted: false, reason: "malformed", attemptId: null }),
    sync: ({ step }: { step?: SyncStep | null }) => {
      if (step?.kind === "start") { const { companyId } = step.of; later(300, () => stale({ kind: "company", id: companyId })); }
      return downloads(step ?? null);
    },
    transactions: (args: { query: TransactionQuery }) => transactions(args.query),
    "export_transactions.begin": async (args: { query: TransactionQuery; format: string }): Promise<ExportDone> => {
      const { total, sums } = transactions({ ...args.query, offset: 0, limit: 1 });
      exporting = { rows: 0, ended: false };
      for (let step = 1; step <= 8; step++) {
        // ?exporting stays half-way, to be looked at or ended.
        do await new Promise((next) => setTimeout(next, 60));
        while (switches.has("exporting") && step > 4 && !exporting.ended);
        if (exporting.ended) { exporting = null; throw fail("disk"); }
        exporting.rows = Math.round((total * step) / 8);
      }
      exporting = null;
      return { file: `kestrel-freight-forwarding-ireland-dac-transactions.${args.format}`, manifest: `kestrel-freight-forwarding-ireland-dac-transactions.${args.format}.manifest.json`, folder: "/home/ruth/Downloads", rows: total, bytes: 4_821_100, filter: args.query.text || "all transactions", sums, sha256: "5e1a7c0b9d44e0f2a1c3b5d7e9f10213243546576879808a9b9cadbecfd0e107" };
    },
    "categories.of": ({ companyId }: { companyId: string }) => categoriesOf(companyId),
    "categories.keep": ({ companyId, rules: next }: { companyId: string; rules: CategoryRule[] }) => { rules = next; held = null; later(5, () => stale({ kind: "company", id: companyId })); return categoriesOf(companyId); },
    "export_transactions.look": () => exporting?.rows ?? null,
    "export_transactions.end": () => { if (exporting) exporting.ended = true; return null; },
    "export_transactions.show": () => null,
    "returns.settings": ({ of: next }: { of: SetReturn }) => Object.assign(settings, Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null)), next.chosen ? { verdict: next.chosen === "loopback" ? pill("moored", "Codat sends people back to the chosen doorbell") : pill("half", "Codat still holds the other template: copy the new one into the Portal") } : {}),
    "returns.page": () => "/home/you/Downloads/codat-return.html",
    "returns.test": () => pill("moored", `Rang at ${new Date().toTimeString().slice(0, 8)}`),
    check_key: ({ sealed: key }: { sealed: string }) => { if (!/^(Basic\s+)?\S{8,}$/.test(key.trim())) throw fail("keyRefused"); return { clientName: "Platypus Payments, Test", companies: 41, banksEnabled: key.includes("nobanks") ? 0 : 2214, suggestedProfile: "Platypus test" }; },
    save_key: ({ save }: { save: { profile: string } }) => ({ ...house, name: save.profile }),
  };

  return {
    invoke: async <T>(named: string, sent?: Record<string, unknown>): Promise<T> => {
      // A command with parts answers by the part that was asked for.
      const part = (sent?.ask ?? sent?.of) as { kind: string } | undefined;
      // A check puts other texts into every answer (scripts/hostile.mjs).
      const told = (value: unknown): unknown => ((globalThis as { tampered?: (value: unknown) => unknown }).tampered ?? ((same: unknown) => same))(value);
      const [command, args] = part ? [`${named}.${part.kind}`, part] : [named, sent];
      const failing = switches.get("fail")?.split(":");
      await new Promise((done) => setTimeout(done, 12));
      if (failing?.[0] === command) throw told(fail((failing[1] ?? "internal") as ErrorCode));
      const held = switches.get("slow");
      if (held ? held === command : held === "" && command !== "app_state" && command !== "status") return new Promise<T>(() => {});
      const run = answer[command];
      if (!run) throw fail("badRequest");
      return told(structuredClone(await run((args ?? {}) as never))) as T;
    },
    seal: async (text) => text,
    listen: async (_event, handler) => { listeners.add(handler); return () => listeners.delete(handler); },
  };
}
