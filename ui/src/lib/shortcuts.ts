// Every key that does something, in one place: screens ask here whether a key is theirs, and the list of shortcuts, the palette and Settings show the same.
import { app } from "./app.svelte";

export const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.userAgent);
export const mod = mac ? "⌘" : "Ctrl";

export type ShortcutId = "palette" | "jump" | "connect" | "inbox" | "settings" | "back" | "forward" | "help" | "lock" | "find" | "peek" | "choose" | "refresh" | "copy";
interface Shortcut { id: ShortcutId; does: string; /** As the program comes: modifiers in this order, then the key. */ keys: string }

export const groups: { where: string; list: Shortcut[] }[] = [
  { where: "Everywhere", list: [
    { id: "palette", does: "Search, or jump to anything", keys: "Mod+K" }, { id: "jump", does: "Jump to a company", keys: "Mod+P" }, { id: "connect", does: "Connect a bank", keys: "Mod+N" }, { id: "inbox", does: "Inbox", keys: "Mod+I" },
    { id: "settings", does: "Settings", keys: "Mod+," }, { id: "lock", does: "Lock Fairlead", keys: "Mod+L" }, { id: "back", does: "Back", keys: mac ? "Mod+[" : "Alt+ArrowLeft" }, { id: "forward", does: "Forward", keys: mac ? "Mod+]" : "Alt+ArrowRight" }, { id: "help", does: "The list of shortcuts", keys: "?" },
  ] },
  { where: "Lists", list: [
    { id: "find", does: "Search in the list", keys: "/" }, { id: "peek", does: "Peek at a company", keys: "P" }, { id: "choose", does: "Choose the row", keys: "X" }, { id: "refresh", does: "Ask Codat for the list again", keys: "Mod+R" }, { id: "copy", does: "Copy the chosen rows", keys: "Mod+C" },
  ] },
];
const all = groups.flatMap((group) => group.list);

/** Keys that mean the same in every program, so they stay as they are. */
export const fixed: { where: string; keys: { press: string[]; does: string }[] }[] = [
  { where: "In every list", keys: [
    { press: ["↑", "↓"], does: "Move by a row" }, { press: ["Page Up", "Page Down"], does: "Move by a screen" }, { press: ["Home", "End"], does: "First and last row" }, { press: ["Enter"], does: "Open" }, { press: ["Space"], does: "Peek at a company" },
    { press: ["Shift", "↑ ↓"], does: "Choose a stretch of rows" }, { press: [mod, "A"], does: "Choose everything that matches" }, { press: ["Esc"], does: "Clear the search" },
  ] },
  { where: "Choosing a bank", keys: [{ press: [mod, "1 … 9"], does: "Take a recent or popular bank" }, { press: ["Enter"], does: "Take the marked bank" }, { press: ["Esc"], does: "Clear, then back" }] },
];
const taken: Record<string, string> = { "Mod+A": "chooses everything", "Mod+C": "copies", "Mod+V": "pastes", "Mod+X": "cuts", "Mod+Z": "takes back what was typed", "Mod+Shift+Z": "takes back what was typed", "Mod+Q": "ends the program", "Mod+W": "closes the window" };
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

const caps: Record<string, string> = { Mod: mod, Alt: mac ? "⌥" : "Alt", Shift: mac ? "⇧" : "Shift", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", PageUp: "Page Up", PageDown: "Page Down", "": "+" };
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
  if (taken[keys] && keys !== usual(id)) return `It ${taken[keys]} in every program.`;
  const bare = keys.replace(/^Shift\+/, "");
  if (moving.includes(bare)) return "It moves through every list and form.";
  if (keys.length > 40) return "It cannot be kept.";
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
