import { Fragment, h } from "preact";
import { AVAILABLE } from "../feed/seats";
import { serverNow } from "../lib/clock";
import { cell } from "../lib/state";
import {
  deal,
  event,
  geometry,
  hold,
  house,
  isBusy,
  isOrdered,
  pickCount,
  placeCount,
  placesInWords,
  zonesShown,
} from "./store";

const wanted = cell(2);

/** The next step from what is chosen and held. */
export function Next() {
  return placeCount() === 0 ? <Empty /> : <NextStep />;
}

/** Nothing is chosen yet: what one can do. */
function Empty() {
  // The page says so; who waits for the sale to begin has the button ready.
  if (!geometry.value || Date.parse(event.sales_end_at) <= serverNow()) return null;
  const hasSeats = house.states.includes(AVAILABLE);
  return (
    <>
      <p class="hint">{hasSeats ? "Choose places on the map or from the list, or the best side by side." : whyNone()}</p>
      {hasSeats && <Best />}
    </>
  );
}

/** So many seats side by side, chosen by the server; of the one price that is shown, if it is one. */
function Best() {
  const quantity = wanted.value;
  const [only, ...others] = zonesShown.value ?? [];
  const zone = others.length === 0 ? event.zones.find(({ idx }) => idx === only) : undefined;
  return (
    <div class="best">
      <div class="stepper" role="group" aria-label="Seats side by side">
        <button type="button" aria-label="One seat less" disabled={quantity === 1} onClick={() => wanted.value--}>
          −
        </button>
        <output>{quantity}</output>
        <button
          type="button"
          aria-label="One seat more"
          disabled={quantity >= event.seats_per_hold_max}
          onClick={() => wanted.value++}
        >
          +
        </button>
      </div>
      <button
        type="button"
        class="button"
        disabled={isBusy.value}
        onClick={() => deal(({ holdBest }) => holdBest(quantity, zone?.key ?? null))}
      >
        {isBusy.value ? "Holding…" : quantity === 1 ? "Hold the best seat" : `Hold the best ${quantity}`}
      </button>
    </div>
  );
}

function whyNone(): string {
  if (event.pools.some(({ idx }) => (house.pools[idx] ?? 0) > 0)) return "Say how many standing places you would like.";
  return "Everything is taken. What comes back is shown here at once.";
}

function NextStep() {
  const count = pickCount();
  if (hold.value && (count === 0 || isOrdered())) {
    return (
      <>
        <a class="button" href={`/checkout/${hold.value.id}`}>
          {isOrdered() ? "Pay now" : "Check out"}
        </a>
        <button type="button" class="button is-quiet" onClick={() => deal(({ releaseHold }) => releaseHold())}>
          Release
        </button>
      </>
    );
  }
  const verb = hold.value ? "Add to hold" : "Hold";
  return (
    <button type="button" class="button" disabled={isBusy.value} onClick={() => deal(({ holdPicks }) => holdPicks())}>
      {isBusy.value ? "Holding…" : `${verb} ${placesInWords(count)}`}
    </button>
  );
}
