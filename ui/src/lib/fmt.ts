// Words for figures, money and moments. Money stays a decimal string: nothing here calculates with it.
import type { Language } from "../bridge/types";
import { isOne, locale, locales, t } from "./language.svelte";

const MINUS = "\u2212";

/** A value for each way of writing. */
function each<T>(make: (at: string) => T): () => T {
  const made = new Map<string, T>();
  return () => {
    const at = locale();
    let one = made.get(at);
    if (one === undefined) made.set(at, (one = make(at)));
    return one;
  };
}

/** What stands between thousands, before decimals and after a percentage. */
const signs = each((at) => {
  const sign = (of: Intl.NumberFormat, value: number, type: string) => of.formatToParts(value).find((part) => part.type === type)?.value ?? "";
  const plain = new Intl.NumberFormat(at);
  return { group: sign(plain, 12_345.6, "group"), point: sign(plain, 12_345.6, "decimal"), percent: new Intl.NumberFormat(at, { style: "percent" }).format(0).replace("0", "") };
});
const thousands = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, signs().group);

export function count(value: number): string {
  return thousands(Math.trunc(value).toString());
}

/** `1 row`, `1,084 rows`: a sentence in the language of now for each number of things. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return t(`{count} ${isOne(value) ? one : many}`, { count: count(value) });
}

/** A decimal as it is written here. */
export const decimal = (text: string): string => text.replace(".", signs().point);
export const percent = (text: string): string => `${decimal(text)}${signs().percent}`;

/** Groups the thousands of a decimal string and sets a true minus. */
export function amount(text: string, places = 2): string {
  const match = /^\s*([-+\u2212]?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!match) return text;
  const [, sign, whole = "0", part = ""] = match;
  const decimals = part.length < places ? part.padEnd(places, "0") : part.replace(/0+$/, "").padEnd(places, "0");
  const digits = whole.replace(/^0+(?=\d)/, "");
  const zero = /^0*$/.test(digits) && /^0*$/.test(decimals);
  return `${(sign === "-" || sign === MINUS) && !zero ? MINUS : ""}${thousands(digits)}${decimals ? `${signs().point}${decimals}` : ""}`;
}

const decimals = new Map<string, number>();
/** Decimals of a currency: 2 for EUR, 0 for JPY, 3 for KWD; 2 for a code that is none. */
export function minorUnits(currency: string): number {
  let places = decimals.get(currency);
  if (places === undefined) {
    try { places = new Intl.NumberFormat("en-GB", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2; } catch { places = 2; }
    decimals.set(currency, places);
  }
  return places;
}

/** True when the currency's own decimals say all of it. */
export function exact(text: string, currency: string): boolean {
  const part = /\.(\d*?)0*\s*$/.exec(text)?.[1] ?? "";
  return part.length <= minorUnits(currency);
}

/** An amount in the currency's own decimals, halves away from zero. The digits as sent are `amount`. */
export function money(text: string, currency: string): string {
  const places = minorUnits(currency);
  const match = /^\s*([-+\u2212]?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!match || exact(text, currency)) return amount(text, places);
  const [, sign, whole = "0", part = ""] = match;
  const units = BigInt(whole + part.slice(0, places)) + ((part[places] ?? "0") >= "5" ? 1n : 0n);
  const digits = units.toString().padStart(places + 1, "0");
  return amount(`${sign}${places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits}`, places);
}

export function isNegative(text: string): boolean {
  return /^\s*[-\u2212]/.test(text) && /[1-9]/.test(text);
}

const written = (how: Intl.DateTimeFormatOptions) => each((at) => new Intl.DateTimeFormat(at, how));
const clock = written({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClock = written({ hour: "2-digit", minute: "2-digit" });
const dayMonth = written({ day: "numeric", month: "short" });
const dayMonthYear = written({ day: "numeric", month: "short", year: "numeric" });
const longDay = written({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const shortMonth = written({ month: "short" });
const shortWeekday = written({ weekday: "short" });

const sept = (text: string) => (locale() === "en-GB" ? text.replace("Sept", "Sep") : text);

export function time(at: number): string {
  return clock().format(at);
}

export function hourMinute(at: number): string {
  return shortClock().format(at);
}

export function today(now: number): string {
  const text = longDay().format(now);
  return locale() === "en-GB" ? text.replace(",", "") : text.charAt(0).toUpperCase() + text.slice(1);
}

/** `23 Nov` in the current year, `23 Nov 2026` elsewhere. Takes a day or an instant. */
export function day(value: string | number | null, now = Date.now()): string {
  if (value === null || value === "") return "–";
  const date = typeof value === "number" ? new Date(value) : new Date(`${value.slice(0, 10)}T12:00:00`);
  if (Number.isNaN(date.getTime())) return String(value);
  return sept(date.getFullYear() === new Date(now).getFullYear() ? dayMonth().format(date) : dayMonthYear().format(date));
}

export function fullDay(value: string | number | null): string {
  if (value === null || value === "") return "–";
  const date = typeof value === "number" ? new Date(value) : new Date(`${value.slice(0, 10)}T12:00:00`);
  return Number.isNaN(date.getTime()) ? String(value) : sept(dayMonthYear().format(date));
}

function sameDay(a: number, b: number): boolean {
  return new Date(a).toDateString() === new Date(b).toDateString();
}

/** `09:14` today, `22 Nov, 17:58` before. */
export function moment(at: number | null, now = Date.now(), seconds = false): string {
  if (at === null) return "–";
  const clockText = seconds ? time(at) : hourMinute(at);
  return sameDay(at, now) ? clockText : `${day(at, now)}, ${clockText}`;
}

/** `today 08:51`, `19 Nov`. */
export function onDay(at: number, now = Date.now()): string {
  return sameDay(at, now) ? t("today {time}", { time: hourMinute(at) }) : day(at, now);
}

/** `last today 08:51`, `last 19 Nov`. */
export function lastOn(at: number, now = Date.now()): string {
  return t("last {moment}", { moment: onDay(at, now) });
}

/** `3 min 41 s`, `2 h 5 min`, `4 days`. */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`;
  return plural(Math.floor(hours / 24), "day");
}

/** `40 to 70 s`, `1 min 20 s to 3 min`. */
export function spanRange(from: number, to: number): string {
  return to < 120_000 ? t("{from} to {to} s", { from: Math.round(from / 1000), to: Math.round(to / 1000) }) : t("{from} to {to}", { from: span(from), to: span(to) });
}

/** Two letters for a plate, by the same rule as the core's, for names that come without their own. */
export function initials(name: string): string {
  let words = name.split(/[^\p{L}\p{N}'’]+/u).map((word) => word.replace(/^['’]+|['’]+$/g, "")).filter(Boolean);
  const leaveOut = (remain: number, little: RegExp) => {
    const rest = words.filter((word) => !little.test(word));
    if (rest.length >= remain) words = rest;
  };
  leaveOut(1, /^(personal|business|commercial|ltd|limited|plc|llp|gmbh)$/i);
  leaveOut(1, /^(the|of|and|de|la|le|du|di|der|und|et)$/i);
  leaveOut(2, /^bank$/i);
  const [first, second] = words;
  if (!first) return "?";
  const letter = (word: string) => [...word][0]?.toUpperCase() ?? "";
  if (second) return letter(first) + letter(second);
  if (/^\p{Lu}{3}$/u.test(first)) return first;
  // "NatWest" is two words written as one.
  const capitals = first.match(/\p{Lu}/gu) ?? [];
  if (capitals.length === 2 && first.length > 3 && first.startsWith(capitals[0] ?? "")) return capitals.join("");
  return letter(first) + ([...first][1] ?? "");
}

export const yearOf = (month: string): string => month.slice(0, 4);
/** `2026-03` → `Mar`. */
export const monthOf = (month: string): string => (/^\d{4}-\d\d/.test(month) ? sept(shortMonth().format(new Date(`${month.slice(0, 7)}-15T12:00:00`))) : month);
/** `Mon`, of the days from Monday on. */
export const weekdayOf = (at: number): string => shortWeekday().format(new Date(2024, 0, 1 + at));
/** `2026-03` → `Mar 2026`. */
export const monthName = (month: string): string => `${monthOf(month)} ${yearOf(month)}`;

/** A size as a file manager tells it. */
export function bytes(size: number): string {
  const units = [t("bytes"), t("kB"), t("MB"), t("GB")];
  let step = 0;
  while (size >= 1000 && step < units.length - 1) { size /= 1000; step += 1; }
  return `${step === 0 || size >= 10 ? Math.round(size) : decimal(size.toFixed(1))} ${units[step]}`;
}

/** A day and an amount as a language writes them. */
export function sample(language: Language): string {
  const at = locales[language];
  const date = new Intl.DateTimeFormat(at, { day: "numeric", month: "short", year: "numeric" }).format(new Date(2026, 10, 23));
  return `${date}, ${new Intl.NumberFormat(at, { minimumFractionDigits: 2 }).format(12_345.6)}`;
}
