import type { Density } from "../bridge/types";

/** Row height in CSS pixels, following the person's text size. */
export function rowPixels(density: Density | "dense"): number {
  const rem = typeof document === "undefined" ? 16 : parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  return Math.round(rem * (density === "comfortable" ? 2.75 : 2));
}
