// The language of the window. A sentence stands in English where it is used and is the key to its translation, so that the source reads as the screen does.
// Everything that is read here is reactive: another language counts at once.
import type { Language, Preferences } from "../bridge/types";

type Catalog = Record<string, string>;
export type Values = Record<string, string | number | null | undefined>;

export const locales: Record<Language, string> = { en: "en-GB", de: "de-DE", fr: "fr-FR", es: "es-ES" };
const catalogs: Record<Exclude<Language, "en">, () => Promise<{ default: Catalog }>> = {
  de: () => import("../languages/de.json"),
  fr: () => import("../languages/fr.json"),
  es: () => import("../languages/es.json"),
};

const now = $state<{ language: Language; formats: Language }>({ language: "en", formats: "en" });
let catalog = $state.raw<Catalog>({});

/** The language that is spoken now. */
export const language = (): Language => now.language;
/** Whose dates, numbers and times are written now. */
export const locale = (): string => locales[now.formats];

/** The first of the computer's languages that there is. */
export function ofComputer(wanted: readonly string[] = typeof navigator === "undefined" ? [] : navigator.languages): Language {
  for (const tag of wanted) {
    const short = tag.slice(0, 2).toLowerCase();
    if (short in locales) return short as Language;
  }
  return "en";
}

let computer = $state<Language | null>(null);
/** The computer's language as the core knows it, so that both speak the same; the browser's own list until it has said. */
export const computersLanguage = (): Language => computer ?? ofComputer();

let turn = 0;
/** Speaks as a person chose; the last choice counts, whichever catalog comes first. */
export async function speak(chosen: Pick<Preferences, "language" | "formats">, told?: Language): Promise<void> {
  if (told) computer = told;
  const next = chosen.language ?? computersLanguage();
  const mine = ++turn;
  if (next !== now.language) {
    const words = next === "en" ? {} : (await catalogs[next]()).default;
    if (mine !== turn) return;
    use(next, words);
  }
  now.formats = chosen.formats ?? next;
}

/** Speaks from these words. */
export function use(next: Language, words: Catalog): void {
  now.language = next;
  now.formats = next;
  catalog = words;
  if (typeof document !== "undefined") document.documentElement.lang = locales[next];
}

/** What stands behind `##` tells apart what English says with one word. */
const plain = (sentence: string): string => { const at = sentence.indexOf("##"); return at < 0 ? sentence : sentence.slice(0, at); };
/** The sentence in the language of now, with its gaps. */
export const worded = (sentence: string): string => catalog[sentence] ?? plain(sentence);
export const filled = (text: string, values: Values): string => text.replace(/\{(\w+)\}/g, (gap, name: string) => (name in values ? String(values[name] ?? "") : gap));

/** A sentence in the language of now: `t("Read {rows} of {all}", { rows, all })`. */
export function t(sentence: string, values?: Values): string {
  const text = worded(sentence);
  return values ? filled(text, values) : text;
}

const rules = new Map<Language, Intl.PluralRules>();
/** One or many, as the language counts: French says "0 ligne". */
export function isOne(value: number): boolean {
  let rule = rules.get(now.language);
  if (!rule) rules.set(now.language, (rule = new Intl.PluralRules(now.language)));
  return rule.select(value) === "one";
}

/** A word within a sentence: small, but for the nouns of German. */
export const within = (word: string): string => (now.language === "de" ? word : word.charAt(0).toLowerCase() + word.slice(1));
