import { describe, expect, it } from "vitest";
import { amount, bytes, count, day, exact, initials, isNegative, moment, money, monthName, monthOf, plural, span, yearOf } from "./fmt";

describe("money", () => {
  it("groups thousands and sets a true minus, because a hyphen does not sit on the figure's height", () => {
    expect(amount("-8412.6")).toBe("−8,412.60");
    expect(amount("1234567.1")).toBe("1,234,567.10");
  });
  it("keeps digits a float would lose", () => {
    expect(amount("90071992547409931.07")).toBe("90,071,992,547,409,931.07");
    expect(amount("0.123456")).toBe("0.123456");
  });
  it("shows no minus before zero", () => {
    expect(amount("-0.00")).toBe("0.00");
    expect(isNegative("-0.00")).toBe(false);
    expect(isNegative("-0.01")).toBe(true);
  });
  it("gives back what it cannot read, because hiding it would be worse", () => {
    expect(amount("1e9")).toBe("1e9");
  });
});

describe("figures and moments", () => {
  it("counts with commas and the right number of the noun", () => {
    expect(count(41208)).toBe("41,208");
    expect(plural(1, "row")).toBe("1 row");
    expect(plural(1084, "row")).toBe("1,084 rows");
  });
  it("leaves out the year only when it is this one", () => {
    const now = new Date("2026-11-23T09:00:00").getTime();
    expect(day("2026-11-02", now)).toBe("2 Nov");
    expect(day("2025-09-02", now)).toBe("2 Sep 2025");
    expect(day(null, now)).toBe("–");
  });
  it("leaves out the day only when it is today", () => {
    const now = new Date("2026-11-23T09:00:00").getTime();
    expect(moment(now, now)).toBe("09:00");
    expect(moment(now - 86_400_000, now)).toBe("22 Nov, 09:00");
  });
  it("says how long in words with units", () => {
    expect(span(221_000)).toBe("3 min 41 s");
    expect(span(7_500_000)).toBe("2 h 5 min");
    expect(span(-5)).toBe("0 s");
  });
});

describe("monograms", () => {
  it.each([
    ["Bank of Ireland", "BI", "bank stays when only one other word remains"],
    ["Royal Bank of Scotland", "RS", "bank is left out when two other words remain"],
    ["Ulster Bank", "UB", "bank stays when only one other word remains"],
    ["AIB", "AIB", "three capitals stay"],
    ["TSB Business", "TSB", "what the log-in is for is not part of the name"],
    ["HSBC Business", "HS", "four capitals are a word like any other"],
    ["Barclays", "Ba", "one word gives its first two letters"],
    ["NatWest (Personal)", "NW", "two words written as one"],
    ["Société Générale", "SG", "accents do not matter"],
    ["élan", "Él", "capitals are made"],
    ["The Bank", "Ba", "bank stays when nothing else remains"],
    ["Ashdown & Pell Joinery Ltd", "AP", "a company is marked by its first two words"],
    ["—", "?", "a plate is never empty"],
  ])("%s is %s, because %s", (name, letters) => {
    expect(initials(name)).toBe(letters);
  });
});

it("money is shown in the currency's own decimals, rounded once and without a float", () => {
  expect(money("4101.5835488328338304", "EUR")).toBe("4,101.58");
  expect(money("-0.005", "GBP")).toBe("\u22120.01");
  expect(money("-0.004", "GBP")).toBe("0.00");
  expect(money("999999999999999999.995", "USD")).toBe("1,000,000,000,000,000,000.00");
  expect(money("1234.5", "JPY")).toBe("1,235");
  expect(money("1.23456", "KWD")).toBe("1.235");
  expect(money("12.5", "XX")).toBe("12.50");
  expect(money("soon", "EUR")).toBe("soon");
});

it("an amount says whether its currency's decimals hold all of it", () => {
  expect(exact("12.500", "EUR")).toBe(true);
  expect(exact("12", "JPY")).toBe(true);
  expect(exact("12.5", "JPY")).toBe(false);
  expect(exact("4101.5835488328338304", "EUR")).toBe(false);
});

it("months have names", () => {
  expect([monthOf("2026-03"), yearOf("2026-03"), monthName("2025-12")]).toEqual(["Mar", "2026", "Dec 2025"]);
});

it("a size is told as a file manager tells it", () => {
  expect([0, 999, 1000, 48_211, 1_500_000, 2_000_000_000].map(bytes)).toEqual(["0 bytes", "999 bytes", "1.0 kB", "48 kB", "1.5 MB", "2.0 GB"]);
});
