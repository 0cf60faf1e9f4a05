/** The drawing of a venue as `GET /v1/events/{id}/map` sends it, decoded into flat arrays. */

import type { RowShape, SectionShape, Geometry as WireGeometry } from "../lib/schema";

type Range = RowShape["seats"];

/** Bits of `Geometry.access`. */
export const ACCESSIBLE = 1;
export const COMPANION = 2;
export const RESTRICTED_VIEW = 4;

/** Closed outline as x0, y0, x1, y1, ... in user units. */
export type Outline = Float32Array;

export interface Section {
  key: string;
  name: string;
  zone: number;
  outline: Outline | null;
  x: number;
  y: number;
  /** Its seats; nearly always one run. */
  runs: Run[];
}
export interface Run {
  start: number;
  count: number;
}
export interface Row {
  section: number;
  name: string | null;
  start: number;
  count: number;
}
export interface Table {
  key: string;
  section: number;
  name: string | null;
  outline: Outline | null;
  x: number;
  y: number;
  /** Radius in user units; 0 where the table has an outline only. */
  r: number;
  start: number;
  count: number;
}
export interface Area {
  key: string;
  name: string;
  zone: number;
  outline: Outline;
  x: number;
  y: number;
  capacity: number | null;
}
export interface Landmark {
  name: string;
  kind: string;
  outline: Outline | null;
  x: number;
  y: number;
}

/**
 * Indexes are -1 where there is none; coordinates and radii are user units. A seat of radius 0 was
 * there in a former version only: it is nowhere, and never for sale.
 */
export interface Geometry {
  box: { x: number; y: number; w: number; h: number };
  zones: { key: string; name: string }[];
  sections: Section[];
  rows: Row[];
  tables: Table[];
  areas: Area[];
  landmarks: Landmark[];
  labels: { text: string; x: number; y: number; size: number }[];
  count: number;
  x: Float32Array;
  y: Float32Array;
  r: Float32Array;
  zone: Int8Array;
  access: Uint8Array;
  /** Row, table and section of each seat. */
  row: Int32Array;
  table: Int32Array;
  section: Int32Array;
  number(seat: number): string;
}

/** Decodes the wire form; coordinates there are integers in `1 / scale` user units. */
export function decodeGeometry(wire: WireGeometry): Geometry {
  const { n } = wire.seats;
  const unit = 1 / wire.scale;
  const [bx, by, bw, bh] = wire.box.map((value) => value * unit);
  const outline = (points: number[] | null) => (points ? sums(points, 2, unit) : null);
  const at = (point: [number, number]) => ({ x: point[0] * unit, y: point[1] * unit });

  const section = new Int32Array(n).fill(-1);
  const row = new Int32Array(n).fill(-1);
  const table = new Int32Array(n).fill(-1);
  wire.sections.forEach((item, i) => rangesOf(item).forEach((range) => mark(section, range, i)));
  wire.rows.forEach((item, i) => mark(row, item.seats, i));
  wire.tables.forEach((item, i) => mark(table, item.seats, i));

  const access = new Uint8Array(n);
  for (const [seat, bits] of wire.seats.access) access[seat] = bits;

  return {
    box: { x: bx, y: by, w: bw, h: bh },
    zones: wire.zones,
    sections: wire.sections.map((item) => ({
      key: item.key,
      name: item.name ?? "",
      zone: item.zone ?? -1,
      outline: outline(item.outline),
      ...at(item.at),
      runs: rangesOf(item).map(([start, count]) => ({ start, count })),
    })),
    rows: wire.rows.map((item) => ({
      section: item.section ?? -1,
      name: item.name,
      start: item.seats[0],
      count: item.seats[1],
    })),
    tables: wire.tables.map((item) => ({
      key: item.key,
      section: item.section ?? -1,
      name: item.name,
      outline: outline(item.outline),
      ...at(item.at),
      r: (item.r ?? 0) * unit,
      start: item.seats[0],
      count: item.seats[1],
    })),
    areas: wire.areas.map((item) => ({
      key: item.key,
      name: item.name ?? item.key,
      zone: item.zone ?? -1,
      outline: sums(item.outline, 2, unit),
      ...at(item.at),
      capacity: item.capacity,
    })),
    landmarks: wire.landmarks.map((item) => ({
      name: item.name,
      kind: item.kind,
      outline: outline(item.outline),
      ...at(item.at),
    })),
    labels: wire.labels.map((item) => ({ text: item.text, size: item.size * unit, ...at(item.at) })),
    count: n,
    x: sums(wire.seats.x, 1, unit),
    y: sums(wire.seats.y, 1, unit),
    r: expand(wire.seats.r, new Float32Array(n), unit),
    zone: expand(wire.seats.zone, new Int8Array(n), 1),
    access,
    row,
    table,
    section,
    number(seat) {
      const group = row[seat] >= 0 ? wire.rows[row[seat]] : wire.tables[table[seat]];
      return group ? numberIn(group, seat) : "";
    },
  };
}

/** "Stalls, row B, seat 12" or "Table 4, chair 3": a seat's name, the same as the server's. */
export function seatLabel(geometry: Geometry, seat: number): string {
  const row = geometry.rows[geometry.row[seat]];
  const table = geometry.tables[geometry.table[seat]];
  const section = geometry.sections[geometry.section[seat]];
  const parts = [
    section?.name,
    table ? named("table", table.name) : named("row", row?.name),
    `${table ? "chair" : "seat"} ${geometry.number(seat)}`.trim(),
  ];
  const text = parts.filter(Boolean).join(", ");
  return text[0].toUpperCase() + text.slice(1);
}

/** How many seats a section has. */
export function sizeOf({ runs }: Section): number {
  return runs.reduce((size, { count }) => size + count, 0);
}

/** "Wheelchair accessible, Restricted view"; empty for a seat like others. */
export function accessInWords(bits: number): string {
  return [
    bits & ACCESSIBLE && "Wheelchair accessible",
    bits & COMPANION && "Companion seat",
    bits & RESTRICTED_VIEW && "Restricted view",
  ]
    .filter(Boolean)
    .join(", ");
}

/** Tables are drawn as "12" or as "Table 12", rows likewise. */
export function named(kind: "table" | "row", name: string | null | undefined): string {
  return name && !name.toLowerCase().includes(kind) ? `${kind} ${name}` : (name ?? "");
}

function rangesOf({ seats, more }: Pick<SectionShape, "seats" | "more">): Range[] {
  return [seats, ...more];
}

function numberIn(group: Pick<RowShape, "seats" | "numbers">, seat: number): string {
  const { numbers, seats } = group;
  const offset = seat - seats[0];
  if (typeof numbers[0] !== "number") return (numbers as string[])[offset];
  return String(numbers[0] + offset * (numbers[1] as number));
}

/** Undoes differences: every value is relative to the one `stride` before it. */
function sums(values: number[], stride: number, unit: number): Float32Array {
  const out = new Float32Array(values.length);
  const last = [0, 0];
  for (let i = 0; i < values.length; i++) {
    last[i % stride] += values[i];
    out[i] = last[i % stride] * unit;
  }
  return out;
}

function expand<T extends Float32Array | Int8Array>(runs: Range[], out: T, unit: number): T {
  let at = 0;
  for (const [count, value] of runs) {
    out.fill(value * unit, at, at + count);
    at += count;
  }
  return out;
}

function mark(of: Int32Array, [start, count]: Range, value: number): void {
  of.fill(value, start, start + count);
}
