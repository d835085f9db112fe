// Opens a good sample of the states in German, French, Spanish and in a language that is longer by two fifths, at the window's size and at 200 % of it:
// nothing scrolled sideways, nothing to press cut off, and axe finds nothing. The other walks look for English words and stay in English.
// --only=NAME,NAME and --languages=de,fr narrow it down, --shots takes pictures in light and dark instead, --lanes and --built are as for the screens.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { layout, sideways } from "./layout.mjs";
import { here, inLanes, option, settled, stage } from "./stage.mjs";
import { SCREENS } from "./world.mjs";

const SAMPLE = `first-run home home-ending home-own-view home-empty home-offline activity activity-happened activity-banks queued downloads settings-language settings-shortcuts
  settings-notifications customer bank bank-offer banks access blocked doors waiting parked reading complete left company accounts transactions cash-flow lens coverage categories lists
  list-new list-running list-done consents company-business settings settings-returns settings-profiles training-running setup-new locked lock audit kept health freshness key`.split(/\s+/);
const shots = process.argv.includes("--shots");
const only = option("only")?.split(",") ?? SAMPLE;
const languages = option("languages")?.split(",") ?? ["pseudo", "de", "fr", "es"];
const tags = { de: "de-DE", fr: "fr-FR", es: "es-ES", pseudo: "en-GB" };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { base, browser, close } = await stage();
await mkdir(join(here, "shots"), { recursive: true });
const work = languages.flatMap((language) => SCREENS.filter(([name, , , act]) => only.includes(name) && !act).map((state) => [language, ...state]));
let passed = 0;
let failed = 0;
const began = Date.now();

await inLanes(work, async () => {
  const pages = await Promise.all([[1280, 800, 560, 720, 1], [640, 400, 280, 360, 2]].map(async ([width, height, own, ownHeight, zoom]) => {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: zoom, reducedMotion: "reduce" });
    page.setDefaultTimeout(Number(option("patience") ?? 60) * 1000);
    return { page, width, height, own, ownHeight };
  }));
  let found = [];
  for (const { page, width } of pages) {
    page.on("pageerror", (error) => found.push(`${width} wide: threw ${error.message}`));
    page.on("console", (line) => { if (["error", "warning"].includes(line.type())) found.push(`${width} wide: console ${line.text()}`); });
  }
  return async ([language, name, switches, place]) => {
    found = [];
    const isKey = place === "key";
    const spoken = language === "pseudo" ? "pseudo" : `lang=${language}`;
    for (const { page, width, height, own, ownHeight } of pages) {
      const tell = (all) => found.push(...all.map((each) => `${isKey ? own : width} wide: ${each}`));
      try {
        await page.setViewportSize(isKey ? { width: own, height: ownHeight } : { width, height });
        await page.goto(`${base}/${isKey ? "key-entry" : "index"}.html?theme=light&shown=${language}-${name}&${spoken}${switches ? `&${switches}` : ""}${isKey ? "" : place}`);
        await page.getByRole("main").first().waitFor();
        await settled(page);
        const tag = await page.evaluate(() => document.documentElement.lang);
        if (tag !== tags[language]) tell([`the page says that it is in ${tag}`]);
        tell([...(await page.evaluate(sideways)), ...(await page.evaluate(layout))]);
        for (const theme of shots ? ["light", "dark"] : []) {
          await page.evaluate((next) => { document.documentElement.dataset.theme = next; }, theme);
          await settled(page);
          await page.screenshot({ path: join(here, "shots", `${name}-${language}-${theme}-${width}.png`) });
        }
        if (shots || width < 1000) continue;
        await page.evaluate(axe);
        const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }, resultTypes: ["violations"] }));
        tell(result.violations.map((rule) => `${rule.id} at ${rule.nodes.slice(0, 2).map((node) => node.target.join(" ")).join(", ")}`));
      } catch (error) { tell([String(error.message).split("\n")[0]]); }
    }
    if (found.length) { failed += 1; console.log(`FAIL  ${name} in ${language}\n  ${[...new Set(found)].join("\n  ")}`); }
    else { passed += 1; console.log(`ok    ${name} in ${language}`); }
  };
});
await close();
console.log(`${passed} passed, ${failed} failed; ${languages.length} languages; ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failed ? 1 : 0);
