/** Splits a name at the matched ranges (in characters, not UTF-16 units). */
export function pieces(name: string, matched: Array<[number, number]>): { text: string; hit: boolean }[] {
  const letters = [...name];
  const out: { text: string; hit: boolean }[] = [];
  // The pair around words that run from right to left was not there when the ranges were found.
  const shift = letters[0] === "\u2068" ? 1 : 0;
  let at = 0;
  for (const [start, length] of [...matched].sort((a, b) => a[0] - b[0])) {
    const from = Math.max(at, Math.min(start + shift, letters.length));
    const to = Math.max(from, Math.min(start + shift + length, letters.length));
    if (from > at) out.push({ text: letters.slice(at, from).join(""), hit: false });
    if (to > from) out.push({ text: letters.slice(from, to).join(""), hit: true });
    at = to;
  }
  if (at < letters.length) out.push({ text: letters.slice(at).join(""), hit: false });
  return out;
}
