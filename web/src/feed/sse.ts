import type { Transport } from "./transport";

export interface StreamEvent {
  type: string;
  data: string;
}

/** Incremental parser of `text/event-stream`; feed it text as it arrives. Source: HTML, 9.2.6. */
export class EventStreamParser {
  private rest = "";
  private type = "";
  private data: string[] = [];

  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const lines = (this.rest + text).split(/\r\n|\n|\r(?!$)/);
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "") this.dispatch(events);
      else this.field(line);
    }
    return events;
  }

  private dispatch(events: StreamEvent[]): void {
    if (this.data.length > 0) {
      events.push({ type: this.type || "message", data: this.data.join("\n") });
    }
    this.type = "";
    this.data = [];
  }

  private field(line: string): void {
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.type = value;
    else if (name === "data") this.data.push(value);
  }
}

/** Server-Sent Events by fetch rather than EventSource: status codes, and `Last-Event-ID` at will. */
export const openEventStream: Transport = (target, position, to) => {
  const abort = new AbortController();
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (target.orgId) headers["X-Org"] = target.orgId;
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
};
