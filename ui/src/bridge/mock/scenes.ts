// One attempt per stage, at fixed addresses, so that every screen can be opened by itself.
import type { AttemptStage, AttemptView, DataTypeSync, HistoryWindow, Mail, Problem, Ring, Stage } from "../types";
import { bankNamed, mark, pill } from "./data";

const types: [string, string][] = [
  ["banking-accounts", "Accounts"], ["banking-accountBalances", "Balances"], ["banking-transactions", "Transactions"], ["banking-transactionCategories", "Categories"],
];
type Run = [Ring, string, string, number, [Stage, number][], Problem | null];

export const bankProblem: Problem = {
  side: "bank", what: "Bank of Ireland did not answer within 80 seconds. Codat stopped the read; nothing was lost.",
  done: "Fairlead retries at 09:20, then 09:50.", say: null, correlationId: "7f3c02aa-51d4-4e7e-9b0f-6c1f03d2b91e",
};

function sync(runs: Run[], usual: boolean, ended: boolean): DataTypeSync[] {
  const now = Date.now();
  return runs.map(([ring, word, raw, rows, stages, problem], i) => {
    const [dataType, label] = types[i] as [string, string];
    return {
      dataType, label, status: pill(ring, word), rawStatus: raw, progress: ring === "moored" ? 100 : ring === "running" ? 46 : 0,
      stages: stages.map(([stage, ms]) => ({ stage, ms })), requestedAt: now - 90_000, completedAt: ended && ring !== "running" ? now - 62_000 + i * 4000 : null,
      lastSuccess: ring === "moored" ? now - 62_000 + i * 4000 : usual ? now - 86_400_000 * 1.4 : null, rows,
      usualMs: usual ? ([[8000, 18000], [10000, 24000], [40000, 70000], [28000, 52000]][i] as [number, number]) : null, scheduleHours: 24, run: null, problem,
    };
  });
}

export const syncRunning = () => sync([
  ["moored", "Complete", "Complete", 2, [["queued", 1200], ["fetching", 8000], ["mapping", 2600], ["validating", 1800]], null],
  ["moored", "Complete", "Complete", 2, [["queued", 1300], ["fetching", 9400], ["mapping", 2600], ["validating", 1600]], null],
  ["running", "Fetching", "Fetching", 684, [["queued", 1400], ["fetching", 19000]], null],
  ["waiting", "Queued", "Queued", 0, [["queued", 21000]], null],
], true, true);
export const syncDone = () => sync([
  ["moored", "Complete", "Complete", 2, [["queued", 1200], ["fetching", 8000], ["mapping", 2600], ["validating", 1800]], null],
  ["moored", "Complete", "Complete", 2, [["queued", 1300], ["fetching", 9400], ["mapping", 2600], ["validating", 1600]], null],
  ["moored", "Complete", "Complete", 725, [["queued", 1400], ["fetching", 39000], ["mapping", 7200], ["processing", 3000]], null],
  ["moored", "Complete", "Complete", 64, [["queued", 4000], ["fetching", 21000], ["mapping", 6000], ["validating", 1500]], null],
], true, true);
export const syncFailed = () => sync([
  ["moored", "Complete", "Complete", 5, [["queued", 800], ["fetching", 8000], ["mapping", 1700], ["validating", 1500]], null],
  ["moored", "Complete", "Complete", 5, [["queued", 900], ["fetching", 10400], ["mapping", 2600], ["validating", 2100]], null],
  ["crossed", "Bank timed out", "FetchError", 41_208, [["queued", 2000], ["fetching", 84_000]], bankProblem],
  ["running", "Mapping", "Mapping", 118, [["queued", 2000], ["fetching", 20_000], ["mapping", 12_000]], null],
], true, false);

export const met = (): HistoryWindow => {
  const linkedAt = Date.now() - 42_000;
  return { linkedAt, queuedAt: linkedAt + 6100, closesAt: linkedAt + 300_000, met: true, seconds: "6.1" };
};

/** The mail of a case, with the link where it is known. */
export const letter = (bank: string, link = "…"): Mail => ({
  to: null, subject: `Connect your ${bank} account`,
  body: `Good morning,\n\nplease open this link to share read-only access to your ${bank} business account. It takes a few minutes. The link works once, for a day.\n\n${link}\n\nYou sign in on the bank’s own page; we never see the password.\n\nHarbourline Finance`,
});

export function attempt(id: string, stage: AttemptStage, more: Partial<AttemptView> = {}): AttemptView {
  const now = Date.now();
  const out = stage === "waiting" || stage === "returned";
  return {
    id, companyId: stage === "creating" ? null : "co-3", companyName: "Ashdown & Pell Joinery Ltd", typedName: null, bank: mark("NatWest", "waiting", "Pending"), logo: bankNamed("NatWest").logo,
    stage, connectionId: stage === "creating" ? null : "cn-1", doors: stage === "creating" || stage === "ready" || stage === "blocked" ? [] : [{ door: "qr", at: now - 221_000 }], startedAt: now - 260_000,
    lastCheck: now - 4000, nextCheck: out ? now + 11_000 : null, until: out ? now + 1_579_000 : null, problem: null, history: null, sync: [], connections: [], addressee: { language: "en", name: null, mail: null }, mail: letter("NatWest"), note: [], ...more,
  };
}

const failure = (side: Problem["side"], what: string, done: string, say: string, correlationId: string | null = null): Problem => ({ side, what, done, say, correlationId });

export const scenes = (): Record<string, AttemptView> => ({
  "a-creating": attempt("a-creating", "creating"),
  "a-blocked": attempt("a-blocked", "blocked", { problem: failure("codat", "Codat does not answer at the moment, so the link is not made yet.", "Fairlead asks again by itself at 09:20; nothing is made twice.", "I’ll send you the link in a few minutes.") }),
  "a-ready": attempt("a-ready", "ready"),
  "a-waiting": attempt("a-waiting", "waiting"),
  "a-returned": attempt("a-returned", "returned", { problem: null }),
  "a-reading": attempt("a-reading", "reading", { history: met(), sync: syncRunning(), connections: [mark("NatWest")] }),
  "a-complete": attempt("a-complete", "complete", { history: met(), sync: syncDone(), connections: [mark("NatWest")] }),
  "a-missed": attempt("a-missed", "complete", { history: { linkedAt: Date.now() - 1_900_000, queuedAt: Date.now() - 160_000, closesAt: Date.now() - 1_600_000, met: false, seconds: "1740.0" }, sync: syncDone(), connections: [mark("NatWest")] }),
  "a-readfailed": attempt("a-readfailed", "readFailed", { history: met(), sync: syncFailed(), connections: [mark("NatWest")], problem: { ...bankProblem, what: "NatWest did not answer within 80 seconds. Codat stopped the read; nothing was lost.", say: "You are connected. The first read takes a little longer; you don’t need to do anything." } }),
  "a-left": attempt("a-left", "notLinked", { problem: failure("customer", "They came back without connecting. Nothing was lost.", "Kept the case, asked Codat once more: still pending.", "No problem. Would you like to carry on now, or should I send the link?") }),
  "a-bank": attempt("a-bank", "notLinked", { problem: failure("bank", "NatWest or the connection service had a problem. It is not something the customer did.", "Kept the case, asked Codat once more at 09:15:05: still pending. No second connection was made.", "The bank’s side had a hiccup. Let’s try once more in a minute; you don’t need to do anything differently.", "7f3c02aa-51d4-4e7e-9b0f-6c1f03d2b91e") }),
  "a-out": attempt("a-out", "notLinked", { connectionId: null, companyId: null, problem: failure("nobody", "Taken out of the queue.", "Nothing of it is at Codat, and nothing will be.", "") }),
  "a-parked": attempt("a-parked", "parked"),
});
