import { expect, it } from "vitest";
import { ladder, LADDER_MS, place } from "./ladder";

it("draws the checks that are planned, no more: 24 quick, 32 calm, 20 slow", () => {
  const checks = ladder();
  expect(checks).toHaveLength(76);
  expect(checks.at(-1)).toBe(LADDER_MS);
  expect(place(LADDER_MS)).toBe(1);
});
