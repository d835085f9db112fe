import { expect, test } from "vitest";
import { asked, isTyped, told } from "./direction";

test("a text that turns the writing direction cannot turn the words around it, and comes back as it was", () => {
  const company = { name: "שלום \u202eEVIL 12\u202c", banks: [{ name: "PAY\u202eLLOR" }], count: 3, owner: null };
  const shown = told(company);
  expect(shown).toEqual({ name: "\u2068שלום EVIL 12\u2069", banks: [{ name: "PAYLLOR" }], count: 3, owner: null });
  expect(asked(shown).name).toBe("שלום EVIL 12");
  expect(isTyped("שלום EVIL 12 ", shown.name)).toBe(true);
});

test("a text cannot close the pair it stands in", () => {
  expect(told("א\u2069\u202eב")).toBe("\u2068אב\u2069");
});

test("plain words, marks and emoji are handed on as they are", () => {
  const words = "Café “Zoë” – 👩‍🌾 £12";
  expect(told(words)).toBe(words);
});
