import { Fragment, h } from "preact";
import { Segment } from "../lib/segment";
import { counted } from "../lib/words";
import { redo, undo } from "./acts";
import { Edits } from "./edits";
import { Chosen } from "./form";
import { Publish } from "./publish";
import type { Kind } from "./house";
import { choose, chosen, edits, house, isAiming, isBusy, map, notice, tab, undone } from "./store";
import { Findings } from "./report";

const TABS = [
  ["edit", "Edit"],
  ["report", "Report"],
  ["publish", "Publish"],
] as const;

/** What can be done with the map. */
export function Panel() {
  const { report } = map.value!;
  const open = report.errors.length + report.warnings.length;
  return (
    <>
      <div class="segments is-wide" role="group" aria-label="What to do">
        {TABS.map(([value, name]) => (
          <Segment
            key={value}
            name={value === "report" && open > 0 ? `${name} (${open})` : name}
            isOn={tab.value === value}
            press={() => (tab.value = value)}
          />
        ))}
      </div>
      {notice.value && (
        <p class={`notice is-${notice.value.tone}`}>
          {notice.value.text}
        </p>
      )}
      <div class="worksheet">
        {tab.value === "report" ? <Findings /> : tab.value === "publish" ? <Publish /> : <Editing />}
      </div>
    </>
  );
}

function Editing() {
  if (!house.value) return <p class="hint">Begin with the drawing of the venue.</p>;
  return (
    <>
      {isAiming.value ? (
        <div class="chosen">
          <h2>Where does everybody look?</h2>
          <p>Press that point on the map. The best seats are those nearest to it.</p>
          <p class="actions">
            <button type="button" class="button is-quiet" onClick={() => (isAiming.value = false)}>
              Leave it
            </button>
          </p>
        </div>
      ) : chosen.value.size > 0 ? (
        <Chosen key={[...chosen.value].join(" ")} />
      ) : (
        <Nothing />
      )}
      <div class="toolrow">
        <button type="button" class="button is-quiet is-small" disabled={isBusy.value || edits.value.length === 0} onClick={() => void undo()}>
          Undo
        </button>
        <button type="button" class="button is-quiet is-small" disabled={isBusy.value || undone.value.length === 0} onClick={() => void redo()}>
          Redo
        </button>
        <button type="button" class="button is-quiet is-small" disabled={isBusy.value} onClick={() => (isAiming.value = true)}>
          Set the focal point
        </button>
      </div>
      <Edits />
    </>
  );
}

const KINDS: [Kind, string][] = [
  ["section", "section"],
  ["row", "row"],
  ["table", "table"],
  ["area", "standing area"],
];

function Nothing() {
  const { counts } = map.value!;
  return (
    <>
      <div class="chosen">
        <h2>{counted(counts?.places ?? 0, "place")}</h2>
        <p>
          {counted(counts?.seats ?? 0, "seat")} · {counted(counts?.zones ?? 0, "price zone")}
        </p>
        <p>Press seats, rows, tables, sections or areas on the map to name them, number them, or put them into a price zone.</p>
      </div>
      <div class="toolrow" role="group" aria-label="Choose all of a kind">
        {KINDS.map(([kind, name]) => {
          const keys = house.value!.keys[kind];
          return (
            keys.length > 0 && (
              <button type="button" key={kind} class="button is-quiet is-small" onClick={() => choose(keys)}>
                {counted(keys.length, name)}
              </button>
            )
          );
        })}
      </div>
    </>
  );
}
