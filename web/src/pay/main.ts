/** Page of a share: counts down, and shows what the others have paid by itself. */
import { call } from "../lib/api";
import { minutes, noteServerTime, serverNow } from "../lib/clock";
import type { SharedOrder } from "../lib/schema";

const EVERY_MS = 3000;

const root = document.querySelector<HTMLElement>("[data-share]")!;
const clock = document.querySelector<HTMLElement>("[data-left]");

let endsMs = Date.parse(root.dataset["expiresAt"]!);
noteServerTime(Date.parse(root.dataset["serverTime"]!));

function show(): void {
  if (clock) clock.textContent = minutes(endsMs - serverNow());
}

/** Whether somebody writes: what they wrote stays until they are done. */
function isBusy(): boolean {
  return document.activeElement instanceof HTMLInputElement;
}

async function look(): Promise<void> {
  if (document.hidden) return;
  const order = await call<SharedOrder>(`/v1/shares/${root.dataset["share"]}`).catch(() => null);
  if (!order) return;
  noteServerTime(Date.parse(order.server_time));
  endsMs = Date.parse(order.expires_at);
  const seen = [order.status, ...order.shares.map((share) => share.status)].join(" ");
  if (seen !== root.dataset["seen"] && !isBusy()) location.reload();
}

setInterval(show, 250);
setInterval(() => void look(), EVERY_MS);
show();
