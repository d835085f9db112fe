import { expect, test } from "vitest";
import type { TypeFreshness } from "../bridge/types";
import { every, nextOf, reader } from "./freshness";

const of = (more: Partial<TypeFreshness>): TypeFreshness => ({ dataType: "banking-accounts", label: "Accounts", cadence: "daily", isOwn: false, codatHours: 24, byCodat: true, nextAt: null, ...more });

test("who reads a type is said for every case", () => {
  expect(reader(of({})).word).toBe("Codat reads it");
  expect(reader(of({ byCodat: false, codatHours: 168 })).word).toBe("Fairlead asks for it");
  expect(reader(of({ cadence: "off", byCodat: false })).word).toBe("Codat only");
  expect(reader(of({ cadence: "off", byCodat: false, codatHours: 0 })).word).toBe("Only by hand");
  expect(reader(of({ cadence: "off", byCodat: false, codatHours: null })).word).toBe("Only by hand");
});

test("what is due is now, and an unknown moment is no moment", () => {
  expect(nextOf(of({ byCodat: false, nextAt: 5 }), 10)).toBe("now");
  expect(nextOf(of({ byCodat: false }), 10)).toBe("–");
  expect(nextOf(of({}), 10)).toBe("at Codat’s time");
});

test("hours that nobody named are still said", () => {
  expect([every(24), every(0), every(6), every(null)]).toEqual(["daily", "only when asked", "every 6 hours", "not known yet"]);
});
