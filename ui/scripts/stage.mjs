// The sample-data build in Chromium, under the window's own policy, for whoever looks at it: checks, pictures, the walk by keyboard.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

export const here = fileURLToPath(new URL("..", import.meta.url));
const kinds = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml" };

/** What follows `--name=`, or nothing. */
export const option = (name) => process.argv.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);

/** Builds (not with --built), serves and opens. */
export async function stage() {
  process.env.VITE_MOCK = "1";
  if (!process.argv.includes("--built")) await build({ root: here, logLevel: "error" });
  // The policy of tauri.conf.json, so that what it forbids fails here first.
  const csp = JSON.parse(await readFile(join(here, "../tauri.conf.json"), "utf8")).app.security.csp;
  const server = createServer(async (request, response) => {
    const path = new URL(request.url, "http://local").pathname;
    if (path === "/favicon.ico") return void response.writeHead(204).end();
    try {
      const body = await readFile(join(here, "dist-mock", path));
      const kind = kinds[extname(path)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": kind, ...(kind === "text/html" ? { "content-security-policy": csp } : {}) }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
  return { base: `http://127.0.0.1:${server.address().port}`, browser, close: async () => { await browser.close(); server.close(); } };
}

/** Waits until the page has answered everything and drawn it: fonts are there, and for a moment of its own clock nothing changes. */
export const settled = (page) => page.evaluate(async () => {
  await document.fonts.ready;
  await new Promise((done) => {
    const end = () => { observer.disconnect(); clearTimeout(quiet); clearTimeout(most); requestAnimationFrame(() => requestAnimationFrame(done)); };
    const observer = new MutationObserver(() => { clearTimeout(quiet); quiet = setTimeout(end, 80); });
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    let quiet = setTimeout(end, 80);
    const most = setTimeout(end, 1000);
  });
  await Promise.all(document.getAnimations().filter((each) => Number.isFinite(each.effect?.getComputedTiming().endTime)).map((each) => each.finished.catch(() => {})));
});

/** Takes work from a list in several lanes at once, each with a stage of its own. */
export async function inLanes(work, lane) {
  const left = [...work];
  await Promise.all(Array.from({ length: Number(option("lanes") ?? 2) }, async (_, index) => {
    const run = await lane(index);
    for (let next = left.shift(); next !== undefined; next = left.shift()) await run(next);
  }));
}
