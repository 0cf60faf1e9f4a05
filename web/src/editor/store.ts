import { pageData } from "../lib/page";
import { cell } from "../lib/state";
import type { Place } from "../map/map";
import type { Grain } from "../map/workbar";
import { fullName, type House, keyOf, seatsIn, type Thing, widened } from "./house";
import type { EventOnMap, MapView, Migration, MapVersion as Version } from "../lib/schema";
import type { Edit } from "../lib/wire";

interface Boot {
  mapId: string;
  orgId: string;
  /** Where a new version is wanted: empty, or an address that takes it as `version`. */
  then: string;
}

export interface Notice {
  text: string;
  tone: "good" | "problem";
}

/** An event on its way to another version: what the dry run says. `digits`: of its prices. */
export interface Step {
  event: EventOnMap;
  to: Version;
  result: Migration;
  digits: number;
}

export const { mapId, orgId, then } = pageData<Boot>("boot");
export const map = cell<MapView | null>(null);
/** The draft; null while there is no drawing, or none has come yet. */
export const house = cell<House | null>(null);
export const edits = cell<Edit[]>([]);
/** How many edits each act on this page made, the last one last. */
export const acts = cell<number[]>([]);
/** Acts that were undone, with nothing done since, the last one first. */
export const undone = cell<Edit[][]>([]);
export const versions = cell<Version[]>([]);
export const events = cell<EventOnMap[]>([]);
export const step = cell<Step | null>(null);
/** Keys of what is chosen. They mean the same in the next revision. */
export const chosen = cell<ReadonlySet<string>>(new Set());
export const tab = cell<"edit" | "report" | "publish">("edit");
export const view = cell<"map" | "list">("map");
export const grain = cell<Grain>("row");
/** Does the next press on the map say where everybody looks? */
export const isAiming = cell(false);
export const isBusy = cell(false);
export const notice = cell<Notice | null>(null);
/** What keeps the page from showing anything. */
export const failure = cell("");

export function say(text: string, tone: Notice["tone"] = "good"): void {
  notice.value = { text, tone };
}

export function choose(keys: Iterable<string>): void {
  chosen.value = new Set(keys);
  notice.value = null;
}

export function toggle(thing: Thing): void {
  const key = keyOf(house.value!, thing);
  if (key === null) return;
  const next = new Set(chosen.value);
  if (!next.delete(key)) next.add(key);
  choose(next);
}

export function press(place: Place): void {
  if (place.kind === "seat") toggle(widened(house.value!, place.seat, grain.value));
  else toggle({ kind: place.kind, at: place.kind === "table" ? place.table : place.area });
}

export function isChosen(thing: Thing): boolean {
  const key = keyOf(house.value!, thing);
  return key !== null && chosen.value.has(key);
}

/** What is chosen and is there, by key. */
export function things(): [string, Thing][] {
  const { byKey } = house.value!;
  return [...chosen.value].flatMap((key) => {
    const thing = byKey.get(key);
    return thing ? [[key, thing] as [string, Thing]] : [];
  });
}

/** Seats that an edit of what is chosen would touch. */
export function chosenSeats(): Set<number> {
  return new Set(things().flatMap(([, thing]) => seatsIn(house.value!, thing)));
}

export function nameOf(thing: Thing): string {
  return fullName(house.value!, thing);
}
