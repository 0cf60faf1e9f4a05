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
