/** The buyer's hold: requests that make, change and end it, and the words for what they bring. */
import { AVAILABLE } from "../feed/seats";
import { call, Problem } from "../lib/api";
import { noteServerTime, serverNow } from "../lib/clock";
import type { HoldPage, HoldView as Hold } from "../lib/schema";
import {
  api,
  byPool,
  byPoolId,
  dropPicks,
  geometry,
  hasRoom,
  hold,
  house,
  isBusy,
  labelOf,
  offer,
  ordered,
  pickCount,
  pickedPools,
  pickedSeats,
  placeCount,
  say,
  seatPrice,
  sum,
} from "./store";
import { refusalInWords } from "./words";

export { refusalInWords };

type Pools = { pool_id: string; quantity: number }[];

interface HoldChange {
  add?: { seats: number[]; pools: Pools };
  remove?: { seats: number[]; pools: Pools };
  extend?: true;
}

/** Chooses all free seats of a table, or lets go of them when they are all chosen. */
export function toggleTable(table: number): void {
  const { start, count, name } = geometry.value!.tables[table];
  const seats = Array.from({ length: count }, (_, i) => start + i);
  const free = seats.filter((seat) => house.states[seat] === AVAILABLE && seatPrice(seat) !== null);
  const next = new Set(pickedSeats.value);
  const added = free.filter((seat) => !next.has(seat));
  if (free.length === 0) return say("No free seats at this table.", "problem");
  if (!hasRoom(added.length)) return;
  if (added.length > 0) for (const seat of added) next.add(seat);
  else for (const seat of free) next.delete(seat);
  pickedSeats.value = next;
  say(`Table ${name ?? ""}: ${added.length} selected.`);
}

/** One request for everything chosen, all or nothing; what was refused is explained and let go. */
export async function holdPicks(): Promise<void> {
  const wanted = {
    seats: [...pickedSeats.value],
    pools: [...pickedPools.value].map(([idx, quantity]) => ({ pool_id: byPool.get(idx)!.id, quantity })),
  };
  if (hold.value) await changeHold({ add: wanted });
  else await settle(() => call<Hold>(`${api}/holds`, { method: "POST", body: { ...wanted, alternative: true } }));
}

/** `zone`: the key of a price zone, null for any. */
export async function holdBest(quantity: number, zone: string | null): Promise<void> {
  await settle(() => call<Hold>(`${api}/holds`, { method: "POST", body: { best: { quantity, zone } } }));
}

export const extendHold = () => changeHold({ extend: true });

/** The offer becomes the buyer's hold, for as long as any other. */
export async function takeOffer(): Promise<void> {
  await settle(() => change(offer.value!.hold, { extend: true }));
}

async function changeHold(body: HoldChange): Promise<void> {
  await settle(() => change(hold.value!, body), body.add === undefined);
}

function change({ id }: Hold, body: HoldChange): Promise<Hold> {
  return call<Hold>(`/v1/holds/${id}`, { method: "PATCH", body });
}

/** Gives back part of the hold; giving back all of it releases it. */
export function dropHeld(seats: number[], pools: Pools): void {
  const rest = placeCount() - pickCount() - seats.length - sum(pools.map((pool) => pool.quantity));
  if (rest === 0) return void releaseHold();
  const wanted = pools.map(({ pool_id, quantity }) => ({ pool_id, quantity }));
  void changeHold({ remove: { seats, pools: wanted } });
}

/** Runs a request that answers with the hold; `keepPicks` when it was not about the picks. */
async function settle(request: () => Promise<Hold>, keepPicks = false): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  try {
    const granted = await withSession(request);
    takeHold(granted);
    offer.value = null;
    if (!keepPicks) {
      dropPicks();
      say("Held for you. Check out before the time runs out.");
    }
  } catch (error) {
    refuse(error);
  } finally {
    isBusy.value = false;
    if (!keepPicks) goOn();
  }
}

/** The button that was pressed is gone: who presses keys goes on at the one that stands there now. */
function goOn(): void {
  const next = () => document.activeElement === document.body && document.querySelector<HTMLElement>(".tray .button")?.focus();
  requestAnimationFrame(() => setTimeout(next));
}

/** A session that has ended is begun again by the page itself. */
async function withSession<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    await fetch(location.pathname);
    return request();
  }
}

function refuse(error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  if (error.slug === "seats-taken") return explain(error);
  if (error.slug === "hold-ordered") {
    ordered.value = hold.value!.id;
    dropPicks();
  } else if (hold.value && (error.status === 404 || error.slug === "hold-over")) loseHold();
  say(error.detail, "problem");
}

/** Lets go of what was taken, and says so; shows what the server holds instead, if anything. */
function explain({ facts }: Problem): void {
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

export async function releaseHold(): Promise<void> {
  const { value } = hold;
  if (!value) return;
  hold.value = null;
  goOn();
  await release(value, () => (hold.value = value));
}

/** `undo`: the server still has it. */
export async function release({ id }: Hold, undo: () => void): Promise<void> {
  try {
    await call(`/v1/holds/${id}`, { method: "DELETE" });
    say("Released. The places are back on sale.");
  } catch (error) {
    if (error instanceof Problem && error.status !== 404) {
      undo();
      say(error.detail, "problem");
    }
  }
}

/** The time of the hold has ended. */
export function loseHold(): void {
  hold.value = null;
  say("Time is up. The places went back on sale.", "problem");
}

function takeHold(granted: Hold): void {
  noteServerTime(Date.parse(granted.server_time));
  hold.value = granted.status === "active" ? granted : null;
}

/** Own hold after a reload or the back button. */
export async function resumeHold(): Promise<void> {
  const { items } = await call<HoldPage>(`${api}/holds`);
  const [active] = items.filter((item) => Date.parse(item.expires_at) > serverNow());
  if (active && active.id === offer.value?.hold.id) return;
  if (active) takeHold(active);
  else hold.value = null;
}
