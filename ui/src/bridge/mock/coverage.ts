// Coverage of the sample companies: every kind of month there is.
import type { CoverageAccount, CoverageCell, CoverageView } from "../types";
import { accountsOf, pill } from "./data";

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const words: Record<CoverageCell["kind"], string> = { rows: "", empty: "0 rows, the balance stood still", gap: "gap: the balance moved, but no row came", unproven: "no row, and no balance that tells why", notGiven: "not given by the bank", notRead: "not read yet" };
// g gap, z zero, n not given, u unproven, else rows times the account's usual.
const patterns: Record<string, [string, number]> = { "ac-1": ["rrrrrrrrrrrrrrrrrrr", 220], "ac-2": ["rrrrrrrrrrrrrrrrrrr", 2], "ac-3": ["nnnnnnnnnrrrrggrrr", 20], "ac-4": ["nnnnnnnrrrrrrrrrrrr", 66], "ac-5": ["nnnnnnnnnzrrrurrrrr", 14] };

export function coverageOf(companyId: string, required: number): CoverageView {
  const now = new Date();
  const back = (number: number) => { const date = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - number, 1)); return date.toISOString().slice(0, 7); };
  const shown = required + 6;
  const months = Array.from({ length: shown + 1 }, (_, index) => back(shown - index));
  const name = (month: string) => `${NAMES[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;
  const accounts = (companyId ? accountsOf(companyId) : []).map((account, seed): CoverageAccount => {
    const [pattern, usual] = patterns[companyId === "co-8" ? account.id : "ac-1"] ?? ["", 1];
    const cells = months.map((month, index): CoverageCell => {
      const letter = pattern.at(-(months.length - index)) ?? (pattern.startsWith("n") ? "n" : "r");
      const kind = letter === "g" ? "gap" : letter === "z" ? "empty" : letter === "n" ? "notGiven" : letter === "u" ? "unproven" : "rows";
      const rows = kind === "rows" ? Math.max(1, Math.round(usual * (0.85 + ((index * 7 + seed * 3) % 11) / 36))) : 0;
      const last = index === shown;
      return { month, kind, rows, required: index >= 6 && !last, counts: !last && (kind === "rows" || kind === "empty"), words: kind === "rows" ? `${rows} ${rows === 1 ? "row" : "rows"}${last ? ", the month is not over" : ""}` : words[kind] };
    });
    const wanted = cells.filter((cell) => cell.required);
    const held = wanted.filter((cell) => cell.counts).length;
    const gaps = wanted.filter((cell) => cell.kind === "gap");
    const first = wanted.find((cell) => cell.kind !== "notGiven");
    const reasons = [
      ...(gaps.length ? [`${gaps.map((cell) => name(cell.month)).join(" and ")}: the balance moved, but no row came. Rows are missing.`] : []),
      ...wanted.filter((cell) => cell.kind === "unproven").map((cell) => `${name(cell.month)}: no row, and no balance that tells whether that is right.`),
      ...(wanted[0]?.kind === "notGiven" && first ? [`The bank’s rows begin on 2 ${name(first.month)}. An account that was used before may have the rest.`] : []),
    ];
    return {
      accountId: account.id, connectionId: account.connectionId, bank: account.bank, name: account.name, ending: account.ending, currency: account.currency, cells,
      verdict: pill(held === required ? "moored" : gaps.length ? "crossed" : "half", `${held} of ${required}`), reasons: held === required ? [] : reasons, fix: held === required ? null : gaps.length ? "renew" : wanted.some((cell) => cell.kind === "unproven") ? "refresh" : "askAnother",
    };
  });
  const whole = accounts.filter((each) => each.fix === null).length;
  const [from = "", to = ""] = [months[6], months[shown - 1]];
  return {
    required, requiredFrom: from, requiredTo: to, months, accounts,
    sentence: accounts.length === 0 ? "No account is here yet, so no month is covered." : `${whole === accounts.length ? `All ${whole}` : `${whole} of ${accounts.length}`} accounts have all ${required} required months, ${name(from)} to ${name(to)}.`,
  };
}
