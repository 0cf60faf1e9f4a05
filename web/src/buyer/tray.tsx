import { h } from "preact";
import { Stepper } from "./stepper";
import {
  hold,
  isTrayOpen,
  type Line,
  lines,
  money,
  notice,
  offer,
  placeCount,
  placesInWords,
} from "./store";
import { later } from "./later";

const Offer = later(() => import("./offer").then((loaded) => loaded.Offer));
/** Loaded with the page, which begins with nothing chosen. */
const Next = later(() => import("./next").then((loaded) => loaded.Next));
const Countdown = later(() => import("./deadline").then((loaded) => loaded.Countdown));

/** What has been chosen and held, and the one next step. On a phone it is a sheet at the bottom. */
export function Tray() {
  const all = lines();
  return (
    <section class={`tray${isTrayOpen.value ? " is-open" : ""}`} aria-label="Your selection">
      {notice.value?.tone === "problem" && <p class="notice is-problem">{notice.value.text}</p>}
      {offer.value && <Offer />}
      {hold.value && <Countdown />}
      <ul class="lines">
        {all.map((line) => (
          <Entry key={line.key} line={line} />
        ))}
      </ul>
      <div class="checkout">
        {!offer.value && all.length > 0 && (
          <button
            type="button"
            class="total"
            aria-expanded={isTrayOpen.value}
            onClick={() => (isTrayOpen.value = !isTrayOpen.value)}
          >
            <span>{placesInWords(placeCount())}</span>
            <strong>{money(all.reduce((total, line) => total + line.quantity * line.priceMinor, 0))}</strong>
          </button>
        )}
        {!offer.value && <Next />}
      </div>
    </section>
  );
}

function Entry({ line }: { line: Line }) {
  return (
    <li class={line.isHeld ? "is-held" : ""}>
      <span class="line-label">
        {line.isHeld && line.quantity > 1 && `${line.quantity} × `}
        {line.label}
        <small>
          {line.detail}
          {line.isHeld && " · held for you"}
        </small>
      </span>
      <span class="line-price">{money(line.priceMinor * line.quantity)}</span>
      {line.area === undefined ? (
        <button type="button" class="remove" aria-label={`Remove ${line.label}`} onClick={line.remove}>
          ×
        </button>
      ) : (
        <Stepper area={line.area} name={line.label} />
      )}
    </li>
  );
}
