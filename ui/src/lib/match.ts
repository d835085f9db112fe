// Finding words in short texts on this side: actions and screens in the palette. Companies and banks are searched by the core.
const little: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Small letters without accents, one entry a letter, so that places in it are places in the text. */
function folded(text: string): string[] {
  return [...text].map((letter) => {
    const low = letter.toLowerCase();
    return little[low] ?? low.normalize("NFD").replace(/\p{M}/gu, "");
  });
}

const wordsOf = (text: string): string[] => folded(text).join("").split(/\s+/).filter(Boolean);

/** Where the words stand in the text (start and length in characters), for underlining. */
export function places(text: string, query: string): [number, number][] {
  const letters = folded(text);
  const starts: number[] = [];
  let length = 0;
  for (const letter of letters) { starts.push(length); length += letter.length; }
  const whole = letters.join("");
  const found: [number, number][] = [];
  for (const word of wordsOf(query)) {
    const at = nearest(whole, word);
    if (at < 0) continue;
    const from = starts.filter((start) => start <= at).length - 1;
    const to = starts.filter((start) => start < at + word.length).length - 1;
    found.push([from, to - from + 1]);
  }
  return found;
}

/** The first place where the word begins a word, or where it stands at all. */
function nearest(whole: string, word: string): number {
  for (let at = whole.indexOf(word); at >= 0; at = whole.indexOf(word, at + 1)) if (at === 0 || !/[\p{L}\p{N}]/u.test(whole[at - 1] ?? "")) return at;
  return whole.indexOf(word);
}

/** How near a text is to all words of the query: 0 begins with them, 1 has words that begin so, 2 has them; null misses one. */
export function nearness(text: string, query: string): number | null {
  const whole = folded(text).join("");
  const words = wordsOf(query);
  let near = 0;
  for (const word of words) {
    const at = nearest(whole, word);
    if (at < 0) return null;
    if (at > 0) near = Math.max(near, /[\p{L}\p{N}]/u.test(whole[at - 1] ?? "") ? 2 : 1);
  }
  return near;
}
