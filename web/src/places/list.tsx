import { h } from "preact";
import { cell } from "../lib/state";
import { counted } from "../lib/words";
import { type Block, blocksOf, type Group, seatsOf } from "../map/blocks";
import { seatInWords } from "./house";
import { chosen, geometry, house, press, STATE_WORDS, toggle } from "./store";

const opened = cell<string | null>(null);

/** The house in words: whole sections, whole rows and single seats are chosen by buttons. */
export function PlacesList() {
  return (
    <div class="listview">
      {blocksOf(geometry.value!).map((block) => (
        <details key={block.name} open={opened.value === block.name} onToggle={(toggled) => remember(toggled, block)}>
          <summary>
            <span>{block.name}</span>
            <small>{summary(block)}</small>
          </summary>
          {opened.value === block.name && (
            <div>
              <p class="actions is-start">
                <Whole run={block} name={`All of ${block.name}`} />
              </p>
              {block.groups.map((group) => (
                <Row key={group.start} group={group} />
              ))}
            </div>
          )}
        </details>
      ))}
    </div>
  );
}

function Row({ group }: { group: Group }) {
  return (
    <div class="rowline" role="group" aria-label={group.name}>
      <Whole run={group} name={group.name} />
      <div class="rowseats">
        {seatsOf(group).map((seat) => (
          <button
            type="button"
            key={seat}
            class={`seatbutton is-work s${house.states[seat]}`}
            aria-pressed={chosen.value.has(seat)}
            aria-label={seatInWords(seat).filter(Boolean).join(", ")}
            onClick={() => press({ kind: "seat", seat })}
          >
            {geometry.value!.number(seat)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** Chooses a whole run of seats. */
function Whole({ run, name }: { run: { start: number; count: number }; name: string }) {
  const seats = seatsOf(run);
  const isChosen = seats.every((seat) => chosen.value.has(seat));
  return (
    <button type="button" class="rowbutton" aria-pressed={isChosen} onClick={() => toggle(seats)}>
      {name}
    </button>
  );
}

function remember(toggled: Event, { name }: Block): void {
  const { open } = toggled.currentTarget as HTMLDetailsElement;
  if (open) opened.value = name;
  else if (opened.value === name) opened.value = null;
}

function summary({ start, count }: Block): string {
  const found = [0, 0, 0, 0];
  for (let seat = start; seat < start + count; seat++) found[house.states[seat] ?? 0]++;
  const words = found.map((n, state) => (n > 0 ? `${n.toLocaleString()} ${STATE_WORDS[state]}` : ""));
  return words.filter(Boolean).join(" · ") || counted(count, "seat");
}
