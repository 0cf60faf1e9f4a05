import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW } from "../map/geometry";
import { createSeatMap, type Place, type SeatMap } from "../map/map";
import {
  byPool,
  geometry,
  heldPools,
  heldSeats,
  house,
  labelOf,
  money,
  onHouse,
  openArea,
  pickedPools,
  pickedSeats,
  seatPrice,
  stateInWords,
  tick,
  toggleSeat,
  toggleTable,
  zoneName,
  zonesShown,
} from "./store";

const ZOOM_STEP = 1.6;
const hovered = signal<{ place: Place; x: number; y: number } | null>(null);

/** The picture of the house; a hidden one keeps its view and starts to draw when it is shown. */
export function LiveMap({ hidden }: { hidden: boolean }) {
  const host = useRef<HTMLDivElement>(null);
  const map = useRef<SeatMap | null>(null);

  useEffect(() => {
    const made = createSeatMap(host.current!, geometry.value!, {
      press,
      hover: (place, x, y) => (hovered.value = place && { place, x, y }),
      describe: seatInWords,
      placesLeft,
    });
    map.current = made;
    onHouse((changed) => made.setStates(house.states, house.pools, changed));
    effect(() => {
      const seats = new Map<number, "picked" | "held">();
      for (const seat of heldSeats.value) seats.set(seat, "held");
      for (const seat of pickedSeats.value) seats.set(seat, "picked");
      made.setMine({ seats, areas: new Map([...heldPools.value, ...pickedPools.value]) });
    });
    effect(() => made.setZones(zonesShown.value));
  }, []);

  return (
    <div class="mapview" hidden={hidden}>
      <div class="map" ref={host} role="application" aria-label="Seat map" aria-roledescription="seat map" />
      <div class="zoom">
        <button type="button" aria-label="Zoom in" onClick={() => map.current?.zoomBy(ZOOM_STEP)}>
          <Icon d="M8 3v10M3 8h10" />
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => map.current?.zoomBy(1 / ZOOM_STEP)}>
          <Icon d="M3 8h10" />
        </button>
        <button type="button" aria-label="Show the whole house" onClick={() => map.current?.fit()}>
          <Icon d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />
        </button>
      </div>
      <Tip />
    </div>
  );
}

export function Icon({ d }: { d: string }) {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">
      <path d={d} />
    </svg>
  );
}

function press(place: Place): void {
  if (place.kind === "seat") toggleSeat(place.seat);
  else if (place.kind === "table") toggleTable(place.table);
  else openArea.value = place.area;
}

function Tip() {
  const at = hovered.value;
  if (!at) return null;
  void tick.value;
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
    return [`Table ${(name ?? "").replace(/^table\s+/i, "")}`, `${free} of ${count} free`, free > 0 ? "Click to take them all" : ""];
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
  return left === 0 ? "Sold out" : `${left.toLocaleString()} left`;
}
