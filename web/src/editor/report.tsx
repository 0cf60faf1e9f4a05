import { h } from "preact";
import { sentence } from "../lib/words";
import { showOnMap } from "./shape";
import { choose, house, map, tab } from "./store";
import type { Finding } from "../lib/schema";

/** What hinders publishing, and what a person should look at before. */
export function Findings() {
  const { errors, warnings } = map.value!.report;
  return (
    <div class="findings">
      <List title="Before it can be published" findings={errors} tone="problem" />
      <List title="Worth a look" findings={warnings} tone="info" />
      {errors.length + warnings.length === 0 && <p class="notice is-good">Everything was read, and nothing is missing.</p>}
    </div>
  );
}

function List({ title, findings, tone }: { title: string; findings: Finding[]; tone: "problem" | "info" }) {
  if (findings.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {findings.map((finding) => (
          <li key={finding.code + finding.detail} class={`finding is-${tone}`}>
            <p>{sentence(finding.detail)}</p>
            <p>
              <small>{finding.count > 1 && `${finding.count.toLocaleString("en")} of them`}</small>
              <Show keys={finding.keys} count={finding.count} />
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Chooses what the finding is about, as far as it is there. */
function Show({ keys, count }: { keys: string[]; count: number }) {
  const known = keys.filter((key) => house.value?.byKey.has(key));
  if (known.length === 0) return null;
  const show = () => {
    choose(known);
    showOnMap();
    tab.value = "edit";
  };
  return (
    <button type="button" class="link" onClick={show}>
      {known.length < count ? `Choose the first ${known.length}` : known.length === 1 ? "Choose it" : `Choose all ${known.length}`}
    </button>
  );
}
