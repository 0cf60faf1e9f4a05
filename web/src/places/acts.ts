/** What an organizer does to places: requests, and the words for what stood in their way. */
import { HELD } from "../feed/seats";
import { call, Problem } from "../lib/api";
import type { BlockedPlaces, MoveWish, SoldSeats, TableMode, TableWish } from "../lib/schema";
import {
  blockedPlaces,
  choose,
  chosen,
  event,
  geometry,
  going,
  house,
  isBusy,
  labelOf,
  modes,
  move,
  notice,
  say,
  sitters,
} from "./store";
import { counted, listed, sentence } from "../lib/words";
import { inTheWayInWords } from "./words";

const base = `/v1/events/${event.id}`;
const orgId = event.org_id;
/** So many seats one request may name. */
const SEATS_MAX = 1_000;
const RECOUNT_MS = 300;

export type Verb = "blocks" | "unblocks";
type Places = { seats: number[]; pools: { pool_id: string; quantity: number }[] };

const DONE = { blocks: "off sale", unblocks: "back on sale" } as const;
const BACK = { blocks: "unblocks", unblocks: "blocks" } as const;

/** Takes these seats off sale or puts them back. A refusal names what stands in the way. */
export async function change(verb: Verb, seats: number[]): Promise<void> {
  await busy(async () => {
    const done: number[] = [];
    for (let at = 0; at < seats.length; at += SEATS_MAX) {
      const part = { seats: seats.slice(at, at + SEATS_MAX), pools: [] };
      try {
        done.push(...(await send(verb, part)).seats);
      } catch (error) {
        if (!(error instanceof Problem) || error.slug !== "block-refused") throw error;
        return refused(verb, seats.slice(at), (error.facts["seats"] as number[] | undefined) ?? []);
      }
    }
    choose([]);
    const what = done.length === 1 ? `${labelOf(done[0])} is` : `${counted(done.length, "seat")} are`;
    if (done.length === 0) return say("Nothing had to change.");
    say(`${what} ${DONE[verb]}.`, "good", { name: "Undo", act: () => void change(BACK[verb], done) });
  });
}

function refused(verb: Verb, seats: number[], taken: number[]): void {
  const rest = seats.filter((seat) => !taken.includes(seat));
  const held = taken.filter((seat) => house.states[seat] === HELD);
  const sold = taken.filter((seat) => house.states[seat] !== HELD);
  const words = inTheWayInWords(held.map(labelOf), sold.map(labelOf));
  if (rest.length === 0) return say(words, "problem");
  const name = rest.length === 1 ? "Go on with the other one" : `Go on with the other ${rest.length.toLocaleString("en")}`;
  say(words, "problem", { name, act: () => void change(verb, rest) });
}

/** So many places of a standing area off sale, or back. */
export async function changeArea(verb: Verb, area: number, quantity: number): Promise<void> {
  const pool = event.pools.find(({ idx }) => idx === area)!;
  await busy(async () => {
    try {
      await send(verb, { seats: [], pools: [{ pool_id: pool.id, quantity }] });
    } catch (error) {
      if (!(error instanceof Problem) || error.slug !== "block-refused") throw error;
      const [short] = error.facts["pools"] as { available: number }[];
      const kind = verb === "blocks" ? "free" : "off sale";
      return say(`${pool.name} has only ${short.available.toLocaleString("en")} places ${kind}: nothing was changed.`, "problem");
    }
    const count = quantity === 1 ? "1 place is" : `${quantity.toLocaleString("en")} places are`;
    say(`${pool.name}: ${count} ${DONE[verb]}.`, "good", {
      name: "Undo",
      act: () => void changeArea(BACK[verb], area, quantity),
    });
    await recount();
  });
}

function send(verb: Verb, body: Places): Promise<{ seats: number[] }> {
  return call(`${base}/${verb}`, { method: "POST", body, orgId });
}

/** Sells these tables otherwise, one after the other; those that could not change are named. */
export async function setTables(tables: number[], mode: TableWish["mode"], chairsMin: number): Promise<void> {
  await busy(async () => {
    const body = mode === "at_least" ? { mode, chairs_min: chairsMin } : { mode };
    const next = new Map(modes.value);
    const failed: string[] = [];
    for (const table of tables) {
      try {
        next.set(table, await call<TableMode>(`${base}/tables/${table}`, { method: "PUT", body, orgId }));
      } catch (error) {
        if (!(error instanceof Problem) || error.status === 0) throw error;
        failed.push(`Table ${geometry.value!.tables[table].name ?? table + 1}: ${error.detail}.`);
      } finally {
        modes.value = next;
      }
    }
    const done = tables.length - failed.length;
    if (failed.length > 0) say(failed.join(" "), "problem");
    else say(done === 1 ? "The table is sold so from now on." : `${done} tables are sold so from now on.`);
  });
}

/** Who has a sold seat. */
export async function askWho(seat: number): Promise<void> {
  try {
    const { items } = await call<SoldSeats>(`${base}/seats/${seat}/lines`, { orgId });
    if (chosen.value.has(seat)) sitters.value = items;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(sentence(error.detail), "problem");
  }
}

/** Gives the buyer of sold seats the free ones that were chosen; the tickets follow. */
export async function reassign(): Promise<void> {
  const { order_id, name, to } = move.value!;
  const lines = going();
  await busy(async () => {
    const body: MoveWish = { lines: lines.map(({ line_id }) => line_id), seats: to };
    try {
      await call(`/v1/orders/${order_id}/moves`, { method: "POST", body, orgId });
    } catch (error) {
      if (!(error instanceof Problem) || error.slug !== "seats-taken") throw error;
      const taken = error.facts["seats"] as number[];
      move.value = { ...move.value!, to: to.filter((seat) => !taken.includes(seat)) };
      const were = taken.length === 1 ? "was" : "were";
      return say(`${listed(taken.map(labelOf))} ${were} taken a moment ago: choose again.`, "problem");
    }
    move.value = null;
    choose([]);
    const left = lines.length === 1 ? `${lines[0].label} is` : `${lines.length} seats are`;
    say(`${name} has ${listed(to.map(labelOf))} now, and ${left} on sale again.`);
  });
}

let recountTimer = 0;

/** Reads soon how many standing places are blocked; the stream tells only how many are left. */
export function recountSoon(): void {
  clearTimeout(recountTimer);
  recountTimer = setTimeout(() => void recount().catch(() => {}), RECOUNT_MS);
}

async function recount(): Promise<void> {
  if (event.pools.length === 0) return;
  const { pools } = await call<BlockedPlaces>(`${base}/blocks`, { orgId });
  const byId = new Map(pools.map((pool) => [pool.pool_id, pool.quantity]));
  blockedPlaces.value = new Map(event.pools.map((pool) => [pool.idx, byId.get(pool.id) ?? 0]));
}

async function busy(act: () => Promise<void>): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  notice.value = null;
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(sentence(error.detail), "problem");
  } finally {
    isBusy.value = false;
  }
}
