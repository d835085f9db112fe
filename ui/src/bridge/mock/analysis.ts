// Cash flow of the sample companies, added up from the sample rows: what a bar says is what its rows come to.
import type { CashFlowView, CashMonth, LensView, PartyList, PeriodQuery, RecurringView, TransactionRow } from "../types";
import { accountsOf, transactionAt } from "./data";

const NAMES = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const pence = (text: string): bigint => BigInt(text.replace(".", ""));
export const told = (sum: bigint): string => { const digits = (sum < 0n ? -sum : sum).toString().padStart(3, "0"); return `${sum < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`; };

const held = new Map<string, TransactionRow[]>();
export function rowsIn(companyId: string): TransactionRow[] {
  let rows = held.get(companyId);
  if (!rows) { rows = Array.from({ length: companyId === "co-8" ? 41_208 : 725 }, (_, index) => transactionAt(index)); held.set(companyId, rows); }
  return rows;
}

export function period(query: PeriodQuery) {
  const all = query.companyId ? rowsIn(query.companyId) : [];
  const currencies = ["EUR", "GBP", "USD"].filter((each) => all.some((row) => row.currency === each));
  const currency = query.currency && currencies.includes(query.currency) ? query.currency : (currencies[0] ?? "");
  const now = new Date();
  const months = Array.from({ length: query.months + 1 }, (_, index) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - query.months + index, 1)).toISOString().slice(0, 7));
  const from = `${months[0]}-01`;
  return { currencies, currency, months, from, to: now.toISOString().slice(0, 10), rows: all.filter((row) => row.currency === currency && row.date >= from && !row.missing) };
}

function parties(rows: TransactionRow[], direction: "in" | "out", currency: string, from: string, to: string): PartyList {
  const found = new Map<string, { sum: bigint; rows: number }>();
  let whole = 0n;
  for (const row of rows) {
    const size = pence(row.amount.replace("-", ""));
    const party = found.get(row.merchant ?? "") ?? { sum: 0n, rows: 0 };
    found.set(row.merchant ?? "", { sum: party.sum + size, rows: party.rows + 1 });
    whole += size;
  }
  const ranked = [...found].sort(([, a], [, b]) => (b.sum > a.sum ? 1 : -1));
  return {
    top: ranked.slice(0, 8).map(([name, party]) => ({ name, sum: told(party.sum), share: (Number((party.sum * 1000n) / whole) / 10).toFixed(1), rows: party.rows, opens: { from, to, text: `${direction} ${currency} "${name}"` } })),
    others: Math.max(0, ranked.length - 8), unnamed: direction === "in" ? 3 : 0, whole: told(whole),
  };
}

export function cashFlowOf(query: PeriodQuery): CashFlowView {
  const { currencies, currency, months, from, to, rows } = period(query);
  const sum = (own: TransactionRow[], out: boolean) => own.reduce((all, row) => (row.amount.startsWith("-") === out ? all + pence(row.amount) : all), 0n);
  const list = months.map((month, index): CashMonth => {
    const own = rows.filter((row) => row.date.startsWith(month));
    const [moneyIn, moneyOut] = [sum(own, false), sum(own, true)];
    return { month, moneyIn: told(moneyIn), moneyOut: told(moneyOut), net: told(moneyIn + moneyOut), rows: own.length, balance: index < 2 ? null : told(BigInt(Math.round((1_900_000 + 700_000 * Math.sin(index)) * 100))), over: index < months.length - 1 };
  });
  const whole = list.filter((each) => each.over && each.rows);
  const lowest = whole.filter((each) => each.balance !== null).sort((a, b) => Number(a.balance) - Number(b.balance))[0];
  const accounts = query.companyId ? accountsOf(query.companyId).filter((each) => each.currency === currency).map((each, index) => ({ accountId: each.id, bank: each.bank, name: `${each.name} ••${each.ending}`, leftOut: index === 2 ? "the bank gave no closing balance" : null })) : [];
  const grouped = (lowest?.balance ?? "").replace(/\B(?=(\d{3})+\.)/g, ",");
  return {
    sentence: `Money in exceeded money out in ${whole.filter((each) => !each.net.startsWith("-")).length} of ${whole.length} whole months with rows.${lowest ? ` The lowest month-end balance was ${grouped} ${currency}, in ${NAMES[Number(lowest.month.slice(5)) - 1]} ${lowest.month.slice(0, 4)}.` : ""}`,
    currencies, currency, from, to, months: list, accounts, moneyIn: told(sum(rows, false)), moneyOut: told(sum(rows, true)),
    payers: parties(rows.filter((row) => !row.amount.startsWith("-")), "in", currency, from, to), payees: parties(rows.filter((row) => row.amount.startsWith("-")), "out", currency, from, to),
  };
}

export function lensOf(query: PeriodQuery): LensView {
  const { currencies, currency, months, from, rows } = period(query);
  const last = months.at(-2) ?? "";
  const [year = 2026, number = 1] = last.split("-").map(Number);
  const to = `${last}-${new Date(Date.UTC(year, number, 0)).getUTCDate()}`;
  const own = rows.filter((row) => row.date <= to);
  const payers = parties(own.filter((row) => !row.amount.startsWith("-")), "in", currency, from, to);
  const top = payers.top[0];
  const recurring = (name: string, usual: string, rhythm: string, many: number, goesOn = true, why: string | null = null): RecurringView => {
    const size = usual.replace("-", "");
    return { name, rhythm, rows: many, usual, least: size, most: size, aMonth: size, first: from, last: to, goesOn, why, opens: { from, to, text: `${usual.startsWith("-") ? "out" : "in"} ${currency} "${name}"` } };
  };
  const loans = currency === "EUR" ? [recurring("Grenke Leasing Ltd", "-2385.00", "monthly", 12, true, "leasing"), recurring("Harcourt Asset Finance, vans and trailers, agreement of May 2024", "-1944.17", "monthly", 9, false, "finance")] : [];
  const whole = { from, to, text: currency };
  return {
    currencies, currency, from, to, rows: own.length, transfers: currency === "EUR" ? 48 : 0, payers,
    accounts: query.companyId ? accountsOf(query.companyId).filter((each) => each.currency === currency).map((each, index) => ({ accountId: each.id, bank: each.bank, name: `${each.name} ••${each.ending}`, leftOut: index === 2 ? "the bank gave no closing balance" : null })) : [],
    figures: currency ? [
      { key: "averageBalance", unit: "money", value: "192840.11", note: "365 days, 1 Nov 2025 to 31 Oct 2026", rows: 0, opens: whole }, { key: "lowestBalance", unit: "money", value: "-6204.90", note: "on 27 Feb 2026", rows: 0, opens: { from: "2026-02-27", to: "2026-02-27", text: currency } },
      { key: "daysNegative", unit: "days", value: "4", note: "of 365 days, 1 Nov 2025 to 31 Oct 2026", rows: 0, opens: whole }, { key: "topPayer", unit: "percent", value: top?.share ?? null, note: top ? `${top.name}, ${top.rows} rows` : "no payer has a name", rows: top?.rows ?? 0, opens: top?.opens ?? null },
      { key: "concentration", unit: "index", value: currency === "EUR" ? "5785" : null, note: "3,204 rows in, 3 without a name", rows: 3204, opens: { from, to, text: `in ${currency}` } }, { key: "volatility", unit: "percent", value: currency === "EUR" ? "14.1" : null, note: `${months.length - 1} whole months`, rows: 3204, opens: { from, to, text: `in ${currency}` } },
      { key: "recurringIn", unit: "money", value: "0.00", note: "0 that go on, 0 rows", rows: 0, opens: null }, { key: "recurringOut", unit: "money", value: currency === "EUR" ? "73453.44" : "0.00", note: currency === "EUR" ? "3 that go on, 36 rows" : "0 that go on, 0 rows", rows: 0, opens: null },
      { key: "loans", unit: "money", value: currency === "EUR" ? "2385.00" : "0.00", note: currency === "EUR" ? "1 that goes on, 12 rows" : "0 that go on, 0 rows", rows: 0, opens: null },
    ] : [],
    recurringIn: [], recurringOut: currency === "EUR" ? [recurring("Payroll", "-61318.44", "monthly", 12), recurring("Harcourt Street Properties", "-9750.00", "monthly", 12), ...loans] : [], loans,
  };
}
