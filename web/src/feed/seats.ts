import { checksum, weight } from "./checksum";
import type { Model } from "./follower";

/** Seat states on the wire and in memory. */
export const AVAILABLE = 0;
export const HELD = 1;
export const SOLD = 2;
export const BLOCKED = 3;

type Run = [start: number, count: number, state: number];

export interface SeatsSnapshot {
  e: string | number;
  v: number;
  /** Number of seats. */
  n: number;
  /** The version of the map that they are on. */
  m: string;
  /** Base64 of two bits a seat, or the runs of seats that are not available. */
  s: string | Run[];
  /** Places available, one number per pool. */
  g: number[];
}

export interface SeatsDelta {
  p: number;
  v: number;
  s?: [idx: number, state: number][];
  g?: [pool: number, available: number][];
}

/** What one update touched; `seats` is null when every seat may have changed. */
export interface SeatsChange {
  seats: number[] | null;
  pools: boolean;
}

/** State of every seat and pool of one event, with its checksum kept as it changes. */
export class SeatsModel implements Model<SeatsSnapshot, SeatsDelta, SeatsChange> {
  states: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  pools = new Int32Array(0);
  /** The version of the map that all this is of; where another is drawn, nothing here fits it. */
  map = "";
  private sum = 0;

  load(snapshot: SeatsSnapshot): SeatsChange {
    if (this.states.length !== snapshot.n) this.states = new Uint8Array(snapshot.n);
    if (typeof snapshot.s === "string") unpack(snapshot.s, this.states);
    else fillRuns(snapshot.s, this.states);
    this.pools = Int32Array.from(snapshot.g);
    this.map = snapshot.m;
    this.sum = checksum(this.states, this.pools);
    return { seats: null, pools: true };
  }

  apply(delta: SeatsDelta): SeatsChange {
    const seats: number[] = [];
    for (const [idx, state] of delta.s ?? []) {
      if (idx >= this.states.length) continue;
      this.sum = (this.sum + Math.imul(state - this.states[idx], weight(idx))) | 0;
      this.states[idx] = state;
      seats.push(idx);
    }
    for (const [pool, available] of delta.g ?? []) {
      if (pool >= this.pools.length) continue;
      const change = available - this.pools[pool];
      this.sum = (this.sum + Math.imul(change, weight(this.states.length + pool))) | 0;
      this.pools[pool] = available;
    }
    return { seats, pools: (delta.g?.length ?? 0) > 0 };
  }

  checksum(): number {
    return this.sum >>> 0;
  }
}

/** Two bits a seat: seat i at bits (i & 3) * 2 of byte i >> 2. */
function unpack(base64: string, states: Uint8Array): void {
  const bytes = atob(base64);
  for (let i = 0; i < states.length; i++) {
    states[i] = (bytes.charCodeAt(i >> 2) >> ((i & 3) * 2)) & 3;
  }
}

function fillRuns(runs: Run[], states: Uint8Array): void {
  states.fill(AVAILABLE);
  for (const [start, count, state] of runs) states.fill(state, start, start + count);
}
