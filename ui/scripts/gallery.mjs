// The pictures of the guide: chosen states of the fixed world, at a fixed time, in light and dark, as WebP in docs/screens with an index.
// --all draws every state in every theme into target/screens; --check draws the chosen ones and compares them with those of the guide.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { here, inLanes, option, settled, stage } from "./stage.mjs";
import { SCREENS } from "./world.mjs";

const NOON = new Date("2026-11-23T12:00:00Z");
const THEMES = ["light", "dark", "contrast", "contrast-dark"];
const GUIDE = [
  ["Home", [["first-run", "The first start: a key, or the practice world"], ["home", "Every company, and the truth in one sentence"], ["home-peek", "A look into a company without leaving the list"], ["home-chosen", "Actions on many companies"], ["inbox", "The inbox: what may need a person"], ["palette", "The palette: companies, actions, screens"]]],
  ["A bank is connected", [["customer-name", "The name as Codat will keep it"], ["bank-typo", "A slip of the fingers finds the bank"], ["access", "What the customer agrees to"], ["doors", "By which door the link goes"], ["waiting", "What to say while the customer is at the bank"], ["complete", "Connected, with the history window met"], ["bank-side", "A problem names its side, and what to say"]]],
  ["One company", [["company", "Connections, reads and what happened"], ["accounts", "Accounts and balances"], ["account-numbers", "Numbers in full, when a person asks"], ["transactions-query", "Transactions, and a query with chips"], ["transactions-exported", "An export is exactly the view"], ["cash-flow", "Cash flow: every bar opens its rows"], ["coverage", "Coverage: which months are there, and what fixes a gap"], ["lens-defined", "The lens: every figure has its definition and its rows"], ["categories", "The lender’s own categories beside Codat’s"], ["endings", "Three endings, told apart"]]],
  ["Everything else", [["activity", "What goes on"], ["downloads", "What is downloaded now"], ["activity-banks", "How each bank did here"], ["home-offline", "Offline is a state of the data"], ["freshness", "How often data is read"], ["settings-quiet-hours", "What the desktop may tell, and when"], ["health", "The check-up, each finding with its remedy"], ["support", "What support is given, every word of it"], ["training", "Training: twelve things that go wrong"], ["key-checked", "The window that takes a key"]]],
];
const check = process.argv.includes("--check");
const all = process.argv.includes("--all");
const only = option("only")?.split(",");
const chosen = new Set(GUIDE.flatMap(([, pictures]) => pictures.map(([name]) => name)));
const missing = [...chosen].filter((name) => !SCREENS.some(([each]) => each === name));
if (missing.length) throw new Error(`the world has no ${missing.join(", ")}`);

const kept = join(here, "../docs/screens");
const drawn = all || check ? join(here, "../target/screens") : kept;
if (!only) await rm(drawn, { recursive: true, force: true });
await mkdir(drawn, { recursive: true });
const { base, browser, close } = await stage();
const wrong = [];
let count = 0;

/** Pictures as the browser reads and writes them: it needs no library for either. */
const studio = await browser.newPage();
const webp = (png) => studio.evaluate(async (address) => {
  const image = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  canvas.getContext("2d").drawImage(image, 0, 0);
  // Not lossless: a third of the bytes, and no eye sees it.
  return canvas.toDataURL("image/webp", 0.75).split(",")[1];
}, `data:image/png;base64,${png.toString("base64")}`).then((text) => Buffer.from(text, "base64"));
/** The share of points that have no like one within a point around them in the other picture: another rendering of letters has, another screen has not. */
const distance = (one, other) => studio.evaluate(async (addresses) => {
  const read = async (address) => {
    const image = await createImageBitmap(await (await fetch(address)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height);
  };
  const [a, b] = await Promise.all(addresses.map(read));
  if (a.width !== b.width || a.height !== b.height) return 1;
  const near = (x, y, u, v) => { const p = 4 * (y * a.width + x); const q = 4 * (v * a.width + u); return [0, 1, 2].every((c) => Math.abs(a.data[p + c] - b.data[q + c]) < 64); };
  let far = 0;
  for (let y = 1; y < a.height - 1; y += 1) for (let x = 1; x < a.width - 1; x += 1) {
    if (near(x, y, x, y)) continue;
    let found = false;
    for (let v = y - 1; v <= y + 1 && !found; v += 1) for (let u = x - 1; u <= x + 1 && !found; u += 1) found = near(x, y, u, v);
    if (!found) far += 1;
  }
  return far / (a.width * a.height);
}, [one, other].map((file) => `data:image/webp;base64,${file.toString("base64")}`));
const MOST_FAR = 0.002;

const work = SCREENS.filter(([name]) => (all || chosen.has(name)) && (!only || only.includes(name))).flatMap((screen) => (all ? THEMES : THEMES.slice(0, 2)).map((theme) => [screen, theme]));
await inLanes(work, async () => {
  const open = async (width, height) => {
    const page = await browser.newPage({ viewport: { width, height }, locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" });
    page.setDefaultTimeout(60_000);
    await page.clock.setFixedTime(NOON);
    return page;
  };
  const [wide, small] = [await open(1440, 900), await open(560, 720)];
  return async ([[name, switches, place, act], theme]) => {
    const key = place === "key";
    const page = key ? small : wide;
    try {
      await page.goto("about:blank");
      await page.goto(`${base}/${key ? "key-entry" : "index"}.html?theme=${theme}${switches ? `&${switches}` : ""}${key ? "" : place}`);
      await page.getByRole("main").first().waitFor();
      await settled(page);
      if (act) { await act(page); await settled(page); }
      const file = `${name}-${theme}.webp`;
      const picture = await webp(await page.screenshot({ animations: "disabled", caret: "hide" }));
      await writeFile(join(drawn, file), picture);
      count += 1;
      if (!check) return;
      const before = await readFile(join(kept, file)).catch(() => null);
      const far = before ? await distance(before, picture) : 1;
      if (far > MOST_FAR) wrong.push(`${file}: ${before ? `${(100 * far).toFixed(2)} % of it is another picture` : "is not in the guide"}`);
    } catch (error) { wrong.push(`${name} ${theme}: ${String(error.message).split("\n")[0]}`); }
  };
});
await close();

if (!all && !check && !only) {
  const part = ([title, pictures]) => `## ${title}\n\n${pictures.map(([name, words]) => `**${words}**\n\n<picture><source media="(prefers-color-scheme: dark)" srcset="${name}-dark.webp"><img src="${name}-light.webp" alt="${words}" width="720"></picture>\n`).join("\n")}`;
  await writeFile(join(kept, "README.md"), `# The screens\n\nInvented companies and banks at a fixed time; \`cargo xtask screenshots\` draws them anew, \`--check\` compares, \`--all\` draws every state in every\ntheme into \`target/screens\`. Each picture is here in light and dark.\n\n${GUIDE.map(part).join("\n")}`);
}
if (!only && check) {
  const files = (await readdir(kept)).filter((file) => file.endsWith(".webp"));
  for (const file of files.filter((each) => !chosen.has(each.replace(/-(light|dark)\.webp$/, "")))) wrong.push(`${file}: no state of this name is in the guide`);
}
for (const each of wrong) console.log(`FAIL  ${each}`);
console.log(`${count} pictures${check ? ` compared with docs/screens, ${wrong.length} differ` : ` in ${drawn.slice(here.length - 3)}`}`);
process.exit(wrong.length ? 1 : 0);
