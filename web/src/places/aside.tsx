import { h } from "preact";
import { call, Problem } from "../lib/api";
import type { Allocation, Allocations, AllocationWish } from "../lib/schema";
import { cell } from "../lib/state";
import { counted, listed, sentence } from "../lib/words";
import { choose, event, isBusy, labelOf, say } from "./store";

const base = `/v1/events/${event.id}/allocations`;
const orgId = event.org_id;
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

function leftInWords({ seats, pools, seats_left, pools_left, partner_org_id, release_at }: Allocation): string {
  const sum = (of: Allocation["pools"], first: number) => of.reduce((all, { quantity }) => all + quantity, first);
  const parts = [`${sum(pools_left, seats_left.length)} of ${counted(sum(pools, seats.length), "place")} left`];
  if (partner_org_id) parts.push(`for ${partner_org_id}`);
  if (release_at) parts.push(`until ${new Date(release_at).toLocaleString([], { dateStyle: "medium", timeStyle: "short", timeZone: event.timezone })}`);
  return parts.join(" · ");
}

/** Sets the chosen seats aside for one seller. */
export function SetAside({ seats }: { seats: number[] }) {
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget as HTMLFormElement);
    const said = (name: string) => String(form.get(name) ?? "").trim();
    void setAside({ name: said("name"), partner_org_id: said("partner") || null, seats });
  };
  return (
    <details class="aside">
      <summary>Set aside for a seller</summary>
      <form class="inline" onSubmit={submit}>
        <label class="field">
          Name
          <input name="name" maxLength={200} required autocomplete="off" />
        </label>
        <label class="field">
          <span>
            Partner's id <small>optional</small>
          </span>
          <input name="partner" maxLength={64} autocomplete="off" />
        </label>
        <button class="button is-quiet" disabled={isBusy.value}>
          Set {seats.length === 1 ? "it" : seats.length.toLocaleString()} aside
        </button>
      </form>
    </details>
  );
}

async function setAside(wish: AllocationWish): Promise<void> {
  await busy(async () => {
    const { name, seats } = await call<Allocation>(base, { method: "POST", body: wish, orgId });
    choose([]);
    say(`${counted(seats.length, "seat")} set aside: ${name}.`);
  });
}

async function release({ id, name }: Allocation): Promise<void> {
  await busy(async () => {
    await call(`/v1/allocations/${id}`, { method: "DELETE", orgId });
    say(`What was unsold of ${name} is on sale.`);
  });
}

async function busy(act: () => Promise<void>): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  try {
    await act();
    await readAside();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const taken = error.slug === "block-refused" ? (error.facts["seats"] as number[]) : [];
    say(taken.length > 0 ? `${listed(taken.map(labelOf))} cannot be set aside: leave it out.` : sentence(error.detail), "problem");
  } finally {
    isBusy.value = false;
  }
}
