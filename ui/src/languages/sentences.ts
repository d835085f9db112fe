// Finds the sentences of the sources by their syntax trees: what goes through the catalogs, and what a person would read that does not.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "svelte/compiler";

interface Node { type: string; start: number; end: number; [part: string]: unknown }
export interface Found { sentences: Set<string>; bare: string[] }

const attributes = new Set(["title", "aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "placeholder", "alt", "label"]);
/** What no language says otherwise: names, what is typed as it stands, and the heads of a copied table. */
const same = new Set(["Fairlead", "EX-1001", "Example Trading Ltd", "SHA-256", "PDF", "HTML", "YYYY-MM-DD", "JSON Lines", "Own category", "https://example.com/back.html"]);

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as Node).type === "string";
const textOf = (node: unknown): string | null => {
  if (!isNode(node)) return null;
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  const parts = node.quasis as { value: { cooked: string } }[] | undefined;
  return node.type === "TemplateLiteral" && parts?.length === 1 ? (parts[0]?.value.cooked ?? null) : null;
};
/** Letters outside of entities and marks are words. */
const isWords = (text: string): boolean => /\p{L}/u.test(text) && !same.has(text.trim()) && !/^(s|min|h|k)$/.test(text.trim());

/** Two words and a capital, or a full stop after words: no selector, no class and no address reads so. */
const isSentence = (text: string): boolean => !same.has(text) && (/^[“‘(]?\p{Lu}[\p{L}’-]+,? \p{L}+/u.test(text) || /\p{L}{2,} \p{L}+.*[.?!…]$/u.test(text));

/** Every sentence of one file; a script is read as the script of a component. */
export function sentencesOf(source: string, isComponent: boolean): Found {
  const found: Found = { sentences: new Set(), bare: [] };
  const code = isComponent ? source : `<script lang="ts" module>\n${source}\n</script>`;
  const line = (at: number): number => code.slice(0, at).split("\n").length - (isComponent ? 0 : 1);
  const taken = new Set<Node>();
  const visit = (node: Node): void => {
    if (node.type === "CallExpression" && isNode(node.callee) && node.callee.type === "Identifier") {
      const given = node.arguments as Node[];
      if (["t", "plural"].includes(String(node.callee.name))) for (const each of given) if (each.type === "Literal") taken.add(each);
      if (node.callee.name === "t") {
        const text = textOf(given[0]);
        if (text !== null) found.sentences.add(text);
        else if (!code.slice(given[0]?.start, given[0]?.end).startsWith("`{count} ")) found.bare.push(`${line(node.start)}: a sentence that is put together: ${code.slice(node.start, node.end).slice(0, 60)}`);
      }
      if (node.callee.name === "plural") {
        const [one, many] = [textOf(given[1]), textOf(given[2])];
        if (one !== null) for (const form of [one, many ?? `${one}s`]) found.sentences.add(`{count} ${form}`);
      }
    }
    // A string that reads as a sentence and is no argument of ours.
    if (node.type === "Literal" && typeof node.value === "string" && !taken.has(node) && isSentence(node.value)) found.bare.push(`${line(node.start)}: "${node.value.slice(0, 60)}"`);
    if (node.type === "Text" && isWords(String(node.data))) found.bare.push(`${line(node.start)}: ${String(node.data).trim().slice(0, 60)}`);
    if (node.type === "Component" && node.name === "Sentence") {
      for (const each of node.attributes as Node[]) if (each.name === "text") {
        const words = (Array.isArray(each.value) ? each.value : [each.value]) as Node[];
        for (const word of words) if (isNode(word.expression)) taken.add(word.expression);
        found.sentences.add(words.map((word) => String(word.data ?? textOf(word.expression) ?? "")).join(""));
      }
    }
    for (const [name, value] of Object.entries(node)) {
      // Text within an attribute is looked at by the attribute's name.
      if ((node.type === "Attribute" || node.type === "StyleDirective") && name === "value") {
        for (const each of Array.isArray(value) ? value : [value]) {
          if (!isNode(each)) continue;
          if (each.type !== "Text") visit(each);
          else if (attributes.has(String(node.name)) && isWords(String(each.data))) found.bare.push(`${line(each.start)}: ${String(node.name)}="${String(each.data).slice(0, 60)}"`);
        }
      } else if (Array.isArray(value)) value.forEach((each) => { if (isNode(each)) visit(each); });
      else if (isNode(value) && name !== "typeAnnotation" && name !== "css") visit(value);
    }
  };
  visit(parse(code, { modern: true }) as unknown as Node);
  return found;
}

/** Every file of the window, but what is generated, invented or a test. */
export function filesOf(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile()).map((each) => relative(folder, join(each.parentPath, each.name)));
  return all.filter((name) => /\.(svelte|ts)$/.test(name) && !/(\.test|\.d)\.ts$/.test(name) && !/^(bridge|languages)[/\\]/.test(name)).sort();
}

export const read = (folder: string, name: string): Found => sentencesOf(readFileSync(join(folder, name), "utf8"), name.endsWith(".svelte"));

const gapsOf = (text: string): string => (text.match(/\{\w+\}|<\/?[a-z]>/g) ?? []).sort().join("");

/** What is wrong with a language's catalog; `same` are sentences that it says with the same words on purpose. */
export function faults(sentences: Set<string>, catalog: Record<string, string>, same: string[]): string[] {
  const found: string[] = [];
  for (const sentence of sentences) {
    const said = catalog[sentence];
    if (said === undefined) found.push(`“${sentence}” is missing`);
    else if (gapsOf(said) !== gapsOf(sentence)) found.push(`“${sentence}” has other gaps`);
    else if (said === sentence.replace(/##.*$/, "") && !same.includes(sentence)) found.push(`“${sentence}” is still English`);
  }
  for (const sentence of Object.keys(catalog)) if (!sentences.has(sentence)) found.push(`“${sentence}” stands in no source`);
  for (const sentence of same) if (catalog[sentence] !== sentence.replace(/##.*$/, "")) found.push(`“${sentence}” need not be listed as the same`);
  return found;
}
