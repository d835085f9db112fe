import { expect, it } from "vitest";
import { pieces } from "../flow/marked";
import { nearness, places } from "./match";

const shown = (text: string, query: string) => pieces(text, places(text, query)).map((piece) => (piece.hit ? `[${piece.text}]` : piece.text)).join("");

it("underlines what was typed, whatever the accents and the order", () => {
  expect(shown("Castellan Café Group Ltd", "cafe cas")).toBe("[Cas]tellan [Café] Group Ltd");
  expect(shown("Straßenbau Müller", "strasse mull")).toBe("[Straße]nbau [Müll]er");
  expect(shown("Duncaster Roofing", "cas")).toBe("Dun[cas]ter Roofing");
  expect(shown("Old Castle", "zzz")).toBe("Old Castle");
});

it("prefers the beginning of a text, then of a word", () => {
  expect(["Refresh the list", "List of shortcuts", "Enlist"].map((text) => nearness(text, "list"))).toEqual([1, 0, 2]);
  expect(nearness("Refresh the list", "list zz")).toBeNull();
  expect(nearness("Anything", " ")).toBe(0);
});
