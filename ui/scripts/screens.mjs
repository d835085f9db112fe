// Opens every screen of the sample-data build in Chromium under the window's own policy: light and dark, wide and narrow. Runs axe on each,
// or takes pictures with --shots. --only=NAME narrows it down.
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build } from "vite";

const here = fileURLToPath(new URL("..", import.meta.url));
const shots = process.argv.includes("--shots");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice(7).split(",");
const kinds = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml" };
// The policy of tauri.conf.json, so that what it forbids fails here first.
const csp = JSON.parse(await readFile(join(here, "../tauri.conf.json"), "utf8")).app.security.csp;

const bank = (text) => (page) => page.getByRole("combobox", { name: "Bank" }).fill(text);
const endings = async (page) => { await page.getByRole("button", { name: "End a connection or the company…" }).click(); await page.getByRole("dialog").waitFor(); };
const change = (page) => page.getByRole("button", { name: /^Change Codat/ }).click();
const SCREENS = [
  ["first-run", "fresh", ""], ["first-run-no-keychain", "fresh&nokeychain&managed", ""], ["first-run-error", "fresh&fail=open_profile:internal", "", (page) => page.getByRole("button", { name: "Try the demo" }).click()],
  ["home", "", "#/companies/all"], ["home-waiting", "", "#/companies/waiting"], ["home-empty", "empty", "#/companies/all"], ["home-error", "fail=list_companies:codatDown", "#/companies/all"], ["home-offline", "line=offline", "#/companies/all"], ["home-loading", "slow", "#/companies/all"],
  ["home-ending", "", "#/companies/ending"], ["home-many", "many=100000", "#/companies/all", async (page) => { await page.getByRole("grid", { name: "Companies" }).focus(); await page.keyboard.press("End"); await page.locator("[aria-rowindex='100001']").waitFor(); }],
  ["home-peek", "", "#/companies/all", async (page) => { await page.getByRole("grid", { name: "Companies" }).focus(); await page.keyboard.press("Space"); await page.locator(".peek[aria-busy=false]").waitFor(); }], ["home-chosen", "", "#/companies/all", async (page) => { await page.getByRole("grid", { name: "Companies" }).focus(); await page.keyboard.press("x"); await page.keyboard.press("Shift+ArrowDown"); await page.keyboard.press("Shift+ArrowDown"); }],
  ["home-filter", "", "#/companies/all?bank=NatWest&ends=30", (page) => page.getByRole("button", { name: "Filter", exact: true }).click()], ["home-columns", "", "#/companies/all", (page) => page.getByRole("button", { name: "Columns" }).click()], ["home-own-view", "", "#/companies/all?status=ended&bank=Barclays+Business&own=v-barclays"],
  ["home-keep-view", "", "#/companies/all?status=ended", (page) => page.getByRole("button", { name: "Keep this view" }).click()], ["home-search", "", "#/companies/all", (page) => page.getByRole("searchbox").focus()],
  ["home-labels", "", "#/companies/all?owner=Tom+Hale&tag=asset+finance", async (page) => { await page.getByRole("grid", { name: "Companies" }).focus(); await page.keyboard.press("x"); await page.keyboard.press("Shift+ArrowDown"); await page.getByRole("button", { name: "Tag", exact: true }).click(); }],
  ["home-no-match", "", "#/companies/all", (page) => page.getByRole("searchbox").fill("zzz")],
  ["activity", "", "#/activity/now"], ["activity-happened", "", "#/activity/happened"], ["activity-banks", "", "#/activity/banks"], ["activity-empty", "empty", "#/activity/now"], ["activity-happened-empty", "empty", "#/activity/happened"], ["activity-banks-empty", "empty", "#/activity/banks"], ["activity-error", "fail=activity.everything:disk", "#/activity/now"], ["activity-loading", "slow", "#/activity/now"], ["activity-offline", "line=offline", "#/activity/now"],
  ["downloads", "syncing", "#/activity/now"], ["downloads-pass", "syncing=pass", "#/activity/now"], ["downloads-stopped", "syncing=stopped", "#/activity/now"], ["downloads-all-stopped", "syncing=all", "#/activity/now"], ["downloads-waiting", "syncing&line=limited", "#/activity/now"], ["downloads-stop-failed", "syncing&fail=sync:internal", "#/activity/now"],
  ["company-downloading", "syncing", "#/company/co-8", (page) => page.getByRole("button", { name: "Show reads of Revolut Business" }).click()], ["company-download-stopped", "syncing", "#/company/co-8", async (page) => { await page.getByRole("button", { name: "Show reads of Revolut Business" }).click(); await page.getByRole("button", { name: "Stop transactions" }).click(); await page.getByRole("button", { name: "Go on with transactions" }).waitFor(); }],
  ["home-back", "route=/companies/all%3Ftext%3Dbakery", "", (page) => page.waitForFunction(() => document.querySelector("input[type=search]")?.value === "bakery")],
  ["palette", "", "#/companies/all", (page) => page.keyboard.press("Control+k")], ["palette-query", "", "#/company/co-8", async (page) => { await page.keyboard.press("Control+k"); await page.keyboard.type("all"); await page.keyboard.press("ArrowDown"); }],
  ["palette-transactions", "", "#/companies/all", async (page) => { await page.keyboard.press("Control+k"); await page.keyboard.type("rent"); await page.getByRole("group", { name: "Transactions" }).waitFor(); }], ["palette-indexing", "indexing", "#/companies/all", async (page) => { await page.keyboard.press("Control+k"); await page.keyboard.type("rent"); await page.getByText("43 %").waitFor(); }],
  ["palette-companies", "", "#/companies/all", async (page) => { await page.keyboard.press("Control+p"); await page.keyboard.type("cas"); }], ["palette-none", "", "#/companies/all", async (page) => { await page.keyboard.press("Control+p"); await page.keyboard.type("zz"); }],
  ["palette-error", "fail=find.companies:internal", "#/companies/all", async (page) => { await page.keyboard.press("Control+k"); await page.keyboard.type("castellan"); }], ["shortcuts", "", "#/companies/all", (page) => page.keyboard.press("?")],
  ["budget", "", "#/companies/all", (page) => page.locator(".bud").click()], ["budget-spent", "line=limited", "#/companies/all", (page) => page.locator(".bud").click()],
  ["customer", "", "#/new"], ["customer-name", "", "#/new", (page) => page.getByRole("textbox", { name: "Company name" }).fill("Ashdown | Pell ™ Joinery")],
  ["bank", "", "#/new/d-2/bank"], ["bank-typo", "", "#/new/d-2/bank", bank("natwset")], ["bank-no-match", "", "#/new/d-2/bank", bank("zzzz")], ["bank-plaid", "mode=plaid", "#/new/d-2/bank"], ["bank-single", "mode=single", "#/new/d-2/bank"], ["bank-none", "mode=none", "#/new/d-2/bank"], ["bank-error", "fail=banks.search:offline", "#/new/d-2/bank"],
  ["access", "", "#/new/d-2/access"], ["access-only-bank", "mode=single", "#/new", async (page) => { await page.getByRole("textbox", { name: "Company name" }).fill("Nettlecombe Bakery Ltd"); await page.keyboard.press("Enter"); await page.getByText("is the only bank").waitFor(); }], ["creating", "", "#/attempt/a-creating"], ["blocked", "", "#/attempt/a-blocked"], ["doors", "", "#/attempt/a-ready"],
  ["doors-qr", "", "#/attempt/a-ready", (page) => page.getByRole("button", { name: "Show the code" }).click()], ["doors-mail", "", "#/attempt/a-ready", (page) => page.getByRole("button", { name: "Write the mail" }).click()],
  ["waiting", "", "#/attempt/a-waiting"], ["waiting-answers", "", "#/attempt/a-waiting", async (page) => { await page.getByRole("button", { name: "White page" }).click(); await page.getByRole("button", { name: "It failed for them" }).click(); await page.getByRole("button", { name: "Another person must approve" }).click(); }],
  ["returned", "", "#/attempt/a-returned"], ["parked", "", "#/attempt/a-parked"], ["reading", "", "#/attempt/a-reading"], ["complete", "", "#/attempt/a-complete"], ["window-missed", "", "#/attempt/a-missed"], ["read-failed", "", "#/attempt/a-readfailed"], ["left", "", "#/attempt/a-left"], ["bank-side", "", "#/attempt/a-bank"], ["attempt-gone", "", "#/attempt/none"],
  ["company", "", "#/company/co-8"], ["company-waiting", "", "#/company/co-3"], ["company-kept", "", "#/company/co-9", async (page) => { await page.getByLabel("Tags", { exact: true }).first().fill("a tag that is as long as a tag can be ok"); await page.keyboard.press("Enter"); await page.getByText("Tagged a tag").first().waitFor(); }], ["company-kept-error", "fail=for_companies:disk", "#/company/co-8", async (page) => { await page.getByLabel("Owner").fill("Ruth"); await page.keyboard.press("Enter"); await page.getByRole("alert").first().waitFor(); }], ["company-gone", "", "#/company/none"], ["accounts", "", "#/company/co-8/accounts"], ["accounts-empty", "", "#/company/co-3/accounts"], ["transactions", "", "#/company/co-8/transactions"],
  ["transactions-query", "", "#/company/co-8/transactions", async (page) => { await page.getByRole("searchbox", { name: "Search transactions" }).fill("out >1000 account:9"); await page.waitForTimeout(400); }], ["transactions-exporting", "exporting", "#/company/co-8/transactions", async (page) => { await page.getByRole("button", { name: /^Export / }).click(); await page.waitForFunction(() => document.querySelector("progress")?.value > 0); }], ["transactions-exported", "", "#/company/co-8/transactions", async (page) => { await page.getByRole("button", { name: /^Export / }).click(); await page.getByRole("button", { name: "Show in folder" }).waitFor(); }],
  ["transactions-export-ended", "", "#/company/co-8/transactions", async (page) => { await page.getByRole("button", { name: /^Export / }).click(); await page.getByRole("button", { name: "End the export" }).click(); await page.getByText("Nothing was left behind").waitFor(); }], ["transactions-export-error", "fail=export_transactions.begin:disk", "#/company/co-8/transactions", async (page) => { await page.getByRole("button", { name: /^Export / }).click(); await page.getByRole("alert").first().waitFor(); }],
  ["transactions-none", "", "#/company/co-8/transactions", async (page) => { await page.getByRole("searchbox", { name: "Search transactions" }).fill("zzzz"); await page.waitForTimeout(400); }],
  ["cash-flow", "", "#/company/co-8/cash-flow"], ["cash-flow-table", "", "#/company/co-8/cash-flow", (page) => page.getByRole("button", { name: "Table" }).click()], ["cash-flow-24", "", "#/company/co-8/cash-flow", (page) => page.getByRole("button", { name: "Last 24" }).click()], ["cash-flow-empty", "", "#/company/co-3/cash-flow"], ["cash-flow-loading", "slow=analysis.cashFlow", "#/company/co-8/cash-flow"], ["cash-flow-error", "fail=analysis.cashFlow:disk", "#/company/co-8/cash-flow"], ["cash-flow-bar", "", "#/company/co-8/cash-flow", async (page) => { await page.getByRole("link", { name: /, in: / }).nth(11).focus(); await page.keyboard.press("ArrowLeft"); await page.keyboard.press("ArrowDown"); await page.keyboard.press("Enter"); await page.getByRole("grid", { name: "Transactions" }).waitFor(); }],
  ["lens", "", "#/company/co-8/lens"], ["lens-defined", "", "#/company/co-8/lens", async (page) => { await page.getByRole("button", { name: "What is Inflow concentration" }).focus(); await page.keyboard.press("Enter"); await page.getByText("Herfindahl").waitFor(); }], ["lens-defined-edge", "", "#/company/co-8/lens", (page) => page.getByRole("button", { name: "What is Volatility of money in" }).click()], ["lens-little", "", "#/company/co-8/lens", async (page) => { await page.getByRole("button", { name: "USD" }).click(); await page.getByText("cannot be told").first().waitFor(); }], ["lens-empty", "", "#/company/co-3/lens"], ["lens-loading", "slow=analysis.lens", "#/company/co-8/lens"], ["lens-error", "fail=analysis.lens:disk", "#/company/co-8/lens"], ["lens-rows", "", "#/company/co-8/lens", async (page) => { await page.getByRole("link", { name: /Largest payer/ }).focus(); await page.keyboard.press("Enter"); await page.getByRole("grid", { name: "Transactions" }).waitFor(); }],
  ["coverage", "", "#/company/co-8/coverage"], ["coverage-whole", "", "#/company/co-9/coverage"], ["coverage-empty", "", "#/company/co-3/coverage"], ["coverage-loading", "slow=analysis.coverage", "#/company/co-8/coverage"], ["coverage-error", "fail=analysis.coverage:disk", "#/company/co-8/coverage"], ["coverage-offline", "line=offline", "#/company/co-8/coverage"], ["coverage-month", "", "#/company/co-8/coverage", async (page) => { await page.getByRole("link", { name: /Trading current ••2204, Mar/ }).first().focus(); await page.keyboard.press("Enter"); await page.getByRole("grid", { name: "Transactions" }).waitFor(); }],
  ["categories", "", "#/company/co-8/categories"], ["categories-none", "unmapped", "#/company/co-8/categories"], ["categories-empty", "", "#/company/co-3/categories"], ["categories-loading", "slow=categories.of", "#/company/co-8/categories"], ["categories-error", "fail=categories.of:disk", "#/company/co-8/categories"], ["categories-keep-error", "fail=categories.keep:disk", "#/company/co-8/categories", async (page) => { await page.getByLabel("Own category of Fuel").fill("Running costs"); await page.keyboard.press("Enter"); await page.getByRole("alert").first().waitFor(); }],
  ["categories-kept", "", "#/company/co-8/categories", async (page) => { await page.getByLabel("Own category of Fuel").fill("Running costs"); await page.keyboard.press("Enter"); await page.getByText("3 with one of your own").waitFor(); }],
  ["transactions-category", "", "#/company/co-8/transactions", async (page) => { await page.getByRole("searchbox", { name: "Search transactions" }).fill('category:"debt service"'); await page.getByText("category debt service").waitFor(); await page.waitForTimeout(300); }],
  ["settings", "", "#/settings/appearance"], ["settings-returns", "", "#/settings/returns"], ["settings-profiles", "", "#/settings/profiles"], ["settings-remove", "", "#/settings/profiles", (page) => page.getByRole("button", { name: "Remove Harbourline Finance" }).click()],
  ["endings", "", "#/company/co-8", endings], ["endings-error", "fail=end:codatDown", "#/company/co-8", async (page) => { await endings(page); await page.getByRole("radio", { name: /^Unlink a bank/ }).check(); const name = await page.getByRole("heading", { level: 1 }).innerText(); await page.getByRole("textbox", { name: /to confirm$/ }).fill(name); await page.getByRole("button", { name: /^Unlink/ }).click(); await page.getByText("Codat answered with an error").waitFor(); }],
  ["health", "", "#/settings/health"], ["health-well", "well", "#/settings/health"], ["health-loading", "slow=doctor", "#/settings/health"], ["health-error", "fail=doctor:internal", "#/settings/health"],
  ["freshness", "", "#/settings/freshness"], ["freshness-loading", "slow", "#/settings/freshness"], ["freshness-error", "fail=freshness.ours:internal", "#/settings/freshness"],
  ["freshness-codat", "", "#/settings/freshness", change], ["freshness-codat-error", "fail=freshness.codat:offline", "#/settings/freshness", change],
  ["freshness-codat-warning", "", "#/settings/freshness", async (page) => { await change(page); const dialog = page.getByRole("dialog"); await dialog.getByRole("combobox", { name: "Transactions" }).selectOption("1"); await dialog.getByRole("checkbox", { name: /^Balances/ }).uncheck(); await page.getByRole("button", { name: "See what changes" }).click(); await page.getByRole("list", { name: "What changes" }).waitFor(); }],
  ["company-freshness", "", "#/company/co-8", (page) => page.getByRole("button", { name: "Freshness" }).click()], ["company-freshness-error", "fail=freshness.ours:internal", "#/company/co-8", (page) => page.getByRole("button", { name: "Freshness" }).click()],
  ["key", "", "key"], ["key-checked", "", "key", async (page) => { await page.getByLabel("API key").fill("0123456789abcdef"); await page.getByRole("button", { name: "Check the key" }).click(); }], ["key-refused", "fail=check_key:keyRefused", "key", async (page) => { await page.getByLabel("API key").fill("0123456789abcdef"); await page.getByRole("button", { name: "Check the key" }).click(); }],
  ["key-no-keychain", "nokeychain", "key", async (page) => { await page.getByLabel("API key").fill("0123456789abcdef"); await page.getByRole("button", { name: "Check the key" }).click(); }],
];

process.env.VITE_MOCK = "1";
await build({ root: here, logLevel: "error" });
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
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
const base = `http://127.0.0.1:${server.address().port}`;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
await mkdir(join(here, "shots"), { recursive: true });
let passed = 0;
let failed = 0;
let found = [];
let where = "";
async function open(width, height) {
  const page = await browser.newPage({ viewport: { width, height } });
  page.setDefaultTimeout(15_000);
  page.on("pageerror", (error) => found.push(`${where}: threw ${error.message}`));
  page.on("console", (line) => { if (["error", "warning"].includes(line.type())) found.push(`${where}: console ${line.text()}`); });
  return page;
}
const wide = await open(1440, 900);
const narrow = await open(720, 900);
const small = await open(560, 720);
for (const [name, switches, place, act] of SCREENS.filter(([each]) => !only || only.includes(each))) {
  found = [];
  const key = place === "key";
  for (const [theme, page] of key ? [["light", small], ["dark", small]] : [["light", wide], ["dark", wide], ["light", narrow]]) {
    const width = page.viewportSize().width;
    where = `${theme} ${width}`;
    try {
      await page.goto("about:blank");
      await page.goto(`${base}/${key ? "key-entry" : "index"}.html?theme=${theme}${switches ? `&${switches}` : ""}${key ? "" : place}`);
      await page.getByRole("main").first().waitFor();
      await page.waitForTimeout(150);
      if (act) { await act(page); await page.waitForTimeout(150); }
      await page.evaluate(() => document.fonts.ready);
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)) found.push(`${where}: scrolls sideways`);
      if (await page.evaluate(() => [...document.querySelectorAll("main .card:not(.vh)")].some((card) => card.scrollWidth > card.clientWidth + 2 && getComputedStyle(card).overflowX === "visible"))) found.push(`${where}: a card is too narrow for what it holds`);
      if (shots) await page.screenshot({ path: join(here, "shots", `${name}-${theme}-${width}.png`) });
      else {
        // The page's policy forbids foreign scripts; the debugger's evaluation does not pass through it.
        await page.evaluate(axe);
        const result = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
        for (const rule of result.violations) found.push(`${where}: ${rule.id} at ${rule.nodes.slice(0, 2).map((node) => `${node.target.join(" ")} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? ""})`).join(", ")}`);
      }
    } catch (error) { found.push(`${where}: ${String(error.message).split("\n")[0]}`); }
  }
  if (found.length) { failed += 1; console.log(`FAIL  ${name}\n  ${[...new Set(found)].join("\n  ")}`); }
  else { passed += 1; console.log(`ok    ${name}`); }
}
await browser.close();
server.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
