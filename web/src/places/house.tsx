import { onDraw } from "../lib/state";
import { accessInWords, named } from "../map/geometry";
import { createFrame } from "../map/frame";
import { createSeatMap, type MineStatus, type Place, type SeatMap } from "../map/map";
import { sectionAt, seatsOf } from "../map/blocks";
import {
  blockedPlaces,
  chosen,
  event,
  geometry,
  going,
  grain,
  house,
  labelOf,
  modes,
  move,
  onHouse,
  press,
  stateInWords,
  toggle,
} from "./store";
import { modeInWords } from "./words";

const frame = createFrame(draw, placeInWords);

/** The picture of the house. */
export const HouseMap = frame.View;

function draw(host: HTMLElement): SeatMap {
  const made = createSeatMap(host, geometry.value!, {
    press,
    hover: frame.hover,
    describe: (seat) => seatInWords(seat).filter(Boolean).join(", "),
    placesLeft,
    point,
  });
  onHouse((changed) => made.setStates(house.states, house.pools, changed));
  let drawn: unknown[] = [];
  onDraw(() => {
    const now = [chosen.value, move.value];
    if (now.every((value, i) => value === drawn[i])) return;
    drawn = now;
    const seats = new Map<number, MineStatus>([...chosen.value].map((seat) => [seat, "picked"]));
    if (move.value) for (const { seat_idx } of going()) seats.set(seat_idx, "held");
    for (const seat of move.value?.to ?? []) seats.set(seat, "offered");
    made.setMine({ seats, areas: new Map() });
  });
  return made;
}

/** Whole sections are chosen from afar too, where another press comes nearer. */
function point(x: number, y: number): boolean {
  const section = grain.value === "section" && !move.value ? sectionAt(geometry.value!, x, y) : -1;
  if (section >= 0) toggle(seatsOf(...geometry.value!.sections[section].runs));
  return section >= 0;
}

export function seatInWords(seat: number): string[] {
  return [labelOf(seat), stateInWords(seat), accessInWords(geometry.value!.access[seat])];
}

function placeInWords(place: Place): string[] {
  if (place.kind === "seat") return seatInWords(place.seat);
  if (place.kind === "area") return [geometry.value!.areas[place.area].name, placesLeft(place.area)];
  const table = geometry.value!.tables[place.table];
  const free = seatsOf(table).filter((seat) => house.states[seat] === 0).length;
  return [named("table", table.name) || "Table", `${free} of ${table.count} free`, modeInWords(modes.value.get(place.table))];
}

export function placesLeft(area: number): string {
  const left = house.pools[area];
  if (left === undefined) return "";
  const { capacity } = event.pools.find(({ idx }) => idx === area)!;
  const blocked = blockedPlaces.value.get(area) ?? 0;
  const off = blocked > 0 ? ` · ${blocked.toLocaleString("en")} off sale` : "";
  return `${left.toLocaleString("en")} of ${capacity.toLocaleString("en")} left${off}`;
}
