import { Fragment, h } from "preact";
import { BLOCKED } from "../feed/seats";
import { Segment } from "../lib/segment";
import { counted, listed } from "../lib/words";
import { placesLeft } from "../places/house";
import { choose, chosen, event, house, isBusy, labelOf, notice, pools } from "../places/store";
import type { Product } from "../lib/schema";
import {
  allocations,
  areas,
  basket,
  clear,
  hasChoice,
  isSale,
  kind,
  type Method,
  money,
  type Place,
  placeCount,
  places,
  priceOf,
  products,
  put,
  quantityOf,
  sell,
  sellAs,
  sellFrom,
  setArea,
  sold,
  source,
  takesOffSale,
  totalMinor,
  typeOf,
  typesFor,
} from "./till";

const METHODS: [Method, string][] = [
  ["cash", "Cash"],
  ["card_terminal", "Card terminal"],
  ["invoice", "Invoice"],
];

/** What is chosen, to whom it goes, and how it is paid. */
export function Panel() {
  return (
    <>
      {allocations.value.length + pools.length > 0 && (
        <section class="legend" aria-label="What is sold">
          {allocations.value.length > 0 && <Source />}
          {pools.map((pool) => (
            <Area key={pool.idx} area={pool.idx} name={pool.name} />
          ))}
        </section>
      )}
      <section class="tray" aria-label="The sale">
        {notice.value && <p class={`notice is-${notice.value.tone}`}>{notice.value.text}</p>}
        {placeCount() > 0 ? <Sale /> : sold.value ? <Receipt /> : <Hint />}
      </section>
    </>
  );
}

function Hint() {
  return (
    <p class="hint">
      Press free seats on the map, or say how many standing places.
      <span class="keys"> With the keyboard: arrows move from seat to seat, Enter chooses.</span>
    </p>
  );
}

function Source() {
  const from = source.value;
  const left = from?.pools_left.reduce((sum, { quantity }) => sum + quantity, from.seats_left.length) ?? 0;
  return (
    <div class="source">
      <label class="field">
        Sell from
        <select value={from?.id ?? ""} onChange={(changed) => sellFrom(changed.currentTarget.value)}>
          <option value="">The house</option>
          {allocations.value.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {from && (
        <p>
          {counted(left, "place")} left
          {from.seats_left.length > 0 && (
            <button type="button" class="link" onClick={() => choose(from.seats_left)}>
              Choose all its seats
            </button>
          )}
        </p>
      )}
    </div>
  );
}

function Area({ area, name }: { area: number; name: string }) {
  return (
    <div class="area is-counted">
      <p>
        <b>{name}</b>
        <small>{placesLeft(area)}</small>
      </p>
      <input
        id={`area-${area}`}
        type="number"
        min={0}
        max={1000}
        value={areas.value.get(area) ?? 0}
        aria-label={`Places of ${name}`}
        onInput={(changed) => setArea(area, Number(changed.currentTarget.value))}
      />
    </div>
  );
}

function Sale() {
  const total = totalMinor();
  const isGift = kind.value === "gift";
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget as HTMLFormElement);
    const said = (name: string) => String(form.get(name) ?? "").trim();
    const method = total > 0 ? (said("method") as Method) : null;
    void sell({ name: said("name"), email: said("email"), note: said("note"), method });
  };
  const blocked = [...chosen.value].filter((seat) => house.states[seat] === BLOCKED).length;
  return (
    <form class="till" onSubmit={submit}>
      <div class="chosen">
        <h2>
          {chosen.value.size === 1 && placeCount() === 1 ? labelOf([...chosen.value][0]) : counted(placeCount(), "place")}
          <b>{money(total)}</b>
        </h2>
        {chosen.value.size > 0 && placeCount() > 1 && !hasChoice() && <p>{listed([...chosen.value].map(labelOf))}</p>}
      </div>
      {hasChoice() && (
        <ul class="lines is-typed" aria-label="As what">
          {places().map((place) => (
            <Typed key={"seat" in place ? place.seat : `area ${place.area}`} place={place} />
          ))}
        </ul>
      )}
      {isSale() && products.map((product) => <Extra key={product.id} product={product} />)}
      {source.value === null && (
        <>
          <div class="segments is-wide" role="group" aria-label="What it is">
            <Segment name="Sale" isOn={!isGift} press={() => (kind.value = "sale")} />
            <Segment name="Complimentary" isOn={isGift} press={() => (kind.value = "gift")} />
          </div>
          <label class="check">
            <input type="checkbox" checked={takesOffSale.value} onChange={(changed) => (takesOffSale.value = changed.currentTarget.checked)} />
            {blocked > 0 ? `Also what is off sale: ${counted(blocked, "seat")} here` : "Also what is off sale"}
          </label>
        </>
      )}
      <div class="inline">
        <label class="field">
          <span>Name {!isGift && <small>optional</small>}</span>
          <input name="name" maxLength={200} autocomplete="off" required={isGift} />
        </label>
        <label class="field">
          <span>E-mail {!isGift && <small>optional</small>}</span>
          <input name="email" type="email" maxLength={254} autocomplete="off" required={isGift} />
        </label>
      </div>
      {isGift && (
        <label class="field">
          Why
          <input name="note" maxLength={500} placeholder="Press, sponsor, crew" autocomplete="off" required />
        </label>
      )}
      {total > 0 && (
        <label class="field">
          Paid by
          <select name="method">
            {METHODS.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      <div class="actions">
        <button class="button" disabled={isBusy.value}>
          {isGift ? "Give tickets" : total > 0 ? `Take ${money(total)}` : "Issue tickets"}
        </button>
        <button type="button" class="button is-quiet" onClick={clear}>
          Clear
        </button>
      </div>
    </form>
  );
}

/** A place, and as what it is sold. */
function Typed({ place }: { place: Place }) {
  const name = "seat" in place ? labelOf(place.seat) : pools.find(({ idx }) => idx === place.area)!.name;
  const found = typesFor(place);
  const count = quantityOf(place);
  return (
    <li>
      <span class="line-label">{count > 1 ? `${count} × ${name}` : name}</span>
      {found.length > 1 ? (
        <select aria-label={`${name} as`} value={typeOf(place)?.id} onChange={(changed) => sellAs(place, changed.currentTarget.value)}>
          {found.map((type) => (
            <option key={type.id} value={type.id}>
              {type.name} {money(priceOf(place, type))}
            </option>
          ))}
        </select>
      ) : (
        <span class="line-price">{money(priceOf(place))}</span>
      )}
    </li>
  );
}

/** A product, and how many of it. */
function Extra({ product }: { product: Product }) {
  const { id, name, price_minor, per_order_max } = product;
  return (
    <div class="area is-counted">
      <p>
        <b>{name}</b>
        <small>{money(price_minor)}</small>
      </p>
      <input
        type="number"
        min={0}
        max={per_order_max}
        value={basket.value.get(id) ?? 0}
        aria-label={`How many of ${name}`}
        onInput={(changed) => put(id, Number(changed.currentTarget.value))}
      />
    </div>
  );
}

/** What was sold last, to be handed over. */
function Receipt() {
  const { id, name, total_minor, tickets } = sold.value!;
  return (
    <>
      <div class="chosen">
        <h2>
          {name}
          <b>{money(total_minor)}</b>
        </h2>
        <p>{listed(tickets.map(({ label }) => label))}</p>
      </div>
      <div class="actions">
        <a class="button" href={`/organizer/events/${event.id}/box-office/${id}`} target="_blank" rel="noopener">
          Print tickets
        </a>
        <button type="button" class="button is-quiet" onClick={() => ((sold.value = null), (notice.value = null))}>
          Next
        </button>
      </div>
    </>
  );
}
