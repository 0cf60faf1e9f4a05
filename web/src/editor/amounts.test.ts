import { expect, test } from "vitest";
import { minorOf } from "./amounts";

test("a typed price is exact", () => {
  expect(minorOf("25", 2)).toBe(2_500);
  expect(minorOf("25.5", 2)).toBe(2_550);
  expect(minorOf("0.29", 2)).toBe(29);
  expect(minorOf("4000", 0)).toBe(4_000);
  expect(minorOf("1.005", 2)).toBe(100);
});
