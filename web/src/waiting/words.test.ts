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

test("the place in line is one's own number and what all are told", () => {
  const line = { is_on: true, served_up_to: 9, per_minute: null, at_once_max: null, pass_ttl_s: 600 };
  expect(place(12, { ...line, per_minute: 1 })).toEqual({ ahead: 2, wait: "within 3 minutes" });
  expect(place(10, { ...line, at_once_max: 500 })).toEqual({ ahead: 0, wait: "within 10 minutes" });
  expect(place(509, { ...line, at_once_max: 500 })).toEqual({ ahead: 499, wait: "within 10 minutes" });
  expect(place(510, { ...line, at_once_max: 500 })).toEqual({ ahead: 500, wait: "within 20 minutes" });
  expect(place(39, { ...line, per_minute: 1, at_once_max: 500 })).toEqual({ ahead: 29, wait: "within 39 minutes" });
  expect(place(9, { ...line, per_minute: 60 }).ahead).toBe(0);
});
