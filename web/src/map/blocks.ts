import { type Geometry, named, type Run } from "./geometry";
import { inside } from "./grid";

/** A named run of seats: a row, or a table, by its place among them. */
export interface Group extends Run {
  kind: "row" | "table";
  at: number;
  name: string;
}

/** A section, by its place among them; -1 for what stands in none. */
export interface Block {
  at: number;
  name: string;
  groups: Group[];
}

let cached: { of: Geometry; blocks: Block[] } | null = null;

/** Sections with their rows and tables; what has no section comes last as one block. */
export function blocksOf(map: Geometry): Block[] {
  if (cached?.of === map) return cached.blocks;
  const groups: (Group & { section: number })[] = [
    ...map.rows.map((row, at) => ({ ...row, kind: "row" as const, at, name: named("row", row.name) || "Seats" })),
    ...map.tables.map((table, at) => ({ ...table, kind: "table" as const, at, name: named("table", table.name) || "Table" })),
  ]
    .filter((group) => group.count > 0)
    .sort((a, b) => a.start - b.start);
  const within = (section: number) => groups.filter((group) => group.section === section);
  const blocks = map.sections.map(({ name }, at) => ({ at, name, groups: within(at) }));
  blocks.push({ at: -1, name: "Other seats", groups: within(-1) });
  cached = { of: map, blocks: blocks.filter((block) => block.groups.length > 0) };
  return cached.blocks;
}

/** The section that is drawn around a point (user units), or -1. */
export function sectionAt({ sections }: Geometry, x: number, y: number): number {
  return sections.findIndex(({ outline }) => outline !== null && inside(outline, x, y));
}

/** Every seat of these runs. */
export function seatsOf(...runs: Run[]): number[] {
  return runs.flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
}
