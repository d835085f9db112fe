// The one door between the screens and the core. The screens never import Tauri themselves.
import { asked, told } from "./direction";
import type { Stale } from "./types";

export interface Host {
  invoke<T>(command: string, args?: Record<string, unknown>): Promise<T>;
  listen(event: string, handler: (payload: Stale) => void): Promise<() => void>;
  /** For the key window alone: what was typed, so that only the program can read it. */
  seal(text: string): Promise<string>;
}

let current: Host | null = null;

export function setHost(next: Host): void {
  current = next;
}

function connected(): Host {
  if (!current) throw new Error("No host is connected yet");
  return current;
}

export const host: Host = {
  invoke: <T>(command: string, args?: Record<string, unknown>) => connected().invoke<T>(command, args && asked(args)).then(told, (error) => { throw told(error); }),
  listen: (event, handler) => connected().listen(event, handler),
  seal: (text) => connected().seal(text),
};
