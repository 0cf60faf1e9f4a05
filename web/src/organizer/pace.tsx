/** How fast it sells: a bar for each of the last minutes, and their average. */
import { h } from "preact";
import { serverNow } from "../lib/clock";
import type { Sales } from "../lib/wire";

const MINUTES = 15;

export function Pace({ minutes }: { minutes: Sales["pace"] }) {
  const bars = bins(minutes, serverNow());
  const most = Math.max(...bars, 1);
  const perMinute = bars.reduce((sum, sold) => sum + sold, 0) / MINUTES;
  const words = `${perMinute.toLocaleString(undefined, { maximumFractionDigits: 1 })} a minute`;
  return (
    <figure class="pace">
      <figcaption>
        Pace <strong>{words}</strong> over the last {MINUTES} minutes
      </figcaption>
      <div class="bars" role="img" aria-label={`Sold in each of the last ${MINUTES} minutes: ${bars.join(", ")}`}>
        {bars.map((sold, at) => (
          <i key={at} style={{ "--share": sold / most }} />
        ))}
      </div>
    </figure>
  );
}

/** Places sold in each of the last minutes, the newest last; the one that runs counts. */
export function bins(minutes: Sales["pace"], nowMs: number): number[] {
  const current = Math.floor(nowMs / 60_000);
  const sold = Array<number>(MINUTES).fill(0);
  for (const minute of minutes) {
    const ago = current - minute.minute_s / 60;
    if (ago >= 0 && ago < MINUTES) sold[MINUTES - 1 - ago] += minute.sold;
  }
  return sold;
}
