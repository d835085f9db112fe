import { expect, test } from "vitest";
import type { TransactionRow } from "../bridge/types";
import { cell, tsv } from "./tsv";

const row = (more: Partial<TransactionRow>): TransactionRow => ({ id: "t", accountId: "a", account: "Current ••22", date: "2026-03-31", dateText: "2026-03-31", amount: "-12.50", currency: "GBP", description: "Rent", merchant: null, ownCategory: null, category: "Rent", code: "Payment", missing: false, ...more });

test("rows paste as a table whose amounts are numbers", () => {
  expect(tsv([row({}), row({ merchant: "Acme", amount: "3.00" })]).split("\n")).toEqual([
    "Date\tDescription\tMerchant\tAccount\tCategory\tOwn category\tAmount\tCurrency",
    "2026-03-31\tRent\t\tCurrent ••22\tRent\t\t-12.50\tGBP", "2026-03-31\tRent\tAcme\tCurrent ••22\tRent\t\t3.00\tGBP",
  ]);
});

test("a bank's text stays in its cell and never becomes a formula", () => {
  for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\u200b=1", "\uff1d1", "\t=1"]) expect(cell(text).startsWith("'"), JSON.stringify(text)).toBe(true);
  expect(cell("a\tb\r\nc")).toBe("a b c");
  expect(cell("Acme = best")).toBe("Acme = best");
});
