import { onDraw } from "../lib/state";
import { accessInWords } from "../map/geometry";
import { sectionAt } from "../map/blocks";
import { createFrame } from "../map/frame";
import { createSeatMap, type MineStatus, type Place, type SeatMap } from "../map/map";
import type { View } from "../map/view";
import { apply } from "./acts";
import type { House } from "./house";
import { chosen, chosenSeats, grain, house, isAiming, nameOf, press, things, toggle } from "./store";

/** Looks of seats: as they are for sale, and, half filled, what was read with doubt. */
const PLAIN = 0;
const DOUBTFUL = 1;

const frame = createFrame(draw, placeInWords);

/** The draft as buyers would see it. */
export const DraftMap = frame.View;

let drawn: House | null = null;

function draw(host: HTMLElement, from: View | null): SeatMap {
  drawn = house.value!;
  const { geometry, draft } = drawn;
  const made = createSeatMap(
    host,
    geometry,
    {
      press,
      hover: frame.hover,
      describe: (seat) => seatInWords(seat),
      placesLeft,
      point,
    },
    from,
  );
  const states = new Uint8Array(geometry.count).fill(PLAIN);
  for (const [seat] of draft.doubtful) states[seat] = DOUBTFUL;
  const pools = Int32Array.from(geometry.areas, ({ capacity }) => capacity ?? 0);
  made.setStates(states, pools, { seats: null, pools: true });
  showChosen(made);
  return made;
}

onDraw(() => {
  const next = house.value;
  if (!frame.map || !next || next === drawn) return;
  const [a, b] = [drawn!.geometry.box, next.geometry.box];
  frame.redraw(a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h);
});

let marked: unknown = null;
onDraw(() => {
  if (!frame.map || marked === chosen.value) return;
  showChosen(frame.map);
});

function showChosen(map: SeatMap): void {
  marked = chosen.value;
  const seats = new Map<number, MineStatus>([...chosenSeats()].map((seat) => [seat, "picked"]));
  const areas = things().flatMap(([, { kind, at }]) => (kind === "area" ? [[at, 1] as const] : []));
  map.setMine({ seats, areas: new Map(areas) });
}

/** Brings what is chosen into sight. */
export function showOnMap(): void {
  const seats = [...chosenSeats()];
  if (seats.length > 0) frame.map?.show(seats);
}

/** A press that means the point itself, or a whole section: from afar too, where others come nearer. */
function point(x: number, y: number): boolean {
  if (isAiming.value) {
    isAiming.value = false;
    void apply({ op: "focal", at: [Math.round(x * 10) / 10, Math.round(y * 10) / 10] });
    return true;
  }
  const section = grain.value === "section" ? sectionAt(house.value!.geometry, x, y) : -1;
  if (section >= 0) toggle({ kind: "section", at: section });
  return section >= 0;
}

export function seatInWords(seat: number): string {
  const { geometry } = house.value!;
  return [...placeInWords({ kind: "seat", seat }), accessInWords(geometry.access[seat])].filter(Boolean).join(", ");
}

function placeInWords(place: Place): string[] {
  const { geometry, draft } = house.value!;
  if (place.kind === "seat") {
    const { seat } = place;
    const doubt = draft.doubtful.find(([at]) => at === seat);
    return [
      nameOf({ kind: "seat", at: seat }),
      geometry.zones[geometry.zone[seat]]?.name ?? "",
      accessInWords(geometry.access[seat]),
      doubt ? `read with ${Math.round(doubt[1] * 100)}% certainty` : "",
    ];
  }
  if (place.kind === "area") return [nameOf({ kind: "area", at: place.area }), placesLeft(place.area)];
  return [nameOf({ kind: "table", at: place.table }), `${geometry.tables[place.table].count} chairs`];
}

function placesLeft(area: number): string {
  const { geometry, draft } = house.value!;
  const { key, capacity } = geometry.areas[area];
  return draft.unknown_capacities.includes(key) ? "how many places?" : `${(capacity ?? 0).toLocaleString("en")} places`;
}
