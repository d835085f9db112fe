// Every key that does something, in one place: the list of shortcuts shows it, the palette shows its hints from it.
export const mac = typeof navigator !== "undefined" && /Mac/.test(navigator.userAgent);
export const mod = mac ? "⌘" : "Ctrl";

export const shortcuts: { where: string; keys: { press: string[]; does: string }[] }[] = [
  { where: "Everywhere", keys: [
    { press: [mod, "K"], does: "Search, or jump to anything" }, { press: [mod, "P"], does: "Jump to a company" }, { press: [mod, "N"], does: "Connect a bank" }, { press: [mod, "I"], does: "Inbox" },
    { press: [mod, ","], does: "Settings" }, { press: [mac ? "⌘" : "Alt", mac ? "[" : "←"], does: "Back" }, { press: [mac ? "⌘" : "Alt", mac ? "]" : "→"], does: "Forward" }, { press: ["?"], does: "This list" },
  ] },
  { where: "Lists", keys: [
    { press: ["/"], does: "Search in the list" }, { press: ["↑", "↓"], does: "Move by a row" }, { press: ["Page Up", "Page Down"], does: "Move by a screen" }, { press: ["Home", "End"], does: "First and last row" },
    { press: ["Enter"], does: "Open" }, { press: ["Space"], does: "Peek at a company" }, { press: ["X"], does: "Choose the row" }, { press: ["Shift", "↑ ↓"], does: "Choose a stretch of rows" }, { press: [mod, "A"], does: "Choose everything that matches" }, { press: ["Esc"], does: "Clear the search" }, { press: [mod, "R"], does: "Ask Codat for the list again" },
  ] },
  { where: "Choosing a bank", keys: [{ press: [mod, "1 … 9"], does: "Take a recent or popular bank" }, { press: ["Enter"], does: "Take the marked bank" }, { press: ["Esc"], does: "Clear, then back" }] },
];
