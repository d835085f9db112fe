// The axis of a chart: round steps, few lines, short words. Geometry only; figures are shown from their own digits.

import { decimal } from "../lib/fmt";

/** Round values from `low` to `high` with zero among them, at most `most` lines. */
export function ticks(low: number, high: number, most = 5): number[] {
  const span = Math.max(high, 0) - Math.min(low, 0);
  if (!(span > 0)) return [0];
  const raw = span / (most - 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  for (const factor of [1, 2, 2.5, 5, 10, 20]) {
    const step = factor * power;
    const first = Math.ceil(Math.min(low, 0) / step);
    const last = Math.floor(Math.max(high, 0) / step);
    if (last - first + 1 <= most) return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * step);
  }
  return [0];
}

/** `400k`, `1.5m`, `−20`. */
export function short(value: number): string {
  const size = Math.abs(value);
  const [by, unit] = size >= 1e9 ? [1e9, "bn"] : size >= 1e6 ? [1e6, "m"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
  return `${value < 0 ? "\u2212" : ""}${decimal(String(Number((size / by).toFixed(1))))}${unit}`;
}
