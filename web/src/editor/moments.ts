const MINUTE_MS = 60_000;

/** The moment at which clocks in `zone` show `wall` ("2027-05-01T20:00"), as ISO 8601 in UTC. Raises RangeError. */
export function instantIn(zone: string, wall: string): string {
  const shown = Date.parse(`${wall}Z`);
  // The offset at the answer, not at the first guess: they differ around a change of the clocks.
  const guess = shown - offsetMs(zone, shown);
  return new Date(shown - offsetMs(zone, guess)).toISOString();
}

/** How far the zone's clocks are ahead of UTC at a moment. */
function offsetMs(zone: string, at: number): number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const wall = Date.parse(`${part["year"]}-${part["month"]}-${part["day"]}T${part["hour"]}:${part["minute"]}Z`);
  return wall - Math.floor(at / MINUTE_MS) * MINUTE_MS;
}
