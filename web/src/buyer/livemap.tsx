import { h } from "preact";
import { cell, onDraw } from "../lib/state";
import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW, named } from "../map/geometry";
import { createSeatMap, type Place, type SeatMap } from "../map/map";
import {
  addPlace,
  byPool,
  geometry,
  heldPools,
  heldSeats,
  hold,
  house,
  labelOf,
  money,
  onHouse,
  pickedPools,
  pickedSeats,
  seatPrice,
  stateInWords,
  toggleSeat,
  toggleTable,
  zoneName,
  zonesShown,
} from "./store";

const ZOOM_STEP = 1.6;
const hovered = cell<{ place: Place; x: number; y: number } | null>(null);

/** The picture of the house; a hidden one keeps its view and starts to draw when it is shown. */
export function LiveMap({ hidden }: { hidden: boolean }) {
  return (
    <div class="mapview" hidden={hidden}>
      <div class="map" ref={draw} role="application" aria-label="Seat map" aria-roledescription="seat map" />
      <div class="zoom">
        <button type="button" aria-label="Zoom in" onClick={() => map?.zoomBy(ZOOM_STEP)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => map?.zoomBy(1 / ZOOM_STEP)}>
          −
        </button>
        <button type="button" class="fit" aria-label="Show the whole house" onClick={() => map?.fit()} />
      </div>
      <Tip />
    </div>
  );
}

let map: SeatMap | undefined;

/** The canvas lives outside the virtual tree: drawn once, then told what changed. */
function draw(host: HTMLElement | null): void {
  if (!host || map) return;
  const made = createSeatMap(host, geometry.value!, {
    press,
    hover: (place, x, y) => (hovered.value = place && { place, x, y }),
    describe: seatInWords,
    placesLeft,
  });
  map = made;
  onHouse((changed) => made.setStates(house.states, house.pools, changed));
  let drawn: unknown[] = [];
  onDraw(() => {
    const now = [hold.value, pickedSeats.value, pickedPools.value];
    if (now.every((value, i) => value === drawn[i])) return;
    drawn = now;
    const seats = new Map<number, "picked" | "held">();
    for (const seat of heldSeats()) seats.set(seat, "held");
    for (const seat of pickedSeats.value) seats.set(seat, "picked");
    made.setMine({ seats, areas: new Map([...heldPools(), ...pickedPools.value]) });
  });
  let zones: unknown = null;
  onDraw(() => {
    if (zones !== zonesShown.value) made.setZones(zonesShown.value);
    zones = zonesShown.value;
  });
}

function press(place: Place): void {
  if (place.kind === "seat") toggleSeat(place.seat);
  else if (place.kind === "table") toggleTable(place.table);
  else addPlace(place.area);
}

function Tip() {
  const at = hovered.value;
  if (!at) return null;
  const words = placeInWords(at.place);
  return (
    <div class="tip" style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
      <div class="tip-box">
        <strong>{words[0]}</strong>
        {words.slice(1).map((line) => line && <span key={line}>{line}</span>)}
      </div>
    </div>
  );
}

function placeInWords(place: Place): string[] {
  const { zone, tables, areas } = geometry.value!;
  if (place.kind === "seat") {
    const { seat } = place;
    const price = seatPrice(seat);
    const state = stateInWords(seat);
    const first = state === "available" && price !== null ? money(price) : state;
    return [labelOf(seat), [zoneName(zone[seat]), first].filter(Boolean).join(" · "), accessInWords(seat)];
  }
  if (place.kind === "table") {
    const { name, start, count } = tables[place.table];
    const free = house.states.subarray(start, start + count).filter((state) => state === 0).length;
    return [named("table", name) || "Table", `${free} of ${count} free`, free > 0 ? "Click to take them all" : ""];
  }
  const pool = byPool.get(place.area);
  return [areas[place.area].name, [pool && money(pool.price_minor), placesLeft(place.area)].filter(Boolean).join(" · ")];
}

function accessInWords(seat: number): string {
  const bits = geometry.value!.access[seat];
  return [
    bits & ACCESSIBLE && "Wheelchair accessible",
    bits & COMPANION && "Companion seat",
    bits & RESTRICTED_VIEW && "Restricted view",
  ]
    .filter(Boolean)
    .join(", ");
}

/** What a screen reader says for the seat under the cursor. */
export function seatInWords(seat: number): string {
  const price = seatPrice(seat);
  return [labelOf(seat), stateInWords(seat), price === null ? "" : money(price), zoneName(geometry.value!.zone[seat]), accessInWords(seat)]
    .filter(Boolean)
    .join(", ");
}

function placesLeft(area: number): string {
  const left = house.pools[area];
  if (left === undefined) return "";
  const mine = (heldPools().get(area) ?? 0) + (pickedPools.value.get(area) ?? 0);
  return `${left ? `${left.toLocaleString()} left` : "Sold out"}${mine ? ` · ${mine} yours` : ""}`;
}
