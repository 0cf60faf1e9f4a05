import { expect, test } from "vitest";
import { digitsOf, minorOf } from "./amounts";
import { instantIn } from "./moments";

test("an evening on the venue's clock is one moment", () => {
  expect(instantIn("Europe/Vienna", "2027-05-01T20:00")).toBe("2027-05-01T18:00:00.000Z");
  expect(instantIn("Europe/Vienna", "2027-01-01T20:00")).toBe("2027-01-01T19:00:00.000Z");
  expect(instantIn("Asia/Kolkata", "2027-05-01T20:00")).toBe("2027-05-01T14:30:00.000Z");
  expect(instantIn("America/New_York", "2026-12-31T20:00")).toBe("2027-01-01T01:00:00.000Z");
});

test("around a change of the clocks the offset is the one that holds then", () => {
  expect(instantIn("Europe/Vienna", "2027-03-28T01:30")).toBe("2027-03-28T00:30:00.000Z");
  expect(instantIn("Europe/Vienna", "2027-03-28T03:30")).toBe("2027-03-28T01:30:00.000Z");
});

test("an unknown zone is an error, not another hour", () => {
  expect(() => instantIn("Europe/Atlantis", "2027-05-01T20:00")).toThrow(RangeError);
});

test("a typed price is exact", () => {
  expect(minorOf("25", 2)).toBe(2_500);
  expect(minorOf("25.5", 2)).toBe(2_550);
  expect(minorOf("0.29", 2)).toBe(29);
  expect(minorOf("4000", 0)).toBe(4_000);
  expect(minorOf("1.005", 2)).toBe(100);
  expect([digitsOf("EUR"), digitsOf("JPY"), digitsOf("KWD")]).toEqual([2, 0, 3]);
});
