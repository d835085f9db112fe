// Every key that does something, in one place: screens ask here whether a key is theirs, and the list of shortcuts, the palette and Settings show the same.
import { app } from "./app.svelte";
import { t } from "./language.svelte";

export const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.userAgent);
export const mod = mac ? "⌘" : "Ctrl";
/** As it stands on the keyboard of the language. */
export const modifier = (): string => (mac ? mod : t("Ctrl"));

export type ShortcutId = "palette" | "jump" | "connect" | "inbox" | "settings" | "back" | "forward" | "help" | "lock" | "find" | "peek" | "choose" | "refresh" | "copy";
interface Shortcut { id: ShortcutId; does: string; /** As the program comes: modifiers in this order, then the key. */ keys: string }

export const groups: { where: string; list: Shortcut[] }[] = [
  { get where() { return t("Everywhere"); }, list: [
    { id: "palette", get does() { return t("Search, or jump to anything"); }, keys: "Mod+K" }, { id: "jump", get does() { return t("Jump to a company"); }, keys: "Mod+P" }, { id: "connect", get does() { return t("Connect a bank"); }, keys: "Mod+N" }, { id: "inbox", get does() { return t("Inbox"); }, keys: "Mod+I" },
    { id: "settings", get does() { return t("Settings"); }, keys: "Mod+," }, { id: "lock", get does() { return t("Lock Fairlead"); }, keys: "Mod+L" }, { id: "back", get does() { return t("Back"); }, keys: mac ? "Mod+[" : "Alt+ArrowLeft" }, { id: "forward", get does() { return t("Forward"); }, keys: mac ? "Mod+]" : "Alt+ArrowRight" }, { id: "help", get does() { return t("The list of shortcuts"); }, keys: "?" },
  ] },
  { get where() { return t("Lists"); }, list: [
    { id: "find", get does() { return t("Search in the list"); }, keys: "/" }, { id: "peek", get does() { return t("Peek at a company"); }, keys: "P" }, { id: "choose", get does() { return t("Choose the row"); }, keys: "X" }, { id: "refresh", get does() { return t("Ask Codat for the list again"); }, keys: "Mod+R" }, { id: "copy", get does() { return t("Copy the chosen rows"); }, keys: "Mod+C" },
  ] },
];
const all = groups.flatMap((group) => group.list);

/** Keys that mean the same in every program, so they stay as they are. */
export const fixed: { where: string; keys: { press: string[]; does: string }[] }[] = [
  { get where() { return t("In every list"); }, keys: [
    { press: ["↑", "↓"], get does() { return t("Move by a row"); } }, { get press() { return [t("Page Up"), t("Page Down")]; }, get does() { return t("Move by a screen"); } }, { get press() { return [t("Home##key"), t("End##key")]; }, get does() { return t("First and last row"); } }, { get press() { return [t("Enter")]; }, get does() { return t("Open"); } }, { get press() { return [t("Space")]; }, get does() { return t("Peek at a company"); } },
    { get press() { return [t("Shift"), "↑ ↓"]; }, get does() { return t("Choose a stretch of rows"); } }, { get press() { return [modifier(), "A"]; }, get does() { return t("Choose everything that matches"); } }, { get press() { return [t("Esc")]; }, get does() { return t("Clear the search"); } },
  ] },
  { get where() { return t("Choosing a bank"); }, keys: [{ get press() { return [modifier(), "1 … 9"]; }, get does() { return t("Take a recent or popular bank"); } }, { get press() { return [t("Enter")]; }, get does() { return t("Take the marked bank"); } }, { get press() { return [t("Esc")]; }, get does() { return t("Clear, then back"); } }] },
];
const taken: Record<string, () => string> = {
  "Mod+A": () => t("It chooses everything in every program."), "Mod+C": () => t("It copies in every program."), "Mod+V": () => t("It pastes in every program."), "Mod+X": () => t("It cuts in every program."), "Mod+Z": () => t("It takes back what was typed in every program."),
  "Mod+Shift+Z": () => t("It takes back what was typed in every program."), "Mod+Q": () => t("It ends the program in every program."), "Mod+W": () => t("It closes the window in every program."),
};
const moving = ["Enter", "Escape", "Tab", "Space", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", "Backspace", "Delete"];

/** A press as it is kept: "Mod+Shift+K", "Alt+ArrowLeft", "?". Nothing while only modifiers are down. */
export function chord(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  if (["Control", "Meta", "Alt", "AltGraph", "Shift", "Dead", "Process", "CapsLock"].includes(event.key)) return "";
  const key = event.key === " " ? "Space" : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  // A sign that takes Shift on this keyboard is the sign itself.
  const isSign = key.length === 1 && key.toLowerCase() === key;
  return [event.ctrlKey || event.metaKey ? "Mod" : "", event.altKey ? "Alt" : "", event.shiftKey && !isSign ? "Shift" : "", key].filter(Boolean).join("+");
}

const own = (): Record<string, string | undefined> => app.state?.preferences.shortcuts ?? {};
const usual = (id: ShortcutId): string => all.find((each) => each.id === id)?.keys ?? "";
/** The keys of an action now; empty when it has none. */
export const keysOf = (id: ShortcutId): string => own()[id] ?? usual(id);
export const isOwn = (id: ShortcutId): boolean => keysOf(id) !== usual(id);

const caps: Record<string, string> = { get Mod() { return modifier(); }, Alt: mac ? "⌥" : "Alt", get Shift() { return mac ? "⇧" : t("Shift"); }, ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", get PageUp() { return t("Page Up"); }, get PageDown() { return t("Page Down"); }, get Space() { return t("Space"); }, get Enter() { return t("Enter"); }, "": "+" };
/** Keys as they stand on the keyboard. */
export const shown = (keys: string): string[] => (keys === "" ? [] : keys.replace(/\+\+$/, "+").split("+").map((each) => caps[each] ?? each));
export const caption = (id: ShortcutId): string[] => shown(keysOf(id));

/** Whether this press is that action's. */
export const isPress = (event: KeyboardEvent, id: ShortcutId): boolean => { const keys = chord(event); return keys !== "" && keys === keysOf(id); };
/** Whether a press belongs to what is being written instead. */
export function isWriting(event: KeyboardEvent): boolean {
  const at = event.target;
  const writes = at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement || (at instanceof HTMLElement && at.isContentEditable);
  return writes && !/^(Mod|Alt)\+/.test(chord(event)) && !/^F\d/.test(event.key);
}

/** Why an action cannot have these keys; nothing when it can. */
export function refusal(keys: string, id: ShortcutId): string | null {
  if (taken[keys] && keys !== usual(id)) return taken[keys]();
  const bare = keys.replace(/^Shift\+/, "");
  if (moving.includes(bare)) return t("It moves through every list and form.");
  if (keys.length > 40) return t("It cannot be kept.");
  return null;
}
/** Whose these keys are already. */
export const holder = (keys: string, id: ShortcutId): Shortcut | undefined => all.find((each) => each.id !== id && keysOf(each.id) === keys);

/** What is to be kept when an action gets these keys; whoever held them is left without. What is as usual is not kept. */
export function assigned(id: ShortcutId, keys: string): Record<string, string> {
  const loser = holder(keys, id)?.id;
  const next: Record<string, string> = {};
  for (const each of all) {
    const now = each.id === id ? keys : each.id === loser ? "" : keysOf(each.id);
    if (now !== each.keys) next[each.id] = now;
  }
  return next;
}
