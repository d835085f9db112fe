// A bank's, a customer's and Codat's words may be written from right to left, and marks in them may try to turn the words around them. At the one door to
// the screens every text loses its own turning marks and, where it holds such letters, is closed in by a pair that lets nothing out; on the way back to the
// core the pair is gone. So no screen has to think of it, in sentences, titles and menus alike.
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]|[\ud802\ud803\ud83a\ud83b][\udc00-\udfff]/;

function within(text: string): string {
  const plain = text.replace(TURNS, "");
  return RIGHT_TO_LEFT.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** The same value with `change` done to every text in it; what needs none is handed on as it is. */
function each<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return (typeof value[0] === "number" ? value : value.map((item) => each(item, change))) as T;
  // Bytes and errors of the web view itself are no answer of ours.
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, each(item, change)])) as T;
}

/** What the core told, for the screens. */
export const told = <T>(value: T): T => each(value, within);
/** What a person did, for the core. */
export const asked = <T>(value: T): T => each(value, (text) => text.replace(/[\u2068\u2069]/g, ""));
/** Whether a person typed the name that is shown: the pair around it cannot be typed. */
export const isTyped = (typed: string, name: string): boolean => asked(typed).trim() === asked(name).trim();
