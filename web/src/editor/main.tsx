/** The map editor: a venue's drawing becomes a map that events are sold by. */
import { Fragment, h } from "preact";
import { mount, onDraw } from "../lib/state";
import { WorkBar } from "../map/workbar";
import { load } from "./acts";
import { DraftList } from "./list";
import { Panel } from "./panel";
import { Upload } from "./publish";
import { DraftMap } from "./shape";
import { failure, grain, house, map, notice, view } from "./store";

function App() {
  return (
    <>
      <div class="stagebox">
        {house.value && <WorkBar view={view} grain={grain} />}
        {house.value ? (
          <>
            <DraftMap hidden={view.value !== "map"} />
            {view.value === "list" && <DraftList />}
          </>
        ) : (
          <div class="empty">
            {failure.value || !map.value ? (
              failure.value || "Opening the map…"
            ) : (
              <>
                <p>Upload the drawing of the venue: an SVG from any drawing program, a pretix seating plan or a seats.io chart.</p>
                <p class="actions">
                  <Upload words="Choose a drawing" />
                </p>
              </>
            )}
          </div>
        )}
      </div>
      <aside class="side" aria-label="Map editor">
        {map.value && <Panel />}
      </aside>
      <p class="spoken" role="status">
        {notice.value?.text}
      </p>
    </>
  );
}

/** The heading is there before the map is. */
onDraw(() => {
  if (!map.value) return;
  const { name, venue } = map.value;
  document.getElementById("name")!.textContent = name;
  document.getElementById("about")!.textContent = `${venue.name}, ${venue.city}`;
});

mount(() => <App />, document.getElementById("live")!);
void load();
