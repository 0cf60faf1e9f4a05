/** Everybody who looks on comes again within this time, and not all at once. */
const SPREAD_MS = 5_000;

let timer = 0;

/** Is the event sold by another version of its map than the page shows? Then the page comes again with that. */
export function hasMoved(shown: string, now: string): boolean {
  if (now === shown) return false;
  timer ||= setTimeout(() => location.reload(), Math.random() * SPREAD_MS);
  return true;
}
