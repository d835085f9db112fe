import { expect, test } from "vitest";
import { short, ticks } from "./scale";

test("an axis has zero, round steps and at most five lines", () => {
  expect(ticks(-430_000, 455_000)).toEqual([-400_000, -200_000, 0, 200_000, 400_000]);
  expect(ticks(0, 9)).toEqual([0, 2, 4, 6, 8]);
  expect(ticks(0, 0)).toEqual([0]);
  for (const [low, high] of [[-1, 1_000_000], [-37, 12], [0, 0.004], [-999_999, 1]] as const) {
    const lines = ticks(low, high);
    expect(lines).toContain(0);
    expect(lines.length).toBeLessThanOrEqual(5);
  }
});

test("an axis speaks in short words", () => {
  expect([400_000, -1_500_000, 2_000_000_000, 12.5, 0].map(short)).toEqual(["400k", "\u22121.5m", "2bn", "12.5", "0"]);
});
