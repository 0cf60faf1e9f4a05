/** Which stream: one channel of one event. */
export interface Target {
  /** Path of the event, e.g. `/v1/events/{id}`. */
  base: string;
  channel: "seats" | "sales" | "scans" | "queue";
  /** For operators of several organizations: the event's. Only over Server-Sent Events. */
  orgId?: string;
}

/** What a transport tells; `end` comes once, `retryAfterMs` when the server named a time. */
export interface Listener {
  event(type: string, data: unknown): void;
  end(retryAfterMs?: number, refused?: boolean): void;
}

export interface Connection {
  close(): void;
}

/** Opens a stream; `position` is `epoch:version` to resume from, or null for a snapshot. */
export type Transport = (target: Target, position: string | null, to: Listener) => Connection;
