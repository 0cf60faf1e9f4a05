import { h } from "preact";
import { call, Problem } from "../lib/api";
import type { Allocation, Allocations, AllocationWish } from "../lib/schema";
import { pageData } from "../lib/page";
import { cell } from "../lib/state";
import { counted, listed, sentence } from "../lib/words";
import { choose, event, isBusy, labelOf, pools, say } from "./store";
import { instantOf } from "./words";

const base = `/v1/events/${event.id}/allocations`;
const orgId = event.org_id;
/** Keys of the organization that may be told to sell. */
const keys = pageData<{ id: string; name: string }[]>("keys");
const allocations = cell<Allocation[]>([]);

export async function readAside(): Promise<void> {
  allocations.value = (await call<Allocations>(base, { orgId })).items;
}

/** What is set aside for sellers, each with the way to end it. */
export function Aside() {
  if (allocations.value.length === 0) return null;
  return (
    <ul class="lines" aria-label="Set aside">
      {allocations.value.map((allocation) => (
        <li key={allocation.id}>
          <span class="line-label">
            {allocation.name}
            <small>{leftInWords(allocation)}</small>
          </span>
          <button type="button" class="button is-quiet is-small" disabled={isBusy.value} onClick={() => void release(allocation)}>
            Put on sale
          </button>
        </li>
      ))}
    </ul>
  );
}

function leftInWords({ seats, pools, seats_left, pools_left, partner_org_id, api_key_id, release_at }: Allocation): string {
  const sum = (of: Allocation["pools"], first: number) => of.reduce((all, { quantity }) => all + quantity, first);
  const parts = [`${sum(pools_left, seats_left.length)} of ${counted(sum(pools, seats.length), "place")} left`];
  if (partner_org_id) parts.push(`for ${partner_org_id}`);
  if (api_key_id) parts.push(`by the key ${keys.find(({ id }) => id === api_key_id)?.name ?? api_key_id}`);
  if (release_at) parts.push(`until ${new Date(release_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", timeZone: event.timezone })}`);
  return parts.join(" · ");
}

const PEOPLE = "people";
const PARTNER = "partner";
const seller = cell(PEOPLE);

/** Sets the chosen seats, and standing places, aside for one seller. */
export function SetAside({ seats }: { seats: number[] }) {
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const filled = submitted.currentTarget as HTMLFormElement;
    const form = new FormData(filled);
    const said = (name: string) => String(form.get(name) ?? "").trim();
    const areas = pools.map(({ id }) => ({ pool_id: id, quantity: Number(said(id)) })).filter(({ quantity }) => quantity > 0);
    if (seats.length + areas.length === 0) return say("Choose seats on the map, or say how many standing places.", "problem");
    const until = said("release_at");
    const wish: AllocationWish = {
      name: said("name"),
      seats,
      pools: areas,
      partner_org_id: seller.value === PARTNER ? said("partner") : null,
      api_key_id: [PEOPLE, PARTNER].includes(seller.value) ? null : seller.value,
      release_at: until ? instantOf(until, event.timezone).toISOString() : null,
    };
    void setAside(wish).then((isDone) => isDone && filled.reset());
  };
  return (
    <details class="aside">
      <summary>Set aside for a seller</summary>
      <form class="stack" onSubmit={submit}>
        <label class="field">
          Name
          <input name="name" maxLength={200} required autocomplete="off" />
        </label>
        <label class="field">
          Who sells them
          <select value={seller.value} onChange={(changed) => (seller.value = changed.currentTarget.value)}>
            <option value={PEOPLE}>Your people</option>
            <option value={PARTNER}>Another organization</option>
            {keys.map(({ id, name }) => (
              <option key={id} value={id}>
                The API key {name}
              </option>
            ))}
          </select>
        </label>
        {seller.value === PARTNER && (
          <label class="field">
            Its id
            <input name="partner" maxLength={64} required autocomplete="off" />
          </label>
        )}
        {pools.map(({ id, name, capacity }) => (
          <label key={id} class="field">
            <span>
              Places of {name} <small>optional</small>
            </span>
            <input type="number" name={id} min={0} max={capacity} />
          </label>
        ))}
        <label class="field">
          <span>
            On sale again from <small>optional, on the clock of {event.timezone}</small>
          </span>
          <input type="datetime-local" name="release_at" />
        </label>
        <button class="button is-quiet" disabled={isBusy.value}>
          {seats.length === 0 ? "Set them aside" : `Set ${seats.length === 1 ? "it" : seats.length.toLocaleString("en")} aside`}
        </button>
      </form>
    </details>
  );
}

/** Returns whether it is done. */
async function setAside(wish: AllocationWish): Promise<boolean> {
  return busy(async () => {
    const { name, seats, pools } = await call<Allocation>(base, { method: "POST", body: wish, orgId });
    choose([]);
    say(`${counted(pools.reduce((sum, { quantity }) => sum + quantity, seats.length), "place")} set aside: ${name}.`);
  });
}

async function release({ id, name }: Allocation): Promise<void> {
  await busy(async () => {
    await call(`/v1/allocations/${id}`, { method: "DELETE", orgId });
    say(`What was unsold of ${name} is on sale.`);
  });
}

async function busy(act: () => Promise<void>): Promise<boolean> {
  if (isBusy.value) return false;
  isBusy.value = true;
  try {
    await act();
    await readAside();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.slug === "block-refused" ? refusedInWords(error.facts) : sentence(error.detail), "problem");
    return false;
  } finally {
    isBusy.value = false;
  }
}

function refusedInWords(facts: Record<string, unknown>): string {
  const seats = (facts["seats"] as number[]).map(labelOf);
  const short = facts["pools"] as { pool_id: string; available: number }[];
  const parts = seats.length > 0 ? [`${listed(seats)} cannot be set aside: leave it out`] : [];
  for (const { pool_id, available } of short) {
    const { name } = event.pools.find(({ id }) => id === pool_id)!;
    parts.push(`${name} has only ${counted(available, "place")} free`);
  }
  return sentence(parts.join("; "));
}
