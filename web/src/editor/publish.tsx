import { Fragment, h } from "preact";
import { sentence } from "../lib/words";
import { discard, dryRun, migrate, publish, setMapping, upload } from "./acts";
import { minorOf, PRICE_PATTERN } from "./amounts";
import { events, isBusy, map, orgId, step, tab, then, versions } from "./store";
import type { EventOnMap, MapVersion as Version } from "../lib/schema";
import { changesInWords, hindrancesInWords } from "./words";

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" });
/** So many hindrances are told one by one. */
const TOLD_MAX = 6;

/** From the drawing to what events are sold by. */
export function Publish() {
  return (
    <div class="forms">
      <Next />
      {versions.value.length > 0 && <Versions />}
      <Events />
      <Drawing />
    </div>
  );
}

function Next() {
  const { report, is_changed, latest } = map.value!;
  const next = (latest?.version ?? 0) + 1;
  if (!is_changed && latest) {
    return (
      <div class="chosen">
        <h2>Version {latest.version} is what you see</h2>
        <p>Published {day.format(new Date(latest.published_at))}.</p>
        {then && (
          <p class="actions">
            <a class="button" href={`${then}${then.includes("?") ? "&" : "?"}version=${latest.id}`}>
              Go on with the event
            </a>
          </p>
        )}
      </div>
    );
  }
  return (
    <div class="chosen">
      <h2>{latest ? `Changed since version ${latest.version}` : "Not published yet"}</h2>
      {report.errors.length > 0 ? (
        <p>
          {report.errors.map(({ detail }) => sentence(detail)).join(" ")}{" "}
          <button type="button" class="link" onClick={() => (tab.value = "report")}>
            See the report
          </button>
        </p>
      ) : (
        <p>A version never changes: events that are sold by it stay as they are.</p>
      )}
      <div class="actions">
        <button type="button" class="button" disabled={isBusy.value || report.errors.length > 0} onClick={() => void publish()}>
          Publish version {next}
        </button>
        {latest && (
          <button type="button" class="button is-quiet" disabled={isBusy.value} onClick={() => void discard()}>
            Discard changes
          </button>
        )}
      </div>
    </div>
  );
}

/** The portal's form of a new event, with venue and map chosen. */
function newEvent(version: Version): string {
  return `/organizer/events/new?${new URLSearchParams({ org: orgId, venue: map.value!.venue.id, version: version.id })}`;
}

function Versions() {
  return (
    <section aria-label="Versions">
      <h3>Versions</h3>
      <ul class="lines">
        {versions.value.map((version) => (
          <li key={version.id}>
            <span class="line-label">
              Version {version.version}
              <small>
                {day.format(new Date(version.published_at))} · {version.seats.toLocaleString("en")} seats
              </small>
            </span>
            <a class="button is-quiet is-small" href={newEvent(version)}>
              New event
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Events() {
  if (events.value.length === 0) return null;
  return (
    <section aria-label="Events">
      <h3>Events on this map</h3>
      <ul class="lines">
        {events.value.map((event) => (
          <li key={event.id}>
            <span class="line-label">
              <a href={`/organizer/events/${event.id}`}>{event.name}</a>
              <small>
                {day.format(new Date(event.starts_at))} · version {event.version}
              </small>
            </span>
            {!event.is_latest && <Newer event={event} />}
          </li>
        ))}
      </ul>
      {step.value && <Step />}
    </section>
  );
}

function Newer({ event }: { event: EventOnMap }) {
  const [latest] = versions.value;
  return (
    <button type="button" class="button is-quiet is-small" disabled={isBusy.value} onClick={() => void dryRun(event, latest)}>
      To version {latest.version}…
    </button>
  );
}

let revealed: unknown = null;

/** It stands below a list that may be long. */
function reveal(form: HTMLElement | null): void {
  if (form && revealed !== step.value?.result) form.scrollIntoView({ block: "nearest" });
  revealed = step.value?.result ?? null;
}

/** What the step would change, what is in its way, and the step itself. */
function Step() {
  const { event, to, result, digits } = step.value!;
  const hindrances = hindrancesInWords(result);
  const { zones } = result.in_the_way;
  const go = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const filled = new FormData(submitted.currentTarget as HTMLFormElement);
    void migrate(Object.fromEntries(zones.map((zone) => [zone, minorOf(String(filled.get(zone)), digits)])));
  };
  return (
    <form class="step" onSubmit={go} aria-label="To another version" ref={reveal}>
      <h3>
        {event.name}: version {result.from.version} to {to.version}
      </h3>
      <p>{changesInWords(result)}</p>
      {hindrances.length > 0 ? (
        <>
          <p class="notice is-problem">This cannot be done now: held and sold places must stay what they are.</p>
          <ul class="hindrances">
            {hindrances.slice(0, TOLD_MAX).map((words) => (
              <li key={words}>{words}</li>
            ))}
            {hindrances.length > TOLD_MAX && <li>And {(hindrances.length - TOLD_MAX).toLocaleString("en")} more.</li>}
          </ul>
        </>
      ) : (
        zones.map((zone) => (
          <label class="field" key={zone}>
            Price of zone {zone}
            <input name={zone} inputMode="decimal" pattern={PRICE_PATTERN} title="Like 25 or 25.50" placeholder="25.00" required />
          </label>
        ))
      )}
      <div class="actions">
        {hindrances.length === 0 && (
          <button class="button" disabled={isBusy.value}>
            Sell by version {to.version}
          </button>
        )}
        <button type="button" class="button is-quiet" onClick={() => (step.value = null)}>
          Leave it
        </button>
      </div>
    </form>
  );
}

function Drawing() {
  const { drawing, mapping } = map.value!;
  const send = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    void setMapping(String(new FormData(submitted.currentTarget as HTMLFormElement).get("mapping")));
  };
  return (
    <section aria-label="Drawing">
      <h3>Drawing</h3>
      {drawing && (
        <p class="lead">
          {drawing.name || "A drawing"}, {Math.ceil(drawing.bytes / 1024).toLocaleString("en")} KB. Your edits stay when it is
          drawn again.
        </p>
      )}
      <Upload words={drawing ? "Upload it again" : "Upload a drawing"} />
      {drawing && (
        <details>
          <summary>Help the reader: a mapping</summary>
          <form class="stack" onSubmit={send}>
            <label class="field">
              TOML or JSON, as <a href="/docs">the documentation</a> has it
              <textarea name="mapping" rows={6} spellcheck={false} defaultValue={mapping ?? ""} />
            </label>
            <button class="button is-quiet is-small" disabled={isBusy.value}>
              Read again with it
            </button>
          </form>
        </details>
      )}
    </section>
  );
}

/** A file of the venue: SVG, svgz, a pretix plan or a seats.io chart. */
export function Upload({ words }: { words: string }) {
  const take = (changed: Event) => {
    const input = changed.currentTarget as HTMLInputElement;
    const [file] = input.files ?? [];
    if (file) void upload(file).then(() => (input.value = ""));
  };
  return (
    <label class="button is-quiet is-file">
      {isBusy.value ? "Reading…" : words}
      <input type="file" accept=".svg,.svgz,.json,image/svg+xml,application/json" disabled={isBusy.value} onChange={take} />
    </label>
  );
}
