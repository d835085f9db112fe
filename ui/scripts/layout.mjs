// What a person would call broken about a page as it is laid out now. These run inside the page; a list of sentences comes back, empty when all is well.

/** Nothing may be scrolled sideways but what says it may: tables, code, a row of cards or tabs. */
export function sideways() {
  const said = [];
  const name = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}${typeof element.className === "string" && element.className ? `.${element.className.trim().split(/\s+/).join(".")}` : ""}`;
  /** What sticks out furthest inside. */
  const because = (box, edge) => [...box.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > edge + 1 && each.checkVisibility()).at(-1);
  if (document.documentElement.scrollWidth > innerWidth + 1 || document.body.scrollWidth > innerWidth + 1) said.push(`the page scrolls sideways, because of ${name(because(document, innerWidth) ?? document.body)}`);
  const SIDEWAYS = ".vt, .tbl, [data-scroll], .wide, .going, .tabs, .ml, pre, code, textarea, input, .cov, .set > nav";
  for (const box of document.querySelectorAll("body *")) {
    const style = getComputedStyle(box);
    if ((style.overflowX === "auto" || style.overflowX === "scroll") && box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0 && !box.matches(SIDEWAYS)) said.push(`${name(box)} scrolls sideways, because of ${name(because(box, box.getBoundingClientRect().right) ?? box)}`);
  }
  return [...new Set(said)];
}

/** Nothing to press may be cut off, no card burst. */
export function layout() {
  const said = [];
  const name = (element) => `${element.tagName.toLowerCase()}${element.id ? `#${element.id}` : ""}${typeof element.className === "string" && element.className ? `.${element.className.trim().split(/\s+/).join(".")}` : ""}`;
  const words = (element) => `${name(element)} “${(element.getAttribute("aria-label") ?? element.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)}”`;
  for (const card of document.querySelectorAll("main .card:not(.vh)")) {
    if (card.scrollWidth <= card.clientWidth + 2 || getComputedStyle(card).overflowX !== "visible") continue;
    // A single letter may be wider than a card; what counts is what is laid out.
    const out = [...card.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > card.getBoundingClientRect().right + 1 && !each.closest(".el"));
    if (out.length) said.push(`a card is too narrow for what it holds: ${out.map(name).slice(0, 3).join(", ")}`);
  }
  const top = document.querySelector("dialog[open]") ?? document;
  for (const control of top.querySelectorAll("button, a[href], input, select, textarea, summary, [role=tab], [role=option], [tabindex='0']")) {
    const own = control.getBoundingClientRect();
    if (own.width < 2 || own.height < 2 || !control.checkVisibility({ visibilityProperty: true }) || control.closest(".vh, .skip, [role=grid]") || control.matches("[popover]")) continue;
    // What can be scrolled into sight is not cut; from the scroller on, the scroller itself must be in sight.
    let [left, right, above, below] = [own.left, own.right, own.top, own.bottom];
    for (let at = control.parentElement; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.clipPath !== "none") { left = right = 0; break; }
      const box = at.getBoundingClientRect();
      const [sideways, down] = [style.overflowX, style.overflowY];
      if (["auto", "scroll"].includes(sideways)) [left, right] = [box.left, box.right];
      else if (sideways !== "visible" && (left < box.left - 1 || right > box.right + 1)) { said.push(`${words(control)} is cut off by ${name(at)}`); break; }
      if (["auto", "scroll"].includes(down)) [above, below] = [box.top, box.bottom];
      else if (down !== "visible" && (above < box.top - 1 || below > box.bottom + 1)) { said.push(`${words(control)} is cut off by ${name(at)}, above or below`); break; }
      if (style.position === "fixed" || at.matches("dialog, [popover]")) break;
    }
    if (right > innerWidth + 1 || left < -1) said.push(`${words(control)} lies beyond the window`);
    const style = getComputedStyle(control);
    if (control.matches("button, a.btn") && control.scrollWidth > control.clientWidth + 1 && style.overflowX !== "visible" && style.textOverflow !== "ellipsis") said.push(`the words of ${words(control)} are cut`);
  }
  return [...new Set(said)];
}

/** Whatever takes the focus shows it, in sight and not covered. */
export async function focusing() {
  const said = [];
  const top = document.querySelector("dialog[open]") ?? document;
  const stops = [...top.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex='0']")].filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility({ visibilityProperty: true }));
  const marked = (element) => { const style = getComputedStyle(element); return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none"; };
  for (const stop of stops) {
    if (!stop.isConnected) continue;
    stop.focus();
    // What closes when the focus leaves it closes now.
    await new Promise((done) => setTimeout(done));
    if (document.activeElement !== stop) continue;
    const what = `${stop.tagName.toLowerCase()} “${(stop.getAttribute("aria-label") ?? stop.labels?.[0]?.textContent ?? stop.textContent ?? "").trim().replace(/\s+/g, " ").slice(0, 40)}”`;
    let shown = false;
    for (let at = stop, step = 0; at && step < 4; at = at.parentElement, step += 1) shown ||= marked(at);
    // A bar of a chart is drawn around, not outlined.
    if (stop instanceof SVGElement) shown ||= [...stop.children].some((part) => { const style = getComputedStyle(part); return style.stroke !== "none" && parseFloat(style.strokeWidth) >= 2; });
    if (!shown) said.push(`nothing shows that ${what} is focused`);
    // What is in sight of it: what lies outside of the boxes it scrolls in is not.
    const own = stop.getBoundingClientRect();
    const box = { left: own.left, right: own.right, top: own.top, bottom: own.bottom };
    for (let at = stop.parentElement; at && getComputedStyle(at).position !== "fixed"; at = at.parentElement) {
      if (getComputedStyle(at).overflowY === "visible") continue;
      const edge = at.getBoundingClientRect();
      box.left = Math.max(box.left, edge.left); box.right = Math.min(box.right, edge.right); box.top = Math.max(box.top, edge.top); box.bottom = Math.min(box.bottom, edge.bottom);
    }
    const [x, y] = [Math.min(Math.max((box.left + box.right) / 2, 1), innerWidth - 1), Math.min(Math.max((Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2, 1), innerHeight - 1)];
    if (box.bottom <= Math.max(0, box.top) || box.top >= innerHeight || box.right <= Math.max(0, box.left) || box.left >= innerWidth) { said.push(`the focus is out of sight on ${what}`); continue; }
    const over = document.elementFromPoint(x, y);
    // Good news lies over things for a moment and goes by itself.
    if (over && !over.closest(".toast") && !stop.contains(over) && !over.contains(stop) && !stop.labels?.[0]?.contains(over)) said.push(`the focus on ${what} is covered by ${over.tagName.toLowerCase()}.${over.className}`);
  }
  return [...new Set(said)];
}

/** The pairs of a text's colour and what lies behind it, as they are now: where all of them were looked at before, axe has nothing new to say on colours. */
export function pairs() {
  const found = new Set();
  for (const element of document.querySelectorAll("body *")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) || !element.checkVisibility()) continue;
    let behind = element;
    while (behind && /rgba?\(0, 0, 0, 0\)|transparent/.test(getComputedStyle(behind).backgroundColor)) behind = behind.parentElement;
    const style = getComputedStyle(element);
    found.add(`${style.color} on ${behind ? getComputedStyle(behind).backgroundColor : "nothing"}, ${parseFloat(style.fontSize) >= 24 ? "large" : "small"}, ${getComputedStyle(element).opacity}`);
  }
  return [...found];
}
