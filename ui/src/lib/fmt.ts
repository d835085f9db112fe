// Words for figures, money and moments. Money stays a decimal string: nothing here calculates with it.
const MINUS = "\u2212";

export function count(value: number): string {
  return Math.trunc(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 row`, `1,084 rows`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Groups the thousands of a decimal string and sets a true minus. */
export function amount(text: string, places = 2): string {
  const match = /^\s*([-+\u2212]?)(\d+)(?:\.(\d*))?\s*$/.exec(text);
  if (!match) return text;
  const [, sign, whole = "0", part = ""] = match;
  const decimals = part.length < places ? part.padEnd(places, "0") : part.replace(/0+$/, "").padEnd(places, "0");
  const grouped = whole.replace(/^0+(?=\d)/, "").replace(/\B(?=(\d{3})+$)/g, ",");
  const zero = /^[0,]*$/.test(grouped) && /^0*$/.test(decimals);
  return `${(sign === "-" || sign === MINUS) && !zero ? MINUS : ""}${grouped}${decimals ? `.${decimals}` : ""}`;
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

const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const shortClock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const dayMonth = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dayMonthYear = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
const longDay = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

const sept = (text: string) => text.replace("Sept", "Sep");

export function time(at: number): string {
  return clock.format(at);
}

export function hourMinute(at: number): string {
  return shortClock.format(at);
}

export function today(now: number): string {
  return longDay.format(now).replace(",", "");
}

/** `23 Nov` in the current year, `23 Nov 2026` elsewhere. Takes a day or an instant. */
export function day(value: string | number | null, now = Date.now()): string {
  if (value === null || value === "") return "–";
  const date = typeof value === "number" ? new Date(value) : new Date(`${value.slice(0, 10)}T12:00:00`);
  if (Number.isNaN(date.getTime())) return String(value);
  return sept(date.getFullYear() === new Date(now).getFullYear() ? dayMonth.format(date) : dayMonthYear.format(date));
}

export function fullDay(value: string | number | null): string {
  if (value === null || value === "") return "–";
  const date = typeof value === "number" ? new Date(value) : new Date(`${value.slice(0, 10)}T12:00:00`);
  return Number.isNaN(date.getTime()) ? String(value) : sept(dayMonthYear.format(date));
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

/** `last today 08:51`, `last 19 Nov`. */
export function lastOn(at: number, now = Date.now()): string {
  return sameDay(at, now) ? `last today ${hourMinute(at)}` : `last ${day(at, now)}`;
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
  return to < 120_000 ? `${Math.round(from / 1000)} to ${Math.round(to / 1000)} s` : `${span(from)} to ${span(to)}`;
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

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const yearOf = (month: string): string => month.slice(0, 4);
/** `2026-03` → `Mar`. */
export const monthOf = (month: string): string => months[Number(month.slice(5, 7)) - 1] ?? month;
/** `2026-03` → `Mar 2026`. */
export const monthName = (month: string): string => `${monthOf(month)} ${yearOf(month)}`;

/** A size as a file manager tells it. */
export function bytes(size: number): string {
  const units = ["bytes", "kB", "MB", "GB"];
  let step = 0;
  while (size >= 1000 && step < units.length - 1) { size /= 1000; step += 1; }
  return `${step === 0 || size >= 10 ? Math.round(size) : size.toFixed(1)} ${units[step]}`;
}
