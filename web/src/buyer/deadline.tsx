import { h } from "preact";
import { minutes, serverNow, warningMs } from "../lib/clock";
import { cell } from "../lib/state";
import { extendHold, loseHold } from "./deal";
import { hold, isBusy, isOrdered } from "./store";

const secondsLeft = cell(0);
/** Deadline that was warned of and waved away. */
const warned = cell("");

setInterval(count, 200);
count();

function count(): void {
  if (!hold.value) return;
  const leftMs = Date.parse(hold.value.expires_at) - serverNow();
  secondsLeft.value = Math.ceil(leftMs / 1000);
  if (leftMs <= 0) loseHold();
}

export function Countdown() {
  if (!hold.value) return null;
  const { expires_at, server_time } = hold.value;
  const leftMs = secondsLeft.value * 1000;
  const wholeMs = Date.parse(expires_at) - Date.parse(server_time);
  const isShort = leftMs <= warningMs(wholeMs);
  return (
    <div class={`countdown${isShort ? " is-short" : ""}`}>
      <span>Held for you</span>
      <time role="timer">{minutes(leftMs)}</time>
      <i class="dots" style={{ "--share": Math.min(leftMs / wholeMs, 1) }} />
      {canExtend() && (
        <button type="button" class="link" disabled={isBusy.value} onClick={() => void extendHold()}>
          Give me more time
        </button>
      )}
      {isOrdered() && (
        <p class="ordered">
          These places are being paid for, so they cannot change. Pay, or release them and choose again.
        </p>
      )}
      {isShort && <Warning leftMs={leftMs} deadline={expires_at} />}
    </div>
  );
}

/** One key keeps the places. */
function Warning({ leftMs, deadline }: { leftMs: number; deadline: string }) {
  if (leftMs <= 0 || warned.value === deadline) return null;
  return (
    <dialog class="sheet" role="alertdialog" ref={showModal} aria-labelledby="due" onClose={() => (warned.value = deadline)}>
      <h2 id="due">Your places go back on sale in less than a minute</h2>
      <p class="due-time">{minutes(leftMs)}</p>
      <form method="dialog" class="actions">
        {canExtend() ? (
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

/** The dialog is in the page only while it is due. */
function showModal(dialog: HTMLDialogElement | null): void {
  if (dialog && !dialog.open) dialog.showModal();
}

function canExtend(): boolean {
  const { extendable_until, expires_at } = hold.value!;
  return Date.parse(extendable_until) > Date.parse(expires_at);
}
