// The host inside the real window. The only file that knows Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Host } from "./host";
import { sealed } from "./sealed";
import type { Stale } from "./types";

export const tauri: Host = {
  invoke: <T>(command: string, args?: Record<string, unknown>) => invoke<T>(command, args),
  listen: (event, handler) => listen<Stale>(event, (message) => handler(message.payload)),
  seal: (text) => sealed(text, new URLSearchParams(location.hash.slice(1)).get("to") ?? ""),
};
