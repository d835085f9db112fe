import { describe, expect, it } from "vitest";
import { filled, ofComputer, t, use, within } from "../lib/language.svelte";
import { amount, count, day, moment, money, percent, plural } from "../lib/fmt";
import { pseudo } from "../bridge/mock/pseudo";
import de from "./de.json";
import es from "./es.json";
import fr from "./fr.json";
import same from "./same.json";
import { faults, filesOf, read, sentencesOf } from "./sentences";

const catalogs: Record<"de" | "fr" | "es", Record<string, string>> = { de, fr, es };
const folder = new URL("..", import.meta.url).pathname;
const files = filesOf(folder).map((name) => ({ name, ...read(folder, name) }));
const sentences = new Set(files.flatMap((file) => [...file.sentences]));

describe("every sentence is said in every language", () => {
  it.each(["de", "fr", "es"] as const)("%s has all of them, none besides, with the same gaps, and the same words only where that is meant", (language) => {
    expect(faults(sentences, catalogs[language], same[language])).toEqual([]);
  });
  it("no word of a screen goes past the catalogs", () => {
    expect(files.flatMap((file) => file.bare.map((each) => `${file.name}:${each}`))).toEqual([]);
  });
  it("there are sentences, or this would prove nothing", () => {
    expect(sentences.size).toBeGreaterThan(1500);
  });
});

describe("the check sees what is wrong", () => {
  it("a sentence that a language lacks, has besides, says with other gaps or leaves in English", () => {
    const all = new Set(["Open {name}", "Close", "Back"]);
    expect(faults(all, { "Open {name}": "{name} öffnen", Close: "Schließen", Back: "Zurück" }, [])).toEqual([]);
    expect(faults(all, { "Open {name}": "Öffnen", Close: "Close", Gone: "Weg" }, ["Back"])).toEqual([
      "“Open {name}” has other gaps", "“Close” is still English", "“Back” is missing", "“Gone” stands in no source", "“Back” need not be listed as the same",
    ]);
    expect(faults(new Set(["A <b>word</b>"]), { "A <b>word</b>": "Ein <a>Wort</a>" }, [])).toEqual(["“A <b>word</b>” has other gaps"]);
  });
  it("words in a text, in an attribute and in a sentence that is put together", () => {
    expect(sentencesOf(`<p title="Hint">Hello {name}</p><i class="big">·</i>`, true).bare).toEqual(['1: title="Hint"', "1: Hello"]);
    expect(sentencesOf("export const word = (a: string) => t(a + 'b');", false).bare).toHaveLength(1);
    expect(sentencesOf(`<p aria-label={t("A label")}>{t("A {b}", { b })}{plural(2, "row")}</p><Sentence text={"<b>{c}</b> is"} />`, true)).toEqual({ sentences: new Set(["A label", "A {b}", "{count} row", "{count} rows", "<b>{c}</b> is"]), bare: [] });
    expect(sentencesOf(`<script lang="ts">const title = "Nothing was found here";</script>`, true).bare).toHaveLength(1);
  });
});

describe("a language is spoken whole", () => {
  it("German has its own figures, days and plurals", () => {
    use("de", de);
    expect([count(41208), amount("-1234.5"), money("1234.5", "JPY"), percent("12.5")]).toEqual(["41.208", "−1.234,50", "1.235", "12,5\u00a0%"]);
    const now = new Date("2026-11-23T09:00:00").getTime();
    expect([day("2026-11-02", now), moment(now, now)]).toEqual(["2. Nov.", "09:00"]);
    expect([plural(1, "company", "companies"), plural(1084, "row")]).toEqual(["1 Unternehmen", "1.084 Zeilen"]);
    expect([t("Open##state"), within("Umsätze")]).toEqual(["Open", "Umsätze"]);
  });
  it("French counts nothing as one, and digits of any length stay exact", () => {
    use("fr", fr);
    expect(plural(0, "row")).toBe("0 ligne");
    expect(amount("90071992547409931.07")).toBe("90\u202f071\u202f992\u202f547\u202f409\u202f931,07");
    use("en", {});
    expect([plural(0, "row"), amount("1234.5")]).toEqual(["0 rows", "1,234.50"]);
  });
  it("the computer's first language that there is counts, and English where there is none", () => {
    expect([ofComputer(["nl-NL", "fr-CH", "de"]), ofComputer(["it"]), ofComputer([])]).toEqual(["fr", "en", "en"]);
  });
  it("what fills a gap is never looked into, since banks and customers write it", () => {
    expect(filled("{a} and {b}", { a: "{b}", b: "<b>x</b>" })).toBe("{b} and <b>x</b>");
    expect(filled("{a}{c}", { a: null })).toBe("{c}");
  });
  it("the drawn-out language keeps gaps and marks", () => {
    expect(pseudo("Read <b>{rows}</b> now##x")).toBe("Rééáád <b>{rows}</b> ñööw");
  });
});
