import { signal } from "@preact/signals";
import { Icon } from "./livemap";
import {
  type Line,
  hold,
  holdPicks,
  isBusy,
  lines,
  money,
  notice,
  pickCount,
  placeCount,
  releaseHold,
  totalMinor,
} from "./store";
import { Countdown } from "./deadline";

const isOpen = signal(false);

/** What has been chosen and held, and the one next step. On a phone it is a sheet at the bottom. */
export function Tray() {
  const all = lines.value;
  return (
    <section class={`tray${isOpen.value ? " is-open" : ""}`} aria-label="Your selection">
      {notice.value && (
        <p class={`notice is-${notice.value.tone}`} key={notice.value.text}>
          {notice.value.text}
        </p>
      )}
      {hold.value && <Countdown />}
      {all.length === 0 ? (
        <p class="hint">Choose seats on the map, or switch to the list.</p>
      ) : (
        <ul class="lines">
          {all.map((line) => (
            <Entry key={line.key} line={line} />
          ))}
        </ul>
      )}
      <div class="checkout">
        <button
          type="button"
          class="total"
          aria-expanded={isOpen.value}
          disabled={all.length === 0}
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          <span>{placesInWords(placeCount.value)}</span>
          <strong>{money(totalMinor.value)}</strong>
        </button>
        <NextStep />
      </div>
    </section>
  );
}

function NextStep() {
  if (pickCount.value > 0) {
    const verb = hold.value ? "Add to hold" : "Hold";
    return (
      <button type="button" class="button" disabled={isBusy.value} onClick={() => void holdPicks()}>
        {isBusy.value ? "Holding…" : `${verb} ${placesInWords(pickCount.value)}`}
      </button>
    );
  }
  if (hold.value) {
    return (
      <>
        <a class="button" href={`/checkout/${hold.value.id}`}>
          Check out
        </a>
        <button type="button" class="button is-quiet" onClick={() => void releaseHold()}>
          Release
        </button>
      </>
    );
  }
  return (
    <button type="button" class="button" disabled>
      Hold
    </button>
  );
}

function Entry({ line }: { line: Line }) {
  return (
    <li class={line.isHeld ? "is-held" : ""}>
      <span class="line-label">
        {line.quantity > 1 && `${line.quantity} × `}
        {line.label}
        <small>
          {line.detail}
          {line.isHeld && " · held for you"}
        </small>
      </span>
      <span class="line-price">{money(line.priceMinor * line.quantity)}</span>
      <button type="button" class="remove" aria-label={`Remove ${line.label}`} onClick={line.remove}>
        <Icon d="M4 4l8 8M12 4l-8 8" />
      </button>
    </li>
  );
}

function placesInWords(count: number): string {
  return count === 1 ? "1 place" : `${count} places`;
}
