import { type Geometry, named } from "./geometry";

/** A named run of seats: a row, or a table. */
export interface Group {
  name: string;
  start: number;
  count: number;
}
export interface Block extends Group {
  groups: Group[];
}

let cached: { of: Geometry; blocks: Block[] } | null = null;

/** Sections with their rows and tables; what has no section comes last as one block. */
export function blocksOf(map: Geometry): Block[] {
  if (cached?.of === map) return cached.blocks;
  const groups: (Group & { section: number })[] = [
    ...map.rows.map((row) => ({ ...row, name: named("row", row.name) || "Seats" })),
    ...map.tables.map((table) => ({ ...table, name: named("table", table.name) || "Table" })),
  ].sort((a, b) => a.start - b.start);
  const blocks = map.sections
    .map((section, s) => ({ ...section, groups: groups.filter((group) => group.section === s) }))
    .filter((block) => block.groups.length > 0);
  const loose = groups.filter((group) => group.section < 0);
  if (loose.length > 0) {
    const { start } = loose[0];
    const last = loose[loose.length - 1];
    const count = last.start + last.count - start;
    blocks.push({ name: "Other seats", start, count, groups: loose } as (typeof blocks)[number]);
  }
  cached = { of: map, blocks };
  return blocks;
}

/** Every seat of a run. */
export function seatsOf({ start, count }: { start: number; count: number }): number[] {
  return Array.from({ length: count }, (_, i) => start + i);
}
