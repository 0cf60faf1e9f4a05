import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Feed, type FeedStatus, follow } from "./client";
import { SeatsModel } from "./seats";
import type { Listener } from "./transport";

/** A transport in the test's hands: every connection that was opened, newest last. */
interface Opened {
  position: string | null;
  to: Listener;
  isClosed: boolean;
}

let opened: Opened[];
let statuses: FeedStatus[];
let model: SeatsModel;
let feed: Feed;
let visibility: () => void;
const page = { hidden: false, addEventListener: (_: string, listener: () => void) => (visibility = listener), removeEventListener: () => {} };

const latest = () => opened[opened.length - 1];
const snapshot = (v: number) => ({ e: 7, v, n: 4, s: [], g: [] });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  page.hidden = false;
  opened = [];
  statuses = [];
  model = new SeatsModel();
  feed = follow(model, {
    base: "/v1/events/e",
    channel: "seats",
    transport(_, position, to) {
      const connection = { position, to, isClosed: false };
      opened.push(connection);
      return { close: () => (connection.isClosed = true) };
    },
    onChange: () => {},
    onStatus: (status) => statuses.push(status),
  });
});

afterEach(() => {
  feed.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a gap closes the connection and resumes from the last true version", () => {
  latest().to.event("snapshot", snapshot(3));
  latest().to.event("delta", { p: 5, v: 6, s: [[0, 1]] });
  expect(opened[0].isClosed).toBe(true);
  expect(statuses.at(-1)).toBe("behind");
  vi.advanceTimersByTime(1000);
  expect(opened.length).toBe(2);
  expect(latest().position).toBe("7:3");
  expect([...model.states]).toEqual([0, 0, 0, 0]);
});

test("a wrong checksum throws the state away and asks for a snapshot", () => {
  latest().to.event("snapshot", snapshot(3));
  latest().to.event("heartbeat", { t: 0, v: 3, c: 12345 });
  vi.advanceTimersByTime(1000);
  expect(opened.length).toBe(2);
  expect(latest().position).toBeNull();
});

test("it says that changes may be late as long as heartbeats do", () => {
  latest().to.event("snapshot", snapshot(3));
  latest().to.event("heartbeat", { t: 0, v: 3, degraded: true });
  latest().to.event("delta", { p: 3, v: 4, s: [] });
  latest().to.event("heartbeat", { t: 0, v: 4 });
  expect(statuses).toEqual(["connecting", "live", "late", "late", "live"]);
});

test("silence counts as a dead connection", () => {
  latest().to.event("snapshot", snapshot(1));
  vi.advanceTimersByTime(20_000);
  expect(opened.length).toBe(1);
  vi.advanceTimersByTime(7_000);
  expect(opened[0].isClosed).toBe(true);
  expect(opened.length).toBe(2);
});

test("bye comes back near the time that the server asked for, not at once", () => {
  latest().to.event("snapshot", snapshot(1));
  latest().to.event("bye", { retry_ms: 4000 });
  vi.advanceTimersByTime(1999);
  expect(opened.length).toBe(1);
  vi.advanceTimersByTime(4002);
  expect(opened.length).toBe(2);
});

test("failures wait longer and longer, within a bound, and never stop trying", () => {
  const waits: number[] = [];
  vi.spyOn(Math, "random").mockReturnValue(1);
  for (let i = 0; i < 12; i++) {
    const before = Date.now();
    latest().to.end();
    vi.advanceTimersToNextTimer();
    waits.push(Date.now() - before);
  }
  expect(opened.length).toBe(13);
  expect(waits.slice(0, 3)).toEqual([250, 500, 1000]);
  expect(Math.max(...waits)).toBe(10_000);
  vi.mocked(Math.random).mockRestore();
});

test("a refusal is final", () => {
  latest().to.end(undefined, true);
  vi.advanceTimersByTime(60_000);
  expect(opened.length).toBe(1);
  expect(statuses.at(-1)).toBe("refused");
});

test("a hidden tab gives its connection back and resumes where it was", () => {
  latest().to.event("snapshot", snapshot(9));
  page.hidden = true;
  visibility();
  expect(opened[0].isClosed).toBe(true);
  expect(statuses.at(-1)).toBe("paused");
  vi.advanceTimersByTime(60_000);
  expect(opened.length).toBe(1);
  page.hidden = false;
  visibility();
  expect(opened.length).toBe(2);
  expect(latest().position).toBe("7:9");
});

test("what an old connection still says is not heard", () => {
  latest().to.event("snapshot", snapshot(3));
  const old = latest();
  old.to.event("delta", { p: 5, v: 6, s: [[0, 1]] });
  old.to.event("snapshot", { ...snapshot(99), s: [[0, 4, 2]] });
  old.to.end();
  vi.advanceTimersByTime(1000);
  expect(opened.length).toBe(2);
  expect([...model.states]).toEqual([0, 0, 0, 0]);
});
