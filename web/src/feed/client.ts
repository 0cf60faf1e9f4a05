import { Follower, type Model, type Verdict } from "./follower";
import { openEventStream } from "./sse";
import type { Connection, Target, Transport } from "./transport";

/**
 * `live`: true now. `late`: true, but changes may take two seconds. `behind`: cut off, trying again.
 * `paused`: hidden tab. `refused`: not allowed.
 */
export type FeedStatus = "connecting" | "live" | "late" | "behind" | "paused" | "refused";

export interface FeedOptions<Change> extends Target {
  transport?: Transport;
  onChange(change: Change): void;
  onStatus?(status: FeedStatus): void;
  onServerTime?(serverMs: number): void;
}

export interface Feed {
  close(): void;
}

const BACKOFF_FIRST_MS = 250;
const BACKOFF_MAX_MS = 10_000;
/** Silence after which a connection counts as dead; the server beats several times within it. */
const SILENCE_MAX_MS = 25_000;

/** Follows one channel of one event until closed; keeps `model` true and says when it is not. */
export function follow<S extends { e: string | number; v: number }, D extends { p: number; v: number }, C>(
  model: Model<S, D, C>,
  options: FeedOptions<C>,
): Feed {
  const follower = new Follower<S, D, C>(model);
  const open = options.transport ?? openEventStream;
  let connection: Connection | null = null;
  let retryTimer = 0;
  let silenceTimer = 0;
  let failures = 0;
  let closed = false;
  let liveness: "live" | "late" = "live";

  const status = (value: FeedStatus) => options.onStatus?.(value);

  function connect(): void {
    if (closed || connection || document.hidden) return;
    status(follower.position === null ? "connecting" : "behind");
    listenForSilence();
    const current = open(options, follower.position, {
      event(type, data) {
        if (connection !== current) return;
        listenForSilence();
        handle(follower.receive(type, data));
      },
      end(retryAfterMs, refused) {
        if (connection !== current) return;
        if (refused) {
          close();
          status("refused");
        } else retry(retryAfterMs);
      },
    });
    connection = current;
  }

  function handle(verdict: Verdict<C>): void {
    switch (verdict.kind) {
      case "applied":
        alive();
        options.onChange(verdict.change);
        break;
      case "alive":
        liveness = verdict.status;
        alive();
        options.onServerTime?.(verdict.serverMs);
        break;
      case "gap":
      case "diverged":
      case "bye":
        retry(verdict.retryMs);
        break;
      case "ignored":
    }
  }

  function alive(): void {
    failures = 0;
    status(liveness);
  }

  function drop(): void {
    clearTimeout(silenceTimer);
    clearTimeout(retryTimer);
    const old = connection;
    connection = null;
    old?.close();
  }

  function retry(afterMs?: number): void {
    drop();
    status("behind");
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failures++);
    const waitMs = afterMs === undefined ? Math.random() * ceilingMs : afterMs * (0.5 + Math.random());
    retryTimer = setTimeout(connect, waitMs);
  }

  function listenForSilence(): void {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(retry, SILENCE_MAX_MS);
  }

  // Browsers allow six HTTP/1.1 connections per host: a tab that nobody sees must not keep one.
  function onVisibility(): void {
    if (document.hidden) {
      drop();
      status("paused");
    } else {
      failures = 0;
      connect();
    }
  }

  function close(): void {
    closed = true;
    drop();
    document.removeEventListener("visibilitychange", onVisibility);
  }

  document.addEventListener("visibilitychange", onVisibility);
  connect();
  return { close };
}
