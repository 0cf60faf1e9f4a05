import { h } from "preact";
import { AVAILABLE } from "../feed/seats";
import { minutes, serverNow } from "../lib/clock";
import { cell } from "../lib/state";
import { listed } from "../lib/words";
import { loseHold, release, takeOffer } from "./deal";
import {
  dropPicks,
  geometry,
  house,
  isBusy,
  money,
  type Offer as Offered,
  offer,
  pickedPools,
  pickedSeats,
  say,
  zoneName,
} from "./store";

const secondsLeft = cell(0);

setInterval(count, 200);
count();

function count(): void {
  if (!offer.value) return;
  const leftMs = Date.parse(offer.value.hold.expires_at) - serverNow();
  secondsLeft.value = Math.ceil(leftMs / 1000);
  if (leftMs > 0) return;
  end(offer.value);
  loseHold();
}

/** Seats went; equal ones are held already: one press takes them, another lets them go. */
export function Offer() {
  if (!offer.value) return null;
  const { hold, refusal } = offer.value;
  return (
    <div class="offer" role="group" aria-labelledby="offer" tabIndex={-1} ref={begin}>
      <p class="notice is-problem">{refusal}</p>
      <div class="offer-head">
        <h2 id="offer">Kept for you instead</h2>
        <time role="timer">{minutes(secondsLeft.value * 1000)}</time>
      </div>
      <ul class="lines">
        {hold.seats.map((seat) => (
          <li key={seat.idx}>
            <span class="line-label">
              {seat.label}
              <small>{zoneName(geometry.value?.zone[seat.idx] ?? null)}</small>
            </span>
            <span class="line-price">{money(seat.price_minor)}</span>
          </li>
        ))}
        {hold.pools.map((pool) => (
          <li key={pool.pool_id}>
            <span class="line-label">
              {pool.quantity} × {pool.name}
            </span>
            <span class="line-price">{money(pool.price_minor * pool.quantity)}</span>
          </li>
        ))}
      </ul>
      <div class="actions">
        <button type="button" class="button" disabled={isBusy.value} onClick={() => void takeOffer()}>
          Take {hold.seats.length === 1 && hold.pools.length === 0 ? "it" : "them"} for {money(hold.total_minor)}
        </button>
        <button type="button" class="button is-quiet" disabled={isBusy.value} onClick={() => void letGo()}>
          Let go
        </button>
      </div>
    </div>
  );
}

let shown: Offered | null = null;

/** Says what is kept; the button that was pressed is gone, so the keyboard goes on here. */
function begin(element: HTMLElement | null): void {
  const now = offer.value;
  if (!element || !now || now === shown) return;
  shown = now;
  element.focus({ preventScroll: true });
  const labels = now.hold.seats.map((seat) => seat.label);
  const verb = labels.length === 1 ? "is" : "are";
  say(`${now.refusal} ${listed(labels)} ${verb} kept for you instead, for a minute: take or let go.`);
}

async function letGo(): Promise<void> {
  const value = offer.value!;
  end(value);
  await release(value.hold, () => {
    dropPicks();
    offer.value = value;
  });
}

/** What was chosen beside the seats that went is chosen again. */
function end({ hold: kept, seats, pools }: Offered): void {
  const offered = new Set(kept.seats.map((seat) => seat.idx));
  pickedSeats.value = new Set([...seats].filter((seat) => offered.has(seat) || house.states[seat] === AVAILABLE));
  pickedPools.value = pools;
  offer.value = null;
}
