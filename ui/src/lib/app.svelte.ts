// What every screen shares: the open profile, the line, the clock, one polite announcement at a time.
import { call } from "../bridge/commands";
import type { AppState, StatusView, WireError } from "../bridge/types";
import { asWireError } from "./errors";
import { speak } from "./language.svelte";
import { go, here } from "./route.svelte";

export const app = $state<{ state: AppState | null; status: StatusView | null; error: WireError | null }>({
  state: null, status: null, error: null,
});
export const clock = $state({ now: Date.now() });
export const voice = $state({ text: "" });
export const toast = $state<{ text: string; detail: string }>({ text: "", detail: "" });

export function tick(): () => void {
  const timer = setInterval(() => { if (!document.hidden) clock.now = Date.now(); }, 1000);
  return () => clearInterval(timer);
}

export function say(text: string): void {
  voice.text = text;
}

let fade: ReturnType<typeof setTimeout> | undefined;
export function goodNews(text: string, detail = ""): void {
  toast.text = text;
  toast.detail = detail;
  clearTimeout(fade);
  fade = setTimeout(() => { toast.text = ""; toast.detail = ""; }, 6000);
}

export async function loadApp(): Promise<void> {
  try {
    const state = await call.appState();
    // The language first, so that nothing is shown in another for a moment.
    await speak(state.preferences, state.computer);
    app.state = state;
    app.error = null;
    dress();
    if (app.state.active) await loadStatus();
    else app.status = null;
  } catch (caught) {
    app.error = asWireError(caught);
  }
}

/** Somebody is there. Told with the status, at most every twenty seconds: who is away for long is locked out. */
let isUsed = false;
let toldAt = 0;
export function used(): void {
  isUsed = true;
  if (!app.state?.active || Date.now() - toldAt < 20_000) return;
  toldAt = Date.now();
  void loadStatus();
}

/** Locks; where nothing is set to unlock it with, the setting is shown. */
export async function lockNow(): Promise<void> {
  if (!app.state?.lock.by) { go("/settings/lock"); return; }
  try { app.state = await call.lockNow(); } catch { await loadApp(); }
}

/** The status; the question also tells what is on screen, which is looked at more often. */
export async function loadStatus(): Promise<void> {
  const seen = { visible: !document.hidden, company: here.route.screen === "company" ? here.route.id : null, used: isUsed };
  isUsed = false;
  try { app.status = await call.status(seen); } catch { /* the strip keeps its last word; screens show their own errors */ }
}

export function dress(): void {
  const preferences = app.state?.preferences;
  const root = document.documentElement;
  if (!preferences || preferences.theme === "system") delete root.dataset.theme;
  else root.dataset.theme = preferences.theme;
  root.dataset.density = preferences?.density ?? "comfortable";
  if (preferences) void speak(preferences);
}

export const offline = (): boolean => app.status?.line === "offline";
