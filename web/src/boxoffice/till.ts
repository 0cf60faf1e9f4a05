/** What is sold at the box office: from where, to whom, for how much. */
import { call, Problem } from "../lib/api";
import { moneyFormatter } from "../lib/money";
import { seatPricer } from "../lib/prices";
import type { Allocation, Allocations, CounterSale, OrderWithTickets } from "../lib/schema";
import { cell } from "../lib/state";
import { counted, listed, sentence } from "../lib/words";
import { choose, chosen, event, geometry, isBusy, labelOf, say } from "../places/store";

export type Kind = "sale" | "gift";
export type Method = NonNullable<CounterSale["method"]>;

/** What was said of the buyer and the money. */
export interface Said {
  name: string;
  email: string;
  note: string;
  method: Method | null;
}

const base = `/v1/events/${event.id}`;
const orgId = event.org_id;
const priceOf = seatPricer(event);

export const money = moneyFormatter(event.currency, event.currency_exponent);
export const kind = cell<Kind>("sale");
/** Places per standing area, by its index. */
export const areas = cell<ReadonlyMap<number, number>>(new Map());
export const takesOffSale = cell(false);
export const allocations = cell<Allocation[]>([]);
/** The allocation that is sold from; null for the house. */
export const source = cell<Allocation | null>(null);
/** What was sold last. */
export const sold = cell<OrderWithTickets | null>(null);

export function placeCount(): number {
  return [...areas.value.values()].reduce((sum, quantity) => sum + quantity, chosen.value.size);
}

export function totalMinor(): number {
  if (kind.value === "gift") return 0;
  let total = 0;
  for (const seat of chosen.value) total += (geometry.value && priceOf(geometry.value, seat)) ?? 0;
  for (const [idx, quantity] of areas.value) total += quantity * event.pools.find((pool) => pool.idx === idx)!.price_minor;
  return total;
}

export function setArea(idx: number, quantity: number): void {
  const next = new Map(areas.value);
  if (quantity > 0) next.set(idx, quantity);
  else next.delete(idx);
  areas.value = next;
  sold.value = null;
}

export function clear(): void {
  choose([]);
  areas.value = new Map();
}

export async function readAllocations(): Promise<void> {
  const { items } = await call<Allocations>(`${base}/allocations`, { orgId });
  allocations.value = items;
  if (source.value) source.value = items.find(({ id }) => id === source.value!.id) ?? null;
}

/** Sells from this allocation, or from the house. */
export function sellFrom(id: string): void {
  source.value = allocations.value.find((allocation) => allocation.id === id) ?? null;
  if (source.value) kind.value = "sale";
  clear();
}

/** Sells or gives what is chosen; a refusal names what stands in the way. */
export async function sell(said: Said): Promise<void> {
  if (isBusy.value) return;
  isBusy.value = true;
  try {
    sold.value = await call<OrderWithTickets>(path(), { method: "POST", body: body(said), orgId });
    clear();
    say(`${counted(sold.value.tickets.length, "ticket")} ${kind.value === "gift" ? "given" : "sold"}.`);
    if (source.value) await readAllocations();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    say(error.slug === "seats-taken" ? takenInWords(error.facts) : sentence(error.detail), "problem");
  } finally {
    isBusy.value = false;
  }
}

function path(): string {
  if (source.value) return `/v1/allocations/${source.value.id}/sales`;
  return kind.value === "gift" ? `${base}/complimentary` : `${base}/sales`;
}

function body({ name, email, note, method }: Said): object {
  const pools = [...areas.value].map(([idx, quantity]) => ({
    pool_id: event.pools.find((pool) => pool.idx === idx)!.id,
    quantity,
  }));
  const places = { seats: [...chosen.value], pools, name, email, note };
  if (source.value) return { ...places, method };
  const whole = { ...places, off_sale: takesOffSale.value };
  return kind.value === "gift" ? whole : { ...whole, method };
}

function takenInWords(facts: Record<string, unknown>): string {
  const seats = (facts["seats"] as number[]).map(labelOf);
  const short = facts["pools"] as { pool_id: string; available: number }[];
  const parts = seats.length > 0 ? [`${listed(seats)} cannot be sold here`] : [];
  for (const { pool_id, available } of short) {
    const { name } = event.pools.find(({ id }) => id === pool_id)!;
    parts.push(`${name} has only ${counted(available, "place")} left`);
  }
  return sentence(`${parts.join("; ")}: nothing was sold`);
}
