import { ACCESSIBLE, type Geometry, type Run } from "./geometry";
import { ZONE_COLOURS } from "./palette";
import {
  LOOK_BLOCKED,
  LOOK_FAINT,
  LOOK_HELD,
  LOOK_NONE,
  LOOK_PLAIN,
  LOOK_SOLD,
  SQUARE,
} from "./stamps";

const LOOK_OF_STATE = [LOOK_PLAIN, LOOK_HELD, LOOK_SOLD, LOOK_BLOCKED];

/** `held` once the server has granted it; `offered`: granted instead of one that went. */
export type MineStatus = "picked" | "held" | "offered";

/** The reader's own places. */
export interface Mine {
  seats: Map<number, MineStatus>;
  /** Quantity per standing area. */
  areas: Map<number, number>;
}

/** What is to be seen: states, own places and the filter, as one look per seat. */
export class Scene {
  readonly looks: Uint8Array;
  states: Uint8Array;
  /** Places left per standing area; -1 until the first snapshot. */
  pools: Int32Array;
  mine: Mine = { seats: new Map(), areas: new Map() };
  /** Zones to show at full strength, or null for all. */
  zones: ReadonlySet<number> | null = null;
  /** Available seats per section. */
  readonly available: Int32Array;
  /** Most frequent zone of each section, for when its seats are too small to be seen. */
  readonly sectionZone: Int8Array;

  constructor(readonly geometry: Geometry) {
    this.looks = new Uint8Array(geometry.count);
    this.states = new Uint8Array(geometry.count);
    this.pools = new Int32Array(geometry.areas.length).fill(-1);
    this.available = new Int32Array(geometry.sections.length);
    this.sectionZone = Int8Array.from(geometry.sections, (section) =>
      section.zone >= 0 ? section.zone : mostFrequent(geometry.zone, section.runs),
    );
    this.refresh(null);
  }

  /** Brings the looks of these seats (null: all) up to date. */
  refresh(seats: Iterable<number> | null): void {
    if (seats === null) {
      for (let i = 0; i < this.looks.length; i++) this.looks[i] = this.lookOf(i);
    } else {
      for (const i of seats) this.looks[i] = this.lookOf(i);
    }
    this.count();
  }

  isShown(zone: number): boolean {
    return this.zones === null || this.zones.has(zone);
  }

  private lookOf(i: number): number {
    const { zone, access, r } = this.geometry;
    if (r[i] === 0 || this.mine.seats.has(i)) return LOOK_NONE;
    const shape = access[i] & ACCESSIBLE ? SQUARE : 0;
    if (this.states[i] !== 0) return LOOK_OF_STATE[this.states[i]] + shape;
    if (!this.isShown(zone[i])) return LOOK_FAINT + shape;
    return (zone[i] < 0 ? LOOK_PLAIN : zone[i] % ZONE_COLOURS) + shape;
  }

  private count(): void {
    const { sections } = this.geometry;
    for (let s = 0; s < sections.length; s++) {
      let available = 0;
      for (const { start, count } of sections[s].runs) {
        for (let i = start; i < start + count; i++) if (this.states[i] === 0) available++;
      }
      this.available[s] = available;
    }
  }
}

function mostFrequent(zone: Int8Array, runs: Run[]): number {
  const seen = new Map<number, number>();
  for (const { start, count } of runs) {
    for (let i = start; i < start + count; i++) seen.set(zone[i], (seen.get(zone[i]) ?? 0) + 1);
  }
  return [...seen].sort((a, b) => b[1] - a[1])[0]?.[0] ?? -1;
}
