import { expect, test } from "vitest";
import { fullName, houseOf, keyOf, ownName, seatsIn, widened, zoneKey } from "./house";
import type { Draft } from "../lib/schema";
import { changesInWords, editInWords, hindrancesInWords } from "./words";

const draft: Draft = {
  revision: 3,
  geometry: {
    id: "m:3",
    scale: 10,
    box: [0, 0, 1000, 600],
    zones: [{ key: "general", name: "General", ticket_type: "General" }],
    sections: [{ key: "stalls", name: "Stalls", zone: 0, outline: null, at: [10, 10], seats: [0, 2], more: [[4, 1]] }],
    rows: [
      { section: 0, name: "A", seats: [0, 2], numbers: [1, 1] },
      { section: null, name: null, seats: [4, 1], numbers: ["x"] },
    ],
    tables: [{ key: "t7", name: null, section: null, at: [50, 50], r: 5, outline: null, seats: [2, 2], numbers: [1, 1] }],
    areas: [{ key: "floor", name: "Floor", zone: 0, section: null, outline: [0, 0, 9, 0, 0, 9], at: [3, 3], capacity: 0 }],
    landmarks: [],
    labels: [],
    seats: { n: 5, x: [10, 10, 10, 10, 10], y: [5, 0, 0, 0, 0], r: [[5, 20]], zone: [[5, 0]], access: [], removed: [] },
    focal: [200, 100],
  },
  seat_keys: ["stalls/A/1", "stalls/A/2", "t7/1", "t7/2", "single"],
  row_keys: ["stalls/A", null],
  unknown_capacities: ["floor"],
  doubtful: [],
};
const house = houseOf(draft);

test("every key leads to its thing, and the thing back to its key", () => {
  expect([...house.byKey.keys()].sort()).toEqual(
    ["floor", "single", "stalls", "stalls/A", "stalls/A/1", "stalls/A/2", "t7", "t7/1", "t7/2"].sort(),
  );
  for (const [key, thing] of house.byKey) expect(keyOf(house, thing)).toBe(key);
});

test("a press on a seat means the seat, its row or table, or its section", () => {
  expect(widened(house, 0, "row")).toEqual({ kind: "row", at: 0 });
  expect(widened(house, 3, "row")).toEqual({ kind: "table", at: 0 });
  expect(widened(house, 1, "section")).toEqual({ kind: "section", at: 0 });
  expect(widened(house, 4, "row")).toEqual({ kind: "seat", at: 4 });
  expect(widened(house, 2, "section")).toEqual({ kind: "table", at: 0 });
});

test("a section has the seats of all its runs, a standing area none", () => {
  expect(seatsIn(house, { kind: "section", at: 0 })).toEqual([0, 1, 4]);
  expect(seatsIn(house, { kind: "table", at: 0 })).toEqual([2, 3]);
  expect(seatsIn(house, { kind: "area", at: 0 })).toEqual([]);
});

test("things are called what a person calls them", () => {
  expect(fullName(house, { kind: "row", at: 0 })).toBe("Stalls, row A");
  expect(fullName(house, { kind: "table", at: 0 })).toBe("Table without a name");
  expect(ownName(house, { kind: "seat", at: 1 })).toBe("2");
  expect(house.geometry.landmarks[0]).toMatchObject({ kind: "focal", x: 20, y: 10 });
});

test("a zone's key is plain, and no other zone's", () => {
  expect(zoneKey("Première Loge", [])).toBe("premiere-loge");
  expect(zoneKey("VIP!", ["vip", "vip-2"])).toBe("vip-3");
  expect(zoneKey("座席", [])).toBe("zone");
  expect(zoneKey("x".repeat(200), []).length).toBeLessThanOrEqual(40);
});

test("edits are told in words", () => {
  expect(editInWords({ op: "renumber", keys: ["stalls/A"], start: 2, step: 2, reverse: true })).toBe(
    "stalls/A: numbers from 2 by 2, from the other end",
  );
  expect(editInWords({ op: "access", keys: ["a"], accessible: true, companion: null, restricted_view: false })).toBe(
    "a: wheelchair accessible, not restricted view",
  );
  expect(editInWords({ op: "capacity", key: "floor", places: 1 })).toBe("floor: 1 place");
  expect(editInWords({ op: "assign", keys: ["a", "b", "c", "d", "e"], zone: "vip" })).toBe("a; b; c; d and 1 more: zone vip");
});

test("a step to another version says what changes and what hinders", () => {
  const step = {
    seats_added: 1,
    seats_removed: 1200,
    seats_renamed: 0,
    areas_changed: 0,
    in_the_way: {
      seats: [{ idx: 0, key: "k", label: "Row A, seat 1", status: "sold", reason: "removed" }],
      areas: [{ key: "f", name: "Floor", used: 80, capacity: 60, reason: "capacity" }],
      zones: [],
    },
  } as never;
  expect(changesInWords(step)).toBe("1 seat more, 1,200 seats gone.");
  expect(hindrancesInWords(step)).toEqual([
    "Row A, seat 1 is sold and is not in the new version.",
    "Floor has 80 places taken, and would have 60.",
  ]);
});
