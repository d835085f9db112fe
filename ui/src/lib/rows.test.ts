import { expect, test } from "vitest";
import { parse } from "./route.svelte";
import { daysOf, rowsOf } from "./rows";

test("a month ends on its last day, leap years too", () => {
  expect(daysOf("2026-03")).toEqual({ from: "2026-03-01", to: "2026-03-31" });
  expect(daysOf("2024-02").to).toBe("2024-02-29");
});

test("an address brings its filter with it, whatever is in the words", () => {
  const address = rowsOf("co/8", { account: "a&1", text: 'out "Murphy & Söhne" >1000', ...daysOf("2026-12") });
  expect(parse(address)).toEqual({
    screen: "company", id: "co/8", tab: "transactions", asked: { account: "a&1", text: 'out "Murphy & Söhne" >1000', from: "2026-12-01", to: "2026-12-31" },
  });
  expect(rowsOf("co-8", {})).toBe("#/company/co-8/transactions");
});
