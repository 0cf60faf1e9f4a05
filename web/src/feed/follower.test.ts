import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checksum, fmix32 } from "./checksum";
import { Follower } from "./follower";
import { SeatsModel, type SeatsDelta, type SeatsSnapshot } from "./seats";
import { EventStreamParser } from "./sse";

/** A server that remembers every version of a small house. */
class House {
  readonly history: { states: number[]; pools: number[] }[];

  constructor(readonly seatCount: number, readonly poolCount: number) {
    this.history = [{ states: Array(seatCount).fill(0), pools: Array(poolCount).fill(20) }];
  }

  get version(): number {
    return this.history.length - 1;
  }

  commit(changes: [number, number][], places: number): void {
    const { states, pools } = structuredClone(this.history[this.version]);
    for (const [idx, state] of changes) states[idx % this.seatCount] = state;
    pools[places % this.poolCount] = places;
    this.history.push({ states, pools });
  }

  /**
   * Every seat and pool touched after p, not the net difference: a client between p and v may hold
   * a state that was later taken back.
   */
  delta(p: number, v: number): SeatsDelta {
    const steps = this.history.slice(p, v + 1);
    const touched = (pick: (at: { states: number[]; pools: number[] }) => number[], i: number) =>
      steps.some((at, k) => k > 0 && pick(at)[i] !== pick(steps[k - 1])[i]);
    const { states, pools } = this.history[v];
    const changes = (pick: (at: { states: number[]; pools: number[] }) => number[], now: number[]) =>
      now.flatMap((value, i) => (touched(pick, i) ? [[i, value] as [number, number]] : []));
    return { p, v, s: changes((at) => at.states, states), g: changes((at) => at.pools, pools) };
  }

  snapshot(v: number, packed: boolean): SeatsSnapshot {
    const { states, pools } = this.history[v];
    const s = packed ? pack(states) : states.map((state, i) => [i, 1, state] as [number, number, number]);
    return { e: "a", v, n: this.seatCount, m: "m1", s, g: pools };
  }

  heartbeat(v: number) {
    return { t: 0, v, c: checksum(this.history[v].states, this.history[v].pools) };
  }
}

function pack(states: number[]): string {
  const bytes = new Uint8Array(Math.ceil(states.length / 4));
  states.forEach((state, i) => (bytes[i >> 2] |= state << ((i & 3) * 2)));
  return btoa(String.fromCharCode(...bytes));
}

const commits = fc.array(
  fc.tuple(
    fc.array(fc.tuple(fc.nat(99), fc.integer({ min: 0, max: 3 })), { maxLength: 5 }),
    fc.nat(20),
  ),
  { minLength: 1, maxLength: 20 },
);
const deliveries = fc.array(
  fc.record({
    what: fc.constantFrom("delta", "delta", "delta", "snapshot", "heartbeat", "resync"),
    from: fc.nat(100),
    to: fc.nat(100),
    packed: fc.boolean(),
  }),
  { maxLength: 60 },
);

function follow() {
  const model = new SeatsModel();
  return { model, follower: new Follower(model) };
}

describe("a follower", () => {
  test("is true at its version under any loss, repetition, reordering and merging", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 21 }), commits, deliveries, (seatCount, made, sent) => {
        const house = new House(seatCount, 2);
        for (const [changes, places] of made) house.commit(changes, places);
        const { model, follower } = follow();
        for (const { what, from, to, packed } of sent) {
          const [p, v] = [from % house.history.length, to % house.history.length].sort((a, b) => a - b);
          const before = follower.position;
          if (what === "snapshot") follower.receive(what, house.snapshot(v, packed));
          else if (what === "heartbeat") {
            const verdict = follower.receive(what, house.heartbeat(v));
            expect(verdict.kind).not.toBe("diverged");
          } else if (what === "resync") {
            follower.receive(what, {});
            expect(follower.position).toBeNull();
          } else if (p < v) {
            const mine = before === null ? null : Number(before.split(":")[1]);
            const { kind } = follower.receive(what, house.delta(p, v));
            if (mine === null || v <= mine) expect(kind).toBe("ignored");
            else expect(kind).toBe(p <= mine ? "applied" : "gap");
            if (kind !== "applied") expect(follower.position).toBe(before);
          }
          if (follower.position === null) continue;
          const truth = house.history[Number(follower.position.split(":")[1])];
          expect([...model.states]).toEqual(truth.states);
          expect([...model.pools]).toEqual(truth.pools);
          expect(model.checksum()).toBe(checksum(truth.states, truth.pools));
        }
      }),
      { numRuns: 500 },
    );
  });

  test("ends at the newest version after a resume from any version", () => {
    fc.assert(
      fc.property(commits, fc.nat(100), (made, cut) => {
        const house = new House(9, 1);
        for (const [changes, places] of made) house.commit(changes, places);
        const { model, follower } = follow();
        const at = cut % house.history.length;
        follower.receive("snapshot", house.snapshot(at, true));
        if (at < house.version) follower.receive("delta", house.delta(at, house.version));
        expect(follower.position).toBe(`a:${house.version}`);
        expect([...model.states]).toEqual(house.history[house.version].states);
      }),
    );
  });

  test("knows from one heartbeat that a single seat is wrong, and drops its state", () => {
    fc.assert(
      fc.property(fc.nat(49), fc.integer({ min: 1, max: 3 }), (idx, state) => {
        const house = new House(50, 1);
        const { follower } = follow();
        follower.receive("snapshot", house.snapshot(0, true));
        house.commit([[idx, state]], 20);
        follower.receive("delta", { p: 0, v: 1, s: [], g: [] });
        expect(follower.receive("heartbeat", house.heartbeat(1)).kind).toBe("diverged");
        expect(follower.position).toBeNull();
      }),
    );
  });

  test("asks again when heartbeats stay ahead of it", () => {
    const house = new House(4, 1);
    const { follower } = follow();
    follower.receive("snapshot", house.snapshot(0, true));
    house.commit([[1, 1]], 20);
    expect(follower.receive("heartbeat", house.heartbeat(1)).kind).toBe("alive");
    expect(follower.receive("heartbeat", house.heartbeat(1)).kind).toBe("gap");
    expect(follower.position).toBe("a:0");
  });

  test("takes a snapshot of another epoch although its version is lower", () => {
    const house = new House(4, 1);
    house.commit([[0, 2]], 20);
    const { model, follower } = follow();
    follower.receive("snapshot", house.snapshot(1, false));
    follower.receive("snapshot", { ...house.snapshot(0, false), e: "b" });
    expect(follower.position).toBe("b:0");
    expect([...model.states]).toEqual([0, 0, 0, 0]);
  });
});

describe("the checksum", () => {
  test("weighs positions by MurmurHash3's finalizer", () => {
    expect([0, 1, 2, 0xffffffff].map(fmix32)).toEqual([0, 0x514e28b7, 0x30f4c306, 0x81f16f39]);
  });
});

describe("the event stream parser", () => {
  test("yields the same events however the bytes are cut", () => {
    const text = 'event: delta\r\nid: a:1\r\ndata: {"p":0,\r\ndata: "v":1}\r\n\r\n: ping\n\nevent:bye\ndata:{}\n\ndata: x\n\n';
    const whole = new EventStreamParser().push(text);
    expect(whole).toEqual([
      { type: "delta", data: '{"p":0,\n"v":1}' },
      { type: "bye", data: "{}" },
      { type: "message", data: "x" },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 12 }), (cuts) => {
        const parser = new EventStreamParser();
        const points = [0, ...cuts.sort((a, b) => a - b), text.length];
        const events = points.slice(1).flatMap((end, i) => parser.push(text.slice(points[i], end)));
        expect(events).toEqual(whole);
      }),
    );
  });
});
