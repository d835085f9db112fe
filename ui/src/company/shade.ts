// How dark a cell of the coverage map is: by quartiles of what is there, so that a busy account does not make all others look empty.

/** Lower ends of the four steps, the first always 1; fewer when the counts do not differ enough. */
export function steps(counts: number[]): number[] {
  const sorted = counts.filter((each) => each > 0).sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.floor((sorted.length - 1) * part)] ?? 1;
  return [...new Set([1, at(0.25), at(0.5), at(0.75)])].sort((a, b) => a - b);
}

/** 1 to 4. The darkest is always used. */
export function step(count: number, lower: number[]): number {
  const index = lower.filter((each) => count >= each).length;
  return Math.max(1, 4 - lower.length + index);
}
