// What a person chose, changed at once and kept.
import { call } from "../bridge/commands";
import type { Preferences } from "../bridge/types";
import { app } from "./app.svelte";

/** Changes a preference; what could not be kept is taken back and thrown. */
export async function prefer(change: Partial<Preferences>): Promise<void> {
  if (!app.state) return;
  const before = app.state.preferences;
  const next = { ...$state.snapshot(before), ...change };
  app.state.preferences = next;
  try { await call.setPreferences(next); } catch (caught) { app.state.preferences = before; throw caught; }
}
