import { expect, test } from "vitest";
import { step, steps } from "./shade";

test("steps are quartiles of what is there", () => {
  expect(steps([0, 1, 20, 25, 60, 90, 150, 200, 250, 300])).toEqual([1, 25, 90, 200]);
  expect(steps([])).toEqual([1]);
  expect(steps([3, 3, 3])).toEqual([1, 3]);
});

test("more is never lighter, and the most is darkest", () => {
  const lower = steps([1, 25, 60, 90, 200, 250]);
  const shades = [1, 24, 60, 90, 199, 250].map((each) => step(each, lower));
  expect([...shades].sort()).toEqual(shades);
  expect(shades.at(-1)).toBe(4);
  expect(step(3, steps([3, 3]))).toBe(4);
});
