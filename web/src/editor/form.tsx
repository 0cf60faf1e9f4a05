import { Fragment, h } from "preact";
import { cell } from "../lib/state";
import { counted, listed } from "../lib/words";
import { ACCESSIBLE, COMPANION, RESTRICTED_VIEW } from "../map/geometry";
import { apply } from "./acts";
import { type Kind, keyOf, ownName, type Thing, zoneKey } from "./house";
import { namesFor, type Order } from "./naming";
import { choose, chosenSeats, house, isBusy, nameOf, things } from "./store";
import type { Edit } from "../lib/wire";

const NEW_ZONE = "+";
const zone = cell<string>("");

/** Everything that can be said of what is chosen; each part is one edit. */
export function Chosen() {
  const all = things();
  const keys = all.map(([key]) => key);
  const seats = chosenSeats();
  const lines = all.filter(([, { kind }]) => kind === "row" || kind === "table");
  const [[key, only]] = all.length > 0 ? all : [["", null] as [string, Thing | null]];
  if (!only) return null;
  return (
    <div class="forms">
      <div class="chosen">
        <h2>{all.length === 1 ? nameOf(only) : kindsInWords(all)}</h2>
        <p>
          {all.length > 1 && `${listed(all.map(([, thing]) => nameOf(thing)))}. `}
          {seats.size > 0 && (all.length > 1 || only.kind !== "seat") && counted(seats.size, "seat")}
        </p>
      </div>
      {all.some(([, { kind }]) => kind === "section") && <Inside sections={all} />}
      {all.length === 1 && <Rename of={key} thing={only} />}
      {all.length > 1 && all.every(([, { kind }]) => kind === only.kind) && <Names all={all} />}
      {lines.length > 0 && lines.length === all.length && <Renumber keys={keys} />}
      <Zone keys={keys} things={all} />
      {all.length === 1 && (only.kind === "area" || only.kind === "table") && <Capacity of={key} thing={only} />}
      {seats.size > 0 && <Access keys={keys} seats={seats} />}
      <div class="actions">
        <button type="button" class="button is-quiet is-small" onClick={() => choose([])}>
          Let go
        </button>
        <button
          type="button"
          class="button is-quiet is-small is-danger"
          disabled={isBusy.value}
          onClick={() => void apply({ op: "remove", keys }).then((isDone) => isDone && choose([]))}
        >
          Remove from the map
        </button>
      </div>
    </div>
  );
}

const MANY: Record<Kind, string> = { section: "section", row: "row", table: "table", area: "standing area", seat: "seat" };

function kindsInWords(all: [string, Thing][]): string {
  const by = new Map<Kind, number>();
  for (const [, { kind }] of all) by.set(kind, (by.get(kind) ?? 0) + 1);
  return [...by].map(([kind, count]) => counted(count, MANY[kind])).join(", ");
}

/** A form whose fields become edits. */
function Form({ make, button, children }: { make: (filled: FormData) => Edit[]; button: string; children: unknown }) {
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const made = make(new FormData(submitted.currentTarget as HTMLFormElement));
    if (made.length > 0) void apply(...made);
  };
  return (
    <form class="inline" onSubmit={submit}>
      {children as h.JSX.Element}
      <button class="button is-quiet is-small" disabled={isBusy.value}>
        {button}
      </button>
    </form>
  );
}

function Rename({ of, thing }: { of: string; thing: Thing }) {
  const make = (filled: FormData): Edit[] => {
    const name = String(filled.get("name")).trim();
    return [{ op: "rename", key: of, name: name || null }];
  };
  return (
    <Form make={make} button="Rename">
      <label class="field">
        {thing.kind === "seat" ? "Number" : "Name"}
        <input name="name" defaultValue={ownName(house.value!, thing)} maxLength={200} autocomplete="off" />
      </label>
    </Form>
  );
}

/** Where counting begins, a number or letters, and by how much it goes on. */
function Counting({ label }: { label: string }) {
  return (
    <>
      <label class="field">
        {label}
        <input name="start" defaultValue="1" pattern="[0-9]{1,6}|[A-Za-z]{1,6}" title="A number, or letters" required autocomplete="off" />
      </label>
      <label class="field">
        Step
        <input type="number" name="step" min={-100} max={100} defaultValue="1" required />
      </label>
    </>
  );
}

const ORDERS: [Order, string][] = [
  ["down", "From the top"],
  ["up", "From the bottom"],
  ["across", "From the left"],
  ["drawn", "As drawn"],
];

/** Many of a kind, named by one rule. */
function Names({ all }: { all: [string, Thing][] }) {
  const make = (filled: FormData): Edit[] =>
    namesFor(house.value!, all, String(filled.get("start")).trim(), Number(filled.get("step")), filled.get("order") as Order);
  return (
    <Form make={make} button="Name">
      <Counting label="Names from" />
      <label class="field">
        Order
        <select name="order">
          {ORDERS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
    </Form>
  );
}

/** From sections to what stands in them. */
function Inside({ sections }: { sections: [string, Thing][] }) {
  const now = house.value!;
  const wanted = new Set(sections.flatMap(([, { kind, at }]) => (kind === "section" ? [at] : [])));
  const within = (kind: "row" | "table") =>
    now.geometry[`${kind}s`].flatMap(({ section }, at) => {
      const key = wanted.has(section) ? keyOf(now, { kind, at }) : null;
      return key === null ? [] : [key];
    });
  const [rows, tables] = [within("row"), within("table")];
  if (rows.length + tables.length === 0) return null;
  const words = [rows.length > 0 && counted(rows.length, "row"), tables.length > 0 && counted(tables.length, "table")];
  return (
    <p>
      <button type="button" class="button is-quiet is-small" onClick={() => choose([...rows, ...tables])}>
        Choose the {words.filter(Boolean).join(" and ")} in {wanted.size === 1 ? "it" : "them"}
      </button>
    </p>
  );
}

function Renumber({ keys }: { keys: string[] }) {
  const make = (filled: FormData): Edit[] => {
    const start = String(filled.get("start")).trim();
    return [
      {
        op: "renumber",
        keys,
        start: /^[0-9]+$/.test(start) ? Number(start) : start,
        step: Number(filled.get("step")),
        reverse: filled.get("reverse") !== null,
      },
    ];
  };
  return (
    <Form make={make} button="Number">
      <Counting label="Seats from" />
      <label class="check">
        <input type="checkbox" name="reverse" />
        From the other end
      </label>
    </Form>
  );
}

function Zone({ keys, things: all }: { keys: string[]; things: [string, Thing][] }) {
  const { zones } = house.value!.geometry;
  const now = zoneOf(all.map(([, thing]) => thing));
  const wanted = zone.value || (now ?? "");
  const make = (filled: FormData): Edit[] => {
    zone.value = "";
    if (wanted !== NEW_ZONE) return [{ op: "assign", keys, zone: String(filled.get("zone")) || null }];
    const name = String(filled.get("zone_name")).trim();
    const key = zoneKey(name, zones.map((known) => known.key));
    const sold_as = String(filled.get("ticket_type")).trim();
    const made = { op: "zone" as const, key, name };
    return [sold_as ? { ...made, ticket_type: sold_as } : made, { op: "assign", keys, zone: key }];
  };
  return (
    <Form make={make} button={wanted === NEW_ZONE ? "Make the zone" : "Assign"}>
      <label class="field">
        Price zone
        <select name="zone" value={wanted} onChange={(changed) => (zone.value = changed.currentTarget.value)}>
          {now === null && <option value="">Different ones</option>}
          {zones.map((known) => (
            <option key={known.key} value={known.key}>
              {known.name}
            </option>
          ))}
          <option value={NEW_ZONE}>A new zone…</option>
        </select>
      </label>
      {wanted === NEW_ZONE && (
        <>
          <label class="field">
            Its name
            <input name="zone_name" required maxLength={200} autocomplete="off" />
          </label>
          <label class="field">
            Ticket type
            <input name="ticket_type" maxLength={200} placeholder="As the zone" autocomplete="off" />
          </label>
        </>
      )}
    </Form>
  );
}

/** The key of the one zone that all of these are in; null for several. */
function zoneOf(all: Thing[]): string | null {
  const { geometry } = house.value!;
  const found = new Set([...chosenSeats()].map((seat) => geometry.zone[seat]));
  for (const { kind, at } of all) if (kind === "area") found.add(geometry.areas[at].zone);
  const [only, ...others] = found;
  return others.length > 0 || only === undefined ? null : (geometry.zones[only]?.key ?? null);
}

function Capacity({ of, thing }: { of: string; thing: Thing }) {
  const { geometry, draft } = house.value!;
  const isTable = thing.kind === "table";
  const now = isTable ? geometry.tables[thing.at].count : geometry.areas[thing.at].capacity;
  const known = draft.unknown_capacities.includes(of) ? "" : String(now ?? "");
  const make = (filled: FormData): Edit[] => [{ op: "capacity", key: of, places: Number(filled.get("places")) }];
  return (
    <Form make={make} button="Set">
      <label class="field">
        {isTable ? "Chairs" : "Places"}
        <input type="number" name="places" min={isTable ? 1 : 0} max={isTable ? 100 : 100_000} defaultValue={known} required />
      </label>
    </Form>
  );
}

const MARKS = [
  ["accessible", "Wheelchair accessible", ACCESSIBLE],
  ["companion", "Companion seat", COMPANION],
  ["restricted_view", "Restricted view", RESTRICTED_VIEW],
] as const;

/** The mark that is on its way to the server. */
const marking = cell<{ name: string; isOn: boolean } | null>(null);

async function mark(keys: string[], name: string, isOn: boolean): Promise<void> {
  marking.value = { name, isOn };
  await apply({ op: "access", keys, [name]: isOn });
  marking.value = null;
}

function Access({ keys, seats }: { keys: string[]; seats: Set<number> }) {
  const { access } = house.value!.geometry;
  return (
    <fieldset class="marksof">
      <legend class="spoken">Marks of these seats</legend>
      {MARKS.map(([name, words, bit]) => {
        const marked = [...seats].filter((seat) => access[seat] & bit).length;
        const isAll = marked === seats.size;
        return (
          <label key={name} class="check">
            <input
              type="checkbox"
              checked={marking.value?.name === name ? marking.value.isOn : isAll}
              ref={(box) => {
                if (box) box.indeterminate = marked > 0 && !isAll;
              }}
              disabled={isBusy.value}
              onChange={() => void mark(keys, name, !isAll)}
            />
            {words}
            {marked > 0 && !isAll && <small> {marked.toLocaleString("en")} of them</small>}
          </label>
        );
      })}
    </fieldset>
  );
}

