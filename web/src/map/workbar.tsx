import { type ComponentChildren, h } from "preact";
import { Segment } from "../lib/segment";
import type { Cell } from "../lib/state";

/** What one press on a seat takes. */
export type Grain = "seat" | "row" | "section";

const VIEWS = [
  ["map", "Map"],
  ["list", "List"],
] as const;
const GRAINS = [
  ["seat", "Seats"],
  ["row", "Rows"],
  ["section", "Sections"],
] as const;

interface Props {
  view: Cell<"map" | "list">;
  grain: Cell<Grain>;
  children?: ComponentChildren;
}

/** Above a map that one works on: how it is shown, and how much a press takes. */
export function WorkBar({ view, grain, children }: Props) {
  return (
    <div class="mapbar">
      <Choice of={view} from={VIEWS} label="View" />
      {view.value === "map" && <Choice of={grain} from={GRAINS} label="One press takes" />}
      {children}
    </div>
  );
}

function Choice<T extends string>({ of, from, label }: { of: Cell<T>; from: readonly (readonly [T, string])[]; label: string }) {
  return (
    <div class="segments" role="group" aria-label={label}>
      {from.map(([value, name]) => (
        <Segment key={value} name={name} isOn={of.value === value} press={() => (of.value = value)} />
      ))}
    </div>
  );
}
