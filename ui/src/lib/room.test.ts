import { expect, test } from "vitest";
import { fitting, grid, type Column } from "./room";

const columns: Column<"banks" | "next" | "owner">[] = [{ key: "banks", label: "Banks", least: 7 }, { key: "owner", label: "Owner", least: 8 }, { key: "next", label: "Next action", least: 10, share: 1 }];
const worth = ["next", "banks", "owner"] as const;

test("what is of least worth gives way first, and what is shown always fits", () => {
  const at = (room: number) => fitting(columns, [...worth], room);
  expect([at(34.5), at(49), at(80)]).toEqual([["next"], ["next", "banks"], ["next", "banks", "owner"]]);
  for (let room = 24; room < 100; room += 0.5) {
    const shown = columns.filter((each) => at(room).includes(each.key));
    expect(parseFloat(grid(shown).least)).toBeLessThanOrEqual(Math.max(24, room));
    expect(at(room + 1).slice(0, shown.length)).toEqual(at(room));
  }
});

test("a column that nobody wants takes no room from the others", () => {
  expect(fitting(columns.filter((each) => each.key !== "next"), [...worth], 49)).toEqual(["banks", "owner"]);
});
