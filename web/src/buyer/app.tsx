import { Fragment, h } from "preact";
import { Pulse } from "../lib/pulse";
import { Segment } from "../lib/segment";
import { cell } from "../lib/state";
import type { Geometry } from "../lib/schema";
import { decodeGeometry } from "../map/geometry";
import { Legend } from "./legend";
import { later } from "./later";
import { LiveMap } from "./livemap";
import { event, geometry, notice, status } from "./store";
import { Tray } from "./tray";

const view = cell<"map" | "list">("map");
const failure = cell("");
const List = later(() => import("./list").then((loaded) => loaded.ListView));

export function App() {
  return (
    <>
      <div class="stagebox">
        <div class="mapbar">
          <div class="segments" role="group" aria-label="View">
            <Segment name="Map" isOn={view.value === "map"} press={() => (view.value = "map")} />
            <Segment name="List" isOn={view.value === "list"} press={() => (view.value = "list")} />
          </div>
          <Pulse status={status.value} />
        </div>
        {failure.value ? (
          <p class="empty">
            {failure.value} <a href="?view=list">Choose from a list instead</a>
          </p>
        ) : geometry.value === null ? (
          <p class="empty">Opening the house…</p>
        ) : (
          <>
            <LiveMap hidden={view.value !== "map"} />
            {view.value === "list" && <List />}
          </>
        )}
      </div>
      <aside class="side" aria-label="Your places">
        {(geometry.value || failure.value) && (
          <>
            <Legend />
            <Tray />
          </>
        )}
      </aside>
      <p class="spoken" role="status">
        {notice.value?.text}
      </p>
    </>
  );
}

/** Fetches the drawing of the house; the page keeps its list where that fails. */
export function open(): void {
  loadGeometry().catch(() => (failure.value = "The seat map could not be loaded."));
}

async function loadGeometry(): Promise<void> {
  const response = await fetch(event.map_url);
  if (!response.ok) throw new Error(String(response.status));
  geometry.value = decodeGeometry((await response.json()) as Geometry);
}
