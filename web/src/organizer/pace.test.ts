import { expect, test } from "vitest";
import { bins } from "./pace";

const NOON_MS = 1_800_000_000_000;
const at = (ago: number, sold: number) => ({ minute_s: NOON_MS / 1000 - 60 * ago, sold, revenue_minor: 0 });

test("each minute has its bar, the one that runs is the last, and what is older is left out", () => {
  const bars = bins([at(0, 3), at(2, 5), at(14, 7), at(15, 100)], NOON_MS + 59_000);
  expect(bars).toEqual([7, ...Array(11).fill(0), 5, 0, 3]);
});
