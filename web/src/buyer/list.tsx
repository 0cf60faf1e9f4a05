import { h } from "preact";
import { cell } from "../lib/state";
import { type Block, blocksOf, type Group, seatsOf } from "../map/blocks";
import { seatInWords } from "./livemap";
import { geometry, heldSeats, house, money, pickedSeats, seatPrice, toggleSeat } from "./store";

const opened = cell<string | null>(null);

/** The same house as words and buttons, for those who do not use the picture. */
export function ListView() {
  return (
    <div class="listview">
      {blocksOf(geometry.value!).map((block) => (
        <details key={block.name} open={opened.value === block.name} onToggle={(toggled) => remember(toggled, block.name)}>
          <summary>
            <span>{block.name}</span>
            <small>{summary(block)}</small>
          </summary>
          {opened.value === block.name && block.groups.map((group) => <Seats key={group.start} group={group} />)}
        </details>
      ))}
    </div>
  );
}

function Seats({ group }: { group: Group }) {
  return (
    <div class="rowline" role="group" aria-label={group.name}>
      <span class="rowname">{group.name}</span>
      <div class="rowseats">
        {seatsOf(group).map((seat) => {
          const isMine = pickedSeats.value.has(seat) || heldSeats().has(seat);
          const isFree = house.states[seat] === 0 && seatPrice(seat) !== null;
          return (
            <button
              type="button"
              key={seat}
              class={`seatbutton z${geometry.value!.zone[seat] % 8} s${house.states[seat]}`}
              aria-pressed={isMine}
              disabled={!isMine && !isFree}
              aria-label={seatInWords(seat)}
              onClick={() => toggleSeat(seat)}
            >
              {geometry.value!.number(seat)}
            </button>
          );
        })}
      </div>
    </div>
  );
}

function remember(toggled: Event, name: string): void {
  const { open } = toggled.currentTarget as HTMLDetailsElement;
  if (open) opened.value = name;
  else if (opened.value === name) opened.value = null;
}

function summary({ groups }: Block): string {
  let free = 0;
  let [low, high] = [Infinity, 0];
  for (const seat of seatsOf(...groups)) {
    const price = seatPrice(seat);
    if (house.states[seat] !== 0 || price === null) continue;
    free++;
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  if (free === 0) return "no seats left";
  return `${free.toLocaleString("en")} left · ${low === high ? money(low) : `${money(low)} to ${money(high)}`}`;
}
