// The desk of the open profile: what was opened last and where the window was. Kept with the profile's data.
import { call } from "../bridge/commands";
import type { Desk } from "../bridge/types";

const none: Desk = { recent: [], route: null, hidden: null, views: [], filters: [] };
export const desk = $state<{ value: Desk; ready: boolean }>({ value: none, ready: false });

/** Takes up the desk; `back` is told where the window was, before anything new is kept. */
export async function loadDesk(back?: (route: string) => void): Promise<void> {
  desk.ready = false;
  try { desk.value = await call.desk(); if (desk.value.route) back?.(desk.value.route); desk.ready = true; } catch { desk.value = none; }
}

let wait: ReturnType<typeof setTimeout> | undefined;
/** Changes the desk. Written a moment later, so that walking through a list is one write. */
export function leave(change: Partial<Desk>): void {
  if (!desk.ready) return;
  desk.value = { ...desk.value, ...change };
  clearTimeout(wait);
  wait = setTimeout(() => { void call.desk($state.snapshot(desk.value)).catch(() => {}); }, 400);
}

export function opened(company: string): void {
  if (desk.value.recent[0] !== company) leave({ recent: [company, ...desk.value.recent.filter((id) => id !== company)].slice(0, 12) });
}
