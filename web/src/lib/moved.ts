/** So long a server may still tell of the event as it was. */
const STALE_MS = 1_000;

let isLeaving = false;

/** The event is sold by another version of its map since: the page begins anew with it, once. */
export function followMap(shown: string, now: string | undefined): void {
  if (isLeaving || now === undefined || now === shown) return;
  isLeaving = true;
  setTimeout(() => location.reload(), STALE_MS * (1 + Math.random()));
}
