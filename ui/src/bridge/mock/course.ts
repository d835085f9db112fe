// The course of the demo on sample data.
import type { CourseCase, CourseCheck, CourseKey, CourseStep, CourseView } from "../types";
import { pill } from "./data";

const cases: [CourseKey, string, string, string, string[]][] = [
  ["slowBank", "A slow bank", "Link Bramble Bakery Ltd and wait until all four data types are here, without beginning anything a second time.", "The customer agrees and comes back. Three types arrive soon; the transactions pause at the bank for the better part of a minute.", ["Open the case of Bramble Bakery and hand the link over. You play the customer: agree on the bank’s page.", "The rows under the connection say what is read and since when. A pause at the bank ends by itself.", "There is nothing to press. A second connection would only be read as slowly, and stand twice in the file."]],
  ["bankDown", "The bank did not answer", "Bring the data of Cobble Lane Cycles Ltd here, on the consent that its customer has given.", "The company is linked, but all four reads failed: the bank did not answer in time. It answers again by now.", ["Open the company. Each data type says what went wrong and whose side it is on.", "Ask for the data once more with Refresh."]],
  ["cancelled", "The customer left", "Let the customer of Dune Street Dental Ltd leave the bank’s page, and link them after all on the same connection.", "Whoever presses Cancel at the bank comes back with nothing. Fairlead says that it is nobody’s fault.", ["Hand the link over and play the customer: on the bank’s page, press Cancel."]],
  ["secondApprover", "A second person approves", "Link Eastgate Print Ltd, where two people decide at the bank, and keep with the case who the second one is.", "The bank thanks the first person and waits for another.", ["Hand the link over and agree as the first person."]],
  ["linkExpired", "The link has expired", "Link Fernhill Garage Ltd, whose customer says that the link does not open any more, without making anything new at Codat.", "A link was handed over and opened once. Links work once, for a day.", ["The case waits, and its connection is as good as before."]],
  ["windowMissed", "The history window was missed", "Bring the full history of Glasshouse Flowers Ltd here, on the connection that it has.", "A colleague linked the company in Codat’s Portal, and it was first read ten minutes later.", ["Look at the transactions: they begin three months ago."]],
  ["partialData", "One data type is missing", "Get the transactions of Harrow Dairy Ltd with the help of a person there who may share them, on the same connection.", "Accounts and balances arrived. The transactions did not.", ["The company’s page says which type is missing and why."]],
  ["duplicate", "An account twice", "See to it that each account of Ivy Stone Ltd counts once.", "The customer linked the same bank twice.", ["Under “Whose accounts” the company’s page names the accounts that another connection holds too."]],
  ["consentEnded", "The consent ended", "Renew the consent of Juniper Yards Ltd on the same connection, and have its data read again.", "The bank stopped sharing. What was read before is still here and says how old it is.", ["The company stands under “Needs you”, and on the desk of consents under those that ended."]],
  ["rateLimited", "Codat asks to wait", "Begin the case of Kiln Works Ltd and have its company and connection made once, though Codat turns the first request away.", "Codat answers that there are too many requests, and when to come back.", ["The draft of Kiln Works stands among the drafts, with its bank chosen. Begin it."]],
  ["plaidFirst", "Plaid’s first read", "Bring the transactions of Lark Rise Logistics Ltd here, without troubling its customer again.", "This bank behaves as banks through Plaid do: the first read of transactions runs for a quarter of an hour and then gives up.", ["The consent stands, and the other types are here."]],
  ["wrongBusiness", "The wrong business", "Find out whose accounts came back for Mill Pond Nursery Ltd, say so, and let nothing more be read from them.", "The customer signed in with the wrong log-in: the accounts belong to somebody else.", ["Say that it is another business. That stands in the ledger, and in the evidence pack."]],
];

const missing: CourseCheck = { done: false, parts: [{ done: true, says: "The bank is linked, by the connection that was there." }, { done: false, says: "Not read yet: transactions." }, { done: true, says: "Nothing was made twice." }] };
const found: CourseCheck = { done: true, parts: [...missing.parts.filter((part) => part.done), { done: true, says: "All four data types were read." }] };

export function courseOf(begun: string) {
  const done = new Set<CourseKey>(begun ? ["bankDown", "cancelled"] : []);
  let running: CourseKey | null = begun ? "slowBank" : null;
  let hints = begun === "running" || !begun ? 0 : 2;
  // Looked at once, it is missing something; looked at again, it is done.
  let checks = begun === "done" ? 1 : 0;
  return (step: CourseStep): CourseView => {
    let checked: CourseCheck | null = null;
    if (step.kind === "start") { running = step.of; hints = 0; checks = 0; }
    if (step.kind === "startOver") { hints = 0; checks = 0; }
    if (step.kind === "end") running = null;
    if (step.kind === "hint") hints += 1;
    if (step.kind === "check" && running) { checked = checks > 0 ? found : missing; checks += 1; if (checked.done) done.add(running); }
    const row = ([key, title, goal]: (typeof cases)[number], at: number): CourseCase => {
      const state = key === running ? "underWay" : done.has(key) ? "done" : "notBegun";
      return { key, number: at + 1, title, goal, state, status: state === "underWay" ? pill("half", "Under way") : state === "done" ? pill("moored", "Done") : pill("dotted", "Not begun") };
    };
    const at = cases.findIndex(([key]) => key === running);
    const own = cases[at];
    const shown = own ? Math.min(hints, own[4].length) : 0;
    return {
      cases: cases.map(row), done: done.size,
      running: own ? { key: own[0], number: at + 1, title: own[1], goal: own[2], see: own[3], hints: own[4].slice(0, shown), hintsLeft: own[4].length - shown, company: "Thornbury Cycles Ltd", companyId: "co-8", attemptId: "a-waiting", draftId: null, checked } : null,
    };
  };
}
