// Rows as a table that spreadsheets paste: a tab between cells, a line a row, and no text of a bank becomes a formula there.
import type { TransactionRow } from "../bridge/types";

/** As the exports do it: what counts is the first character that is seen. */
export function cell(text: string): string {
  // A cell has no tab and no line of its own.
  const line = text.replace(/[\t\r\n\u2028\u2029]+/g, " ");
  return /^[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\0]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(line) ? `'${line}` : line;
}

const head = ["Date", "Description", "Merchant", "Account", "Category", "Own category", "Amount", "Currency"];

export function tsv(rows: TransactionRow[]): string {
  // Amounts are numbers of ours, from exact digits: the one column that may begin with a minus.
  const line = (row: TransactionRow) => [row.date, cell(row.description), cell(row.merchant ?? ""), cell(row.account), cell(row.category ?? ""), cell(row.ownCategory ?? ""), row.amount, cell(row.currency)].join("\t");
  return [head.join("\t"), ...rows.map(line)].join("\n");
}
