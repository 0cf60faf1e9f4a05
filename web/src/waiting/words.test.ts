import { expect, test } from "vitest";
import { place, within } from "./words";

test("a wait is said as the longest that it can be", () => {
  expect([0, 1, 2, 119, 120, 121].map(within)).toEqual([
    "within a minute",
    "within a minute",
    "within 2 minutes",
    "within 119 minutes",
    "within 2 hours",
    "within 3 hours",
  ]);
});

test("the place in line is one's own number and the one that all are told", () => {
  expect(place(12, 9, 1)).toEqual({ ahead: 2, wait: "within 3 minutes" });
  expect(place(10, 9, 0.1)).toEqual({ ahead: 0, wait: "within 10 minutes" });
  expect(place(9, 9, 60)).toEqual({ ahead: 0, wait: "within a minute" });
  expect(place(9, 2, null)).toEqual({ ahead: 6, wait: null });
});
