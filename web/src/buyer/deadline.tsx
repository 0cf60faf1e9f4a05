import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { minutes, serverNow } from "../lib/clock";
import { extendHold, hold, isBusy, loseHold } from "./store";

/** The warning comes this long before the end: enough to read it and press one key. */
const WARN_MS = 60_000;

const leftMs = signal(0);
/** Deadline that was warned of and waved away. */
const warned = signal("");

setInterval(() => {
  if (!hold.value) return;
  leftMs.value = Date.parse(hold.value.expires_at) - serverNow();
  if (leftMs.value <= 0) loseHold();
}, 250);

export function Countdown() {
  const { expires_at, server_time } = hold.value!;
  const left = leftMs.value || Date.parse(expires_at) - serverNow();
  const whole = Math.max(Date.parse(expires_at) - Date.parse(server_time), WARN_MS);
  return (
    <div class={`countdown${left <= WARN_MS ? " is-short" : ""}`}>
      <span>Held for you</span>
      <time role="timer">{minutes(left)}</time>
      <i class="dots" style={{ "--share": Math.min(Math.max(left / whole, 0), 1) }} />
      {canExtend() && (
        <button type="button" class="link" disabled={isBusy.value} onClick={() => void extendHold()}>
          Give me more time
        </button>
      )}
    </div>
  );
}

function canExtend(): boolean {
  const { extendable_until, expires_at } = hold.value!;
  return Date.parse(extendable_until) > Date.parse(expires_at);
}

/** At one minute left: one key keeps the places. */
export function Deadline() {
  const dialog = useRef<HTMLDialogElement>(null);
  const deadline = hold.value?.expires_at ?? "";
  const isDue = deadline !== "" && leftMs.value > 0 && leftMs.value <= WARN_MS && warned.value !== deadline;
  useEffect(() => {
    if (isDue) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isDue]);
  return (
    <dialog class="sheet" role="alertdialog" ref={dialog} aria-labelledby="due" onClose={() => (warned.value = deadline)}>
      <h2 id="due">Your places go back on sale in less than a minute</h2>
      <p class="due-time">{minutes(leftMs.value)}</p>
      <form method="dialog" class="actions">
        {hold.value && canExtend() ? (
          <button class="button" autofocus onClick={() => void extendHold()}>
            Keep them longer
          </button>
        ) : (
          <a class="button" href={`/checkout/${hold.value?.id}`}>
            Check out now
          </a>
        )}
        <button class="button is-quiet">Not now</button>
      </form>
    </dialog>
  );
}
