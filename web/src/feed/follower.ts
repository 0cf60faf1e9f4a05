/**
 * The protocol of a stream without any input or output: events go in, a verdict comes out.
 * A follower is true at its version, or its verdict says that it is not.
 */

/** What a channel keeps: built by snapshots, moved by deltas. `Change` says what an update touched. */
export interface Model<Snapshot, Delta, Change> {
  load(snapshot: Snapshot): Change;
  apply(delta: Delta): Change;
  /** Checksum of the state, where the channel has one. */
  checksum?(): number;
}

interface Positioned {
  e: string | number;
  v: number;
}
interface Step {
  p: number;
  v: number;
}
interface Heartbeat {
  /** Server time, Unix milliseconds. */
  t: number;
  v: number;
  c?: number;
  /** Changes may come late: the server cannot hear of them at once. */
  degraded?: boolean;
}

export type Verdict<Change> =
  /** The state moved to a new version. */
  | { kind: "applied"; change: Change }
  /** Nothing to do: already known, or waiting for a snapshot. */
  | { kind: "ignored" }
  /** Something between was lost: ask again from `position`. */
  | { kind: "gap"; retryMs?: undefined }
  /** The state is wrong: it has been dropped, take a snapshot. */
  | { kind: "diverged"; retryMs?: undefined }
  | { kind: "alive"; serverMs: number; status: "live" | "late" }
  /** The server asks to come back after `retryMs`. */
  | { kind: "bye"; retryMs: number };

/** A heartbeat may overtake a delta that is being merged; a second one that is still ahead may not. */
const HEARTBEATS_AHEAD_MAX = 2;

export class Follower<S extends Positioned, D extends Step, Change> {
  private epoch: string | null = null;
  private version = -1;
  private heartbeatsAhead = 0;

  constructor(readonly model: Model<S, D, Change>) {}

  /** `epoch:version` to resume from, or null when only a snapshot will do. */
  get position(): string | null {
    return this.epoch === null ? null : `${this.epoch}:${this.version}`;
  }

  receive(type: string, data: unknown): Verdict<Change> {
    switch (type) {
      case "snapshot":
        return this.snapshot(data as S);
      case "delta":
        return this.delta(data as D);
      case "heartbeat":
        return this.heartbeat(data as Heartbeat);
      case "resync":
        this.forget();
        return { kind: "ignored" };
      case "bye":
        return { kind: "bye", retryMs: (data as { retry_ms?: number }).retry_ms ?? 1000 };
      default:
        return { kind: "ignored" };
    }
  }

  /** Drops the position, so that the next connection starts from a snapshot. */
  forget(): void {
    this.epoch = null;
    this.version = -1;
    this.heartbeatsAhead = 0;
  }

  private snapshot(data: S): Verdict<Change> {
    this.epoch = String(data.e);
    this.version = data.v;
    this.heartbeatsAhead = 0;
    return { kind: "applied", change: this.model.load(data) };
  }

  private delta(data: D): Verdict<Change> {
    if (this.epoch === null || data.v <= this.version) return { kind: "ignored" };
    if (data.p > this.version) return { kind: "gap" };
    this.version = data.v;
    this.heartbeatsAhead = 0;
    return { kind: "applied", change: this.model.apply(data) };
  }

  private heartbeat(data: Heartbeat): Verdict<Change> {
    if (this.epoch !== null && data.v > this.version) {
      if (++this.heartbeatsAhead >= HEARTBEATS_AHEAD_MAX) return { kind: "gap" };
    } else if (data.v === this.version && data.c !== undefined && this.model.checksum) {
      if (data.c !== this.model.checksum()) {
        this.forget();
        return { kind: "diverged" };
      }
    }
    return { kind: "alive", serverMs: data.t, status: data.degraded ? "late" : "live" };
  }
}
