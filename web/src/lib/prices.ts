import type { Geometry } from "../map/geometry";
import type { Event } from "./schema";

/** What a seat costs as its zone's default, in minor units; null for one that no zone sells. */
export function seatPricer(event: Pick<Event, "zones" | "ticket_types">): (map: Geometry, seat: number) => number | null {
  const byZone = new Map(event.zones.map((zone) => [zone.idx, zone]));
  const levelsOfZone = new Map((event.ticket_types ?? []).filter((of) => of.is_default).map((of) => [of.zone, of.levels]));
  return (map, seat) => {
    const zone = byZone.get(map.zone[seat]);
    if (!zone) return null;
    const levels = levelsOfZone.get(zone.idx) ?? [];
    const own = levels.find((level) => level.seats?.includes(seat));
    const section = own ? undefined : map.sections[map.section[seat]]?.key;
    const level = own ?? levels.find((level) => section !== undefined && level.sections?.includes(section));
    return (level ?? zone).price_minor;
  };
}
