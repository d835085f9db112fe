// The list from a signed contract to the first bank, half way through.
import type { MarkSetup, SetupPath, SetupSaid, SetupState, SetupStep, SetupView, StatusPill } from "../types";

const day = 86_400_000;
const pills: Record<SetupState, StatusPill> = {
  open: { ring: "dotted", word: "To do" }, waiting: { ring: "waiting", word: "Waiting" }, done: { ring: "moored", word: "Done" }, seen: { ring: "moored", word: "Seen at Codat" }, differs: { ring: "half", word: "Not so at Codat" },
};
type Rough = Pick<SetupStep, "key" | "title" | "whose" | "says"> & Partial<SetupStep>;
const steps: Rough[] = [
  { key: "agent", title: "Settle whether an agent agreement is needed", whose: "Your legal team, with Codat", says: "It depends on whether customers are shown their own bank data, and on your firm’s permissions. Fairlead shows data to your staff only. Codat explains the two cases; Fairlead gives no legal advice.", page: { label: "Codat on banking integrations", address: "https://docs.codat.io/integrations/banking/overview" } },
  { key: "tell", title: "Tell your account manager at Codat", whose: "You", says: "Say that you want TrueLayer through Codat, for which countries, and who will see the data.", expect: "They answer with the agreement that fits.", copy: [{ label: "Text for the mail", text: "We would like to use TrueLayer through Codat for our business customers’ bank accounts. Countries: … Which agreement do we need?" }] },
  { key: "agreement", title: "Sign the agreement", whose: "You and Codat", says: "Codat sends it. Mark it as waiting while it is with somebody else, so that everybody sees since when." },
  { key: "account", title: "Make a TrueLayer developer account", whose: "You", says: "Register with the very e-mail address that you gave to Codat: it is how the two are brought together.", page: { label: "TrueLayer’s console", address: "https://console.truelayer.com/" } },
  { key: "goAhead", title: "Wait for Codat Support’s go-ahead", whose: "Codat", says: "Codat Support registers you and writes when TrueLayer can be configured. Until then the Portal cannot enable it." },
  { key: "key", title: "Take an API key from Codat", whose: "You", says: "An administrator or a developer of your Codat client makes one and enters it in Fairlead’s key window.", shows: "Codat takes the key. It belongs to “Harbourline Finance”.", state: "seen" },
  { key: "enable", title: "Enable TrueLayer and choose its banks", whose: "You", says: "Switch TrueLayer on, then “Manage sources”: every bank is offered until you switch it off. Offer one provider only, TrueLayer or Plaid, or customers meet the same bank twice.", expect: "The banks appear here as soon as Codat tells of them.", page: { label: "Banking in Codat’s Portal", address: "https://app.codat.io/settings/integrations/banking" }, shows: "No bank is enabled.", state: "open" },
  { key: "firstLink", title: "Have all four types read on first link", whose: "You", says: "Set “Fetch on first link” for accounts, balances, transactions and categories of banking. Many banks give their full history for five minutes after consent, and 90 days later on.", page: { label: "Data types in Codat’s Portal", address: "https://app.codat.io/settings/data-types" }, shows: "4 of the 4 types are read on first link.", state: "seen" },
  { key: "redirect", title: "Have customers sent back", whose: "You", says: "Put Fairlead’s template into the Portal. Other ways back stand under Settings, Returns.", copy: [{ label: "Redirect template", text: "http://127.0.0.1:47811/return?state={state}&companyId={companyId}&connectionId={connectionId}&statuscode={statusCode}" }], page: { label: "Redirects in Codat’s Portal", address: "https://app.codat.io/settings/redirects" }, shows: "No template is set at Codat; Fairlead finds out by asking.", state: "differs" },
  { key: "firstBank", title: "Connect a first bank", whose: "You", says: "Take a colleague’s company or a demo bank before the first customer.", shows: "No company is linked yet.", state: "open" },
];

export function setupOf(begun: boolean) {
  let path: SetupPath | null = begun ? "throughCodat" : null;
  const said: SetupSaid[] = begun ? [
    { step: "agent", mark: "done", by: "Ruth Adeyemi", at: Date.now() - 12 * day }, { step: "tell", mark: "done", by: "Ruth Adeyemi", at: Date.now() - 11 * day },
    { step: "redirect", mark: "done", by: "Tom Hale", at: Date.now() - 4 * day }, { step: "agreement", mark: "waiting", by: "Ruth Adeyemi", at: Date.now() - 3 * day },
  ] : [];
  const look = (): SetupView => {
    const stand = path === null ? [] : steps.map((rough): SetupStep => {
      const last = said.filter((each) => each.step === rough.key).at(-1);
      const state: SetupState = rough.state === "seen" ? "seen" : last?.mark === "waiting" ? "waiting" : last?.mark === "done" ? (rough.shows ? "differs" : "done") : "open";
      return { expect: null, page: null, copy: [], shows: null, ...rough, state, status: pills[state], said: last && last.mark !== "open" ? last : null };
    });
    const done = stand.filter((step) => step.state === "done" || step.state === "seen").length;
    const next = stand.find((step) => step.state === "open" || step.state === "differs");
    const truth = path === null ? "Choose how you reach your customers’ banks." : `${done} of ${stand.length} done. Next: ${next ? next.title.charAt(0).toLowerCase() + next.title.slice(1) : "nothing"}.`;
    return { path, client: "Harbourline Finance", unasked: null, checkedAt: Date.now(), truth, done, next: next?.key ?? null, steps: stand, said, report: `# Set-up at Codat\n\n${truth}\n` };
  };
  return {
    look,
    choose: (to: SetupPath) => { path = to; return look(); },
    mark: (marked: MarkSetup) => { said.push({ ...marked, at: Date.now() }); return look(); },
  };
}
