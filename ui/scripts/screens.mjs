// Opens every screen of the sample-data build in Chromium: light and dark, wide and narrow. Runs axe on each, or takes pictures with --shots.
// --only=NAME,NAME narrows it down, --lanes=N sets how many are open at once.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { here, inLanes, option, settled, stage } from "./stage.mjs";
import { SCREENS } from "./world.mjs";

const shots = process.argv.includes("--shots");
const only = option("only")?.split(",");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { base, browser, close } = await stage();
await mkdir(join(here, "shots"), { recursive: true });
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
let passed = 0;
let failed = 0;

await inLanes(SCREENS.filter(([each]) => !only || only.includes(each)), async () => {
  let found = [];
  let where = "";
  async function open(width, height) {
    const page = await browser.newPage({ viewport: { width, height } });
    page.setDefaultTimeout(Number(option("patience") ?? 60) * 1000);
    page.on("pageerror", (error) => found.push(`${where}: threw ${error.message}`));
    page.on("console", (line) => { if (["error", "warning"].includes(line.type())) found.push(`${where}: console ${line.text()}`); });
    return page;
  }
  async function look(page, name, theme, width) {
    if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)) found.push(`${where}: scrolls sideways`);
    if (await page.evaluate(() => [...document.querySelectorAll("main .card:not(.vh)")].some((card) => card.scrollWidth > card.clientWidth + 2 && getComputedStyle(card).overflowX === "visible"))) found.push(`${where}: a card is too narrow for what it holds`);
    if (shots) return void await page.screenshot({ path: join(here, "shots", `${name}-${theme}-${width}.png`) });
    // The page's policy forbids foreign scripts; the debugger's evaluation does not pass through it.
    if (theme === "light") await page.evaluate(axe);
    const result = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), theme === "light" ? RULES : COLOURS);
    for (const rule of result.violations) found.push(`${where}: ${rule.id} at ${rule.nodes.slice(0, 2).map((node) => `${node.target.join(" ")} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""})`).join(", ")}`);
  }
  const wide = await open(1440, 900);
  const narrow = await open(720, 900);
  const small = await open(560, 720);
  return async ([name, switches, place, act]) => {
    found = [];
    const key = place === "key";
    const address = `${base}/${key ? "key-entry" : "index"}.html?theme=light&shown=${passed + failed}-${name}${switches ? `&${switches}` : ""}${key ? "" : place}`;
    for (const page of key ? [small] : [wide, narrow]) {
      const width = page.viewportSize().width;
      where = `light ${width}`;
      try {
        await page.goto(address);
        await page.getByRole("main").first().waitFor();
        await settled(page);
        if (act) { await act(page); await settled(page); }
        await look(page, name, "light", width);
        if (page === narrow) continue;
        // The theme is an attribute of the same page, so only what depends on colours is asked again.
        where = `dark ${width}`;
        await page.evaluate(() => { document.documentElement.dataset.theme = "dark"; });
        await settled(page);
        await look(page, name, "dark", width);
      } catch (error) { found.push(`${where}: ${String(error.message).split("\n")[0]}`); }
    }
    if (found.length) { failed += 1; console.log(`FAIL  ${name}\n  ${[...new Set(found)].join("\n  ")}`); }
    else { passed += 1; console.log(`ok    ${name}`); }
  };
});
await close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
