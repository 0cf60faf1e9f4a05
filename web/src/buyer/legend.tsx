import { h } from "preact";
import { geometry, event, house, money, zonesShown } from "./store";
import { Stepper } from "./stepper";

/** Prices of the house; pressing one shows only its seats. */
export function Legend() {
  const left = leftByZone();
  const shown = zonesShown.value;
  return (
    <section class="legend" aria-label="Prices">
      <div class="chips">
        {event.zones
          .filter((zone) => left[zone.idx] >= 0)
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
              <span class="chip-price">{priceInWords(zone)}</span>
              <span class="chip-left">{leftInWords(left[zone.idx])}</span>
            </button>
          ))}
        {event.pools.filter(({ capacity }) => capacity > 0).map((pool) => (
          <div class="chip is-pool" key={pool.id}>
            <i class={`swatch is-area z${(pool.zone ?? 0) % 8}`} />
            <span class="chip-name">{pool.name}</span>
            <span class="chip-price">{money(pool.price_minor)}</span>
            <Stepper area={pool.idx} name={pool.name} />
          </div>
        ))}
      </div>
    </section>
  );
}

function priceInWords({ price_from_minor: from, price_to_minor: to }: { price_from_minor: number; price_to_minor: number }): string {
  return from === to ? money(from) : `${money(from)}–${money(to)}`;
}

function leftInWords(left: number): string {
  return left === 0 ? "sold out" : `${left.toLocaleString("en")} left`;
}

function toggleZone(idx: number): void {
  const next = new Set(zonesShown.value ?? []);
  if (!next.delete(idx)) next.add(idx);
  zonesShown.value = next.size === 0 ? null : next;
}

/** Seats left per zone, -1 for zones that have none at this house. */
function leftByZone(): Int32Array {
  const left = new Int32Array(event.zones.length).fill(-1);
  const zone = geometry.value?.zone ?? [];
  for (let i = 0; i < zone.length; i++) {
    if (left[zone[i]] < 0) left[zone[i]] = 0;
    if (house.states[i] === 0) left[zone[i]]++;
  }
  return left;
}
