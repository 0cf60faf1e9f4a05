/** Many things named by one rule. */
import { type House, seatsIn, type Thing } from "./house";
import type { Edit } from "../lib/wire";

/** From where the names count: as the drawing has the things, or as one reads them off it. */
export type Order = "drawn" | "down" | "up" | "across";

/** `start` counted on: 1 is "2" by 1, "A" is "B", "Z" is "AA", as the server numbers seats. */
export function counted(start: string, by: number): string {
  if (/^[0-9]+$/.test(start)) return String(Number(start) + by);
  let number = [...start.toUpperCase()].reduce((sum, letter) => 26 * sum + letter.charCodeAt(0) - 64, 0) + by;
  let found = "";
  while (number > 0) {
    const rest = (number - 1) % 26;
    found = String.fromCharCode(65 + rest) + found;
    number = (number - 1 - rest) / 26;
  }
  return found || start;
}

/** One name each, counted in this order. */
export function namesFor(house: House, things: [string, Thing][], start: string, step: number, order: Order): Edit[] {
  return inOrder(house, things, order).map(([key], nth) => ({ op: "rename", key, name: counted(start, nth * step) }));
}

/** Down and up: by rows of the picture, each from left to right. */
function inOrder(house: House, things: [string, Thing][], order: Order): [string, Thing][] {
  if (order === "drawn") return [...things].sort(([, a], [, b]) => a.at - b.at);
  const placed = things.map((entry) => ({ entry, ...middleOf(house, entry[1]) }));
  const size = Math.max(...placed.map(({ tall }) => tall), 1e-6);
  const sign = order === "up" ? -1 : 1;
  // What is less than a thing's height apart stands side by side.
  const line = ({ y }: { y: number }) => Math.round((sign * y) / size);
  placed.sort((a, b) => (order === "across" ? a.x - b.x || a.y - b.y : line(a) - line(b) || a.x - b.x));
  return placed.map(({ entry }) => entry);
}

function middleOf(house: House, thing: Thing): { x: number; y: number; tall: number } {
  const { geometry } = house;
  if (thing.kind === "table") {
    const { x, y, r } = geometry.tables[thing.at];
    return { x, y, tall: 2 * r };
  }
  const seats = seatsIn(house, thing);
  if (seats.length === 0) {
    const { x, y } = thing.kind === "area" ? geometry.areas[thing.at] : geometry.sections[thing.at];
    return { x, y, tall: 0 };
  }
  const mean = (values: Float32Array) => seats.reduce((sum, seat) => sum + values[seat], 0) / seats.length;
  return { x: mean(geometry.x), y: mean(geometry.y), tall: 2 * geometry.r[seats[0]] };
}
