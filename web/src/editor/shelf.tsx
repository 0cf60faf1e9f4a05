/** The organization's maps, and the way to a new one. */
import { Fragment, h } from "preact";
import { call, Problem } from "../lib/api";
import { pageData } from "../lib/page";
import { cell, mount } from "../lib/state";
import { sentence } from "../lib/words";
import type { MapLine, MapPage, MapView } from "../lib/schema";

const { orgId, countries } = pageData<{ orgId: string; countries: [code: string, name: string][] }>("boot");
const maps = cell<MapLine[] | null>(null);
const next = cell<string | null>(null);
const problem = cell("");
const isBusy = cell(false);

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });

function Shelf() {
  return (
    <>
      {maps.value && maps.value.length > 0 && (
        <div class="sections maps">
          {maps.value.map((map) => (
            <a key={map.id} href={pathOf(map)}>
              <span>
                {map.name} · {map.venue.name}, {map.venue.city}
              </span>
              <small>
                {map.latest ? `version ${map.latest.version}, ${map.latest.seats.toLocaleString("en")} seats` : "not published"} ·{" "}
                {day.format(new Date(map.updated_at))}
              </small>
            </a>
          ))}
        </div>
      )}
      {next.value && (
        <p class="actions">
          <button type="button" class="button is-quiet is-small" onClick={() => void load()}>
            Older maps
          </button>
        </p>
      )}
      {(maps.value || problem.value) && (
        <form class="card stack" onSubmit={create} aria-labelledby="new">
          <h2 id="new">A new map</h2>
          {problem.value && (
            <p class="notice is-problem" role="alert">
              {problem.value}
            </p>
          )}
          <div class="fieldrow">
            <label class="field">
              Name of the map
              <input name="name" required maxLength={200} placeholder="Main hall" autocomplete="off" />
            </label>
            <label class="field">
              Venue
              <input name="venue" required maxLength={200} autocomplete="off" />
            </label>
            <label class="field">
              City
              <input name="city" required maxLength={200} autocomplete="off" />
            </label>
            <label class="field">
              Country
              <select name="country" required>
                <option value="">Choose…</option>
                {countries.map(([code, name]) => (
                  <option key={code} value={code}>
                    {name}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <p class="actions">
            <button class="button" disabled={isBusy.value}>
              Create the map
            </button>
          </p>
        </form>
      )}
    </>
  );
}

function pathOf({ id }: { id: string }): string {
  return `/organizer/maps/${id}?org=${encodeURIComponent(orgId)}`;
}

async function create(submitted: SubmitEvent): Promise<void> {
  submitted.preventDefault();
  const filled = new FormData(submitted.currentTarget as HTMLFormElement);
  const text = (name: string) => String(filled.get(name)).trim();
  const venue = { name: text("venue"), city: text("city"), country: text("country") };
  await tried(async () => {
    const made = await call<MapView>("/v1/maps", { method: "POST", body: { name: text("name"), venue }, orgId });
    location.assign(pathOf(made));
  });
}

async function load(): Promise<void> {
  await tried(async () => {
    const after = next.value ? `?next_token=${encodeURIComponent(next.value)}` : "";
    const page = await call<MapPage>(`/v1/maps${after}`, { orgId });
    maps.value = [...(maps.value ?? []), ...page.items];
    next.value = page.next_token;
  });
}

async function tried(act: () => Promise<void>): Promise<void> {
  isBusy.value = true;
  problem.value = "";
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    problem.value = sentence(error.detail);
  } finally {
    isBusy.value = false;
  }
}

mount(() => <Shelf />, document.getElementById("maps")!);
void load();
