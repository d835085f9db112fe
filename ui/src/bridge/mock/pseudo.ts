// A language that nobody speaks, for checks: every letter with an accent and every sentence longer by two fifths, so that what does not go through the
// catalog stands out and what has no room for longer words bursts.
import { use } from "../../lib/language.svelte";

const letters: Record<string, string> = { a: "áá", e: "éé", i: "íí", o: "öö", u: "üü", A: "Á", E: "É", I: "Í", O: "Ö", U: "Ü", c: "ç", n: "ñ", s: "š", y: "ýý", z: "ž", C: "Ç", N: "Ñ", S: "Š", Z: "Ž" };

/** Gaps and marks stay, what is between them is drawn out. */
export function pseudo(sentence: string): string {
  const at = sentence.indexOf("##");
  return (at < 0 ? sentence : sentence.slice(0, at)).split(/(\{\w+\}|<\/?[a-z]>)/).map((piece, index) => (index % 2 ? piece : [...piece].map((letter) => letters[letter] ?? letter).join(""))).join("");
}

export function speakPseudo(): void {
  use("en", new Proxy<Record<string, string>>({}, { get: (_, sentence) => pseudo(String(sentence)) }));
}
