/** A draft as the editor looks things up in it: everything has a key, and edits name keys. */
import { seatsOf } from "../map/blocks";
import { decodeGeometry, type Geometry, named, seatLabel } from "../map/geometry";
import type { Grain } from "../map/workbar";
import type { Draft } from "../lib/schema";

export type Kind = "section" | "row" | "table" | "area" | "seat";

/** A thing of the draft, by its place among its kind. */
export interface Thing {
  kind: Kind;
  at: number;
}

export interface House {
  geometry: Geometry;
  draft: Draft;
  byKey: ReadonlyMap<string, Thing>;
  /** All keys of a kind. */
  keys: Record<Kind, string[]>;
}

export function houseOf(draft: Draft): House {
  const geometry = decodeGeometry(draft.geometry);
  const byKey = new Map<string, Thing>();
  const keys: House["keys"] = { section: [], row: [], table: [], area: [], seat: [] };
  const add = (kind: Kind, of: (string | null)[]) =>
    of.forEach((key, at) => {
      if (key === null) return;
      byKey.set(key, { kind, at });
      keys[kind].push(key);
    });
  add("seat", draft.seat_keys);
  add("row", draft.row_keys);
  for (const [kind, things] of [
    ["section", geometry.sections],
    ["table", geometry.tables],
    ["area", geometry.areas],
  ] as const) {
    add(kind, things.map(({ key }) => key));
  }
  const { focal } = draft.geometry;
  if (focal) {
    const [x, y] = focal.map((value) => value / draft.geometry.scale);
    geometry.landmarks.push({ name: "◎ focal point", kind: "focal", outline: null, x, y });
  }
  return { geometry, draft, byKey, keys };
}

/** Null for a row of single seats, which has none. */
export function keyOf({ geometry, draft }: House, { kind, at }: Thing): string | null {
  if (kind === "seat") return draft.seat_keys[at];
  if (kind === "row") return draft.row_keys[at];
  return { section: geometry.sections, table: geometry.tables, area: geometry.areas }[kind][at].key;
}

export function seatsIn({ geometry }: House, { kind, at }: Thing): number[] {
  if (kind === "seat") return [at];
  if (kind === "area") return [];
  return kind === "section" ? seatsOf(...geometry.sections[at].runs) : seatsOf(geometry[`${kind}s`][at]);
}

/** What a press on a seat means: the seat, its row or table, or its section. */
export function widened({ geometry, draft }: House, seat: number, to: Grain): Thing {
  const { row, table, section } = geometry;
  if (to === "section" && section[seat] >= 0) return { kind: "section", at: section[seat] };
  if (to !== "seat" && table[seat] >= 0) return { kind: "table", at: table[seat] };
  if (to !== "seat" && row[seat] >= 0 && draft.row_keys[row[seat]] !== null) return { kind: "row", at: row[seat] };
  return { kind: "seat", at: seat };
}

/** Its own name, as it stands in the drawing; empty where it has none. */
export function ownName({ geometry }: House, { kind, at }: Thing): string {
  if (kind === "seat") return geometry.number(at);
  return geometry[`${kind}s`][at].name ?? "";
}

/** What a person calls it: "Stalls, row A", "Table 7". */
export function fullName(house: House, { kind, at }: Thing): string {
  const { geometry } = house;
  if (kind === "seat") return seatLabel(geometry, at);
  if (kind === "section") return geometry.sections[at].name || "Section without a name";
  if (kind === "area") return geometry.areas[at].name;
  const { section, name } = geometry[`${kind}s`][at];
  const own = named(kind, name) || `${kind} without a name`;
  const text = [geometry.sections[section]?.name, own].filter(Boolean).join(", ");
  return text[0].toUpperCase() + text.slice(1);
}

/** "Gold circle" is "gold-circle": a zone's key for its name, which no other zone has. */
export function zoneKey(name: string, taken: string[]): string {
  const plain = name.normalize("NFKD").toLowerCase().replace(/\p{M}/gu, "");
  const key = plain.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 36) || "zone";
  for (let nth = 1; ; nth++) {
    const found = nth === 1 ? key : `${key}-${nth}`;
    if (!taken.includes(found)) return found;
  }
}
