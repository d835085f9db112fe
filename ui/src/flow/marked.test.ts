import { expect, it } from "vitest";
import { pieces } from "./marked";

it("counts characters, so that an emoji or an astral letter before the match does not shift the underline", () => {
  expect(pieces("𝔅ank NatWest", [[5, 7]])).toEqual([{ text: "𝔅ank ", hit: false }, { text: "NatWest", hit: true }]);
});
it("survives ranges that overlap or run past the end", () => {
  expect(pieces("Tide", [[0, 2], [1, 9]])).toEqual([{ text: "Ti", hit: true }, { text: "de", hit: true }]);
  expect(pieces("Tide", [])).toEqual([{ text: "Tide", hit: false }]);
});
