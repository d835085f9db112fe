// The contrast promised for every theme, computed from the tokens themselves, so that no colour can drift below it.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const css = readFileSync(fileURLToPath(new URL("./tokens.css", import.meta.url)), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
type Tokens = Record<string, string>;

/** The declarations of the first rule whose selector, inside the media query that precedes it, is exactly this. */
function rule(selector: string, media = ""): Tokens {
  const from = media ? css.indexOf(`@media ${media} {`) : 0;
  const at = css.indexOf(`${selector} {`, from);
  if (from < 0 || at < 0) throw new Error(`no rule ${media} ${selector}`);
  const body = css.slice(css.indexOf("{", at) + 1, css.indexOf("}", at));
  return Object.fromEntries(body.split(";").map((line) => line.trim().split(/:\s*(.*)/s)).filter((pair) => pair.length > 1).map(([name, value]) => [name, value])) as Tokens;
}

const themes: Record<string, Tokens> = {
  light: rule(':root, :root[data-theme="light"]'),
  dark: rule(':root[data-theme="dark"]'),
  contrast: rule(':root[data-theme="contrast"]'),
  "contrast-dark": rule(':root[data-theme="contrast-dark"]'),
};
const followed: Record<string, Tokens> = {
  dark: rule(":root:not([data-theme])", "(prefers-color-scheme: dark)"),
  contrast: rule(":root:not([data-theme])", "(prefers-contrast: more)"),
  "contrast-dark": rule(":root:not([data-theme])", "(prefers-contrast: more) and (prefers-color-scheme: dark)"),
};

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = (hex.slice(1).match(/../g) ?? []).map((pair) => {
    const part = parseInt(pair, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function ratio(theme: string, over: string, under: string): number {
  const [a, b] = [themes[theme]?.[over], themes[theme]?.[under]];
  if (!a?.startsWith("#") || !b?.startsWith("#")) throw new Error(`${theme} has no plain colour for ${over} or ${under}`);
  const [x, y] = [luminance(a), luminance(b)];
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05);
}

const TEXT: [string, string[]][] = [
  ["--c-ink", ["--c-surface", "--c-canvas", "--c-sunken", "--c-raised", "--c-hover", "--c-selected", "--c-accent-soft", "--c-ok-soft", "--c-warn-soft", "--c-bad-soft"]],
  ["--c-ink-2", ["--c-surface", "--c-canvas", "--c-sunken", "--c-raised", "--c-hover", "--c-selected", "--c-idle-soft"]],
  ["--c-ink-3", ["--c-surface", "--c-canvas", "--c-sunken", "--c-raised", "--c-hover", "--c-selected"]],
  ["--c-on-accent", ["--c-accent", "--c-accent-hover", "--c-accent-press"]],
  ["--c-accent-ink", ["--c-surface", "--c-canvas", "--c-selected", "--c-accent-soft"]],
  ...["ok", "warn", "bad", "wait", "idle"].map((name): [string, string[]] => [`--c-${name}`, ["--c-surface", `--c-${name}-soft`]]),
  ["--c-plate-ink", ["--c-plate"]],
  ["--c-mark-ink", ["--c-mark"]],
];
const EDGE: [string, string[]][] = [
  ["--c-control", ["--c-surface", "--c-canvas", "--c-sunken"]],
  ["--c-focus", ["--c-surface", "--c-canvas", "--c-sunken", "--c-selected"]],
  ["--viz-in", ["--c-surface"]],
  ["--viz-out", ["--c-surface"]],
];

describe.each(Object.keys(themes))("theme %s", (theme) => {
  const least = theme.startsWith("contrast") ? 7 : 4.5;
  it.each(TEXT.flatMap(([over, under]) => under.map((each): [string, string] => [over, each])))("keeps %s readable on %s", (over, under) => {
    expect(ratio(theme, over, under)).toBeGreaterThanOrEqual(least);
  });
  it.each(EDGE.flatMap(([over, under]) => under.map((each): [string, string] => [over, each])))("keeps the edge %s visible on %s", (over, under) => {
    expect(ratio(theme, over, under)).toBeGreaterThanOrEqual(3);
  });
});

it.each(Object.keys(followed))("looks the same when %s is chosen and when the system asks for it", (theme) => {
  expect(followed[theme]).toEqual(themes[theme]);
});
