// A sample desk of consents: some that ended, some near, one that outlived its estimate, and two batches.
import type { BatchView, BusinessCheck, CompanyRow, ConsentGroup, ConsentRow, ConsentsAnswer, ConsentsAsk, RenewalRow } from "../types";
import { pill } from "./data";

const DAY = 86_400_000;
const banks = ["NatWest", "AIB", "Barclays Business", "Starling Business", "Bank of Ireland", "Tide"];
const whys = ["90 days, as is usual.", "62 days: 2 consents at this bank ended.", "180 days: 9 consents of this provider stood longer than 90.", "90 days, as is usual, counted from when the connection was made."];

function group(days: number): ConsentGroup {
  return days < 0 ? "overdue" : days < 7 ? "week" : days < 30 ? "month" : "later";
}

function rowsOf(companies: CompanyRow[], many: boolean): ConsentRow[] {
  const now = Date.now();
  return companies.slice(0, many ? 400 : 24).map((company, index) => {
    const days = many ? (index * 7) % 120 : [-1, 1, 2, 2, 5, 8, 9, 12, 12, 12, 19, 26, 33, 40, 47, 47, 61, 75][index - 3] ?? 80;
    const ended = index < 3;
    const unknown = index > 21 && !many;
    const base = { companyId: company.id, companyName: company.name, reference: company.reference, connectionId: `cn-${company.id}`, bank: banks[index % banks.length] ?? "NatWest" };
    if (ended) return { ...base, group: "ended", givenAt: null, endsAt: now - (index + 1) * 2 * DAY, why: "Codat says that it ended on 27 Nov 2026.", renewal: index === 0 ? pill("waiting", "Still waiting") : index === 1 ? pill("slashed", "Link expired") : null };
    if (unknown) return { ...base, group: "unknown", givenAt: now - 300 * DAY, endsAt: null, why: "It was given before Fairlead looked: Codat does not tell when.", renewal: null };
    return { ...base, group: group(days), givenAt: now - (90 - days) * DAY, endsAt: now + days * DAY, why: days < 0 ? "90 days, as is usual." : whys[index % whys.length] ?? "", renewal: index === 5 ? pill("waiting", "Still waiting") : null };
  });
}

function batchOf(id: string, madeAt: number, rows: RenewalRow[], withRows: boolean): BatchView {
  const n = (word: string) => rows.filter((row) => row.status.word === word).length;
  return { id, madeAt, sent: rows.length, done: n("Linked again") + n("Back from the bank"), waiting: n("Still waiting"), expired: n("Link expired"), gone: n("Gone at Codat"), rows: withRows ? rows : [] };
}

const states = [pill("moored", "Linked again"), pill("waiting", "Still waiting"), pill("slashed", "Link expired"), pill("moored", "Back from the bank"), pill("moored", "Linked again"), pill("waiting", "Still waiting")];

export function consentsOf(asked: Exclude<ConsentsAsk, { kind: "business" }>, empty: boolean, many: boolean, companies: CompanyRow[]): ConsentsAnswer {
  if (asked.kind === "renew") return { batch: "b-3", sent: asked.of.length, addressed: 1, leftOut: 0, expiresAt: Date.now() + DAY, place: "/home/ruth/Downloads/consent renewals.links", stopped: null };
  if (asked.kind === "evidence") return { files: 14, bytes: 2_418_112, sha256: "9f2c51d0a4be5e7f1c0c6f2d8f7a0b3e5d1c9a8877665544332211ffeeddccbb", place: "/home/ruth/Downloads/evidence.zip" };
  const rows = empty ? [] : rowsOf(companies, many);
  if (asked.kind === "calendar") return { ends: rows.filter((row) => row.endsAt !== null && row.group !== "ended").length, place: "/home/ruth/Downloads/consents.ics" };
  rows.sort((one, other) => (one.group === "ended" ? -1 : other.group === "ended" ? 1 : (one.endsAt ?? Infinity) - (other.endsAt ?? Infinity)));
  const n = (key: ConsentGroup) => rows.filter((row) => row.group === key).length;
  const days = new Map<string, number>();
  for (const row of rows) if (row.endsAt !== null && row.endsAt > Date.now() && row.endsAt < Date.now() + 91 * DAY) { const on = new Date(row.endsAt).toISOString().slice(0, 10); days.set(on, (days.get(on) ?? 0) + 1); }
  const renewals = (skip: number): RenewalRow[] => rows.slice(skip, skip + 6).map((row, index) => ({ companyId: row.companyId, companyName: row.companyName, connectionId: row.connectionId, bank: row.bank, status: states[index] ?? pill("waiting", "Still waiting"), again: states[index]?.word === "Link expired" }));
  const wanted = asked.query.batch ?? "b-2";
  const batches = empty ? [] : [batchOf("b-2", Date.now() - 7_200_000, renewals(0), wanted === "b-2"), batchOf("b-1", Date.now() - 9 * DAY, renewals(4), wanted === "b-1")];
  return { rows, counts: { ended: n("ended"), overdue: n("overdue"), week: n("week"), month: n("month"), later: n("later") + (many ? 1200 : 0), unknown: n("unknown") }, days: [...days].sort().map(([on, ends]) => ({ day: on, ends })), steps: [30, 14, 3], batches };
}

/** What is to be said of whose the accounts are: `asks`, `wrong`, `right`, or nothing. */
export function checksOf(which: string | null, connectionId: string): BusinessCheck[] {
  if (which === null) return [];
  const answer = which === "asks" ? null : { right: which === "right", at: Date.now() - 2 * DAY };
  return [{
    connectionId, bank: "AIB", isRenewal: true, asks: which === "asks", answer,
    differences: [{ says: "The holder was “CASTELLAN FOODS LTD” before and is “MR D CASTELLAN” now.", asks: true }, { says: "Not one account is as it was before this consent.", asks: true }, { says: "There was no account in USD before.", asks: true }],
    twins: [{ ending: "2204", bank: "AIB", companyId: "co-9", companyName: "Nettlecombe Bakery Ltd", isOwn: false }],
  }];
}
