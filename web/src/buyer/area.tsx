import { useEffect, useRef } from "preact/hooks";
import { byPool, heldPools, house, money, openArea, pickedPools, setPool, tick } from "./store";

/** How many places of a standing area; the buttons are the same as typing the number. */
export function Stepper({ area, name }: { area: number; name: string }) {
  void tick.value;
  const left = house.pools[area] ?? 0;
  const quantity = pickedPools.value.get(area) ?? 0;
  return (
    <div class="stepper" role="group" aria-label={`${name}, ${left.toLocaleString()} left`}>
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

/** Opened by pressing a standing area on the map. */
export function AreaSheet() {
  const dialog = useRef<HTMLDialogElement>(null);
  const area = openArea.value;
  useEffect(() => {
    if (area !== null) dialog.current?.showModal();
  }, [area]);
  const pool = area === null ? undefined : byPool.get(area);
  if (!pool) return null;
  const left = house.pools[pool.idx] ?? 0;
  const held = heldPools.value.get(pool.idx) ?? 0;
  return (
    <dialog class="sheet" ref={dialog} aria-label={pool.name} onClose={() => (openArea.value = null)} onClick={closeOnBackdrop}>
      <h2>{pool.name}</h2>
      <p>
        Standing, {money(pool.price_minor)} each. {left === 0 ? "Sold out." : `${left.toLocaleString()} left.`}
        {held > 0 && ` You hold ${held}.`}
      </p>
      <Stepper area={pool.idx} name={pool.name} />
      <form method="dialog">
        <button class="button" autofocus>
          Done
        </button>
      </form>
    </dialog>
  );
}

function closeOnBackdrop(click: MouseEvent): void {
  if (click.target === click.currentTarget) (click.currentTarget as HTMLDialogElement).close();
}
