/** A hold that was refused, in words; loaded with the first one. */
import type { Problem } from "../lib/api";
import { noteServerTime } from "../lib/clock";
import type { Hold } from "../lib/wire";
import { byPoolId, dropPicks, labelOf, offer, pickedPools, pickedSeats, say } from "./store";
import { refusalInWords } from "./words";

export { refusalInWords };

/** Lets go of what was taken, and says so; shows what the server holds instead, if anything. */
export function explain({ facts }: Problem): void {
  const taken = (facts["seats"] as number[] | undefined) ?? [];
  const full = (facts["pools"] as { pool_id: string; available: number }[] | undefined) ?? [];
  const seats = new Set(pickedSeats.value);
  for (const seat of taken) seats.delete(seat);
  const pools = new Map(pickedPools.value);
  for (const { pool_id, available } of full) {
    const { idx } = byPoolId.get(pool_id)!;
    if (available > 0) pools.set(idx, Math.min(available, pools.get(idx) ?? 0));
    else pools.delete(idx);
  }
  const short = full.map(({ pool_id, available }) => ({ name: byPoolId.get(pool_id)!.name, available }));
  const refusal = refusalInWords(taken.map(labelOf), short);
  const kept = facts["alternative"] as Hold | null | undefined;
  if (kept) {
    noteServerTime(Date.parse(kept.server_time));
    offer.value = { hold: kept, taken, refusal, seats, pools };
    return dropPicks();
  }
  pickedSeats.value = seats;
  pickedPools.value = pools;
  say(refusal, "problem");
}
