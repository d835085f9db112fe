import { beforeEach, describe, expect, test } from "vitest";
import type { AppState } from "../bridge/types";
import { app } from "./app.svelte";
import { assigned, caption, chord, holder, isOwn, keysOf, mod, refusal, shown } from "./shortcuts";

const press = (key: string, held: Partial<Record<"ctrlKey" | "metaKey" | "altKey" | "shiftKey", boolean>> = {}) => chord({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held });
const kept = (shortcuts: Record<string, string>) => { app.state = { preferences: { shortcuts } } as unknown as AppState; };

describe("keys", () => {
  beforeEach(() => kept({}));

  test("a press is told by its modifiers and its key, whatever the keyboard needs for the sign", () => {
    expect(press("k", { ctrlKey: true })).toBe("Mod+K");
    expect(press("K", { metaKey: true, shiftKey: true })).toBe("Mod+Shift+K");
    expect(press("?", { shiftKey: true })).toBe("?");
    expect(press("ArrowLeft", { altKey: true })).toBe("Alt+ArrowLeft");
    expect(press("+", { ctrlKey: true, shiftKey: true })).toBe("Mod++");
    expect(press("Shift", { shiftKey: true })).toBe("");
    expect(shown("Mod++")).toEqual([mod, "+"]);
    expect(shown("")).toEqual([]);
  });

  test("what a person chose holds, and what is as usual is not kept", () => {
    kept({ connect: "Mod+J" });
    expect(keysOf("connect")).toBe("Mod+J");
    expect(isOwn("connect")).toBe(true);
    expect(caption("connect")).toEqual([mod, "J"]);
    expect(assigned("connect", "Mod+N")).toEqual({});
    kept({ connect: "" });
    expect(caption("connect")).toEqual([]);
  });

  test("keys that somebody has go over and leave the other without, so that one press never does two things", () => {
    expect(holder("Mod+K", "connect")?.id).toBe("palette");
    expect(holder("Mod+N", "connect")).toBeUndefined();
    expect(assigned("connect", "Mod+K")).toEqual({ palette: "", connect: "Mod+K" });
  });

  test("keys that every program and every list needs are refused", () => {
    for (const keys of ["Mod+V", "Enter", "Shift+ArrowDown", "Tab", "Shift+Tab", "Escape", "Space"]) expect(refusal(keys, "connect"), keys).not.toBeNull();
    for (const keys of ["Mod+J", "F2", "Alt+ArrowLeft", "G"]) expect(refusal(keys, "connect"), keys).toBeNull();
    expect(refusal("Mod+C", "copy"), "its own").toBeNull();
  });
});
