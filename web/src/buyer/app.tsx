import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { decodeGeometry, type WireGeometry } from "../map/geometry";
import { AreaSheet } from "./area";
import { Deadline } from "./deadline";
import { Legend } from "./legend";
import { ListView } from "./list";
import { LiveMap } from "./livemap";
import { event, geometry, notice, status } from "./store";
import { Tray } from "./tray";

const view = signal<"map" | "list">("map");
const failure = signal("");

const STATUS_WORDS = {
  connecting: "Connecting",
  live: "Live",
  behind: "Reconnecting",
  paused: "Paused",
  refused: "Not live",
} as const;

export function App() {
  useEffect(() => {
    loadGeometry().catch(() => (failure.value = "The seat map could not be loaded."));
  }, []);
  return (
    <>
      <div class="stagebox">
        <div class="mapbar">
          <div class="segments" role="group" aria-label="View">
            <Segment name="map" label="Map" />
            <Segment name="list" label="List" />
          </div>
          <p class={`pulse is-${status.value}`}>{STATUS_WORDS[status.value]}</p>
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
            {view.value === "list" && <ListView />}
          </>
        )}
      </div>
      <aside class="side" aria-label="Your places">
        <Legend />
        <Tray />
      </aside>
      <AreaSheet />
      <Deadline />
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

async function loadGeometry(): Promise<void> {
  const response = await fetch(event.map_url);
  if (!response.ok) throw new Error(String(response.status));
  geometry.value = decodeGeometry((await response.json()) as WireGeometry);
}
