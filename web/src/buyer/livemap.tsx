import { onDraw } from "../lib/state";
import { accessInWords, named } from "../map/geometry";
import { createFrame } from "../map/frame";
import { createSeatMap, type MineStatus, type Place, type SeatMap } from "../map/map";
import {
  addPlace,
  byPool,
  deal,
  geometry,
  heldPools,
  heldSeats,
  hold,
  house,
  labelOf,
  money,
  offer,
  onHouse,
  pickedPools,
  pickedSeats,
  seatPrice,
  stateInWords,
  toggleSeat,
  zoneName,
  zonesShown,
} from "./store";

const frame = createFrame(draw, placeInWords);

/** The picture of the house. */
export const LiveMap = frame.View;

function draw(host: HTMLElement): SeatMap {
  const made = createSeatMap(host, geometry.value!, {
    press,
    hover: frame.hover,
    describe: seatInWords,
    placesLeft,
  });
  onHouse((changed) => made.setStates(house.states, house.pools, changed));
  let drawn: unknown[] = [];
  onDraw(() => {
    const now = [hold.value, pickedSeats.value, pickedPools.value, offer.value];
    if (now.every((value, i) => value === drawn[i])) return;
    if (offer.value && offer.value !== drawn[3]) made.show([...offer.value.hold.seats.map((seat) => seat.idx), ...offer.value.taken]);
    drawn = now;
    const seats = new Map<number, MineStatus>();
    for (const seat of heldSeats()) seats.set(seat, "held");
    for (const { idx } of offer.value?.hold.seats ?? []) seats.set(idx, "offered");
    for (const seat of pickedSeats.value) seats.set(seat, "picked");
    made.setMine({ seats, areas: new Map([...heldPools(), ...pickedPools.value]) });
  });
  let zones: unknown = null;
  onDraw(() => {
    if (zones !== zonesShown.value) made.setZones(zonesShown.value);
    zones = zonesShown.value;
  });
  return made;
}

function press(place: Place): void {
  if (place.kind === "seat") toggleSeat(place.seat);
  else if (place.kind === "table") deal(({ toggleTable }) => toggleTable(place.table));
  else addPlace(place.area);
}

function placeInWords(place: Place): string[] {
  const { zone, tables, areas } = geometry.value!;
  if (place.kind === "seat") {
    const { seat } = place;
    const price = seatPrice(seat);
    const state = stateInWords(seat);
    const first = state === "available" && price !== null ? money(price) : state;
    return [labelOf(seat), [zoneName(zone[seat]), first].filter(Boolean).join(" · "), accessInWords(geometry.value!.access[seat])];
  }
  if (place.kind === "table") {
    const { name, start, count } = tables[place.table];
    const free = house.states.subarray(start, start + count).filter((state) => state === 0).length;
    return [named("table", name) || "Table", `${free} of ${count} free`, free > 0 ? "Click to take them all" : ""];
  }
  const pool = byPool.get(place.area);
  return [areas[place.area].name, [pool && money(pool.price_minor), placesLeft(place.area)].filter(Boolean).join(" · ")];
}

/** What a screen reader says for the seat under the cursor. */
export function seatInWords(seat: number): string {
  const price = seatPrice(seat);
  return [labelOf(seat), stateInWords(seat), price === null ? "" : money(price), zoneName(geometry.value!.zone[seat]), accessInWords(geometry.value!.access[seat])]
    .filter(Boolean)
    .join(", ");
}

function placesLeft(area: number): string {
  const left = house.pools[area];
  if (left === undefined) return "";
  const mine = (heldPools().get(area) ?? 0) + (pickedPools.value.get(area) ?? 0);
  return `${left ? `${left.toLocaleString("en")} left` : "Sold out"}${mine ? ` · ${mine} yours` : ""}`;
}
