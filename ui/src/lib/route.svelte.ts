// The hash is the address: one line per screen.
export type Route =
  | { screen: "home"; view: string }
  | { screen: "new"; draft: string | null; step: string }
  | { screen: "attempt"; id: string; part: string }
  | { screen: "company"; id: string; tab: string }
  | { screen: "settings"; part: string };

export function parse(hash: string): Route {
  const [path = ""] = hash.replace(/^#\/?/, "").split("?");
  const [head = "", first = "", second = ""] = path.split("/").map(decodeURIComponent);
  switch (head) {
    case "new": return { screen: "new", draft: first || null, step: second || "customer" };
    case "attempt": return { screen: "attempt", id: first, part: second };
    case "company": return { screen: "company", id: first, tab: second || "overview" };
    case "settings": return { screen: "settings", part: first || "appearance" };
    default: return { screen: "home", view: first || "all" };
  }
}

export const here = $state({ route: parse(typeof location === "undefined" ? "" : location.hash) });

export function go(to: string, replace = false): void {
  if (replace) {
    history.replaceState(null, "", `#${to}`);
    here.route = parse(`#${to}`);
  } else location.hash = to;
}

export const link = (...parts: string[]): string => `#/${parts.map(encodeURIComponent).join("/")}`;

export function followRoute(): () => void {
  const follow = () => { here.route = parse(location.hash); };
  addEventListener("hashchange", follow);
  return () => removeEventListener("hashchange", follow);
}
