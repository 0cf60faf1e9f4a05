import { expect, test } from "vitest";
import { inTheWayInWords, instantOf, modeInWords } from "./words";

test("what stands in the way is named, and that nothing was changed", () => {
  expect(inTheWayInWords(["Row A, seat 1"], [])).toBe("Row A, seat 1 is being held: nothing was changed.");
  expect(inTheWayInWords(["A"], ["B", "C"])).toBe("A is being held, B and C are sold: nothing was changed.");
  expect(inTheWayInWords([], ["A", "B", "C", "D", "E", "F"])).toContain("D and 2 more are sold");
});

test("a table says how it is sold", () => {
  expect(modeInWords(undefined)).toBe("sold chair by chair");
  expect(modeInWords({ table_idx: 0, name: "1", mode: "whole", chairs_min: null })).toBe("sold whole");
  expect(modeInWords({ table_idx: 0, name: "1", mode: "at_least", chairs_min: 4 })).toBe("sold from 4 chairs on");
});

test("a clock's time is an instant, also on the day that clocks change", () => {
  expect(instantOf("2027-05-01T20:00", "Europe/Vienna").toISOString()).toBe("2027-05-01T18:00:00.000Z");
  expect(instantOf("2027-03-28T00:30", "Europe/Vienna").toISOString()).toBe("2027-03-27T23:30:00.000Z");
  expect(instantOf("2027-03-28T04:00", "Europe/Vienna").toISOString()).toBe("2027-03-28T02:00:00.000Z");
  expect(instantOf("2027-01-01T00:00", "America/New_York").toISOString()).toBe("2027-01-01T05:00:00.000Z");
});
