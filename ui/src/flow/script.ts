// What the officer asks on the phone, what the customer may answer, and what helps then.
export interface Answer { label: string; advice: string; line?: string; failed?: boolean }
export interface Question { ask: string; answers: Answer[] }

export const script = (bank: string): Question[] => [
  {
    ask: `Do you see ${bank}’s own page, or still a white page?`,
    answers: [
      { label: "Bank’s page", advice: "Good. Let them sign in; it can take a minute." },
      { label: "White page", advice: "Give it ten seconds, then use another door: their phone often works when a browser does not.", line: "Let’s use your phone instead. I’ll show you a code." },
      { label: "Log-in for personal banking", advice: "They are on the personal log-in. Most banks have a switch at the top.", line: "Please choose Business banking on the bank’s page." },
    ],
  },
  {
    ask: "Did it ask you to pick accounts and confirm?",
    answers: [
      { label: "Confirmed", advice: "Good. Codat usually hears of it within a minute. Press Check now." },
      { label: "No accounts listed", advice: "Their user may not see the business accounts, or they are on the personal log-in.", line: "Is there another user for the business accounts?" },
      { label: "Someone else must approve", advice: "Their user cannot share this account alone. Send the link to the other person; the case stays open.", line: "Who else can sign in for the company? I’ll send it to them." },
    ],
  },
  {
    ask: "What does the last screen say?",
    answers: [
      { label: "“You can close this”", advice: "They are done. Paste the address of that page below, or press Check now.", line: "You can close the page; we have what we need from you." },
      { label: "A red message", advice: "The bank or the connection service refused. Nothing is lost; try once more in a minute.", line: "The bank’s side had a hiccup; let’s try once more in a minute." },
      { label: "Still turning", advice: "Wait one more minute, then reload once. After that a fresh link is quicker.", line: "Please leave it for a minute; it often goes on by itself." },
    ],
  },
];

export interface Cause { key: string; label: string; officer: string; customer: string; action: "link" | "qr" | "send" | "park" }

/** "It failed for them": what they report decides what helps. */
export const causes = (bank: string): Cause[] => [
  { key: "left", label: "They left before finishing", officer: "Nothing was lost. A fresh link continues the same case.", customer: "No problem. Would you like to carry on now, or should I send the link?", action: "link" },
  { key: "bank", label: "An error at the bank", officer: `${bank} or the connection service had a problem. It is not something the customer did.`, customer: "The bank’s side had a hiccup; let’s try once more in a minute.", action: "link" },
  { key: "used", label: "The link was used or too old", officer: "Links work once, for a day. A fresh one leads to the same case.", customer: "I’m sending you a fresh one.", action: "send" },
  { key: "personal", label: "Only personal log-in pages", officer: "They may be on the personal log-in.", customer: "Please choose Business banking on the bank’s page.", action: "link" },
  { key: "approver", label: "Another person must approve", officer: "Their user can’t share this account. Another person must approve.", customer: "Who else can sign in for the company? I’ll send it to them.", action: "send" },
];
