import { Follower, type Model, type Verdict } from "./follower";
import { EventStreamParser } from "./sse";

/** `live`: true now. `behind`: cut off, trying again. `paused`: hidden tab. `refused`: not allowed. */
export type FeedStatus = "connecting" | "live" | "behind" | "paused" | "refused";

export interface FeedOptions<Change> {
  /** Path of the event, e.g. `/v1/events/{id}`. */
  base: string;
  channel: "seats" | "sales" | "scans";
  transport?: "sse" | "websocket";
  onChange(change: Change): void;
  onStatus?(status: FeedStatus): void;
  onServerTime?(serverMs: number): void;
}

export interface Feed {
  close(): void;
}

interface Connection {
  close(): void;
}

/** What a transport tells; `end` comes once, `retryAfterMs` when the server named a time. */
interface Listener {
  event(type: string, data: unknown): void;
  end(retryAfterMs?: number, refused?: boolean): void;
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
  const open = options.transport === "websocket" ? openWebSocket : openEventStream;
  let connection: Connection | null = null;
  let retryTimer = 0;
  let silenceTimer = 0;
  let failures = 0;
  let closed = false;

  const status = (value: FeedStatus) => options.onStatus?.(value);

  function connect(): void {
    clearTimeout(retryTimer);
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
        drop();
        if (refused) {
          closed = true;
          status("refused");
        } else retry(retryAfterMs);
      },
    });
    connection = current;
  }

  function handle(verdict: Verdict<C>): void {
    switch (verdict.kind) {
      case "applied":
        failures = 0;
        status("live");
        options.onChange(verdict.change);
        break;
      case "alive":
        failures = 0;
        status("live");
        options.onServerTime?.(verdict.serverMs);
        break;
      case "gap":
      case "diverged":
        drop();
        retry();
        break;
      case "bye":
        drop();
        retry(verdict.retryMs);
        break;
      case "ignored":
    }
  }

  function drop(): void {
    clearTimeout(silenceTimer);
    const old = connection;
    connection = null;
    old?.close();
  }

  function retry(afterMs?: number): void {
    status("behind");
    const ceilingMs = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** failures++);
    const waitMs = afterMs === undefined ? Math.random() * ceilingMs : afterMs * (0.5 + Math.random());
    retryTimer = setTimeout(connect, waitMs);
  }

  function listenForSilence(): void {
    clearTimeout(silenceTimer);
    silenceTimer = setTimeout(() => {
      drop();
      retry();
    }, SILENCE_MAX_MS);
  }

  // Browsers allow six HTTP/1.1 connections per host: a tab that nobody sees must not keep one.
  function onVisibility(): void {
    if (document.hidden) {
      clearTimeout(retryTimer);
      drop();
      status("paused");
    } else {
      failures = 0;
      connect();
    }
  }

  document.addEventListener("visibilitychange", onVisibility);
  connect();
  return {
    close() {
      closed = true;
      clearTimeout(retryTimer);
      drop();
      document.removeEventListener("visibilitychange", onVisibility);
    },
  };
}

type Target = Pick<FeedOptions<never>, "base" | "channel">;

/** Server-Sent Events by fetch rather than EventSource: status codes, and `Last-Event-ID` at will. */
function openEventStream(target: Target, position: string | null, to: Listener): Connection {
  const abort = new AbortController();
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (position !== null) headers["Last-Event-ID"] = position;

  async function run(): Promise<void> {
    const response = await fetch(`${target.base}/stream?channel=${target.channel}`, {
      headers,
      cache: "no-store",
      signal: abort.signal,
    });
    if (!response.ok || !response.body) {
      const afterS = Number(response.headers.get("Retry-After"));
      const refused = response.status >= 400 && response.status < 500 && response.status !== 429;
      return to.end(afterS > 0 ? afterS * 1000 : undefined, refused);
    }
    const parser = new EventStreamParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      for (const event of parser.push(value)) to.event(event.type, JSON.parse(event.data));
    }
    to.end();
  }

  run().catch(() => to.end());
  return { close: () => abort.abort() };
}

function openWebSocket(target: Target, position: string | null, to: Listener): Connection {
  const url = new URL(`${target.base}/ws?channel=${target.channel}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  if (position !== null) url.searchParams.set("since", position);
  const socket = new WebSocket(url, "fullhouse.v1.json");
  socket.onmessage = (message) => {
    const frame = JSON.parse(message.data as string) as { type: string; data: unknown };
    to.event(frame.type, frame.data);
  };
  socket.onclose = () => to.end();
  return {
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
}
