import type { Density } from "../bridge/types";

/** The person's text size in CSS pixels. */
export const remPixels = (): number => (typeof document === "undefined" ? 16 : parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);

/** Row height in CSS pixels, following the person's text size. */
export const rowPixels = (density: Density | "dense"): number => Math.round(remPixels() * (density === "comfortable" ? 2.75 : 2));
