// The address of a company's transactions, narrowed down: what a bar, a cell or a figure opens.
import { link } from "./route.svelte";

export interface Narrowed {
  account?: string;
  /** First and last day. */
  from?: string;
  to?: string;
  /** As it would be typed into the query bar. */
  text?: string;
}

export function rowsOf(company: string, narrowed: Narrowed): string {
  const asked = new URLSearchParams(Object.entries(narrowed).filter((pair): pair is [string, string] => Boolean(pair[1])));
  return `${link("company", company, "transactions")}${asked.size ? `?${asked}` : ""}`;
}

/** `2026-03` → its first and last day. */
export function daysOf(month: string): { from: string; to: string } {
  const [year = 1970, number = 1] = month.split("-").map(Number);
  const last = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return { from: `${month}-01`, to: `${month}-${last}` };
}
