// The plan of checks: every 5 s for 2 minutes, every 15 s to 10 minutes, every minute to 30 minutes.
export const LADDER_MS = 30 * 60_000;

export function ladder(): number[] {
  const out: number[] = [];
  for (let at = 5_000; at <= 120_000; at += 5_000) out.push(at);
  for (let at = 135_000; at <= 600_000; at += 15_000) out.push(at);
  for (let at = 660_000; at <= LADDER_MS; at += 60_000) out.push(at);
  return out;
}

/** Where each check stands on a line of 0..1: dense at the start would hide the rest, so the scale is a square root. */
export const place = (at: number): number => Math.sqrt(Math.min(at, LADDER_MS) / LADDER_MS);
