// Walks the whole journey on sample data by keyboard alone: first run, customer, bank, data access, doors, waiting, result, company, transactions.
// At every stop the focus must be on something that can be seen, has a name and shows that it is focused. The pointer is never used.
import { stage } from "./stage.mjs";

const { base, browser, close } = await stage();
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const wrong = [];
page.on("pageerror", (error) => wrong.push(`threw ${error.message}`));

/** What is focused: role, name, and whether a person can see that it is. */
const focus = () => page.evaluate(() => {
  const own = document.activeElement;
  // A heading takes the focus so that a screen reader starts there; it cannot be operated, so it needs no mark.
  if (!own || own === document.body || /^H[1-6]$/.test(own.tagName)) return { name: "", where: "body", box: false, shown: true };
  const marks = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const box = own.getBoundingClientRect();
  // A field's frame or a list's current row may carry the mark instead of the element itself.
  let shown = false;
  for (let at = own, step = 0; at && step < 4; at = at.parentElement, step += 1) shown ||= marks(at);
  const row = own.getAttribute("aria-activedescendant");
  if (row) shown ||= document.getElementById(row) !== null;
  const label = own.labels?.[0]?.textContent ?? "";
  return {
    name: (own.getAttribute("aria-label") ?? (label || own.textContent || own.getAttribute("title") || "")).trim().replace(/\s+/g, " "),
    where: `${own.tagName.toLowerCase()}${own.id ? `#${own.id}` : ""}`, box: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0, shown,
  };
});
async function look(what) {
  const now = await focus();
  if (now.where === "body") return now;
  if (!now.name) wrong.push(`${what}: ${now.where} has no name`);
  if (!now.box) wrong.push(`${what}: the focus is out of sight on ${now.where} “${now.name}”`);
  if (!now.shown) wrong.push(`${what}: nothing shows that “${now.name}” (${now.where}) is focused`);
  return now;
}
/** Presses Tab until the focus has this name. */
async function tabTo(name, what, key = "Tab") {
  for (let step = 0; step < 80; step += 1) {
    const now = await look(what);
    if (typeof name === "string" ? now.name === name : name.test(now.name)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${what}: ${name} cannot be reached by ${key}`);
}
const title = (text) => page.getByRole("heading", { level: 1, name: text }).waitFor({ timeout: 15_000 });
async function step(what, walk) {
  const began = Date.now();
  await walk();
  console.log(`ok    ${what}, ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

let code = 0;
try {
  await page.goto(`${base}/index.html?fresh&fast&waits`);
  await step("first run: the demo starts", async () => {
    await title("How would you like to start?");
    await tabTo("Try the demo", "first run");
    await page.keyboard.press("Enter");
    await page.getByRole("grid").first().waitFor();
  });
  await step("list: the rows are reached and walked", async () => {
    await tabTo(/^Companies|companies$/i, "list");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await look("list");
  });
  await step("list: peeked at, chosen in a stretch, filtered, and back as it was", async () => {
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.getByRole("complementary", { name: "Peek" }).getByRole("heading", { name: /^Castellan/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.getByRole("complementary", { name: "Peek" }).getByRole("heading", { name: /^The Northumberland/ }).waitFor();
    await page.keyboard.press("Escape");
    if ((await focus()).name !== "Companies") wrong.push("list: after the peek the focus is not on the list");
    await page.keyboard.press("x");
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByText("2 chosen").waitFor();
    await tabTo("Tag", "list");
    await page.keyboard.press("Enter");
    await page.keyboard.type("watch closely");
    await page.keyboard.press("Enter");
    await page.getByText("Tagged watch closely: 2 companies").first().waitFor();
    await tabTo("Companies", "list", "Shift+Tab");
    await page.keyboard.press("Control+a");
    await page.getByText("306 chosen").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("306 companies").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("natwest");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => location.hash.startsWith("#/company/"));
    await page.keyboard.press("Alt+ArrowLeft");
    await page.waitForFunction(() => document.querySelector("input[type=search]")?.value === "natwest");
    await page.keyboard.press("/");
    await page.keyboard.press("Escape");
    await page.keyboard.press("ArrowDown");
  });
  await step("palette: a company by its reference, a setting by its word, the list of keys", async () => {
    const option = (name) => page.getByRole("option", { name, selected: true }).waitFor({ timeout: 15_000 });
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Company, action or screen" }).waitFor();
    await page.keyboard.type("ngc");
    await page.keyboard.press("Control+a");
    await page.keyboard.type("kff-0612");
    await option(/Kestrel Freight/);
    await look("palette");
    await page.keyboard.press("Enter");
    await title(/^Kestrel Freight/);
    await page.keyboard.press("Control+k");
    await page.keyboard.type("redirect");
    await option(/Settings, returns/);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "How people come back" }).first().waitFor();
    await page.keyboard.press("Alt+ArrowLeft");
    await title(/^Kestrel Freight/);
    await page.keyboard.press("Alt+ArrowLeft");
    await page.getByRole("grid", { name: "Companies" }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    // As long as it counts as open, a key of the list behind it is not heard.
    await page.waitForFunction(() => !document.querySelector("dialog[open]"));
  });
  await step("inbox: opened, a notice followed to its case, and the rest marked as read", async () => {
    await page.keyboard.press("Control+i");
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Starling Business linked"));
    await look("inbox");
    await page.keyboard.press("Enter");
    await title(/^Moorgate Dental/);
    await page.getByRole("button", { name: "Inbox, 3 unread" }).waitFor();
    await page.keyboard.press("Control+i");
    await page.waitForFunction(() => document.activeElement?.textContent?.includes("Starling Business linked"));
    await tabTo("Mark 3 notices as read", "inbox");
    await page.keyboard.press("Enter");
    await page.getByText("Everything is read.").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Inbox", exact: true }).waitFor();
    await page.keyboard.press("Alt+ArrowLeft");
    await page.getByRole("grid", { name: "Companies" }).waitFor();
  });
  await step("consents: a group chosen, its renewals looked at and left for later", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("consents");
    await page.getByRole("option", { name: /^Consents/, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await title("Consents");
    await page.getByRole("table").first().waitFor();
    await tabTo("Choose all: Ended", "consents");
    await page.keyboard.press("Space");
    await page.getByText("3 chosen").waitFor();
    await look("consents");
    await tabTo("Renew 3…", "consents", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Renew 3 consents" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("Alt+ArrowLeft");
    await page.getByRole("grid", { name: "Companies" }).waitFor();
  });
  await step("shortcuts: new keys pressed, told whose they were, used, and taken back", async () => {
    await page.keyboard.press("Control+k");
    await page.keyboard.type("settings short");
    await page.getByRole("option", { name: /^Settings, shortcuts/, selected: true }).waitFor();
    await page.keyboard.press("Enter");
    await title("Shortcuts");
    await tabTo("Change, Connect a bank", "shortcuts");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "take-connect");
    await page.keyboard.press("Control+v");
    await page.getByText("It pastes in every program.").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByText("is “Search, or jump to anything” now").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "give-connect");
    await look("shortcuts");
    await tabTo("Leave it", "shortcuts");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "change-connect");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.id === "take-connect");
    await page.keyboard.press("Control+j");
    await page.getByRole("button", { name: "Reset, Connect a bank" }).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "change-connect");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("J", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.keyboard.press("Control+j");
    await title("Who is the customer?");
    await page.keyboard.press("Alt+ArrowLeft");
    await title("Shortcuts");
    await tabTo("Reset all", "shortcuts");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Reset, Connect a bank" }).waitFor({ state: "hidden" });
    await page.keyboard.press("Alt+ArrowLeft");
    await page.getByRole("grid", { name: "Companies" }).waitFor();
  });
  await step("customer: a name that Codat would change is explained", async () => {
    // Before the closed dialog has said so: a key in that moment was lost once.
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.evaluate(() => {
      document.querySelector("dialog[open]").close();
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "n", ctrlKey: true, bubbles: true, cancelable: true }));
    });
    await title("Who is the customer?");
    await page.waitForFunction(() => document.activeElement?.id === "company-name");
    await page.keyboard.type("Ashdown ™ Pell Joinery");
    await page.getByText("Codat leaves out").waitFor();
    await page.keyboard.press("Enter");
  });
  await step("bank: typed with two letters swapped, chosen by Enter", async () => {
    await title(/^Which bank does/);
    await page.waitForFunction(() => document.activeElement?.getAttribute("role") === "combobox");
    await page.keyboard.type("natwset");
    await page.getByText("You typed natwset").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Escape");
    if (await page.getByRole("combobox").inputValue()) wrong.push("bank: Esc does not clear");
    await page.keyboard.type("natwset");
    await page.getByText("You typed natwset").waitFor();
    await look("bank");
    await page.keyboard.press("Enter");
  });
  await step("data access: read out and agreed", async () => {
    await title(/is agreeing to$/);
    await tabTo("Continue", "data access");
    await page.keyboard.press("Enter");
  });
  await step("doors: the code is shown, large, and closed by Esc", async () => {
    await title(/get to NatWest\?$/);
    await page.locator("button[aria-disabled=false]", { hasText: "Show the code" }).waitFor();
    await tabTo("Show the code", "doors");
    await page.keyboard.press("Enter");
    await tabTo("Show it full screen", "doors");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    const back = await focus();
    if (back.name !== "Show it full screen") wrong.push(`doors: after the dialog the focus is on “${back.name}” (${back.where})`);
    await tabTo("Go on to waiting", "doors");
    await page.keyboard.press("Enter");
    await page.locator("h1", { hasNotText: "get to NatWest" }).waitFor();
    await page.evaluate(() => dispatchEvent(new Event("customer")));
  });
  await step("result: connected, and the company is opened", async () => {
    await title("NatWest is connected");
    await tabTo("Open company", "result");
    await page.keyboard.press("Enter");
  });
  await step("transactions: reached and walked", async () => {
    await title(/Joinery/);
    await tabTo("Overview", "company");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("grid", { name: "Transactions" }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("out");
    // Another question lets go of what was chosen: nothing is chosen before this one is answered.
    await page.getByText("money out", { exact: true }).waitFor();
    await tabTo("Transactions", "transactions");
    await page.keyboard.press("PageDown");
    await look("transactions");
  });
  await step("transactions: two rows chosen and copied, a filter kept and taken again", async () => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.keyboard.press("Home");
    await page.keyboard.press("x");
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByText("2 chosen").waitFor();
    await page.keyboard.press("Control+c");
    await page.getByText("2 rows copied").waitFor();
    const lines = (await page.evaluate(() => navigator.clipboard.readText())).split("\n");
    if (lines.length !== 3 || !/^Date\tDescription\t/.test(lines[0]) || !/\t-\d+\.\d\d\t[A-Z]{3}$/.test(lines[1])) wrong.push(`transactions: the clipboard holds ${JSON.stringify(lines)}`);
    await page.keyboard.press("Escape");
    await page.getByText("2 chosen").waitFor({ state: "hidden" });
    await tabTo("Kept filters", "transactions", "Shift+Tab");
    await page.keyboard.press("Enter");
    await tabTo("Name of this filter", "transactions");
    await page.keyboard.type("Money out");
    await page.keyboard.press("Enter");
    await page.getByText("“Money out” is kept").waitFor();
    await tabTo("Clear all", "transactions", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("searchbox", { name: "Search transactions" }).and(page.locator(":focus")).waitFor();
    await tabTo("Kept filters", "transactions");
    await page.keyboard.press("Enter");
    await tabTo("Money out", "transactions");
    await page.keyboard.press("Enter");
    await page.getByText("money out", { exact: true }).waitFor();
  });
  await step("queue: what waits is reached, discarding is asked about and left", async () => {
    await page.goto(`${base}/index.html?queued&fast#/activity/queued`);
    await page.getByRole("table").first().waitFor();
    await tabTo(/^Discard, Ashdown/, "queue");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: /^Discard “Ashdown/ }).waitFor();
    await tabTo(/^I know that it may be at Codat/, "queue");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    if (!/^Discard, Ashdown/.test((await focus()).name)) wrong.push("queue: after the dialog the focus is not where it was");
  });
  await step("training: a case is started, hinted at, checked twice, and left", async () => {
    await page.goto(`${base}/index.html?demo&fast#/training`);
    await page.getByRole("list", { name: "Cases" }).waitFor();
    await tabTo("Start: The customer left", "training");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Training, case 3" }).waitFor();
    await tabTo(/^Hint/, "training", "Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("list", { name: "Hints" }).waitFor();
    await tabTo("Check", "training");
    await page.keyboard.press("Enter");
    await page.getByText("Not read yet: transactions.").waitFor();
    await tabTo("Check", "training");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /^Next: / }).waitFor();
    await tabTo("End", "training");
    await page.keyboard.press("Enter");
    await page.getByRole("region", { name: "Training, case 3" }).waitFor({ state: "hidden" });
    await page.getByText("1 of 12 done").waitFor();
  });
} catch (error) {
  const waited = String(error.message).match(/waiting for [^\n]*/)?.[0] ?? "";
  wrong.push(`${String(error.message).split("\n")[0]} ${waited} At ${await page.evaluate(() => location.hash)}, focus on ${(await focus()).where}, dialogs open: ${await page.locator("dialog[open]").count()}. The page says: ${(await page.locator("main").innerText()).replace(/\s+/g, " ").slice(0, 1200)}`);
}
for (const each of [...new Set(wrong)]) console.log(`FAIL  ${each}`);
if (wrong.length) code = 1;
await close();
process.exit(code);
