// A check-up with every kind of news in it, and one of a computer on which all is well.
import type { DoctorView, Finding, SupportView } from "../types";

const found = (check: Finding["check"], title: string, verdict: Finding["verdict"], says: string, fix: string | null = null, route: string | null = null): Finding => ({ check, title, verdict, says, fix, route });
const well: Finding[] = [
  found("profile", "Profile", "good", "“Harbourline Finance” is open."),
  found("policy", "Policy", "good", "Your organisation sets 14 settings, in /etc/fairlead/policy.json. Ask it@harbourline.example."),
  found("network", "Network", "good", "Codat answers through the proxy proxy.harbourline.example:3128."),
  found("key", "API key", "good", "Codat takes the key. It belongs to “Harbourline Finance”."),
  found("banks", "Banks", "good", "2,212 banks are enabled."),
  found("provider", "Provider", "good", "Each bank is a source of its own, as with TrueLayer: customers choose it here."),
  found("firstLink", "Read on first link", "good", "Codat reads all four types as soon as a bank is linked."),
  found("schedule", "Codat’s schedule", "good", "Codat reads all four types again by itself."),
  found("redirect", "Way back from the bank", "good", "Codat sends returns to this doorbell."),
  found("loopback", "Page on this computer", "good", "It was visited on port 47811, and the bell rang."),
  found("scheme", "fairlead:// addresses", "good", "This computer hands them to Fairlead."),
  found("quota", "Requests", "good", "1,204 of today’s 307,000 requests are used."),
  found("keychain", "Keychain", "good", "It answers; keys are kept there."),
  found("clock", "Clock", "good", "It agrees with Codat’s."),
  found("disk", "Disk", "good", "118 GB are free, and the data folder is for this account alone."),
  found("database", "Database", "good", "Every page was read and is whole."),
];
const ill: Finding[] = [
  found("firstLink", "Read on first link", "wrong", "Codat does not read balances and transactions when a bank is linked. Some banks give their full history for five minutes only.", "Switch on “Fetch on first link” for these types. Fairlead asks for them itself meanwhile, while it runs.", "/settings/freshness"),
  found("redirect", "Way back from the bank", "wrong", "The template at Codat lacks {state}, so returns cannot be told apart. Copy this one into Codat’s Portal.", "The template stands under Returns; at Codat it goes under Settings, Auth flow, Redirects.", "/settings/returns"),
  found("scheme", "fairlead:// addresses", "unknown", "This system does not say who takes them.", "Test it under How people come back.", "/settings/returns"),
  found("clock", "Clock", "note", "This computer’s clock is 4 minutes ahead of Codat’s.", "Let the system set its clock by itself. Fairlead goes by Codat’s meanwhile where limits are concerned."),
];

export function doctorOf(isWell: boolean): DoctorView {
  const findings = isWell ? well : well.map((each) => ill.find((worse) => worse.check === each.check) ?? each);
  const count = (verdict: Finding["verdict"]) => findings.filter((each) => each.verdict === verdict).length;
  return { version: "0.1.0", system: "linux x86_64", profile: "Harbourline Finance", checkedAt: Date.now(), wrong: count("wrong"), notes: count("note"), findings };
}

export function supportOf(seen: DoctorView): SupportView {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  return {
    files: [
      { name: "check-up.txt", what: "What works and what does not", text: seen.findings.map((each) => `${each.verdict.padEnd(8)}${each.title.padEnd(24)}${each.says}`).join("\n") },
      { name: "settings.json", what: "How this computer is set", text: json({ environment: "production", demo: false, vault: "keychain", profiles: 2, lock: { pin: true, afterMinutes: 10 } }) },
      { name: "returns.json", what: "How customers come back", text: json({ chosen: "loopback", port: 47811, ownPage: false }) },
      { name: "kept.json", what: "How much is kept here, and which reads ended badly", text: json({ schema: 17, companies: 307, transactions: 1_204_118, connections: [{ of: "Linked", count: 287 }], troubles: [{ at: seen.checkedAt, bank: "gbol", dataType: "banking-transactions", status: "FetchError", correlation: "0HN5B2Q9" }] }) },
      { name: "requests.json", what: "Requests to Codat and what is left of them", text: json({ today: { used: 1204, limit: 292_000 } }) },
      { name: "happened.json", what: "What happened last: kinds and times, nobody’s name", text: json([{ at: seen.checkedAt, kind: "ended", outcome: "linked", door: "browser", bank: "gbol" }]) },
    ],
  };
}
