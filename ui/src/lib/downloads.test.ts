import { describe, expect, it } from "vitest";
import type { SyncNow, SyncRun } from "../bridge/types";
import { about, line, pages, share } from "./downloads";

const run = (more: Partial<SyncRun> = {}): SyncRun => ({ companyId: "c", companyName: "Acme", connectionId: "k", bank: "NatWest", dataType: "banking-transactions", label: "Transactions", state: "asking", since: 0, rows: 10_000, page: 2, pages: 12, rowsASecond: 900, endsAt: 200_000, ...more });
const now = (more: Partial<SyncNow> = {}): SyncNow => ({ runs: [], hidden: 0, pass: null, rowsASecond: 0, endsAt: null, why: null, waitsUntil: null, allStopped: false, ...more });

describe("the line at the foot of the side", () => {
  it("is not there for what is over before it is read", () => {
    expect(line(now(), 5_000)).toBeNull();
    expect(line(now({ runs: [run({ since: 4_000 })] }), 5_000)).toBeNull();
  });
  it("names one download with its page, counts several, and companies of a pass", () => {
    expect(line(now({ runs: [run()], endsAt: 245_000 }), 5_000)).toEqual({ ring: "running", word: "Transactions, page 3 of 12", rest: "about 4 min" });
    expect(line(now({ runs: [run(), run()], hidden: 3 }), 5_000)?.word).toBe("5 downloads");
    expect(line(now({ pass: { companies: 40, done: 12, rows: 1, pages: 1, rowsASecond: 1, endsAt: null } }), 5_000)?.word).toBe("12 of 40 companies");
  });
  it("says until when it waits, and that a person stopped it", () => {
    expect(line(now({ runs: [run({ state: "waiting" })], waitsUntil: 60_000 }), 5_000)?.rest).toMatch(/^waits until \d\d:\d\d$/);
    expect(line(now({ runs: [run({ state: "stopped" })] }), 5_000)?.word).toBe("1 download stopped");
    expect(line(now({ allStopped: true }), 5_000)?.word).toBe("Downloads stopped");
  });
});

it("tells the page that is on its way, and where a stopped one rests", () => {
  expect(pages(run())).toBe("page 3 of 12");
  expect(pages(run({ state: "stopped" }))).toBe("page 2 of 12");
  expect(pages(run({ page: 12 }))).toBe("page 12 of 12");
  expect(pages(run({ pages: null, page: 0 }))).toBe("first page");
});

it("guesses no seconds", () => {
  expect([about(20_000), about(61_000), about(6_000_000)]).toEqual(["under a minute", "about 1 min", "about 2 h"]);
});

it("fills the bar with companies of a pass, or with pages that are known", () => {
  expect(share(now({ runs: [run(), run({ pages: null }), run({ state: "stopped" })] }))).toEqual([2, 12]);
  expect(share(now({ runs: [run()], pass: { companies: 40, done: 12, rows: 1, pages: 1, rowsASecond: 1, endsAt: null } }))).toEqual([12, 40]);
});
