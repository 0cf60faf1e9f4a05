import { h } from "preact";
import { house, pickedPools, setPool } from "./store";

/** How many places of a standing area. */
export function Stepper({ area, name }: { area: number; name: string }) {
  const left = house.pools[area] ?? 0;
  const quantity = pickedPools.value.get(area) ?? 0;
  return (
    <div class="stepper" role="group" aria-label={`${name}, ${left.toLocaleString("en")} left`}>
      <button type="button" aria-label={`One less, ${name}`} disabled={quantity === 0} onClick={() => setPool(area, quantity - 1)}>
        −
      </button>
      <output>{quantity}</output>
      <button type="button" aria-label={`One more, ${name}`} disabled={quantity >= left} onClick={() => setPool(area, quantity + 1)}>
        +
      </button>
    </div>
  );
}
