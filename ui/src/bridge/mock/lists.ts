// Sample lists of customers: one that runs, one that is held, one that is made and half linked.
import type { BulkAnswer, BulkAsk, BulkCheck, BulkLine, BulkRowView, BulkStage, BulkView, BulkWhich, CompanyRow } from "../types";
import { pill } from "./data";

const base: Omit<BulkView, "id" | "name" | "stage" | "status" | "sentence"> = { madeAt: Date.now() - 5_400_000, problem: null, rows: 0, open: 0, made: 0, known: 0, leftOut: 0, refused: 0, undone: 0, linked: 0, invited: 0 };
const lists: BulkView[] = [
  { ...base, id: "l-run", name: "renewals-january.xlsx", stage: "running", status: pill("running", "Being made"), sentence: "1,204 of 4,988 companies are there.", rows: 5000, open: 3784, made: 1190, known: 14, leftOut: 12 },
  { ...base, id: "l-held", name: "brokers.csv", stage: "held", status: pill("crossed", "Needs you"), sentence: "38 of 60 companies are there.", rows: 60, open: 22, made: 38, madeAt: Date.now() - 86_400_000, problem: { side: "codat", what: "Codat’s plan allows no more companies.", done: "Codat said: The limit of connected companies of your plan is reached", say: null, correlationId: "0f1d2c3b77aa4b1e8d521f6f0d1b22c4" } },
  { ...base, id: "l-done", name: "asset finance, Ireland.csv", stage: "done", status: pill("waiting", "Made"), sentence: "71 of 206 companies have a linked bank.", rows: 212, made: 201, known: 5, leftOut: 5, refused: 1, linked: 71, invited: 206, madeAt: Date.now() - 3 * 86_400_000 },
];

const lines: BulkLine[] = Array.from({ length: 240 }, (_, index) => ({ line: index + 2, name: `Customer ${index + 1} Ltd`, reference: `AF-${4100 + index}`, mail: `accounts@customer${index + 1}.example`, verdict: "make", notes: [] }));
const special: Partial<BulkLine>[] = [
  { name: "Müller & Söhne (Köln) GmbH", notes: ["Codat drops ü ö ( ) and stores “Mller & Shne Kln GmbH”."] },
  { name: "Kestrel Freight Forwarding Ireland DAC", verdict: "known", notes: ["Here already: used, not made again."] },
  { name: "Customer 1 Ltd", reference: "AF-4100", verdict: "leftOut", notes: ["Line 2 has the same reference."] },
  { name: "", verdict: "leftOut", notes: ["There is no name."] },
  { name: "日本", verdict: "leftOut", notes: ["Codat keeps only plain letters, digits and a few marks, and nothing of this name would be left. Write it in Latin letters."] },
  { name: "Nettlecombe Bakery Ltd", mail: null, notes: ["“ask Ruth” is no address: no mail is written."] },
];
special.forEach((change, index) => Object.assign(lines[index + 1] as BulkLine, change));

const checked = (columns: BulkCheck["columns"] | null): BulkCheck => ({
  name: "customers.csv", headings: ["Company", "Reference", "E-mail", "Broker"], columns: columns ?? { name: 0, reference: 1, mail: 2, language: null }, make: 236, known: 1, leftOut: 3, requests: 472,
  fits: { needed: 472, now: 400, today: 270_000, until: Date.now() + 40_000 }, isCurrent: true, lines,
});

function rowsOf(list: BulkView, companies: CompanyRow[]): BulkRowView[] {
  return Array.from({ length: list.rows }, (_, index) => {
    const company = companies[index % Math.max(1, companies.length)];
    const row = { line: index + 2, name: company?.name ?? `Customer ${index + 1} Ltd`, reference: `AF-${4100 + index}`, mail: index % 9 ? `accounts@customer${index + 1}.example` : null, why: null, companyId: company?.id ?? null, linkAt: null };
    if (index < list.leftOut) return { ...row, status: pill("slashed", "Left out"), why: "Line 2 has the same reference.", companyId: null };
    if (index < list.leftOut + list.refused) return { ...row, status: pill("crossed", "Refused"), why: "Codat refused it: Company name is required", companyId: null };
    if (index < list.leftOut + list.refused + list.linked) return { ...row, status: pill("moored", "Linked"), linkAt: Date.now() - 90_000_000 };
    if (index >= list.rows - list.open) return { ...row, status: pill("dotted", "To be made"), companyId: null };
    return list.invited ? { ...row, status: pill("waiting", "Link given out"), linkAt: Date.now() - 90_000_000 } : { ...row, status: pill("dotted", "Made") };
  });
}

const fits: Record<BulkWhich, (row: BulkRowView) => boolean> = {
  all: () => true, linked: (row) => row.status.word === "Linked", failed: (row) => row.why !== null, notLinked: (row) => ["Made", "Link given out"].includes(row.status.word),
};
const moved: Record<string, [BulkStage, string]> = { goOn: ["running", "Being made"], cancel: ["cancelled", "Stopped"], undo: ["undoing", "Being undone"] };

/** Null: there is no such list. */
export function listsOf(asked: BulkAsk, empty: boolean, companies: CompanyRow[]): BulkAnswer | null {
  if (asked.kind === "all") return empty ? [] : lists;
  if (asked.kind === "check") return checked(asked.columns);
  if (asked.kind === "begin") return lists[0] as BulkView;
  const list = lists.find((each) => each.id === (asked.kind === "board" ? asked.query.id : asked.id));
  if (!list) return null;
  if (asked.kind === "board") {
    const rows = rowsOf(list, companies).filter(fits[asked.query.which]);
    return { list, total: rows.length, rows: rows.slice(asked.query.offset, asked.query.offset + asked.query.limit) };
  }
  if (asked.kind === "links") return { links: list.made + list.known - list.linked, mails: asked.mails ? 118 : 0, leftOut: 0, expiresAt: Date.now() + 86_400_000, place: `/home/ruth/Downloads/${list.id}-links.csv`, mailsPlace: asked.mails ? `/home/ruth/Downloads/${list.id}-links.mails` : null };
  const [stage, word] = moved[asked.kind] ?? ["held", ""];
  return { ...list, stage, status: pill("running", word) };
}
