import { Fragment, h } from "preact";
import { Pulse } from "../lib/pulse";
import { cell } from "../lib/state";
import { decodeGeometry, type WireGeometry } from "../map/geometry";
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
            <Segment name="map" label="Map" />
            <Segment name="list" label="List" />
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
        <Legend />
        <Tray />
      </aside>
      <p class="spoken" role="status">
        {notice.value?.text}
      </p>
    </>
  );
}

function Segment({ name, label }: { name: "map" | "list"; label: string }) {
  return (
    <button type="button" aria-pressed={view.value === name} onClick={() => (view.value = name)}>
      {label}
    </button>
  );
}

/** Fetches the drawing of the house; the page keeps its list where that fails. */
export function open(): void {
  loadGeometry().catch(() => (failure.value = "The seat map could not be loaded."));
}

async function loadGeometry(): Promise<void> {
  const response = await fetch(event.map_url);
  if (!response.ok) throw new Error(String(response.status));
  geometry.value = decodeGeometry((await response.json()) as WireGeometry);
}
