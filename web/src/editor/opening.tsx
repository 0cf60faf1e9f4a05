import { h } from "preact";
import { digitsOf, minorOf, PRICE_PATTERN } from "./amounts";
import { open } from "./acts";
import { instantIn } from "./moments";
import { isBusy, plan, say } from "./store";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The keyboard goes on in the form. */
function begin(form: HTMLElement | null): void {
  form?.querySelector("input")!.focus();
}

/** A new event on a version: when, and what each zone costs. */
export function Opening() {
  const { version, zones } = plan.value!;
  const send = (submitted: SubmitEvent) => {
    submitted.preventDefault();
    const filled = new FormData(submitted.currentTarget as HTMLFormElement);
    const text = (name: string) => String(filled.get(name)).trim();
    const currency = text("currency").toUpperCase();
    let startsAt: string;
    try {
      startsAt = instantIn(text("timezone"), text("starts_at"));
    } catch {
      return say(`No time zone is called ${text("timezone")}: write it like Europe/Vienna.`, "problem");
    }
    const prices = zones.map(({ key }) => [key, minorOf(text(`price:${key}`), digitsOf(currency))]);
    void open({
      version_id: version.id,
      name: text("name"),
      starts_at: startsAt,
      timezone: text("timezone"),
      currency,
      prices_minor: Object.fromEntries(prices),
    });
  };
  return (
    <form class="step" onSubmit={send} aria-label="A new event" ref={begin}>
      <h3>A new event on version {version.version}</h3>
      <label class="field">
        Name
        <input name="name" required maxLength={200} autocomplete="off" />
      </label>
      <label class="field">
        Begins, on the venue's clock
        <input type="datetime-local" name="starts_at" required />
      </label>
      <div class="inline">
        <label class="field">
          Time zone
          <input name="timezone" required defaultValue={zone} autocomplete="off" />
        </label>
        <label class="field">
          Currency
          <input name="currency" required pattern="[A-Za-z]{3}" maxLength={3} defaultValue="EUR" title="Three letters" autocomplete="off" />
        </label>
      </div>
      {zones.map(({ key, name }) => (
        <label class="field" key={key}>
          Price, {name}
          <input name={`price:${key}`} inputMode="decimal" pattern={PRICE_PATTERN} title="Like 25 or 25.50" placeholder="25.00" required autocomplete="off" />
        </label>
      ))}
      <div class="actions">
        <button class="button" disabled={isBusy.value}>
          Put it on sale
        </button>
        <button type="button" class="button is-quiet" onClick={() => (plan.value = null)}>
          Leave it
        </button>
      </div>
    </form>
  );
}
