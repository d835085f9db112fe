// Cash flow of the sample companies, added up from the sample rows: what a bar says is what its rows come to.
import type { CashFlowView, CashMonth, PartyList, PeriodQuery, TransactionRow } from "../types";
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
