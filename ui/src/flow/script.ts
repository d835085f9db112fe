// What the officer asks on the phone, what the customer may answer, and what helps then.
import { t } from "../lib/language.svelte";
export interface Answer { label: string; advice: string; line?: string; failed?: boolean }
export interface Question { ask: string; answers: Answer[] }

export const script = (bank: string): Question[] => [
  {
    ask: t("Do you see {bank}’s own page, or still a white page?", { bank }),
    answers: [
      { label: t("Bank’s page"), advice: t("Good. Let them sign in; it can take a minute.") },
      { label: t("White page"), advice: t("Give it ten seconds, then use another door: their phone often works when a browser does not."), line: t("Let’s use your phone instead. I’ll show you a code.") },
      { label: t("Log-in for personal banking"), advice: t("They are on the personal log-in. Most banks have a switch at the top."), line: t("Please choose Business banking on the bank’s page.") },
    ],
  },
  {
    ask: t("Did it ask you to pick accounts and confirm?"),
    answers: [
      { label: t("Confirmed"), advice: t("Good. Codat usually hears of it within a minute. Press Check now.") },
      { label: t("No accounts listed"), advice: t("Their user may not see the business accounts, or they are on the personal log-in."), line: t("Is there another user for the business accounts?") },
      { label: t("Someone else must approve"), advice: t("Their user cannot share this account alone. Send the link to the other person; the case stays open."), line: t("Who else can sign in for the company? I’ll send it to them.") },
    ],
  },
  {
    ask: t("What does the last screen say?"),
    answers: [
      { label: t("“You can close this”"), advice: t("They are done. Paste the address of that page below, or press Check now."), line: t("You can close the page; we have what we need from you.") },
      { label: t("A red message"), advice: t("The bank or the connection service refused. Nothing is lost; try once more in a minute."), line: t("The bank’s side had a hiccup; let’s try once more in a minute.") },
      { label: t("Still turning"), advice: t("Wait one more minute, then reload once. After that a fresh link is quicker."), line: t("Please leave it for a minute; it often goes on by itself.") },
    ],
  },
];

export interface Cause { key: string; label: string; officer: string; customer: string; action: "link" | "qr" | "send" | "park" }

/** "It failed for them": what they report decides what helps. */
export const causes = (bank: string): Cause[] => [
  { key: "left", label: t("They left before finishing"), officer: t("Nothing was lost. A fresh link continues the same case."), customer: t("No problem. Would you like to carry on now, or should I send the link?"), action: "link" },
  { key: "bank", label: t("An error at the bank"), officer: t("{bank} or the connection service had a problem. It is not something the customer did.", { bank }), customer: t("The bank’s side had a hiccup; let’s try once more in a minute."), action: "link" },
  { key: "used", label: t("The link was used or too old"), officer: t("Links work once, for a day. A fresh one leads to the same case."), customer: t("I’m sending you a fresh one."), action: "send" },
  { key: "personal", label: t("Only personal log-in pages"), officer: t("They may be on the personal log-in."), customer: t("Please choose Business banking on the bank’s page."), action: "link" },
  { key: "approver", label: t("Another person must approve"), officer: t("Their user can’t share this account. Another person must approve."), customer: t("Who else can sign in for the company? I’ll send it to them."), action: "send" },
];
