/** The organizer's event page: what is held and sold, how fast, and how well screens are served. */
import { Fragment, h } from "preact";
import { follow, type FeedStatus } from "../feed/client";
import { noteServerTime } from "../lib/clock";
import { moneyFormatter } from "../lib/money";
import { cell, mount, redrawSoon } from "../lib/state";
import { pageData } from "../lib/page";
import { valueModel, withChanges } from "../lib/table";
import type { Sales, SalesRow } from "../lib/wire";
import { HealthPanel, watchHealth } from "./health";
import { Pace } from "./pace";

interface Boot {
  orgId: string;
  eventId: string;
}
type Snapshot = Sales & { e: string; v: number };
type Delta = { p: number; v: number } & Omit<Sales, "currency" | "exponent">;

const boot = pageData<Boot>("boot");
const sales = cell<Sales | null>(null);
let money: (minor: number) => string;
const status = cell<FeedStatus>("connecting");

const model = valueModel<Snapshot, Delta>((state, update) =>
  state && "p" in update
    ? {
        ...state,
        v: update.v,
        totals: update.totals,
        pace: update.pace,
        sections: withChanges(state.sections, update.sections, (row) => row.key),
        ticket_types: withChanges(state.ticket_types, update.ticket_types, (row) => row.key),
      }
    : (update as Snapshot),
);

follow(model, {
  base: `/v1/events/${boot.eventId}`,
  channel: "sales",
  orgId: boot.orgId,
  onStatus: (value) => (status.value = value),
  onServerTime: noteServerTime,
  onChange(state) {
    const isFirst = sales.value === null;
    sales.value = state;
    if (isFirst) begin(state);
  },
});

const STATUS_WORDS = {
  connecting: "Connecting",
  live: "Live",
  late: "Live, two seconds late",
  behind: "Reconnecting",
  paused: "Paused",
  refused: "Sign in again to see live figures",
} as const;

function Page() {
  const { totals, sections, ticket_types: types, pace } = sales.value!;
  return (
    <>
      <p class={`pulse is-${status.value}`}>{STATUS_WORDS[status.value]}</p>
      <dl class="figures">
        <Figure name="Sold" value={totals.sold.toLocaleString("en")} of={`of ${totals.total.toLocaleString("en")}`} />
        <Figure name="Held now" value={totals.held.toLocaleString("en")} />
        <Figure name="Revenue" value={money(totals.revenue_minor)} />
        <Figure
          name="Orders"
          value={totals.orders.toLocaleString("en")}
          of={`${share(totals.orders, totals.checkouts)} of ${totals.checkouts.toLocaleString("en")} checkouts`}
        />
      </dl>
      <Pace minutes={pace} />
      <Table of="Section" rows={sections} />
      <Table of="Ticket type" rows={types} />
      <HealthPanel />
    </>
  );
}

/** "83%"; a dash while there is nothing to divide. */
function share(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)}%` : "–";
}

function Table({ of, rows }: { of: string; rows: SalesRow[] }) {
  return (
    <table class="sales">
      <thead>
        <tr>
          <th scope="col">{of}</th>
          <th scope="col" class="wide">House</th>
          <th scope="col">Sold</th>
          <th scope="col">Held</th>
          <th scope="col">Left</th>
          <th scope="col">Revenue</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Line key={row.key} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Figure({ name, value, of = "" }: { name: string; value: string; of?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd key={value}>
        {value} {of && <small>{of}</small>}
      </dd>
    </div>
  );
}

function Line({ row }: { row: SalesRow }) {
  const whole = Math.max(row.total, 1);
  return (
    <tr>
      <th scope="row">
        {row.name} {row.zone && <small>{row.zone}</small>}
      </th>
      <td class="wide">
        <div class="dots is-sales" style={{ "--share": row.sold / whole, "--held": (row.sold + row.held) / whole }} />
      </td>
      <Cell value={row.sold} />
      <Cell value={row.held} />
      <Cell value={row.total - row.sold - row.held} />
      <td>
        <span key={row.revenue_minor} ref={highlight}>
          {money(row.revenue_minor)}
        </span>
      </td>
    </tr>
  );
}

let isLive = false;

/** A number that has changed is a new element, which is marked; the first ones are not. */
function highlight(element: HTMLElement | null): void {
  if (isLive) element?.classList.add("moved");
}

function Cell({ value }: { value: number }) {
  return (
    <td>
      <span key={value} ref={highlight}>
        {value.toLocaleString("en")}
      </span>
    </td>
  );
}

/** The server's table stays until the first figures have come. */
function begin({ currency, exponent }: Sales): void {
  money = moneyFormatter(currency, exponent);
  const root = document.getElementById("sales")!;
  root.replaceChildren();
  mount(() => <Page />, root);
  watchHealth(boot.eventId, boot.orgId);
  setInterval(redrawSoon, 10_000); // minutes pass although nothing is sold
  isLive = true;
}
