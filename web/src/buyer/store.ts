import { follow, type FeedStatus } from "../feed/client";
import { AVAILABLE, type SeatsChange, SeatsModel } from "../feed/seats";
import { openEventStream } from "../feed/sse";
import { noteServerTime } from "../lib/clock";
import { moneyFormatter } from "../lib/money";
import { hasMoved } from "../lib/moved";
import { pageData } from "../lib/page";
import { seatPricer } from "../lib/prices";
import { cell, redrawSoon } from "../lib/state";
import type { Event as EventInfo, HoldView as Hold } from "../lib/schema";
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
export const api = `/v1/events/${event.id}`;

export const geometry = cell<Geometry | null>(null);
export const status = cell<FeedStatus>("connecting");
/** Seats and quantities per standing area that are chosen and not yet held. */
export const pickedSeats = cell<ReadonlySet<number>>(new Set());
export const pickedPools = cell<ReadonlyMap<number, number>>(new Map());
export const hold = cell<Hold | null>(null);
/** What the server holds instead of seats that went, until the buyer takes it or lets it go. */
export const offer = cell<Offer | null>(null);
export const ordered = cell(orderedHold);
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
const priceOf = seatPricer(event);
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

export function placesInWords(count: number): string {
  return count === 1 ? "1 place" : `${count} places`;
}

export function sum(values: number[], first = 0): number {
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
  return geometry.value && priceOf(geometry.value, seat);
}

/** Everything in the tray, held places first. */
export function lines(): Line[] {
  const zoneOf = (seat: number) => zoneName(geometry.value?.zone[seat] ?? null);
  return [
    ...(hold.value?.seats ?? []).map((seat) =>
      line(`h${seat.idx}`, seat.label, zoneOf(seat.idx), seat.price_minor, 1, true, () => dropHeld([seat.idx])),
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

function dropHeld(seats: number[], pools: Hold["pools"] = []): void {
  deal((loaded) => loaded.dropHeld(seats, pools));
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
  if (heldSeats().has(seat)) return dropHeld([seat]);
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

/** May so many more be chosen? Says why not. */
export function hasRoom(more: number): boolean {
  if (offer.value) {
    say("Take what is kept for you first, or let it go.", "problem");
    return false;
  }
  deal();
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

/** Requests about holds and the words for what they bring; loaded with the first pick. */
export function deal(act: (loaded: typeof import("./deal")) => unknown = () => {}): void {
  import("./deal").then(act, () => say("No connection to the box office.", "problem"));
}

export function dropPicks(): void {
  pickedSeats.value = new Set();
  pickedPools.value = new Map();
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
      if (hasMoved(event.map_id, house.map)) return;
      dropTaken(changed.seats);
      for (const listener of listeners) listener(changed);
      redrawSoon();
    },
  });
  const resume = () => deal(({ resumeHold }) => resumeHold().catch(() => {}));
  if (hasSession) resume();
  addEventListener("pageshow", (shown) => {
    if (shown.persisted) resume();
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
  deal(({ refusalInWords }) => say(refusalInWords(taken.map(labelOf), []), "problem"));
}
