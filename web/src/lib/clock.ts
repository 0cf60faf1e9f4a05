/** The server's clock as seen from here: offset of the answer that travelled least. */
let offsetMs: number | null = null;

/** Notes a server time that has just arrived. Time only ever arrives late, so the largest offset wins. */
export function noteServerTime(serverMs: number): void {
  const seen = serverMs - Date.now();
  if (offsetMs === null || seen > offsetMs) offsetMs = seen;
}

/** Server time now, Unix milliseconds; the local clock until the server has spoken. */
export function serverNow(): number {
  return Date.now() + (offsetMs ?? 0);
}

/** "9:05", never below "0:00". */
export function minutes(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** How long before its end a hold of so long is warned of: in its second half, a minute at most; there is always
 * time to read it and press one key. */
export function warningMs(wholeMs: number): number {
  return Math.max(20_000, Math.min(60_000, wholeMs / 2));
}
