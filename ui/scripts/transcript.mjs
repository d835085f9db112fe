// What a screen reader says of the bank picker and of the list of companies: read from top to bottom, then walked by keys. The names, roles and states are those
// that Chromium computes for the system's accessibility service; the sample data and the clock are fixed, so the words are too. They are kept in ui/transcripts and
// compared; --write keeps what is said now.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { here, stage } from "./stage.mjs";

const NOON = new Date("2026-11-23T12:00:00Z");
const write = process.argv.includes("--write");
const { base, browser, close } = await stage();
const kept = join(here, "transcripts");
await mkdir(kept, { recursive: true });

/** Writes down what is put into a live region, as a reader hears it. */
function listen() {
  globalThis.heard = [];
  const last = new WeakMap();
  new MutationObserver((changes) => {
    for (const region of new Set(changes.map((change) => (change.target instanceof Element ? change.target : change.target.parentElement)?.closest('[aria-live="polite"], [aria-live="assertive"], [role="status"], [role="alert"]')))) {
      const text = region?.textContent.trim().replace(/\s+/g, " ");
      if (!region || region.getAttribute("aria-live") === "off" || last.get(region) === text) continue;
      last.set(region, text);
      if (text) globalThis.heard.push(text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

async function open(place) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce" });
  page.setDefaultTimeout(60_000);
  // The clock stands still but for what `pass` lets go by, so every age that is told is the same each time.
  await page.clock.install({ time: NOON.getTime() - 1000 });
  await page.clock.pauseAt(NOON);
  await page.addInitScript(listen);
  await page.goto(`${base}/index.html?theme=light${place}`);
  const reader = await page.context().newCDPSession(page);
  await reader.send("Accessibility.enable");
  const lines = [];
  /** Lets the page's own clock run, a little at a time, so that whatever waits for it is done. */
  const pass = async () => { for (let step = 0; step < 40; step += 1) await page.clock.runFor(50); };
  const node = async (what) => {
    const { result } = await reader.send("Runtime.evaluate", { expression: what });
    return result.objectId ? (await reader.send("Accessibility.getPartialAXTree", { objectId: result.objectId, fetchRelatives: false })).nodes[0] : null;
  };
  const FOCUS = "document.activeElement";
  const ROW = "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))";
  /** What is said when the focus comes to something, and what is heard beside it. */
  const say = async (did) => {
    await pass();
    const own = await node(FOCUS);
    const row = await node(ROW);
    lines.push("", `[${did}]`);
    if (own) lines.push(words(own));
    if (row) {
      const place = await page.evaluate(() => {
        const own = document.getElementById(document.activeElement.getAttribute("aria-activedescendant"));
        const [at, of] = [own?.getAttribute("aria-posinset") ?? own?.getAttribute("aria-rowindex"), own?.getAttribute("aria-setsize") ?? document.activeElement.getAttribute("aria-rowcount")];
        return at && of ? `, ${at} of ${of}` : "";
      });
      lines.push(`> ${words(row)}${place}`);
    }
    for (const heard of await page.evaluate(() => globalThis.heard.splice(0))) lines.push(`((${heard}))`);
  };
  const press = async (key, times = 1) => { for (let time = 0; time < times; time += 1) { await page.keyboard.press(key); await page.clock.runFor(50); } await say(times > 1 ? `${key}, ${times} times` : key); };
  const type = async (text) => { await page.keyboard.type(text); await say(`types ${text}`); };
  /** The page from top to bottom, as it is read aloud. */
  const read = async () => {
    await pass();
    const { nodes } = await reader.send("Accessibility.getFullAXTree");
    const all = new Map(nodes.map((each) => [each.nodeId, each]));
    const walk = (id, named) => {
      const each = all.get(id);
      if (!each) return;
      const role = each.role?.value;
      const name = clean(each.name?.value);
      if (["InlineTextBox", "ListMarker"].includes(role)) return;
      if (role === "StaticText") { if (name && !named.includes(name)) lines.push(name); return; }
      const silent = each.ignored || ["generic", "none", "RootWebArea", "rowgroup", "paragraph", "LabelText", "emphasis", "strong", "mark"].includes(role);
      if (!silent) lines.push(words(each));
      // What a name was made of is not read a second time.
      for (const child of each.childIds ?? []) walk(child, !silent && name ? `${named} ${name}` : named);
    };
    walk(nodes[0].nodeId, "");
    await page.evaluate(() => globalThis.heard.splice(0));
  };
  await page.locator("p[role=status]").first().waitFor({ state: "attached" });
  await pass();
  await page.getByRole("main").first().waitFor();
  return { page, lines, read, press, type, say };
}
const clean = (text) => (text ?? "").trim().replace(/\s+/g, " ");
/** A name, a role and what state it is in, in the order readers say them. */
function words(node) {
  const state = Object.fromEntries((node.properties ?? []).map((each) => [each.name, each.value.value]));
  const said = [clean(node.name?.value), node.role?.value === "heading" ? `heading ${state.level}` : node.role?.value, clean(String(node.value?.value ?? "")), clean(node.description?.value)];
  if (state.checked && state.checked !== "false") said.push(state.checked === "mixed" ? "partly checked" : "checked");
  if (state.pressed && state.pressed !== "false") said.push("pressed");
  if (state.selected) said.push("selected");
  if (state.expanded !== undefined) said.push(state.expanded ? "expanded" : "collapsed");
  if (state.disabled) said.push("not available");
  if (state.hasPopup && state.hasPopup !== "false") said.push(`opens a ${state.hasPopup}`);
  return said.filter(Boolean).join(", ");
}

const WALKS = {
  picker: async () => {
    const at = await open("#/new/d-2/bank");
    await at.read();
    await at.page.getByRole("combobox", { name: "Bank" }).focus();
    await at.say("the field takes the focus");
    await at.press("ArrowDown");
    await at.press("End");
    await at.press("Home");
    await at.type("natwset");
    await at.press("ArrowDown", 2);
    await at.press("Escape");
    await at.type("zzzz");
    await at.press("Escape");
    return at;
  },
  companies: async () => {
    const at = await open("#/companies/all");
    await at.read();
    await at.page.getByRole("grid", { name: "Companies" }).focus();
    await at.say("the list takes the focus");
    await at.press("ArrowDown");
    await at.press("ArrowDown", 3);
    await at.press("x");
    await at.press("Shift+ArrowDown");
    await at.press("Control+a");
    await at.press("Escape");
    await at.press("End");
    await at.press("Home");
    await at.press("Space");
    await at.press("ArrowDown");
    await at.press("Escape");
    await at.press("/");
    await at.type("bakery");
    return at;
  },
};
let red = 0;
for (const [name, walk] of Object.entries(WALKS)) {
  const { lines, page } = await walk();
  await page.close();
  const said = `${lines.join("\n").trim()}\n`;
  const file = join(kept, `${name}.txt`);
  const before = await readFile(file, "utf8").catch(() => "");
  if (write) await writeFile(file, said);
  if (write || said === before) { console.log(`ok    ${name}: ${lines.filter(Boolean).length} lines`); continue; }
  red += 1;
  const [old, now] = [before.split("\n"), said.split("\n")];
  const at = now.findIndex((line, index) => line !== old[index]);
  console.log(`FAIL  ${name}: another word from line ${at + 1} on\n  kept: ${old.slice(at, at + 3).join(" | ")}\n  now:  ${now.slice(at, at + 3).join(" | ")}`);
}
await close();
if (red) console.log("npm run transcript keeps what is said now, when that is what it should say.");
process.exit(red ? 1 : 0);
