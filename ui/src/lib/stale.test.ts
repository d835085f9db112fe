import { expect, it } from "vitest";
import { concerns, topicsOf } from "./stale";

it("asks everything again after a gap, because the missed message could have been about anything", () => {
  expect(topicsOf({ seq: 4, topics: [{ kind: "banks" }] }, 2)[0]).toEqual({ kind: "resync" });
  expect(topicsOf({ seq: 3, topics: [{ kind: "banks" }] }, 2)).toEqual([{ kind: "banks" }]);
  expect(topicsOf({ seq: 9, topics: [] }, null)).toEqual([]);
});

it("wakes only the screen that shows the company", () => {
  expect(concerns([{ kind: "company", id: "a" }], ["company"], "a")).toBe(true);
  expect(concerns([{ kind: "company", id: "b" }], ["company"], "a")).toBe(false);
  expect(concerns([{ kind: "resync" }], ["company"], "a")).toBe(true);
});
