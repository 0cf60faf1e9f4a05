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
