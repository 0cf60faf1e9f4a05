import { expect, test } from "vitest";
import type { House, Thing } from "./house";
import { counted, namesFor, type Order } from "./naming";

test("names are counted as the server counts them", () => {
  expect([0, 1, 25, 26, 51, 702].map((by) => counted("A", by))).toEqual(["A", "B", "Z", "AA", "AZ", "AAA"]);
  expect(counted("az", 1)).toBe("BA");
  expect(counted("9", 1)).toBe("10");
  expect(counted("10", -3)).toBe("7");
});

const at: [number, number][] = [
  [30, 50],
  [10, 51],
  [20, 10],
  [5, 90],
];
const house = {
  geometry: { tables: at.map(([x, y]) => ({ x, y, r: 4 })) },
} as unknown as House;
const tables = at.map((_, i): [string, Thing] => [`t${i}`, { kind: "table", at: i }]);
const named = (order: Order) => Object.fromEntries(namesFor(house, tables, "1", 1, order).map((edit) => [(edit as { key: string }).key, (edit as { name: string }).name]));

test("things are named as one reads them off the picture", () => {
  expect(named("drawn")).toEqual({ t0: "1", t1: "2", t2: "3", t3: "4" });
  expect(named("down")).toEqual({ t2: "1", t1: "2", t0: "3", t3: "4" });
  expect(named("up")).toEqual({ t3: "1", t1: "2", t0: "3", t2: "4" });
  expect(named("across")).toEqual({ t3: "1", t1: "2", t2: "3", t0: "4" });
});
