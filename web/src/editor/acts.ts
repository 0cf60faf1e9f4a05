/** What a person does to a map: each act is one request, and the page shows what the answer says. */
import { call, Problem } from "../lib/api";
import { sentence } from "../lib/words";
import { houseOf } from "./house";
import {
  acts,
  choose,
  chosen,
  edits,
  events,
  failure,
  house,
  isBusy,
  map,
  mapId,
  notice,
  orgId,
  say,
  step,
  undone,
  versions,
} from "./store";
import type { Draft, EditList, EventOnMap, EventsOnMap, MapView, Migration, MapVersion as Version, VersionPage } from "../lib/schema";
import type { Edit } from "../lib/wire";

const base = `/v1/maps/${mapId}`;

/** Everything anew. */
export async function load(): Promise<void> {
  try {
    await show(await call<MapView>(base, { orgId }));
    await loadVersions();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    failure.value = sentence(error.detail);
  }
}

async function show(now: MapView): Promise<void> {
  if (now.drawing) {
    const [draft, list] = await Promise.all([
      call<Draft>(`${base}/draft`, { orgId }),
      call<EditList>(`${base}/edits`, { orgId }),
    ]);
    house.value = houseOf(draft);
    edits.value = list.edits;
    const { byKey } = house.value;
    if ([...chosen.value].some((key) => !byKey.has(key))) choose([...chosen.value].filter((key) => byKey.has(key)));
  }
  map.value = now;
}

async function loadVersions(): Promise<void> {
  const [listed, pinned] = await Promise.all([
    call<VersionPage>(`${base}/versions`, { orgId }),
    call<EventsOnMap>(`${base}/events`, { orgId }),
  ]);
  versions.value = listed.items;
  events.value = pinned.items;
}

/** A write to the draft at the revision that is shown. */
function write<T>(method: "POST" | "PUT" | "DELETE", what: string, body?: unknown): Promise<T> {
  const join = what.includes("?") ? "&" : "?";
  return call<T>(`${base}${what}${join}revision=${map.value!.revision}`, { method, body, orgId });
}

/** Does these edits too, as one act. Returns whether they are done. */
export async function apply(...more: Edit[]): Promise<boolean> {
  const isDone = await busy(async () => show(await write<MapView>("POST", "/edits", { edits: more })));
  if (isDone) [acts.value, undone.value] = [[...acts.value, more.length], []];
  return isDone;
}

/** Takes back the last act; one edit, where it was not done on this page. */
export async function undo(): Promise<void> {
  const size = acts.value[acts.value.length - 1] ?? 1;
  const last = edits.value.slice(-size);
  if (!(await replace(edits.value.slice(0, -size)))) return;
  [acts.value, undone.value] = [acts.value.slice(0, -1), [last, ...undone.value]];
}

export async function redo(): Promise<void> {
  const [next, ...rest] = undone.value;
  if (!(await replace([...edits.value, ...next]))) return;
  [acts.value, undone.value] = [[...acts.value, next.length], rest];
}

/** Takes back one edit, wherever it stands in the list. */
export async function takeBack(at: number): Promise<void> {
  if (await replace(edits.value.filter((_, i) => i !== at))) forgetActs();
}

/** The list of edits is another one: its acts are not known any more. */
function forgetActs(): void {
  [acts.value, undone.value] = [[], []];
}

function replace(all: Edit[]): Promise<boolean> {
  return busy(async () => show(await write<MapView>("PUT", "/edits", { edits: all })));
}

export async function upload(file: File): Promise<void> {
  await busy(async () => {
    const read = await write<MapView>("PUT", `/drawing?name=${encodeURIComponent(file.name)}`, file);
    await show(read);
    if (read.counts?.places) say(`The drawing ${file.name} was read.`);
    else say(`In ${file.name} there is no place to be sold: see the report, or take another drawing under Publish.`, "problem");
  });
}

export async function setMapping(mapping: string): Promise<void> {
  await busy(async () => {
    await show(await write<MapView>("PUT", "/mapping", { mapping: mapping.trim() ? mapping : null }));
    say("The drawing was read again.");
  });
}

export async function discard(): Promise<void> {
  await busy(async () => {
    await show(await write<MapView>("DELETE", "/draft"));
    forgetActs();
    say("The draft is again what the latest version was made of.");
  });
}

export async function publish(): Promise<void> {
  await busy(async () => {
    const { version } = await write<Version>("POST", "/versions");
    await show(await call<MapView>(base, { orgId }));
    await loadVersions();
    say(`Version ${version} is published. It never changes; go on drawing and publish the next one.`);
  });
}

/** Begins a new event: every zone of the version needs a price. */
/** What it would mean to sell `event` by the version `to`. */
export async function dryRun(event: EventOnMap, to: Version): Promise<void> {
  await busy(async () => {
    const [result, { currency_exponent }] = await Promise.all([
      call<Migration>(`/v1/events/${event.id}/migration?to=${to.id}`, { orgId }),
      call<{ currency_exponent: number }>(`/v1/events/${event.id}`),
    ]);
    step.value = { event, to, result, digits: currency_exponent };
  });
}

/** `prices_minor`: of zones that the event has not sold so far. */
export async function migrate(prices_minor: Record<string, number>): Promise<void> {
  const { event, to } = step.value!;
  await busy(async () => {
    try {
      await call(`/v1/events/${event.id}/migration`, { method: "POST", body: { to: to.id, prices_minor }, orgId });
    } catch (error) {
      if (!(error instanceof Problem) || error.slug !== "migration-refused") throw error;
      step.value = { ...step.value!, result: error.facts as unknown as Migration };
      return say(sentence(error.detail), "problem");
    }
    step.value = null;
    await loadVersions();
    say(`${event.name} is sold by version ${to.version} now.`);
  });
}

/** Runs one act at a time; a refusal is said. Returns whether it went through. */
async function busy(act: () => Promise<void>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  notice.value = null;
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.slug === "draft-moved") {
      forgetActs();
      await show(await call<MapView>(base, { orgId }));
      say("Somebody else has changed this map meanwhile. You see it as it is now: do it again.", "problem");
    } else say(sentence(error.detail), "problem");
    return false;
  } finally {
    isBusy.value = false;
  }
}
