import type { Geometry } from "../map/geometry";
import type { Event, TicketOffer } from "./schema";

/** What a seat costs as this ticket type of its zone, in minor units. */
export function seatPrice({ levels, price_minor }: Pick<TicketOffer, "levels" | "price_minor">, map: Geometry, seat: number): number {
  const section = map.sections[map.section[seat]]?.key;
  const own = levels.find(({ seats }) => seats?.includes(seat));
  return (own ?? levels.find(({ sections }) => section && sections?.includes(section)))?.price_minor ?? price_minor;
}

/** What a seat costs as its zone's default, in minor units; null for one that no zone sells. */
export function seatPricer({ ticket_types }: Pick<Event, "ticket_types">): (map: Geometry, seat: number) => number | null {
  const byZone = new Map((ticket_types ?? []).filter((of) => of.is_default).map((of) => [of.zone, of]));
  return (map, seat) => {
    const of = byZone.get(map.zone[seat]);
    return of ? seatPrice(of, map, seat) : null;
  };
}
