import { follow, type FeedStatus } from "../feed/client";
import { AVAILABLE, type SeatsChange, SeatsModel } from "../feed/seats";
import { openEventStream } from "../feed/sse";
import { call, Problem } from "../lib/api";
import { noteServerTime, serverNow } from "../lib/clock";
import { moneyFormatter } from "../lib/money";
import { pageData } from "../lib/page";
import { cell, redrawSoon } from "../lib/state";
import type { EventInfo, Hold } from "../lib/wire";
import { type Geometry, seatLabel } from "../map/geometry";

/** What the event page knows. `hasSession`: this browser may already have a hold. */
interface Boot {
  event: EventInfo;
  hasSession: boolean;
  /** The hold that is being paid for: it is paid or released, not changed. */
  orderedHold: string | null;
}

export interface Notice {
  text: string;
  tone: "info" | "problem";
}

export interface Offer {
  hold: Hold;
  /** Seats that went, and all that went in words. */
  taken: number[];
  refusal: string;
  /** What is chosen again when the offer is let go. */
  seats: ReadonlySet<number>;
  pools: ReadonlyMap<number, number>;
}

export interface Line {
  key: string;
  label: string;
  detail: string;
  priceMinor: number;
  quantity: number;
  isHeld: boolean;
  /** Standing area whose quantity can still be changed. */
  area: number | undefined;
  remove(): void;
}

export const { event, hasSession, orderedHold } = pageData<Boot>("boot");
export const money = moneyFormatter(event.currency, event.currency_exponent);
const api = `/v1/events/${event.id}`;

export const geometry = cell<Geometry | null>(null);
export const status = cell<FeedStatus>("connecting");
/** Seats and quantities per standing area that are chosen and not yet held. */
export const pickedSeats = cell<ReadonlySet<number>>(new Set());
export const pickedPools = cell<ReadonlyMap<number, number>>(new Map());
export const hold = cell<Hold | null>(null);
/** What the server holds instead of seats that went, until the buyer takes it or lets it go. */
export const offer = cell<Offer | null>(null);
const ordered = cell(orderedHold);
export const isBusy = cell(false);
export const notice = cell<Notice | null>(null);
/** Zones shown at full strength, or null for all. */
export const zonesShown = cell<ReadonlySet<number> | null>(null);
/** States as the stream has them; a new one redraws the page. */
export const house = new SeatsModel();
/** Is the tray open on a phone? */
export const isTrayOpen = cell(false);

const listeners = new Set<(changed: SeatsChange) => void>();

const byZone = new Map(event.zones.map((zone) => [zone.idx, zone]));
export const byPoolId = new Map(event.pools.map((pool) => [pool.id, pool]));
export const byPool = new Map(event.pools.map((pool) => [pool.idx, pool]));

export function heldSeats(): Set<number> {
  return new Set(hold.value?.seats.map((seat) => seat.idx));
}

/** Held places per standing area. */
export function heldPools(): Map<number, number> {
  return new Map(hold.value?.pools.map((line) => [byPoolId.get(line.pool_id)!.idx, line.quantity]));
}

/** Is the hold being paid for? */
export function isOrdered(): boolean {
  return hold.value?.id === ordered.value;
}

export function pickCount(): number {
  return sum([...pickedPools.value.values()], pickedSeats.value.size);
}

export function placeCount(): number {
  return pickCount() + sum(hold.value?.pools.map((line) => line.quantity) ?? [], hold.value?.seats.length ?? 0);
}

function sum(values: number[], first = 0): number {
  return values.reduce((total, value) => total + value, first);
}

export function labelOf(seat: number): string {
  return geometry.value ? seatLabel(geometry.value, seat) : "";
}

export function zoneName(zone: number | null): string {
  return byZone.get(zone ?? -1)?.name ?? "";
}

/** Price of a seat in minor units; a seat without a zone has none and cannot be sold. */
export function seatPrice(seat: number): number | null {
  return byZone.get(geometry.value?.zone[seat] ?? -1)?.price_minor ?? null;
}

/** Everything in the tray, held places first. */
export function lines(): Line[] {
  const zoneOf = (seat: number) => zoneName(geometry.value?.zone[seat] ?? null);
  return [
    ...(hold.value?.seats ?? []).map((seat) =>
      line(`h${seat.idx}`, seat.label, zoneOf(seat.idx), seat.price_minor, 1, true, () => dropHeld([seat.idx], [])),
    ),
    ...(hold.value?.pools ?? []).map((pool) =>
      line(pool.pool_id, pool.name, "Standing", pool.price_minor, pool.quantity, true, () => dropHeld([], [pool])),
    ),
    ...[...pickedSeats.value].map((seat) =>
      line(`s${seat}`, labelOf(seat), zoneOf(seat), seatPrice(seat) ?? 0, 1, false, () => toggleSeat(seat)),
    ),
    ...[...pickedPools.value].map(([idx, quantity]) => {
      const { name, price_minor } = byPool.get(idx)!;
      return line(`q${idx}`, name, "Standing", price_minor, quantity, false, () => setPool(idx, 0), idx);
    }),
  ];
}

function line(
  key: string,
  label: string,
  detail: string,
  priceMinor: number,
  quantity: number,
  isHeld: boolean,
  remove: () => void,
  area?: number,
): Line {
  return { key, label, detail, priceMinor, quantity, isHeld, remove, area };
}

export function say(text: string, tone: Notice["tone"] = "info"): void {
  notice.value = { text, tone };
}

/** Chooses an available seat or lets it go. */
export function toggleSeat(seat: number): void {
  if (heldSeats().has(seat)) return dropHeld([seat], []);
  const next = new Set(pickedSeats.value);
  if (next.delete(seat)) {
    pickedSeats.value = next;
    return say(`${labelOf(seat)} removed.`);
  }
  const state = house.states[seat];
  if (state !== AVAILABLE) return say(`${labelOf(seat)} is ${stateInWords(seat)}.`, "problem");
  const price = seatPrice(seat);
  if (price === null) return say(`${labelOf(seat)} is not for sale.`, "problem");
  if (!hasRoom(1)) return;
  pickedSeats.value = next.add(seat);
  say(`${labelOf(seat)} selected, ${money(price)}.`);
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

/** A press on a standing area takes one place; the tray then has its stepper. */
export function addPlace(idx: number): void {
  if (!house.pools[idx]) return say(`${byPool.get(idx)?.name} is sold out.`, "problem");
  setPool(idx, (pickedPools.value.get(idx) ?? 0) + 1);
  isTrayOpen.value = true;
}

export function setPool(idx: number, quantity: number): void {
  const before = pickedPools.value.get(idx) ?? 0;
  const left = house.pools[idx] ?? 0;
  const wanted = Math.max(0, Math.min(quantity, left));
  if (wanted > before && !hasRoom(wanted - before)) return;
  const next = new Map(pickedPools.value);
  if (wanted === 0) next.delete(idx);
  else next.set(idx, wanted);
  pickedPools.value = next;
  if (wanted !== before) say(`${byPool.get(idx)!.name}: ${wanted} selected.`);
}

function hasRoom(more: number): boolean {
  if (offer.value) {
    say("Take what is kept for you first, or let it go.", "problem");
    return false;
  }
  const limit = event.seats_per_hold_max;
  if (placeCount() + more <= limit) return true;
  say(`One order can have ${limit} places.`, "problem");
  return false;
}

export function stateInWords(seat: number): string {
  if (heldSeats().has(seat)) return "held for you";
  if (pickedSeats.value.has(seat)) return "selected";
  if (offer.value?.hold.seats.some(({ idx }) => idx === seat)) return "kept for you";
  return ["available", "held by somebody else", "sold", "not for sale"][house.states[seat]];
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

interface HoldChange {
  add?: { seats: number[]; pools: { pool_id: string; quantity: number }[] };
  remove?: { seats: number[]; pools: { pool_id: string; quantity: number }[] };
  extend?: true;
}

async function changeHold(body: HoldChange): Promise<void> {
  const path = `/v1/holds/${hold.value!.id}`;
  await settle(() => call<Hold>(path, { method: "PATCH", body }), body.add === undefined);
}

/** Gives back part of the hold; giving back all of it releases it. */
function dropHeld(seats: number[], pools: { pool_id: string; quantity: number }[]): void {
  const rest = placeCount() - pickCount() - seats.length - sum(pools.map((pool) => pool.quantity));
  if (rest === 0) return void releaseHold();
  const wanted = pools.map(({ pool_id, quantity }) => ({ pool_id, quantity }));
  void changeHold({ remove: { seats, pools: wanted } });
}

/** Runs a request that answers with the hold; `keepPicks` when it was not about the picks. */
export async function settle(request: () => Promise<Hold>, keepPicks = false): Promise<void> {
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
    await refuse(error);
  } finally {
    isBusy.value = false;
  }
}

export function dropPicks(): void {
  pickedSeats.value = new Set();
  pickedPools.value = new Map();
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

/** Explains a refusal; its words are loaded when there is something to explain. */
async function refuse(error: unknown): Promise<void> {
  if (!(error instanceof Problem)) throw error;
  if (error.slug === "seats-taken") return (await refusals()).explain(error);
  if (error.slug === "hold-ordered") {
    ordered.value = hold.value!.id;
    dropPicks();
  } else if (error.status === 404 || error.slug === "hold-over") loseHold();
  say(error.detail, "problem");
}

const refusals = () => import("./refusal");

export async function releaseHold(): Promise<void> {
  const { value } = hold;
  if (!value) return;
  hold.value = null;
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

export const extendHold = () => changeHold({ extend: true });

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
  const { items } = await call<{ items: Hold[] }>(`${api}/holds`);
  const [active] = items.filter((item) => Date.parse(item.expires_at) > serverNow());
  if (active && active.id === offer.value?.hold.id) return;
  if (active) takeHold(active);
  else hold.value = null;
}

/** Calls back after each update of the stream. */
export function onHouse(listener: (changed: SeatsChange) => void): void {
  listeners.add(listener);
  if (house.states.length > 0) listener({ seats: null, pools: true });
}

/** Follows the house until the page goes away. */
export async function start(): Promise<void> {
  const isWebSocket = new URLSearchParams(location.search).get("feed") === "ws";
  const transport = isWebSocket ? (await import("../feed/websocket")).openWebSocket : openEventStream;
  follow(house, {
    base: api,
    channel: "seats",
    transport,
    onStatus: (value) => (status.value = value),
    onServerTime: noteServerTime,
    onChange(changed) {
      dropTaken(changed.seats);
      for (const listener of listeners) listener(changed);
      redrawSoon();
    },
  });
  if (hasSession) resumeHold().catch(() => {});
  addEventListener("pageshow", (shown) => {
    if (shown.persisted) resumeHold().catch(() => {});
  });
}

/** Picks that somebody else got first are let go at once, in words. */
function dropTaken(changed: number[] | null): void {
  if (isBusy.value) return;
  const candidates = changed ?? [...pickedSeats.value];
  const taken = candidates.filter((seat) => pickedSeats.value.has(seat) && house.states[seat] !== AVAILABLE);
  if (taken.length === 0) return;
  const next = new Set(pickedSeats.value);
  for (const seat of taken) next.delete(seat);
  pickedSeats.value = next;
  void refusals().then(({ refusalInWords }) => say(refusalInWords(taken.map(labelOf), []), "problem"));
}
