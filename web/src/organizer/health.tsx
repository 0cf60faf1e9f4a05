/** How well this event's screens are served, asked every few seconds while the page is looked at. */
import { h } from "preact";
import { cell } from "../lib/state";
import type { LiveHealth } from "../lib/schema";

const INTERVAL_MS = 5000;
const health = cell<LiveHealth | null>(null);

export function watchHealth(eventId: string, orgId: string): void {
  async function ask(): Promise<void> {
    const response = await fetch(`/v1/events/${eventId}/live`, { headers: { "X-Org": orgId } });
    health.value = response.ok ? ((await response.json()) as LiveHealth) : null;
  }
  function again(): void {
    const asked = document.hidden ? Promise.resolve() : ask().catch(() => (health.value = null));
    void asked.then(() => setTimeout(again, INTERVAL_MS));
  }
  again();
}

export function HealthPanel() {
  const now = health.value;
  if (!now) return null;
  const snapshots = now.snapshot_hits + now.snapshot_misses;
  return (
    <section class="health" aria-label="Live feed">
      <h2>Live feed</h2>
      <p class={`pulse is-${now.degraded ? "behind" : "live"}`}>{words(now)}</p>
      <dl>
        <Item name="Screens on this event" value={now.screens} />
        <Item name="Connections in all" value={now.connections} />
        <Item name="Commit to screen, half within" value={milliseconds(now.lag_p50_ms)} />
        <Item name="Commit to screen, 99% within" value={milliseconds(now.lag_p99_ms)} />
        <Item name="Deliveries" value={now.deliveries} />
        <Item name="Merged for slow screens" value={now.conflations} />
        <Item name="Started again" value={now.resyncs} />
        <Item name="Snapshots from cache" value={snapshots ? `${Math.round((100 * now.snapshot_hits) / snapshots)}%` : "–"} />
      </dl>
    </section>
  );
}

function words({ degraded, complete, processes, window_s }: LiveHealth): string {
  const of = processes === 1 ? "one server" : `${processes} servers`;
  const state = degraded ? "Changes may be two seconds late" : "Changes are shown at once";
  return `${state} · ${complete ? of : "only this server is known"} · last ${window_s} seconds`;
}

function milliseconds(value: number | null): string {
  return value === null ? "–" : `${value.toLocaleString("en")} ms`;
}

function Item({ name, value }: { name: string; value: number | string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value.toLocaleString("en")}</dd>
    </div>
  );
}
