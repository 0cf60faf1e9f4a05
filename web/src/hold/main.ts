/** Checkout page: the hold's countdown, with a warning that one key answers. */
import { call, Problem } from "../lib/api";
import { minutes, noteServerTime, serverNow, warningMs } from "../lib/clock";
import type { HoldView } from "../lib/schema";

const box = document.querySelector<HTMLElement>("[data-hold]")!;
const dialog = document.querySelector<HTMLDialogElement>("#due")!;
const clocks = document.querySelectorAll<HTMLElement>("[data-left]");
const extenders = document.querySelectorAll<HTMLButtonElement>("[data-extend]");
const failure = document.querySelector<HTMLElement>("[data-failure]")!;

let endsMs = Date.parse(box.dataset["expiresAt"]!);
let extendableMs = Date.parse(box.dataset["extendableUntil"]!);
let warnedMs = 0;
noteServerTime(Date.parse(box.dataset["serverTime"]!));
let wholeMs = endsMs - serverNow();

function show(): void {
  const leftMs = endsMs - serverNow();
  for (const clock of clocks) clock.textContent = minutes(leftMs);
  for (const button of extenders) button.hidden = extendableMs <= endsMs;
  box.hidden = false;
  const isShort = leftMs <= warningMs(wholeMs);
  box.classList.toggle("is-short", isShort);
  box.style.setProperty("--share", String(Math.min(Math.max(leftMs / wholeMs, 0), 1)));
  if (leftMs <= 0) return location.reload();
  if (isShort && warnedMs !== endsMs && !dialog.open) {
    warnedMs = endsMs;
    dialog.showModal();
  }
}

async function extend(): Promise<void> {
  dialog.close();
  try {
    const hold = await call<HoldView>(`/v1/holds/${box.dataset["hold"]}`, { method: "PATCH", body: { extend: true } });
    noteServerTime(Date.parse(hold.server_time));
    endsMs = Date.parse(hold.expires_at);
    wholeMs = endsMs - serverNow();
    extendableMs = Date.parse(hold.extendable_until);
    show();
  } catch (error) {
    failure.textContent = error instanceof Problem ? error.detail : String(error);
  }
}

for (const button of extenders) button.addEventListener("click", () => void extend());
setInterval(show, 250);
show();
