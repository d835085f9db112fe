// Sample mirror of the Portal, and a team's offer on top.
import type { BankChangeView, BankRow, MirrorQuery, MirrorRow, MirrorView, NoteBlock, OfferChange } from "../types";
import { banks, personalBanks, pill } from "./data";

export interface Made { favourites: string[]; standard: string | null; hidden: Record<string, string>; notes: Record<string, string> }

const keyOf = (name: string) => banks.find((row) => row.name === name)?.key ?? "";
export const madeOf = (some: boolean): Made => some
  ? { favourites: ["Lloyds Business", "NatWest", "Tide"].map(keyOf), standard: keyOf("Barclays Business"), hidden: { [keyOf("HSBC Business")]: "asks for a second person, use Kinetic" }, notes: { [keyOf("NatWest")]: "# At NatWest\n\n1. Choose **Business**, not *Personal*\n2. Have the card reader at hand\n3. Tick every account\n\nIt asks for the customer number, ten digits." } }
  : { favourites: [], standard: null, hidden: {}, notes: {} };

/** Enough of Markdown for the sample; the core draws it properly. */
export function drawn(text: string): NoteBlock[] {
  const runs = (line: string) => line.split(/(\*\*[^*]+\*\*|\*[^*]+\*)/).filter(Boolean).map((piece) => ({ text: piece.replaceAll("*", ""), strong: piece.startsWith("**"), em: /^\*[^*]/.test(piece), code: false }));
  const blocks: NoteBlock[] = [];
  for (const line of text.split("\n").filter((each) => each.trim())) {
    const item = /^(?:(\d+)\.|-) (.*)$/.exec(line);
    const last = blocks.at(-1);
    if (!item) blocks.push(line.startsWith("# ") ? { kind: "heading", runs: runs(line.slice(2)) } : { kind: "paragraph", runs: runs(line) });
    else if (last?.kind === "list") last.items.push(runs(item[2] ?? ""));
    else blocks.push({ kind: "list", ordered: item[1] !== undefined, items: [runs(item[2] ?? "")] });
  }
  return blocks;
}

const off = (row: BankRow) => /Credit Union$/.test(row.name) && row.name.startsWith("D");
export function mirrorOf(ask: MirrorQuery, made: Made, empty: boolean): MirrorView {
  const row = (bank: BankRow): MirrorRow => ({
    key: bank.key, name: bank.name, source: "TrueLayer", status: off(bank) ? pill("slashed", "Switched off") : pill("moored", "Switched on"), logo: null, monogram: bank.monogram, personal: bank.personal, linked: bank.evidence?.linked ?? 0,
    favourite: made.favourites.includes(bank.key), isDefault: made.standard === bank.key, hidden: made.hidden[bank.key] ?? null, note: made.notes[bank.key] ?? "", blocks: drawn(made.notes[bank.key] ?? ""),
  });
  const all = empty ? [] : [...banks, ...personalBanks].map(row).sort((a, b) => a.name.localeCompare(b.name));
  const ours = (each: MirrorRow) => each.favourite || each.isDefault || each.hidden !== null || each.note !== "";
  const words = ask.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter((each) => (ask.which === "all" || (ask.which === "ours" ? ours(each) : (ask.which === "on") === (each.status.ring === "moored"))) && words.every((word) => `${each.name} ${each.key} ${each.source}`.toLowerCase().includes(word)));
  const change = (hours: number, name: string, ring: BankChangeView["status"]["ring"], word: string): BankChangeView => ({ at: Date.now() - hours * 3_600_000, key: keyOf(name) || "gone_uk", name, source: "TrueLayer", status: pill(ring, word) });
  return {
    sources: empty ? [] : [{ name: "TrueLayer", integrationId: "b2b9f5c1-5f6e-4f0a-9d0a-7c1d9be0a3f4", on: all.filter((each) => each.status.ring === "moored").length, off: all.filter((each) => each.status.ring !== "moored").length }, { name: "Plaid", integrationId: "6c1e5d2a-0f0e-4c7b-8e53-2a9c1d7f44b0", on: 0, off: 1 }],
    changes: empty ? [] : [change(3, "Clydesdale Business", "crossed", "Not listed any more"), change(27, "Virgin Money Business", "dotted", "Renamed from Yorkshire Bank Business"), change(27, "Dunmore Credit Union", "slashed", "Switched off"), change(98, "Wise Business", "moored", "Appeared")],
    since: empty ? null : Date.now() - 40 * 86_400_000, asOf: empty ? null : Date.now() - 3_600_000,
    favourites: made.favourites.flatMap((key) => all.filter((each) => each.key === key)), defaultBank: all.find((each) => each.isDefault) ?? null, total: found.length, rows: found.slice(ask.offset, ask.offset + Math.min(200, ask.limit)),
  };
}

export function change(made: Made, step: OfferChange): null {
  if (step.kind === "favourites") made.favourites = step.keys;
  else if (step.kind === "default") made.standard = step.key;
  else if (step.kind === "hide") { if (step.why === null) delete made.hidden[step.key]; else made.hidden[step.key] = step.why; }
  else if (step.text.trim()) made.notes[step.key] = step.text.trim();
  else delete made.notes[step.key];
  return null;
}
