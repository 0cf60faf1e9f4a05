import { h } from "preact";
import { cell } from "../lib/state";
import { type Geometry, named } from "../map/geometry";
import { seatInWords } from "./livemap";
import { geometry, heldSeats, house, money, pickedSeats, seatPrice, toggleSeat } from "./store";

/** A named run of seats: a row, or a table. */
interface Group {
  name: string;
  start: number;
  count: number;
}
interface Block {
  name: string;
  start: number;
  count: number;
  groups: Group[];
}

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
  const seats = Array.from({ length: group.count }, (_, i) => group.start + i);
  return (
    <div class="rowline" role="group" aria-label={group.name}>
      <span class="rowname">{group.name}</span>
      <div class="rowseats">
        {seats.map((seat) => {
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

function summary({ start, count }: Block): string {
  let free = 0;
  let [low, high] = [Infinity, 0];
  for (let seat = start; seat < start + count; seat++) {
    const price = seatPrice(seat);
    if (house.states[seat] !== 0 || price === null) continue;
    free++;
    low = Math.min(low, price);
    high = Math.max(high, price);
  }
  if (free === 0) return "no seats left";
  return `${free.toLocaleString()} left · ${low === high ? money(low) : `${money(low)} to ${money(high)}`}`;
}

let cached: { of: Geometry; blocks: Block[] } | null = null;

/** Sections with their rows and tables; what has no section comes last as one block. */
function blocksOf(map: Geometry): Block[] {
  if (cached?.of === map) return cached.blocks;
  const groups: (Group & { section: number })[] = [
    ...map.rows.map((row) => ({ ...row, name: named("row", row.name) || "Seats" })),
    ...map.tables.map((table) => ({ ...table, name: named("table", table.name) || "Table" })),
  ].sort((a, b) => a.start - b.start);
  const blocks = map.sections
    .map((section, s) => ({ ...section, groups: groups.filter((group) => group.section === s) }))
    .filter((block) => block.groups.length > 0);
  const loose = groups.filter((group) => group.section < 0);
  if (loose.length > 0) {
    const { start } = loose[0];
    const last = loose[loose.length - 1];
    const count = last.start + last.count - start;
    blocks.push({ name: "Other seats", start, count, groups: loose } as (typeof blocks)[number]);
  }
  cached = { of: map, blocks };
  return blocks;
}
