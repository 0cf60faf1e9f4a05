/** What is sold at the box office: from where, to whom, for how much. */
import { call, Problem } from "../lib/api";
import { moneyFormatter } from "../lib/money";
import { pageData } from "../lib/page";
import { seatPrice } from "../lib/prices";
import type { Allocation, Allocations, CounterSale, Level, OrderWithTickets, Product } from "../lib/schema";
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
/** A ticket type of whatever visibility, at its prices of now. */
export interface Type {
  id: string;
  zone: number;
  name: string;
  is_default: boolean;
  price_minor: number;
  levels: Level[];
}

/** What may be sold here; the first type of a zone is its default. */
const shelf = pageData<{ types: Type[]; products: Product[] }>("shelf");
export const { products } = shelf;

/** A seat, or a standing area, by its index. */
export type Place = { seat: number } | { area: number };

export const money = moneyFormatter(event.currency, event.currency_exponent);
export const kind = cell<Kind>("sale");
/** Places per standing area, by its index. */
export const areas = cell<ReadonlyMap<number, number>>(new Map());
/** As what a place is sold, by `keyOf` it, where that is not its zone's default. */
export const types = cell<ReadonlyMap<string, string>>(new Map());
/** How many of a product, by its id. */
export const basket = cell<ReadonlyMap<string, number>>(new Map());
export const takesOffSale = cell(false);
export const allocations = cell<Allocation[]>([]);
/** The allocation that is sold from; null for the house. */
export const source = cell<Allocation | null>(null);
/** What was sold last. */
export const sold = cell<OrderWithTickets | null>(null);

export function placeCount(): number {
  return [...areas.value.values()].reduce((sum, quantity) => sum + quantity, chosen.value.size);
}

/** Places that are sold by themselves, and may be sold as something else than their zone's default. */
export function places(): Place[] {
  return [...[...chosen.value].map((seat) => ({ seat })), ...[...areas.value.keys()].map((area) => ({ area }))];
}

export function hasChoice(): boolean {
  return isSale() && places().some((place) => typesFor(place).length > 1);
}

export function typesFor(place: Place): Type[] {
  const zone = "seat" in place ? geometry.value?.zone[place.seat] : poolAt(place.area).zone;
  return shelf.types.filter((type) => type.zone === zone);
}

export function typeOf(place: Place): Type | undefined {
  const found = typesFor(place);
  return (isSale() && found.find(({ id }) => id === types.value.get(keyOf(place)))) || found[0];
}

export function sellAs(place: Place, type: string): void {
  types.value = new Map(types.value).set(keyOf(place), type);
}

export function priceOf(place: Place, type = typeOf(place)): number {
  if (!type || !geometry.value) return 0;
  const { levels, price_minor } = type;
  if ("seat" in place) return seatPrice(type, geometry.value, place.seat);
  const { key } = poolAt(place.area);
  return levels.find(({ areas }) => areas?.includes(key))?.price_minor ?? price_minor;
}

export function quantityOf(place: Place): number {
  return "seat" in place ? 1 : (areas.value.get(place.area) ?? 0);
}

export function totalMinor(): number {
  if (kind.value === "gift") return 0;
  const seats = places().reduce((sum, place) => sum + quantityOf(place) * priceOf(place), 0);
  return isSale() ? products.reduce((sum, { id, price_minor }) => sum + price_minor * (basket.value.get(id) ?? 0), seats) : seats;
}

export function put(product: string, quantity: number): void {
  const next = new Map(basket.value);
  if (quantity > 0) next.set(product, quantity);
  else next.delete(product);
  basket.value = next;
}

/** Whether places of the house are sold, where everything else is sold too. */
export function isSale(): boolean {
  return kind.value === "sale" && source.value === null;
}

function keyOf(place: Place): string {
  return "seat" in place ? `seat ${place.seat}` : `area ${place.area}`;
}

function poolAt(idx: number): (typeof event.pools)[number] {
  return event.pools.find((pool) => pool.idx === idx)!;
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
  types.value = new Map();
  basket.value = new Map();
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
  const pools = [...areas.value].map(([idx, quantity]) => ({ pool_id: poolAt(idx).id, quantity }));
  const wanted = { seats: [...chosen.value], pools, name, email, note };
  if (source.value) return { ...wanted, method };
  const whole = { ...wanted, off_sale: takesOffSale.value };
  if (kind.value === "gift") return whole;
  const bought = [...basket.value].map(([product_id, quantity]) => ({ product_id, quantity }));
  return { ...whole, method, ticket_types: choices(), products: bought } satisfies CounterSale;
}

function choices(): NonNullable<CounterSale["ticket_types"]> {
  return places().flatMap((place) => {
    const type = typeOf(place);
    if (!type || type.is_default) return [];
    const at = "seat" in place ? { seats: [place.seat] } : { pools: [poolAt(place.area).id] };
    return [{ ticket_type_id: type.id, ...at }];
  });
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
