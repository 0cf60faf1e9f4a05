import { Fragment, h } from "preact";
import { cell } from "../lib/state";
import type { SoldSeat, TableMode } from "../lib/schema";
import { counted, listed } from "../lib/words";
import { named } from "../map/geometry";
import { AVAILABLE, BLOCKED, HELD, SOLD } from "../feed/seats";
import { Aside, SetAside } from "./aside";
import { askWho, change, changeArea, reassign, setTables } from "./acts";
import { placesLeft } from "./house";
import {
  blockedPlaces,
  choose,
  chosen,
  chosenByState,
  chosenTables,
  counts,
  event,
  geometry,
  going,
  house,
  isBusy,
  labelOf,
  modes,
  move,
  notice,
  pools,
  sitters,
  STATE_WORDS,
} from "./store";
import { modeInWords } from "./words";

const SET_ASIDE_MAX = 1_000;
const MARKS = ["free", "held", "sold", "blocked"];

/** What is chosen, and what can be done with it. */
export function Panel() {
  return (
    <>
      <section class="legend" aria-label="The house now">
        <ul class="tally">
          {counts().map((count, state) => (
            <li key={state}>
              <i class={`mark is-${MARKS[state]}`} />
              <span>{STATE_WORDS[state]}</span>
              <b>{count.toLocaleString("en")}</b>
            </li>
          ))}
        </ul>
        {pools.map((pool) => (
          <Area key={pool.idx} area={pool.idx} name={pool.name} />
        ))}
        <Aside />
      </section>
      <section class="tray" aria-label="What you have chosen">
        {notice.value && (
          <p class={`notice is-${notice.value.tone}`}>
            {notice.value.text}
            {notice.value.remedy && (
              <button type="button" class="link" onClick={notice.value.remedy.act}>
                {notice.value.remedy.name}
              </button>
            )}
          </p>
        )}
        {move.value ? <Moving /> : chosen.value.size > 0 ? <Chosen /> : <Hint />}
        {!move.value && mayBeSetAside() && <SetAside seats={[...chosen.value]} />}
      </section>
    </>
  );
}

function Hint() {
  return (
    <p class="hint">
      Press seats on the map, or whole rows and sections; press again to let go.
      <span class="keys"> With the keyboard: arrows move from seat to seat, Enter chooses.</span>
    </p>
  );
}

/** Whether what is chosen, or standing places alone, may be somebody's to sell. */
function mayBeSetAside(): boolean {
  const by = chosenByState();
  const { size } = chosen.value;
  return by[HELD].length + by[SOLD].length === 0 && size <= SET_ASIDE_MAX && size + pools.length > 0;
}

function Chosen() {
  const by = chosenByState();
  const tables = chosenTables();
  const { size } = chosen.value;
  const kinds = by.map((seats, state) => (seats.length > 0 ? `${seats.length.toLocaleString("en")} ${STATE_WORDS[state]}` : ""));
  const taken = by[HELD].length + by[SOLD].length;
  return (
    <>
      <div class="chosen">
        <h2>{size === 1 ? labelOf([...chosen.value][0]) : counted(size, "seat")}</h2>
        <p>
          {kinds.filter(Boolean).join(" · ")}
          {taken > 0 && size > taken && "; what is held or sold stays as it is"}
        </p>
      </div>
      <div class="actions">
        {by[AVAILABLE].length > 0 && <Change verb="blocks" seats={by[AVAILABLE]} />}
        {by[BLOCKED].length > 0 && <Change verb="unblocks" seats={by[BLOCKED]} />}
        <button type="button" class="button is-quiet" onClick={() => choose([])}>
          Clear
        </button>
      </div>
      {size === 1 && (by[SOLD].length === 1 || event.legs > 1) && <Sitter seat={[...chosen.value][0]} />}
      {tables.length > 0 && <Tables tables={tables} />}
    </>
  );
}

function Change({ verb, seats }: { verb: "blocks" | "unblocks"; seats: number[] }) {
  const words = verb === "blocks" ? "off sale" : "back on sale";
  const act = verb === "blocks" ? "Take" : "Put";
  return (
    <button type="button" class="button" disabled={isBusy.value} onClick={() => void change(verb, seats)}>
      {act} {seats.length === 1 ? "it" : seats.length.toLocaleString("en")} {words}
    </button>
  );
}

let asked: unknown = null;

/** Who has the one chosen seat, on a trip on any leg, and the way to give them another. */
function Sitter({ seat }: { seat: number }) {
  if (asked !== chosen.value) {
    asked = chosen.value;
    void askWho(seat);
  }
  return (
    <ul class="lines">
      {sitters.value.map((sold) => (
        <li key={sold.line_id}>
          <span class="line-label">
            {sold.name}
            <small>
              {sold.email}
              {legsInWords(sold)}
            </small>
          </span>
          <span class="actions">
            <button type="button" class="button is-quiet is-small" onClick={() => begin(seat, sold)}>
              Give another seat
            </button>
            <a class="button is-quiet is-small" href={`?order=${sold.order_id}`}>
              All of the order
            </a>
          </span>
        </li>
      ))}
    </ul>
  );
}

function legsInWords({ leg_first, leg_last }: SoldSeat): string {
  if (event.legs === 1) return "";
  return leg_first === leg_last ? ` · leg ${leg_first + 1}` : ` · legs ${leg_first + 1} to ${leg_last + 1}`;
}

function begin(seat: number, { order_id, name, line_id, label }: SoldSeat): void {
  choose([]);
  move.value = { order_id, name, lines: [{ line_id, seat_idx: seat, label }], to: [] };
}

function Moving() {
  const { name, lines, to } = move.value!;
  const { length } = going();
  const where = to.length > 0 ? listed(to.map(labelOf)) : "";
  return (
    <>
      <div class="chosen" role="group" aria-label="Other places">
        <h2>{lines.length === 1 ? `Another seat for ${name}` : `Other seats for ${name}`}</h2>
        {lines.length === 1 ? (
          <p>{where ? `${lines[0].label} becomes ${where}; the ticket follows, at the price that was paid.` : `Now ${lines[0].label}. Press the free seat to give instead.`}</p>
        ) : (
          <>
            <Goers />
            <p>{where ? `They become ${where}; the tickets follow, at the price that was paid.` : `Press ${counted(length, "free seat")}, or a table with as many.`}</p>
          </>
        )}
      </div>
      <div class="actions">
        <button type="button" class="button" disabled={isBusy.value || length === 0 || to.length !== length} onClick={() => void reassign()}>
          {to.length === length && length > 0 ? "Exchange now" : `${to.length} of ${length} chosen`}
        </button>
        <button type="button" class="button is-quiet" onClick={() => (move.value = null)}>
          Leave it
        </button>
      </div>
    </>
  );
}

/** Which seats of the order go. */
function Goers() {
  const { lines } = move.value!;
  const stay = (line_id: string, stays: boolean) => {
    const next = lines.map((line) => (line.line_id === line_id ? { ...line, stays } : line));
    move.value = { ...move.value!, lines: next, to: [] };
  };
  return (
    <div class="goers">
      {lines.map(({ line_id, label, stays }) => (
        <label key={line_id} class="check">
          <input type="checkbox" checked={!stays} onChange={(changed) => stay(line_id, !changed.currentTarget.checked)} />
          {label}
        </label>
      ))}
    </div>
  );
}

const RULES: [TableMode["mode"], string][] = [
  ["chairs", "Chair by chair"],
  ["whole", "Whole"],
  ["at_least", "From so many chairs on"],
];
const rule = cell<TableMode["mode"] | null>(null);

/** How the chosen tables are sold. */
function Tables({ tables }: { tables: number[] }) {
  const all = geometry.value!.tables;
  const first = modes.value.get(tables[0]);
  const mode = rule.value ?? first?.mode ?? "chairs";
  const most = Math.max(...tables.map((table) => all[table].count));
  const names = listed(tables.map((table) => named("table", all[table].name) || "a table"));
  const apply = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const filled = new FormData(submitted.currentTarget as HTMLFormElement);
    void setTables(tables, filled.get("mode") as TableMode["mode"], Number(filled.get("chairs_min") ?? 1)).then(() => (rule.value = null));
  };
  return (
    <form class="tablerule" onSubmit={apply}>
      <label class="field">
        <span class="sentence">
          {names}
          {tables.length === 1 && ` is ${modeInWords(first)}`}
        </span>
        <select name="mode" value={mode} onChange={(changed) => (rule.value = changed.currentTarget.value as TableMode["mode"])}>
          {RULES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {mode === "at_least" && (
        <label class="field">
          Chairs
          <input type="number" name="chairs_min" min={1} max={most} defaultValue={String(first?.chairs_min ?? 2)} required />
        </label>
      )}
      <button class="button is-quiet" disabled={isBusy.value}>
        Change
      </button>
    </form>
  );
}

/** A standing area: how many of its places are off sale. */
function Area({ area, name }: { area: number; name: string }) {
  const blocked = blockedPlaces.value.get(area) ?? 0;
  const left = house.pools[area] ?? 0;
  const act = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const form = submitted.currentTarget as HTMLFormElement;
    const quantity = Number(new FormData(form).get("quantity"));
    const verb = (submitted.submitter as HTMLButtonElement).value as "blocks" | "unblocks";
    if (quantity > 0) void changeArea(verb, area, quantity);
  };
  return (
    <form class="area" onSubmit={act}>
      <p>
        <b>{name}</b>
        <small>{placesLeft(area)}</small>
      </p>
      <input id={`area-${area}`} type="number" name="quantity" min={1} max={Math.max(left, blocked, 1)} defaultValue="1" aria-label={`Places of ${name}`} required />
      <button class="button is-quiet is-small" value="blocks" disabled={isBusy.value || left === 0}>
        Off sale
      </button>
      <button class="button is-quiet is-small" value="unblocks" disabled={isBusy.value || blocked === 0}>
        Back
      </button>
    </form>
  );
}
