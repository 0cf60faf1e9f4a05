/** The organizer's places of an event: off sale and back, tables, another seat for who has one. */
import { Fragment, h } from "preact";
import { Pulse } from "../lib/pulse";
import { Segment } from "../lib/segment";
import { cell, mount } from "../lib/state";
import { recountSoon } from "./acts";
import { HouseMap } from "./house";
import { PlacesList } from "./list";
import { Panel } from "./panel";
import { failure, geometry, type Grain, grain, notice, start, status } from "./store";

const view = cell<"map" | "list">("map");
const GRAINS: [Grain, string][] = [
  ["seat", "Seats"],
  ["row", "Rows"],
  ["section", "Sections"],
];

function App() {
  return (
    <>
      <div class="stagebox">
        <div class="mapbar">
          <div class="segments" role="group" aria-label="View">
            <Segment name="Map" isOn={view.value === "map"} press={() => (view.value = "map")} />
            <Segment name="List" isOn={view.value === "list"} press={() => (view.value = "list")} />
          </div>
          {view.value === "map" && (
            <div class="segments" role="group" aria-label="One press takes">
              {GRAINS.map(([value, name]) => (
                <Segment key={value} name={name} isOn={grain.value === value} press={() => (grain.value = value)} />
              ))}
            </div>
          )}
          <Pulse status={status.value} />
        </div>
        {geometry.value === null ? (
          <p class="empty">{failure.value || "Opening the house…"}</p>
        ) : (
          <>
            <HouseMap hidden={view.value !== "map"} />
            {view.value === "list" && <PlacesList />}
          </>
        )}
      </div>
      <aside class="side" aria-label="Places">
        <Panel />
      </aside>
      <p class="spoken" role="status">
        {notice.value?.text}
      </p>
    </>
  );
}

start(recountSoon);
mount(() => <App />, document.getElementById("live")!);
