import { type ComponentChildren, h } from "preact";
import { cell } from "../lib/state";
import { type Block, blocksOf, type Group, seatsOf } from "./blocks";
import type { Geometry } from "./geometry";

/** A section, row, table or seat by its place among its kind. */
export interface Part {
  kind: "section" | "row" | "table" | "seat";
  at: number;
}

interface Props {
  geometry: Geometry;
  isChosen(part: Part): boolean;
  press(part: Part): void;
  /** What is said of a section beside its name. */
  note(block: Block): string;
  seatInWords(seat: number): string;
  /** Class of a seat's button. */
  look(seat: number): string;
  /** What stands before the sections. */
  children?: ComponentChildren;
}

const opened = cell<string | null>(null);

/** The house in words for who works on it: sections, rows, tables and seats are chosen by buttons. */
export function HouseList(props: Props) {
  return (
    <div class="listview">
      {props.children}
      {blocksOf(props.geometry).map((block) => (
        <details key={block.name} open={opened.value === block.name} onToggle={(toggled) => remember(toggled, block)}>
          <summary>
            <span>{block.name}</span>
            <small>{props.note(block)}</small>
          </summary>
          {opened.value === block.name && (
            <div>
              {block.at >= 0 && (
                <p class="actions is-start">
                  <Whole {...props} part={{ kind: "section", at: block.at }} name={`All of ${block.name}`} />
                </p>
              )}
              {block.groups.map((group) => (
                <Line key={group.start} {...props} group={group} />
              ))}
            </div>
          )}
        </details>
      ))}
    </div>
  );
}

function Line(props: Props & { group: Group }) {
  const { group, geometry } = props;
  return (
    <div class="rowline" role="group" aria-label={group.name}>
      <Whole {...props} part={group} name={group.name} />
      <div class="rowseats">
        {seatsOf(group).map((at) => (
          <button
            type="button"
            key={at}
            class={`seatbutton is-work ${props.look(at)}`}
            aria-pressed={props.isChosen({ kind: "seat", at })}
            aria-label={props.seatInWords(at)}
            onClick={() => props.press({ kind: "seat", at })}
          >
            {geometry.number(at) || "·"}
          </button>
        ))}
      </div>
    </div>
  );
}

function Whole({ part, name, isChosen, press }: Props & { part: Part; name: string }) {
  return (
    <button type="button" class="rowbutton" aria-pressed={isChosen(part)} onClick={() => press(part)}>
      {name}
    </button>
  );
}

function remember(toggled: Event, { name }: Block): void {
  const { open } = toggled.currentTarget as HTMLDetailsElement;
  if (open) opened.value = name;
  else if (opened.value === name) opened.value = null;
}
