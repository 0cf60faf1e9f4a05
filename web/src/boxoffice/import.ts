/** A file of tickets that were sold elsewhere: looked at first, then imported as it was seen. */
import { call, Problem } from "../lib/api";
import { moneyFormatter } from "../lib/money";
import { pageData } from "../lib/page";
import type { ImportReport, ImportRow } from "../lib/schema";
import { counted, sentence } from "../lib/words";

const { eventId, orgId, currency, exponent } = pageData<{ eventId: string; orgId: string; currency: string; exponent: number }>("boot");
const path = `/v1/events/${eventId}/imports`;
const money = moneyFormatter(currency, exponent);
const WORDS: Record<ImportRow["status"], string> = { ready: "Ready", known: "Imported before", wrong: "Wrong" };

const input = document.querySelector<HTMLInputElement>("#file")!;
const told = document.querySelector<HTMLElement>("#told")!;
const go = document.querySelector<HTMLElement>("#go")!;
const table = document.querySelector<HTMLTableElement>("#rows")!;
const button = go.querySelector("button")!;
let file: File | null = null;

input.addEventListener("change", () => {
  file = input.files?.[0] ?? null;
  input.value = "";
  if (file) void send(true);
});
button.addEventListener("click", () => void send(false));

async function send(isLook: boolean): Promise<void> {
  tell(isLook ? "Reading…" : "Importing…", "");
  input.disabled = button.disabled = true;
  try {
    show(await call<ImportReport>(`${path}?dry_run=${isLook}`, { method: "POST", body: new Blob([file!], { type: "text/csv" }), orgId }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    tell(sentence(error.detail), "is-problem");
    go.hidden = table.hidden = true;
  } finally {
    input.disabled = button.disabled = false;
  }
}

function show({ is_done, orders, places, total_minor, known, wrong, rows }: ImportReport): void {
  const what = `${counted(places, "place")} in ${counted(orders, "order")}, ${money(total_minor)}`;
  const before = known > 0 ? ` ${counted(known, "row")} imported before.` : "";
  if (is_done) tell(`Imported: ${what}.${before}`, "is-good");
  else if (wrong > 0) tell(`${counted(wrong, "row")} cannot be imported, so none is. Mend the file and choose it again.`, "is-problem");
  else tell(orders > 0 ? `Ready: ${what}.${before}` : `Everything in this file was imported before.`, "");
  go.hidden = is_done || wrong > 0 || orders === 0;
  button.textContent = `Import ${counted(places, "place")}`;
  const inOrder = [...rows].sort((a, b) => Number(b.status === "wrong") - Number(a.status === "wrong") || a.line - b.line);
  table.tBodies[0].replaceChildren(...inOrder.map((row) => rowOf(row, is_done)));
  table.hidden = false;
}

function rowOf({ line, ref, label, status, detail }: ImportRow, isDone: boolean): HTMLTableRowElement {
  const row = document.createElement("tr");
  const words = isDone && status === "ready" ? "Imported" : WORDS[status];
  for (const text of [String(line), ref, label, detail ? sentence(detail) : words]) row.insertCell().textContent = text;
  row.className = `is-${status}`;
  return row;
}

function tell(words: string, tone: string): void {
  told.textContent = words;
  told.className = `notice ${tone}`;
  told.hidden = false;
}
