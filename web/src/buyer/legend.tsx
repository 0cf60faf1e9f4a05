import { geometry, event, house, money, tick, zonesShown } from "./store";
import { Stepper } from "./area";

/** Prices of the house; pressing one shows only its seats. */
export function Legend() {
  void tick.value;
  const left = availableByZone();
  const shown = zonesShown.value;
  return (
    <section class="legend" aria-label="Prices">
      <div class="chips">
        {event.zones
          .filter((zone) => left.seats.has(zone.idx))
          .map((zone) => (
            <button
              type="button"
              key={zone.idx}
              class="chip"
              aria-pressed={shown?.has(zone.idx) ?? false}
              onClick={() => toggleZone(zone.idx)}
            >
              <i class={`swatch z${zone.idx % 8}`} />
              <span class="chip-name">{zone.name}</span>
              <span class="chip-price">{money(zone.price_minor)}</span>
              <span class="chip-left">{leftInWords(left.seats.get(zone.idx)!)}</span>
            </button>
          ))}
        {event.pools.map((pool) => (
          <div class="chip is-pool" key={pool.id}>
            <i class={`swatch is-area z${(pool.zone ?? 0) % 8}`} />
            <span class="chip-name">{pool.name}</span>
            <span class="chip-price">{money(pool.price_minor)}</span>
            <Stepper area={pool.idx} name={pool.name} />
          </div>
        ))}
      </div>
      <details class="marks">
        <summary>What the marks mean</summary>
        <ul>
          {MARKS.map(([mark, words]) => (
            <li key={mark}>
              <i class={`mark is-${mark}`} /> {words}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}

const MARKS = [
  ["free", "Available, in the colour of its price"],
  ["mine", "Yours"],
  ["held", "Somebody is deciding"],
  ["sold", "Sold"],
  ["blocked", "Not for sale"],
  ["access", "Wheelchair accessible"],
] as const;

function leftInWords(left: number): string {
  return left === 0 ? "sold out" : `${left.toLocaleString()} left`;
}

function toggleZone(idx: number): void {
  const next = new Set(zonesShown.value ?? []);
  if (!next.delete(idx)) next.add(idx);
  zonesShown.value = next.size === 0 ? null : next;
}

function availableByZone(): { seats: Map<number, number> } {
  const seats = new Map<number, number>();
  const zone = geometry.value?.zone ?? new Int8Array(0);
  const { states } = house;
  for (let i = 0; i < zone.length; i++) {
    const before = seats.get(zone[i]) ?? 0;
    seats.set(zone[i], before + (states[i] === 0 ? 1 : 0));
  }
  return { seats };
}
