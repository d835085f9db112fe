// The hash is the address: one line per screen. What a list is filtered and sorted by stands in it too, so that back, forward and a start anew bring it back.
import type { CompanySort, StatusFilter } from "../bridge/types";

/** What the list of companies shows of a view. */
export interface Find {
  text: string; sort: CompanySort; descending: boolean; status: StatusFilter | null; bank: string; ends: number | null;
  /** None: anybody's. Empty: nobody's. */
  owner: string | null; tag: string; own: string;
}
const sorts: CompanySort[] = ["name", "status", "dataTo", "created"];
const states: StatusFilter[] = ["ended", "waiting", "linked", "other"];

function found(query: string): Find {
  const given = new URLSearchParams(query);
  const sort = sorts.find((each) => each === given.get("sort")) ?? "status";
  const days = Number(given.get("ends"));
  return {
    text: (given.get("text") ?? "").slice(0, 100), sort, descending: given.get("down") === "1", status: states.find((each) => each === given.get("status")) ?? null,
    bank: (given.get("bank") ?? "").slice(0, 200), ends: Number.isInteger(days) && days > 0 && days <= 366 ? days : null,
    owner: given.get("owner")?.slice(0, 80) ?? null, tag: (given.get("tag") ?? "").slice(0, 40), own: given.get("own") ?? "",
  };
}

/** The address of a view of the list. What is as usual is left out. */
export function listAddress(view: string, find: Partial<Find>): string {
  const given = new URLSearchParams();
  if (find.text) given.set("text", find.text);
  if (find.status) given.set("status", find.status);
  if (find.bank) given.set("bank", find.bank);
  if (find.ends) given.set("ends", String(find.ends));
  if (typeof find.owner === "string") given.set("owner", find.owner);
  if (find.tag) given.set("tag", find.tag);
  if (find.sort && find.sort !== "status") given.set("sort", find.sort);
  if (find.descending) given.set("down", "1");
  if (find.own) given.set("own", find.own);
  const query = given.toString();
  return `/companies/${encodeURIComponent(view)}${query ? `?${query}` : ""}`;
}

export type Route =
  | { screen: "home"; view: string; find: Find }
  | { screen: "activity"; part: string }
  | { screen: "lists"; id: string }
  | { screen: "consents" }
  | { screen: "training" }
  | { screen: "new"; draft: string | null; step: string }
  | { screen: "attempt"; id: string; part: string }
  | { screen: "company"; id: string; tab: string; asked: Record<string, string> }
  | { screen: "settings"; part: string };

export function parse(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [head = "", first = "", second = ""] = path.split("/").map(decodeURIComponent);
  switch (head) {
    case "new": return { screen: "new", draft: first || null, step: second || "customer" };
    case "attempt": return { screen: "attempt", id: first, part: second };
    case "company": return { screen: "company", id: first, tab: second || "overview", asked: Object.fromEntries(new URLSearchParams(query)) };
    case "settings": return { screen: "settings", part: first || "appearance" };
    case "lists": return { screen: "lists", id: first };
    case "consents": return { screen: "consents" };
    case "training": return { screen: "training" };
    case "activity": return { screen: "activity", part: first || "now" };
    default: return { screen: "home", view: first || "all", find: found(query) };
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
