/** The organizer's places of an event: off sale and back, tables, another seat for who has one. */
import { Fragment, h } from "preact";
import { Pulse } from "../lib/pulse";
import { cell, mount } from "../lib/state";
import { WorkBar } from "../map/workbar";
import { recountSoon } from "./acts";
import { HouseMap } from "./house";
import { PlacesList } from "./list";
import { Panel } from "./panel";
import { failure, geometry, grain, notice, start, status } from "./store";

const view = cell<"map" | "list">("map");
function App() {
  return (
    <>
      <div class="stagebox">
        <WorkBar view={view} grain={grain}>
          <Pulse status={status.value} />
        </WorkBar>
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
