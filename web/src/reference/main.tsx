/** The API reference: /openapi.json as a page, with a search and an address for every call. */
import { Fragment, h } from "preact";
import { cell, mount } from "../lib/state";
import { credential } from "./curl";
import { type Call, grouped, matches, type OpenApi } from "./document";
import { Entry, Prose } from "./entry";

const api = cell<OpenApi | null>(null);
const failure = cell("");
const typed = cell("");
const linked = cell(decodeURIComponent(location.hash.slice(1)));

function Page() {
  if (failure.value) return <p class="notice is-problem">{failure.value}</p>;
  const document = api.value;
  if (!document) return <p class="lead">Reading the document…</p>;
  const groups = [...grouped(document)].map(([tag, calls]): [string, Call[]] => [
    tag,
    calls.filter((call) => matches(call, typed.value)),
  ]);
  const shown = groups.filter(([, calls]) => calls.length > 0);
  return (
    <div class="reference">
      <nav aria-label="Sections">
        <label class="search field">
          <span>Search</span>
          <input type="search" value={typed.value} onInput={(event) => (typed.value = event.currentTarget.value)} />
        </label>
        {!typed.value && <a href="#basics">Basics</a>}
        {!typed.value && <a href="#realms">Who may call</a>}
        {shown.map(([tag, calls]) => (
          <a key={tag} href={`#${tag}`}>
            {title(tag)} <small>{calls.length}</small>
          </a>
        ))}
      </nav>
      <div>
        {!typed.value && <Basics document={document} />}
        {shown.map(([tag, calls]) => (
          <section key={tag} id={tag} aria-label={title(tag)}>
            <h2>{title(tag)}</h2>
            {calls.map((call) => {
              const name = call.operation.operationId;
              return <Entry key={name} document={document} call={call} isOpen={name === linked.value} />;
            })}
          </section>
        ))}
        {shown.length === 0 && <p class="lead">No call has all of these words.</p>}
      </div>
    </div>
  );
}

function Basics({ document }: { document: OpenApi }) {
  return (
    <Fragment>
      <section id="basics" aria-label="Basics">
        <h2>Basics</h2>
        <Prose text={document.info.description} />
      </section>
      <section id="realms" aria-label="Who may call">
        <h2>Who may call</h2>
        <dl class="realms">
          {Object.entries(document.components.securitySchemes).map(([name, scheme]) => [
            <dt key={name} id={`realm-${name}`}>
              {name}
            </dt>,
            <dd key={`${name}-words`}>
              <Prose text={scheme.description ?? ""} />
              <pre>{credential(name, scheme)}</pre>
            </dd>,
          ])}
        </dl>
      </section>
    </Fragment>
  );
}

function title(tag: string): string {
  return tag[0].toUpperCase() + tag.slice(1);
}

/** Opens what the address names, and goes there: the browser did before there was anything. */
function follow(): void {
  linked.value = decodeURIComponent(location.hash.slice(1));
  // Twice: the page is drawn in the next frame.
  requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(linked.value)?.scrollIntoView()));
}

async function read(): Promise<void> {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(String(response.status));
  api.value = (await response.json()) as OpenApi;
  follow();
}

addEventListener("hashchange", follow);
read().catch(() => (failure.value = "The document could not be read."));
mount(() => <Page />, document.getElementById("reference")!);
