// Words for how often data is read, and by whom.
import type { Cadence, TypeFreshness } from "../bridge/types";
import { moment } from "./fmt";

export const cadences: { value: Cadence; label: string }[] = [
  { value: "hourly", label: "Hourly" }, { value: "daily", label: "Daily" }, { value: "weekly", label: "Weekly" }, { value: "monthly", label: "Monthly" }, { value: "off", label: "Off" },
];

/** What Codat takes. */
export const codatHours = [1, 24, 168, 720, 0];

const everyWords: Record<number, string> = { 0: "only when asked", 1: "hourly", 24: "daily", 168: "weekly", 720: "monthly" };

export function every(hours: number | null): string {
  return hours === null ? "not known yet" : (everyWords[hours] ?? `every ${hours} hours`);
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Who reads a type, and the ring that stands for it. */
export function reader(type: TypeFreshness): { word: string; ring: "moored" | "running" | "dotted" } {
  if (type.byCodat) return { word: "Codat reads it", ring: "moored" };
  if (type.cadence !== "off") return { word: "Fairlead asks for it", ring: "running" };
  return type.codatHours ? { word: "Codat only", ring: "dotted" } : { word: "Only by hand", ring: "dotted" };
}

/** When it comes next, as far as this computer knows. */
export function nextOf(type: TypeFreshness, now: number): string {
  if (type.byCodat) return "at Codat’s time";
  if (type.nextAt === null) return "–";
  return type.nextAt <= now ? "now" : moment(type.nextAt, now);
}
