import { type ComponentChildren, Fragment, h } from "preact";
import { Pulse } from "../lib/pulse";
import { cell } from "../lib/state";
import { WorkBar } from "../map/workbar";
import { HouseMap } from "./house";
import { PlacesList } from "./list";
import { failure, geometry, grain, notice, status } from "./store";

const view = cell<"map" | "list">("map");

/** The house, and beside it what is done with it; `label` names that. */
export function WorkPage({ label, children }: { label: string; children: ComponentChildren }) {
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
      <aside class="side" aria-label={label}>
        {children}
      </aside>
      <p class="spoken" role="status">
        {notice.value?.text}
      </p>
    </>
  );
}
