// A bank's text stays text on every screen. 350 hostile words go through every text of every answer into every state of every screen: no script runs, nothing
// leaves, no element comes to be, no policy has to step in, nothing turns the words around it, and no page scrolls sideways.
// Which members of an answer hold text is read from the generated types: everything that is a string there, but what the core itself makes.
// --seed=N other words, --part=N every Nth state only (which, follows from the seed), --only=NAME,NAME, --lanes=N, --built.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { words } from "./hostile-words.mjs";
import { sideways } from "./layout.mjs";
import { here, inLanes, option, settled, stage } from "./stage.mjs";
import { SCREENS } from "./world.mjs";

const seed = Number(option("seed") ?? process.env.FAIRLEAD_SEED ?? 1);
const part = Number(option("part") ?? 1);
const only = option("only")?.split(",");
const WORDS = words(seed);
const KINDS = [...new Set(WORDS.map((word) => word.kind))];

/** What the core makes itself from a closed set, a number, a day or a digest: no text of anybody reaches it. */
const MADE_HERE = new Set([
  "id", "ids", "key", "bankKey", "defaultBank", "accountId", "attemptId", "draftId", "openAttempt", "companyId", "connectionId", "dataType", "dataTypes", "recent", "hidden", // names things are called by
  "amount", "moneyIn", "moneyOut", "net", "sum", "share", "seconds", "most", "least", "balance", "value", // decimals
  "date", "before", "asOf", "dataFrom", "dataTo", "from", "to", "fromDay", "month", "months", "aMonth", "first", "last", "ending", "requiredFrom", "requiredTo", // days and months
  "route", "address", "atCodat", "bounceUrl", "template", "linkUrl", "host", "logo", // addresses and pictures, checked where they are made
  "next", // the step of the set-up that comes next
  "sha256", "digest", "version", "traceId", "table", "tables", // digests and names of our own
]);
const types = (await readFile(join(here, "src/bridge/types.ts"), "utf8")).replace(/\/\*[\s\S]*?\*\//g, "");
const strings = new Set([...types.matchAll(/\b(\w+):\s*(?:Array<)?string>?(?:\s*\|\s*null)?\s*[,}]/g)].map((found) => found[1]));
const FIELDS = [...strings].filter((name) => !MADE_HERE.has(name));
/** Words of closed sets: a member may be text in one answer and one of these in another. */
const CLOSED = [...new Set([...types.matchAll(/"([^"]+)"/g)].map((found) => found[1]))];

/** States whose way leads over names that must be exact, one after the other: there the names stay as they are, and the rest is hostile. */
const BY_NAME = ["company-download-stopped", "cash-flow-bar", "lens-little", "lens-rows", "coverage-month", "categories-kept", "categories-keep-error", "endings-error", "setup-nameless", "kept-erase", "kept-erase-error", "freshness-codat-warning", "settings-remove", "banks-offer"];
const NAMES = ["name", "companyName", "bank", "label", "title", "what", "word", "currency", "currencies", "category", "description", "own", "text", "account", "rawStatus"];

/** The tags that our own sources write, and what the icons are drawn with. */
async function tags(folder) {
  const found = new Set();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.name.endsWith(".svelte")) continue;
    const text = (await readFile(join(entry.parentPath, entry.name), "utf8")).replace(/<(script|style)[\s\S]*?<\/\1>/g, "");
    for (const [, tag] of text.matchAll(/<([a-z][a-z0-9]*)[\s/>]/g)) found.add(tag);
  }
  return found;
}
const TAGS = [...(await tags(join(here, "src"))), "html", "head", "body", "meta", "title", "script", "link", "style", "path", "circle", "rect", "line", "polyline", "polygon", "ellipse", "g", "defs", "pattern", "clippath"];

/** In the page before anything else: counts what runs, what a policy had to stop, and puts hostile words into the answers. */
function prepare({ words, kinds, fields, closed, start, whole, spared }) {
  const seen = { ran: 0, stopped: [], put: 0, met: {} };
  globalThis.seen = seen;
  globalThis.pwn = () => { seen.ran += 1; };
  for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = globalThis.pwn;
  document.addEventListener("securitypolicyviolation", (event) => seen.stopped.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`));
  const text = new Set(fields.filter((field) => !spared.includes(field)));
  const names = new Set(["name", "bank", "label", "what"]);
  const made = new Set(closed);
  const byKind = kinds.map((kind) => words.filter((word) => word.kind === kind));
  const at = {};
  /** In turn one word alone, and one of each kind together: so a member that is shown once or twice has met every kind. */
  const hostile = (name, was) => {
    const turn = (at[name] = (at[name] ?? start) + 1);
    const alone = whole && turn % 2 === 0;
    let chosen = alone ? [words[(turn * 7) % words.length]] : byKind.map((all) => all[turn % all.length]);
    // Letters from right to left are closed in by a pair, and what a person acts on is found by a name without one.
    if (!whole && names.has(name)) chosen = chosen.filter((word) => word.kind !== "letters");
    seen.put += 1;
    for (const word of chosen) (seen.met[name] ??= {})[word.kind] = true;
    if (whole) return chosen.map((word) => word.text).join(" ");
    // Where a person acts next, it is found by what it was called: that stays in front, on one line.
    return `${was} ${chosen.map((word) => word.text.replace(/[\u0000-\u001f\u0085\u2028\u2029]/g, " ")).join(" ")}`;
  };
  const walk = (value, name) => {
    if (typeof value === "string") return text.has(name) && !made.has(value) && value !== "" ? hostile(name, value) : value;
    if (Array.isArray(value)) return value.map((each) => walk(each, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, key)]));
  };
  globalThis.tampered = (value) => walk(value, "");
}

/** In the page at the end: what stands there that should not. */
function look(tags) {
  const known = new Set(tags);
  const said = [];
  const name = (element) => `${element.tagName.toLowerCase()} in ${element.parentElement?.tagName.toLowerCase()}.${element.parentElement?.className}`;
  for (const element of document.querySelectorAll("*")) {
    const tag = element.tagName.toLowerCase();
    if (!known.has(tag)) said.push(`an element that no source writes: ${name(element)}`);
    if (/pwn/.test(`${element.id} ${element.getAttribute("class") ?? ""} ${element.getAttribute("name") ?? ""}`)) said.push(`an element that a text names: ${name(element)}`);
    if (["head", "body"].every((place) => element.closest(place) === null) && !["html", "head", "body"].includes(tag)) said.push(`an element outside the page: ${name(element)}`);
    if (element.closest("body") && ["script", "style", "link", "meta", "base"].includes(tag)) said.push(`${name(element)}`);
    for (const { name: attribute, value } of element.attributes) {
      const called = attribute.toLowerCase();
      if (called.startsWith("on") || ["srcdoc", "srcset", "formaction", "action", "ping", "background", "data", "xlink:href"].includes(called)) said.push(`the attribute ${called} on ${name(element)}`);
      if (called === "style" && /url\(|expression|@import/i.test(value)) said.push(`a style that reaches out on ${name(element)}`);
      if (called === "href" && element.closest("body") && !/^(#\/|#[\w-]+$|mailto:\?subject=)/.test(value)) said.push(`a link to ${value.slice(0, 60)} on ${name(element)}`);
      if (called === "src" && element.closest("body") && !/^data:image\/png;base64,/.test(value)) said.push(`the source ${value.slice(0, 60)} on ${name(element)}`);
    }
  }
  if (document.querySelectorAll("head script").length !== 1) said.push(`${document.querySelectorAll("head script").length} scripts in the head`);
  if (frames.length) said.push(`${frames.length} frames`);
  // Nothing turns what stands around it: no turning mark is left but closed pairs, and our own words before and after a pair keep their order on a line.
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let turned = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.data;
    if (/[\u061c\u200e\u200f\u202a-\u202e\u2066\u2067]/.test(text)) said.push(`a turning mark in ${node.parentElement.tagName.toLowerCase()}: ${JSON.stringify(text.slice(0, 40))}`);
    const pair = /([^\u2068\u2069]+)\u2068[^\u2068\u2069]*\u2069([^\u2068\u2069]+)/.exec(text);
    if (!pair || !node.parentElement.checkVisibility()) continue;
    const box = (index) => { const range = document.createRange(); range.setStart(node, index); range.setEnd(node, index + 1); return range.getBoundingClientRect(); };
    const [before, after] = [box(pair.index + pair[1].length - 1), box(pair.index + pair[0].length - pair[2].length)];
    if (!before.width || !after.width) continue;
    turned += 1;
    if (Math.abs(before.top - after.top) < 2 && before.right > after.left + 1) said.push(`our own words changed their order around ${JSON.stringify(pair[0].slice(0, 50))}`);
  }
  return { ...globalThis.seen, turned, said: [...new Set(said)] };
}

const { base, browser, close } = await stage();
const files = new Set((await readdir(join(here, "dist-mock"), { recursive: true })).map((name) => `/${name}`));
const chosen = SCREENS.filter(([name], index) => (only ? only.includes(name) : (index + seed) % part === 0 || name === "home"));
const red = [];
const sums = { ran: 0, left: 0, elements: 0, stopped: 0, put: 0, turned: 0 };
/** Which kinds of words each member met, and where it was shown. */
const met = new Map();
const began = Date.now();

// Which words a state meets does not depend on which states are looked at.
await inLanes(chosen.map((screen) => [screen, SCREENS.indexOf(screen)]), async () => {
  let found = [];
  return async ([[name, switches, place, act], index]) => {
    found = [];
    const own = place === "key";
    const context = await browser.newContext({ viewport: own ? { width: 560, height: 720 } : { width: 1280, height: 800 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(Number(option("patience") ?? 60) * 1000);
    page.on("pageerror", (error) => found.push(`threw ${error.message.split("\n")[0]}`));
    page.on("dialog", (dialog) => { sums.ran += 1; found.push("a dialog of the browser"); void dialog.dismiss(); });
    page.on("popup", () => { sums.left += 1; found.push("another window"); });
    page.on("request", (request) => {
      const url = request.url();
      if (url === "about:blank" || (url.startsWith(base) && files.has(new URL(url).pathname)) || url.startsWith("data:font")) return;
      if (url === `${base}/favicon.ico`) return;
      sums.left += 1;
      found.push(`asked for ${url.slice(0, 80)}`);
    });
    try {
      await page.addInitScript(prepare, { words: WORDS, kinds: KINDS, fields: FIELDS, closed: CLOSED, start: seed + index * 13, whole: !act, spared: BY_NAME.includes(name) ? NAMES : [] });
      await page.goto(`${base}/${own ? "key-entry" : "index"}.html?theme=light${switches ? `&${switches}` : ""}${own ? "" : place}`);
      await page.getByRole("main").first().waitFor();
      await settled(page);
      if (act) { await act(page); await settled(page); }
      for (const width of own ? [560] : act ? [1280] : [1280, 720]) {
        if (width === 720) { await page.setViewportSize({ width, height: 800 }); await settled(page); }
        for (const each of await page.evaluate(sideways)) found.push(`${width} wide: ${each}`);
      }
      // Whatever a text might hang on an event happens now.
      await page.mouse.move(400, 300);
      await page.mouse.move(500, 420);
      const seen = await page.evaluate(look, TAGS);
      sums.ran += seen.ran;
      sums.put += seen.put;
      sums.turned += seen.turned;
      sums.stopped += seen.stopped.length;
      sums.elements += seen.said.filter((each) => /element|attribute|link to|source|scripts|frames/.test(each)).length;
      if (seen.ran) found.push(`${seen.ran} scripts ran`);
      found.push(...seen.stopped.map((each) => `the policy had to stop ${each}`), ...seen.said);
      if (new URL(page.url()).origin !== new URL(base).origin) found.push(`went to ${page.url()}`);
      for (const [field, kinds] of Object.entries(seen.met)) { const all = met.get(field) ?? { kinds: new Set(), screens: 0 }; for (const kind of Object.keys(kinds)) all.kinds.add(kind); all.screens += 1; met.set(field, all); }
    } catch (error) { found.push(String(error.message).split("\n")[0]); }
    await context.close();
    if (found.length) { red.push(name); console.log(`FAIL  ${name}\n  ${[...new Set(found)].slice(0, 12).join("\n  ")}`); }
    else if (!process.argv.includes("--quiet")) console.log(`ok    ${name}`);
  };
});

/** A page that does take text for markup, with the policy off: everything that is counted above must be above nought. */
async function control() {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  let left = 0;
  await page.route("**", (route) => { if (route.request().url().startsWith(base)) return route.continue(); left += 1; return route.abort(); });
  page.on("dialog", (dialog) => void dialog.dismiss());
  await page.addInitScript(prepare, { words: WORDS, kinds: KINDS, fields: FIELDS, closed: CLOSED, start: 0, whole: true, spared: [] });
  await page.goto(`${base}/index.html?fresh`);
  await page.getByRole("main").first().waitFor();
  const asked = page.waitForRequest((request) => !request.url().startsWith(base));
  await page.evaluate((texts) => {
    for (const text of texts) {
      const box = document.createElement("div");
      box.innerHTML = `<p title="${text}">${text}</p>`;
      document.body.append(box);
      for (const element of box.querySelectorAll("[onclick]")) element.dispatchEvent(new MouseEvent("click"));
      for (const script of box.querySelectorAll("script")) script.replaceWith(Object.assign(document.createElement("script"), { textContent: script.textContent }));
    }
  }, WORDS.map((word) => word.text));
  await asked;
  await page.waitForFunction(() => globalThis.seen.ran > 0);
  const seen = await page.evaluate(([tags, looking]) => new Function(`return (${looking})`)()(tags), [TAGS, look.toString()]);
  await context.close();
  return { ran: seen.ran, left, elements: seen.said.filter((each) => /element|attribute/.test(each)).length, turns: seen.said.filter((each) => each.includes("turning")).length };
}
const unsafe = await control();
await close();
for (const [what, count] of Object.entries(unsafe)) if (count === 0) { red.push("control"); console.log(`FAIL  the control: an unsafe page shows no ${what}`); }
const hungry = part === 1 && !only ? [...met].filter(([, { kinds }]) => kinds.size < KINDS.length) : [];
for (const [field, { kinds }] of hungry) { red.push(field); console.log(`FAIL  ${field} met ${kinds.size} of ${KINDS.length} kinds of words`); }
const unmet = FIELDS.filter((field) => !met.has(field));
if (process.argv.includes("--fields")) console.log(`texts: ${[...met.keys()].sort().join(" ")}\nin no answer of the sample data: ${unmet.sort().join(" ")}`);

console.log(`measured: ${WORDS.length} words × ${chosen.length} of ${SCREENS.length} states of screens, put ${sums.put} times into ${met.size} members: ${sums.ran} scripts, ${sums.left} requests, ${sums.elements} elements made, ${sums.stopped} stopped by the policy, ${sums.turned} turned words in their place; control on an unsafe page: ${unsafe.ran} scripts, ${unsafe.left} requests, ${unsafe.elements} elements, seed ${seed}`);
console.log(`test result: ${red.length ? "FAILED" : "ok"}. ${red.length ? 0 : 1} passed; ${red.length ? 1 : 0} failed; ${Math.round((Date.now() - began) / 1000)} s`);
if (red.length) console.log(`red: ${[...new Set(red)].join(", ")}`);
process.exit(red.length ? 1 : 0);
