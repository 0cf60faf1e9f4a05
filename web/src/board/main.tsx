/** The scans display for a wall, with one field for a hardware scanner that ends with Enter. */
import { Fragment, h } from "preact";
import { follow, type FeedStatus } from "../feed/client";
import { call, newKey, Problem } from "../lib/api";
import { cell, mount } from "../lib/state";
import { pageData } from "../lib/page";
import { valueModel, withChanges } from "../lib/table";
import type { Admission, Undone } from "../lib/schema";
import type { GateCounts, Scan, ScanCounts, ScanResult, Scans } from "../lib/wire";

interface Boot {
  eventId: string;
  orgId: string;
  /** The venue's time zone. */
  timezone: string;
  gate: string;
  /** Is this browser a scanner of the event, or does it only watch? */
  canScan: boolean;
}
type Snapshot = Scans & { e: string; v: number };
type Delta = { p: number; v: number; scans: Scan[]; counts: ScanCounts; gates: GateCounts[] };

const ROWS_MAX = 50;
const boot = pageData<Boot>("boot");
const board = cell<Scans | null>(null);
const status = cell<FeedStatus>("connecting");
/** `unknown`: nobody knows whether the ticket came in, so it is neither let in nor turned away. */
type Verdict = ScanResult | "unknown" | "checking";
/** `scanId`: of whom was let in, as long as that can be undone. */
const answer = cell<{ result: Verdict; title: string; words: string; scanId?: string | undefined } | null>(null);
const UNDO_MS = 120_000;
/** The scan without an answer, and its key: checking it again must not count it twice. */
let unsure: { token: string; gate: string; key: string } | null = null;

const model = valueModel<Snapshot, Delta>((state, update) =>
  state && "p" in update
    ? {
        ...state,
        v: update.v,
        counts: update.counts,
        gates: withChanges(state.gates, update.gates, (row) => row.gate),
        scans: withNewest(state.scans, update.scans),
      }
    : (update as Snapshot),
);

/** A merged update may repeat scans that are already shown. */
function withNewest(shown: Scan[], scans: Scan[]): Scan[] {
  const known = new Set(shown.map((scan) => scan.id));
  return [...scans.filter((scan) => !known.has(scan.id)), ...shown].slice(0, ROWS_MAX);
}

follow(model, {
  base: `/v1/events/${boot.eventId}`,
  channel: "scans",
  orgId: boot.orgId,
  onStatus: (value) => (status.value = value),
  onChange: (state) => (board.value = state),
});

const RESULT_WORDS = { admitted: "Admitted", duplicate: "Already used", refused: "Refused", undone: "Undone" } as const;
const RESULT_MARKS = {
  admitted: "M4 10l4 4 8-9",
  duplicate: "M10 4v8M10 15v1",
  refused: "M5 5l10 10M15 5L5 15",
  undone: "M8 5L4 9l4 4M4 9h8a4 4 0 0 1 0 8h-2",
  checking: "M4 10h1M9.5 10h1M15 10h1",
  unknown: "M6.5 7a3.5 3.5 0 1 1 3.5 4v2M10 16v1",
} as const;

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: boot.timezone });

function Page() {
  return (
    <>
      {boot.canScan && <ScanField />}
      <Counts />
      <ol class="scans" aria-label="Scans, newest first">
        {board.value?.scans.map((scan) => (
          <li key={scan.id} class={`scan is-${scan.result}`}>
            <Mark result={scan.result} />
            <span class="scan-result">{RESULT_WORDS[scan.result]}</span>
            <span class="scan-label">{scan.label || "Unknown ticket"}</span>
            <span class="scan-name">{scan.name}</span>
            <span class="scan-gate">{scan.gate}</span>
            <time>{clock.format(new Date(scan.at))}</time>
          </li>
        ))}
      </ol>
      {board.value?.scans.length === 0 && <p class="empty">No scans yet. The first one appears here.</p>}
    </>
  );
}

function Mark({ result }: { result: Verdict }) {
  return (
    <svg class="scan-mark" viewBox="0 0 20 20" aria-hidden="true">
      <path d={RESULT_MARKS[result]} />
    </svg>
  );
}

function Counts() {
  const now = board.value;
  if (!now) return <p class="pulse is-connecting">Connecting</p>;
  const { admitted, duplicate, refused, tickets } = now.counts;
  return (
    <div class="counts">
      <dl class="figures is-board">
        <div>
          <dt>Inside</dt>
          <dd>
            {admitted.toLocaleString("en")} <small>of {tickets.toLocaleString("en")}</small>
          </dd>
          <dd class="dots" style={{ "--share": tickets ? admitted / tickets : 0 }} />
        </div>
        <div>
          <dt>Already used</dt>
          <dd>{duplicate.toLocaleString("en")}</dd>
        </div>
        <div>
          <dt>Refused</dt>
          <dd>{refused.toLocaleString("en")}</dd>
        </div>
      </dl>
      <table class="gates">
        <thead>
          <tr>
            <th scope="col">Gate</th>
            <th scope="col">In</th>
            <th scope="col">Used</th>
            <th scope="col">Refused</th>
          </tr>
        </thead>
        <tbody>
          {now.gates.map((row) => (
            <tr key={row.gate}>
              <th scope="row">{row.gate}</th>
              <td>{row.admitted.toLocaleString("en")}</td>
              <td>{row.duplicate.toLocaleString("en")}</td>
              <td>{row.refused.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {status.value !== "live" && (
        <p class={`pulse is-${status.value}`}>{status.value === "late" ? "Two seconds late" : "Not live, reconnecting"}</p>
      )}
    </div>
  );
}

function ScanField() {
  // Cleared before the answer comes, so that the next ticket can be read meanwhile; a refused or
  // broken code never stops the next one.
  const submit = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const form = submitted.currentTarget as HTMLFormElement;
    const entered = new FormData(form);
    const token = String(entered.get("token")).trim();
    (form.elements.namedItem("token") as HTMLInputElement).value = "";
    if (token) void scan(token, String(entered.get("gate")));
  };
  return (
    <form class="scanfield" onSubmit={submit}>
      <label>
        Gate <input name="gate" defaultValue={boot.gate} autocomplete="off" required maxLength={60} />
      </label>
      <label class="is-token">
        Ticket code <input ref={focusOnce} name="token" maxLength={1000} autocomplete="off" spellcheck={false} placeholder="Scan or type, then Enter" />
      </label>
      <button class="button">Check</button>
      <p class={`verdict is-${answer.value?.result ?? "none"}`} role="status">
        {answer.value && (
          <>
            <Mark result={answer.value.result} />
            <strong>{answer.value.title}</strong> {answer.value.words}
          </>
        )}
      </p>
      {answer.value?.scanId && (
        <button type="button" class="button is-quiet is-small" onClick={() => void undo(answer.value!.scanId!)}>
          Undo
        </button>
      )}
    </form>
  );
}

let isFocused = false;
function focusOnce(field: HTMLInputElement | null): void {
  if (!isFocused) field?.focus();
  isFocused = true;
}

async function scan(token: string, gate: string): Promise<void> {
  const isAgain = unsure?.token === token && unsure.gate === gate;
  const key = isAgain ? unsure!.key : newKey();
  // An earlier ticket's verdict must not stand while this one is asked for.
  answer.value = { result: "checking", title: "Checking", words: "" };
  try {
    const done = await call<Admission>("/v1/checkin/scans", { method: "POST", body: { token, gate }, key });
    const shown = { result: "admitted" as const, title: "Admitted", words: done.label };
    answer.value = { ...shown, scanId: done.scan_id };
    setTimeout(() => {
      if (answer.value?.scanId === done.scan_id) answer.value = shown;
    }, UNDO_MS);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!error.slug.startsWith("ticket-")) {
      unsure = { token, gate, key };
      answer.value = { result: "unknown", title: "Check again", words: whyUnknown(error) };
      return;
    }
    const isUsed = error.slug === "ticket-already-used";
    const result = isUsed ? "duplicate" : "refused";
    answer.value = { result, title: RESULT_WORDS[result], words: `${error.facts["label"]}: ${error.detail}${firstUse(error)}` };
  }
  if (isAgain) unsure = null;
}

/** Whom the last scan let in by mistake is outside again. Asked twice it is done once. */
async function undo(scanId: string): Promise<void> {
  const before = answer.value;
  try {
    const done = await call<Undone>("/v1/checkin/undo", { method: "POST", body: { scan_ids: [scanId] }, key: newKey() });
    answer.value = { result: "undone", title: "Undone", words: done.labels.join(", ") || (before?.words ?? "") };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const isOver = error.status < 500 && error.slug !== "offline";
    answer.value = { result: "refused", title: "Not undone", words: `${before?.words}: ${error.detail}`, scanId: isOver ? undefined : scanId };
  }
}

/** When it came in, of a ticket that is refused because it did. */
function firstUse({ facts }: Problem): string {
  const at = facts["first_scanned_at"];
  return typeof at === "string" ? `, at ${clock.format(new Date(at))}` : "";
}

function whyUnknown(error: Problem): string {
  if (error.slug === "offline") return "No connection: we do not know whether this ticket came in.";
  if (error.status >= 500) return "No answer: we do not know whether this ticket came in.";
  return `This ticket was not checked: ${error.detail}.`;
}

mount(() => <Page />, document.getElementById("board")!);
