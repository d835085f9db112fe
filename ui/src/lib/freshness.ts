// Words for how often data is read, and by whom.
import type { Cadence, TypeFreshness } from "../bridge/types";
import { moment } from "./fmt";
import { t } from "./language.svelte";

export const cadences: { value: Cadence; label: string }[] = [
  { value: "hourly", get label() { return t("Hourly"); } }, { value: "daily", get label() { return t("Daily"); } }, { value: "weekly", get label() { return t("Weekly"); } }, { value: "monthly", get label() { return t("Monthly"); } }, { value: "off", get label() { return t("Off"); } },
];

/** What Codat takes. */
export const codatHours = [1, 24, 168, 720, 0];

const everyWords: Record<number, string> = { get 0() { return t("only when asked"); }, get 1() { return t("hourly"); }, get 24() { return t("daily"); }, get 168() { return t("weekly"); }, get 720() { return t("monthly"); } };

export const cadenceWord = (cadence: Cadence): string => ({ hourly: t("hourly"), daily: t("daily"), weekly: t("weekly"), monthly: t("monthly"), off: t("off") })[cadence];

export function every(hours: number | null): string {
  return hours === null ? t("not known yet") : (everyWords[hours] ?? t("every {hours} hours", { hours }));
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Who reads a type, and the ring that stands for it. */
export function reader(type: TypeFreshness): { word: string; ring: "moored" | "running" | "dotted" } {
  if (type.byCodat) return { word: t("Codat reads it"), ring: "moored" };
  if (type.cadence !== "off") return { word: t("Fairlead asks for it"), ring: "running" };
  return type.codatHours ? { word: t("Codat only"), ring: "dotted" } : { word: t("Only by hand"), ring: "dotted" };
}

/** When it comes next, as far as this computer knows. */
export function nextOf(type: TypeFreshness, now: number): string {
  if (type.byCodat) return t("at Codat’s time");
  if (type.nextAt === null) return "–";
  return type.nextAt <= now ? t("now") : moment(type.nextAt, now);
}
