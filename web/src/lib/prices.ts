import type { Geometry } from "../map/geometry";
import type { Event, TicketOffer } from "./schema";

/** What a seat costs as this ticket type of its zone, in minor units. */
export function seatPrice({ levels, price_minor }: Pick<TicketOffer, "levels" | "price_minor">, map: Geometry, seat: number): number {
  const section = map.sections[map.section[seat]]?.key as string;
  const level = levels.find(({ seats }) => seats?.includes(seat)) ?? levels.find(({ sections }) => sections?.includes(section));
  return level?.price_minor ?? price_minor;
}

/** What a seat costs as its zone's default, in minor units; null for one that no zone sells. */
export function seatPricer({ ticket_types = [] }: Pick<Event, "ticket_types">): (map: Geometry, seat: number) => number | null {
  return (map, seat) => {
    const of = ticket_types.find((one) => one.is_default && one.zone === map.zone[seat]);
    return of ? seatPrice(of, map, seat) : null;
  };
}
