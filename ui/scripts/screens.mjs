// Opens every state of every screen of the sample-data build in Chromium, as the window opens and at 200 % of it, and asks axe in all four themes: no violation,
// nothing scrolled sideways, nothing to press cut off, every focus seen. --shots takes pictures in light and dark instead.
// --only=NAME,NAME narrows it down, --lanes=N sets how many are open at once, --built leaves the build as it is.
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { focusing, layout, pairs, sideways } from "./layout.mjs";
import { here, inLanes, option, settled, stage } from "./stage.mjs";
import { SCREENS } from "./world.mjs";

const shots = process.argv.includes("--shots");
const only = option("only")?.split(",");
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const { base, browser, close } = await stage();
await mkdir(join(here, "shots"), { recursive: true });
const RULES = { type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] };
const COLOURS = { type: "rule", values: ["color-contrast", "link-in-text-block"] };
const THEMES = ["light", "dark", "contrast", "contrast-dark"];
/** Sizes between, where only the layout is asked for: axe sees the same page. */
const BETWEEN = [[1440, 900], [1024, 800], [720, 800]];
let passed = 0;
let failed = 0;
let asked = 0;
let seenAlready = 0;
const began = Date.now();

await inLanes(SCREENS.filter(([each]) => !only || only.includes(each)), async () => {
  let found = [];
  let where = "";
  async function open(width, height, zoom) {
    // 200 % is half the window at twice the density.
    const page = await browser.newPage({ viewport: { width: width / zoom, height: height / zoom }, deviceScaleFactor: zoom, reducedMotion: "reduce" });
    page.setDefaultTimeout(Number(option("patience") ?? 60) * 1000);
    page.on("pageerror", (error) => found.push(`${where}: threw ${error.message}`));
    page.on("console", (line) => { if (["error", "warning"].includes(line.type())) found.push(`${where}: console ${line.text()}`); });
    return { page, zoom };
  }
  const tell = (all) => found.push(...all.map((each) => `${where}: ${each}`));
  async function ask(page, rules) {
    asked += 1;
    const result = await page.evaluate((runOnly) => globalThis.axe.run(document, { runOnly, resultTypes: ["violations"] }), rules);
    tell(result.violations.map((rule) => `${rule.id} at ${rule.nodes.slice(0, 2).map((node) => `${node.target.join(" ")} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""})`).join(", ")}`));
  }
  const wide = [await open(1280, 800, 1), await open(1280, 800, 2)];
  const key = [await open(560, 720, 1), await open(560, 720, 2)];
  return async ([name, switches, place, act]) => {
    found = [];
    const own = place === "key";
    const address = `${base}/${own ? "key-entry" : "index"}.html?theme=light&shown=${passed + failed}-${name}${switches ? `&${switches}` : ""}${own ? "" : place}`;
    /** Of each theme, the colours that axe looked at in this state. */
    const looked = Object.fromEntries(THEMES.map((theme) => [theme, new Set()]));
    for (const { page, zoom } of own ? key : wide) {
      const size = page.viewportSize();
      where = `${size.width} wide`;
      try {
        await page.goto(address);
        await page.getByRole("main").first().waitFor();
        await settled(page);
        if (act) { await act(page); await settled(page); }
        tell([...(await page.evaluate(sideways)), ...(await page.evaluate(layout))]);
        // The page's policy forbids foreign scripts; the debugger's evaluation does not pass through it.
        if (!shots) await page.evaluate(axe);
        for (const theme of shots ? THEMES.slice(0, 2) : THEMES) {
          where = `${theme}, ${size.width} wide`;
          // The theme is an attribute of the same page, so only what depends on colours is asked again.
          await page.evaluate((next) => { document.documentElement.dataset.theme = next; }, theme);
          if (shots) { await settled(page); await page.screenshot({ path: join(here, "shots", `${name}-${theme}-${size.width}.png`) }); continue; }
          await page.evaluate(() => Promise.all(document.getAnimations().filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime)).map((each) => each.finished.catch(() => {}))));
          const colours = await page.evaluate(pairs);
          if (theme === "light") await ask(page, RULES);
          else if (zoom === 1 || colours.some((pair) => !looked[theme].has(pair))) await ask(page, COLOURS);
          else seenAlready += 1;
          for (const pair of colours) looked[theme].add(pair);
        }
        if (shots) continue;
        where = `light, ${size.width} wide`;
        await page.evaluate(() => { document.documentElement.dataset.theme = "light"; });
        if (zoom === 1 && !own) {
          // What a person opened stays where it was opened, so only what is there by itself is looked at in other sizes.
          for (const [width, height] of act ? [] : BETWEEN) {
            where = `${width} wide`;
            await page.setViewportSize({ width, height });
            await settled(page);
            tell([...(await page.evaluate(sideways)), ...(await page.evaluate(layout))]);
          }
          await page.setViewportSize(size);
        } else {
          await page.keyboard.press("Shift");
          tell(await page.evaluate(focusing));
        }
      } catch (error) { found.push(`${where}: ${String(error.message).split("\n")[0]}`); }
    }
    if (found.length) { failed += 1; console.log(`FAIL  ${name}\n  ${[...new Set(found)].join("\n  ")}`); }
    else { passed += 1; console.log(`ok    ${name}`); }
  };
});
await close();
console.log(`${passed} passed, ${failed} failed; ${shots ? "pictures in ui/shots" : `${THEMES.length} themes × 100 and 200 %: axe asked ${asked} times, ${seenAlready} times all colours of a state had been looked at`}; ${Math.round((Date.now() - began) / 1000)} s`);
process.exit(failed ? 1 : 0);
