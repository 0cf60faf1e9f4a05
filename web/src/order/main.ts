/** Order page while the payment is on its way: asks until something has changed, then shows it. */
import { call } from "../lib/api";
import type { OrderWithTickets } from "../lib/schema";

const FIRST_MS = 700;
const LAST_MS = 5000;
/** Who paid is not asked to pay while the news of it is on its way. */
const OFFERS_AFTER_MS = 8000;

const root = document.querySelector<HTMLElement>("[data-order]")!;

const shown = [root.dataset["status"], root.dataset["payment"], root.dataset["tickets"], root.dataset["paid"]];

async function watch(): Promise<void> {
  for (let waitMs = FIRST_MS; ; waitMs = Math.min(waitMs * 1.3, LAST_MS)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (document.hidden) continue;
    const order = await call<OrderWithTickets>(`/v1/orders/${root.dataset["order"]}`).catch(() => null);
    if (!order) continue;
    const now = [order.status, order.payment?.status ?? "", String(order.tickets.length), String(order.paid_minor)];
    if (now.join() !== shown.join()) {
      return location.reload();
    }
  }
}

/** What one sends to the others: by the phone's own means, or copied. */
function offerLinks(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-link]")) {
    const url = button.dataset["link"]!;
    button.hidden = !("clipboard" in navigator || "share" in navigator);
    button.onclick = async () => {
      if ("share" in navigator && matchMedia("(pointer: coarse)").matches) {
        return navigator.share({ url }).catch(() => undefined);
      }
      await navigator.clipboard.writeText(url);
      button.textContent = "Copied";
    };
  }
}

offerLinks();
setTimeout(() => root.querySelector("details")?.setAttribute("open", ""), OFFERS_AFTER_MS);
void watch();
