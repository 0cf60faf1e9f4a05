import { follow, type FeedStatus } from "../feed/client";
import { AVAILABLE, type SeatsChange, SeatsModel } from "../feed/seats";
import { hasMoved } from "../lib/moved";
import { pageData } from "../lib/page";
import { cell, redrawSoon } from "../lib/state";
import { counted } from "../lib/words";
import type { Event as EventInfo, Geometry as WireGeometry, SoldSeat, TableMode } from "../lib/schema";
import { seatsOf } from "../map/blocks";
import { decodeGeometry, type Geometry, seatLabel } from "../map/geometry";
import type { Place } from "../map/map";
import type { Grain } from "../map/workbar";

/** The organizer's event. `tables`: how each is sold, by its place among the map's tables. */
export interface Event extends EventInfo {
  org_id: string;
  legs: number;
  tables: TableMode[];
}

export interface Notice {
  text: string;
  tone: "good" | "problem";
  /** What the reader can do about it, in one press. */
  remedy?: { name: string; act: () => void };
}

/** Sold seats of an order on their way to others, as far as they go. */
export interface Move {
  order_id: string;
  name: string;
  lines: { line_id: string; seat_idx: number; label: string; stays?: boolean }[];
  to: number[];
}

export const event = pageData<Event>("boot");
/** Standing areas that the map still has. */
export const pools = event.pools.filter(({ capacity }) => capacity > 0);
export const geometry = cell<Geometry | null>(null);
export const failure = cell("");
export const status = cell<FeedStatus>("connecting");
export const house = new SeatsModel();
export const grain = cell<Grain>("seat");
export const chosen = cell<ReadonlySet<number>>(new Set());
export const notice = cell<Notice | null>(null);
export const isBusy = cell(false);
export const move = cell<Move | null>(null);
/** Who has the one chosen seat, when it is sold. */
export const sitters = cell<SoldSeat[]>([]);
export const modes = cell<ReadonlyMap<number, TableMode>>(new Map(event.tables.map((table) => [table.table_idx, table])));
/** Blocked places by standing area. */
export const blockedPlaces = cell<ReadonlyMap<number, number>>(new Map());

const listeners = new Set<(changed: SeatsChange) => void>();

export function onHouse(listener: (changed: SeatsChange) => void): void {
  listeners.add(listener);
  if (house.states.length > 0) listener({ seats: null, pools: true });
}

export const STATE_WORDS = ["available", "held", "sold", "off sale"] as const;

export function labelOf(seat: number): string {
  return geometry.value ? seatLabel(geometry.value, seat) : "";
}

export function stateInWords(seat: number): string {
  const chose = chosen.value.has(seat) ? "chosen, " : "";
  return `${chose}${STATE_WORDS[house.states[seat]]}`;
}

/** The chosen seats by their present state. */
export function chosenByState(): number[][] {
  const by: number[][] = [[], [], [], []];
  for (const seat of chosen.value) by[house.states[seat] ?? AVAILABLE].push(seat);
  return by;
}

/** Tables all of whose chairs are chosen. */
export function chosenTables(): number[] {
  return (geometry.value?.tables ?? []).flatMap((table, at) =>
    table.count > 0 && seatsOf(table).every((seat) => chosen.value.has(seat)) ? [at] : [],
  );
}

export function say(text: string, tone: Notice["tone"] = "good", remedy?: Notice["remedy"]): void {
  notice.value = remedy ? { text, tone, remedy } : { text, tone };
}

/** Chooses all of these seats, or lets go of them where all are chosen already. */
export function toggle(seats: number[]): void {
  const next = new Set(chosen.value);
  const isWhole = seats.every((seat) => next.has(seat));
  for (const seat of seats) {
    if (isWhole) next.delete(seat);
    else next.add(seat);
  }
  choose(next);
}

export function choose(seats: Iterable<number>): void {
  chosen.value = new Set(seats);
  sitters.value = [];
  notice.value = null;
}

export function press(place: Place): void {
  if (place.kind === "area") document.getElementById(`area-${place.area}`)?.focus();
  else if (move.value) aim(place.kind === "seat" ? [place.seat] : seatsOf(geometry.value!.tables[place.table]));
  else if (place.kind === "table") toggle(seatsOf(geometry.value!.tables[place.table]));
  else toggle(withGrain(place.seat));
}

/** The lines that shall have other seats. */
export function going(): Move["lines"] {
  return move.value!.lines.filter(({ stays }) => !stays);
}

/** Where they shall be instead: a seat more or less, or the first free ones of several. */
export function aim(seats: number[]): void {
  const { to } = move.value!;
  const count = going().length;
  const free = seats.filter((seat) => house.states[seat] === AVAILABLE);
  const [seat] = seats;
  const isOne = seats.length === 1;
  if (isOne && free.length === 0) return say(`${labelOf(seat)} is ${stateInWords(seat)}: choose a free seat.`, "problem");
  if (isOne && count > 1 && to.length === count && !to.includes(seat))
    return say(`${to.length} seats are chosen: press one of them to let go of it.`, "problem");
  if (!isOne && free.length < count) return say(`Only ${counted(free.length, "seat")} free there, and ${count} are needed.`, "problem");
  const next = count === 1 || !isOne ? free.slice(0, count) : to.includes(seat) ? to.filter((one) => one !== seat) : [...to, seat];
  move.value = { ...move.value!, to: next };
  notice.value = null;
}

function withGrain(seat: number): number[] {
  const { row, table, section, rows, tables, sections } = geometry.value!;
  const group = row[seat] >= 0 ? rows[row[seat]] : tables[table[seat]];
  if (grain.value === "section" && section[seat] >= 0) return seatsOf(...sections[section[seat]].runs);
  return grain.value !== "seat" && group ? seatsOf(group) : [seat];
}

/** How many seats are in each state. */
export function counts(): number[] {
  const found = [0, 0, 0, 0];
  house.states.forEach((state, seat) => {
    if (geometry.value?.r[seat] !== 0) found[state]++;
  });
  return found;
}

/** Draws the house and follows it; `onPools` when standing places moved. */
export function start(onPools: () => void): void {
  fetch(event.map_url)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((wire) => (geometry.value = decodeGeometry(wire as WireGeometry)))
    .catch(() => (failure.value = "The seat map could not be loaded: try again in a moment."));
  follow(house, {
    base: `/v1/events/${event.id}`,
    channel: "seats",
    onStatus: (value) => (status.value = value),
    onChange(changed) {
      if (hasMoved(event.map_id, house.map)) return;
      for (const listener of listeners) listener(changed);
      if (changed.pools) onPools();
      redrawSoon();
    },
  });
}
