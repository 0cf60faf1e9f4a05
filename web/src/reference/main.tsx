/** The API reference: /openapi.json as a page. */
import { type ComponentChildren, h } from "preact";
import { cell, mount } from "../lib/state";

interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Schema;
  prefixItems?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  description?: string;
  default?: unknown;
  examples?: unknown[];
}
interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
type Content = Record<string, { schema?: Schema }>;
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses?: Record<string, { description?: string; content?: Content }>;
  security?: Record<string, unknown>[];
}
interface OpenApi {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Operation>>;
  components?: { schemas?: Record<string, Schema>; securitySchemes?: Record<string, { description?: string }> };
}
interface Call {
  method: string;
  path: string;
  operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"];
const NESTING_MAX = 6;
const api = cell<OpenApi | null>(null);
const failure = cell("");

function Page() {
  if (failure.value) return <p class="notice is-problem">{failure.value}</p>;
  if (!api.value) return <p class="lead">Reading the document…</p>;
  const groups = [...grouped(api.value)];
  return (
    <div class="reference">
      <nav aria-label="Sections">
        {groups.map(([tag]) => (
          <a key={tag} href={`#${tag}`}>
            {title(tag)}
          </a>
        ))}
        <a href="#realms">Who may call</a>
      </nav>
      <div>
        {groups.map(([tag, calls]) => (
          <section key={tag} id={tag}>
            <h2>{title(tag)}</h2>
            {calls.map((call) => (
              <Entry key={call.method + call.path} call={call} />
            ))}
          </section>
        ))}
        <section id="realms">
          <h2>Who may call</h2>
          <dl class="facts">
            {Object.entries(api.value.components?.securitySchemes ?? {}).map(([name, scheme]) => [
              <dt key={name}>{name}</dt>,
              <dd key={`${name}-words`}>{scheme.description}</dd>,
            ])}
          </dl>
        </section>
      </div>
    </div>
  );
}

function Entry({ call: { method, path, operation } }: { call: Call }) {
  const realms = (operation.security ?? []).flatMap((scheme) => Object.keys(scheme));
  return (
    <details class="call">
      <summary>
        <span class={`method is-${method}`}>{method.toUpperCase()}</span>
        <code>{path}</code>
        <small>{operation.summary}</small>
      </summary>
      <div class="call-body">
        {operation.description && <p>{operation.description}</p>}
        {realms.length > 0 && <p class="lead">Needs: {realms.join(" or ")}</p>}
        {(operation.parameters?.length ?? 0) > 0 && <Parameters all={operation.parameters!} />}
        {operation.requestBody && <Shape heading="Body" content={operation.requestBody.content} />}
        {Object.entries(operation.responses ?? {}).map(([status, response]) => (
          <Shape key={status} heading={`${status} ${response.description ?? ""}`} content={response.content ?? {}} />
        ))}
      </div>
    </details>
  );
}

function Parameters({ all }: { all: Parameter[] }) {
  return (
    <Part heading="Parameters">
      <dl class="facts">
        {all.map((item) => [
          <dt key={item.name}>
            <code>{item.name}</code>
          </dt>,
          <dd key={`${item.name}-words`}>
            {item.in}
            {item.required ? ", required" : ""}
            {item.schema ? `, ${sketch(item.schema, 0)}` : ""} {item.description}
          </dd>,
        ])}
      </dl>
    </Part>
  );
}

function Shape({ heading, content }: { heading: string; content: Content }) {
  const [type, body] = Object.entries(content)[0] ?? [];
  return (
    <Part heading={heading}>
      {type && type !== "application/json" && <small>{type}</small>}
      {body?.schema && type !== "application/problem+json" && <pre>{sketch(body.schema, 0)}</pre>}
    </Part>
  );
}

function Part({ heading, children }: { heading: string; children: ComponentChildren }) {
  return (
    <div>
      <strong>{heading}</strong>
      {children}
    </div>
  );
}

/** A schema as the value it describes, indented, names of formats in the places of values. */
function sketch(schema: Schema, depth: number): string {
  if (depth > NESTING_MAX) return "…";
  if (schema.$ref) {
    const name = schema.$ref.replace(/^.*\//, "");
    const found = api.value?.components?.schemas?.[name];
    return found ? sketch(found, depth) : name;
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => sketch(choice, depth)).join(" | ");
  if (schema.allOf) return schema.allOf.map((part) => sketch(part, depth)).join(" & ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.properties) return sketchObject(schema, depth);
  if (schema.prefixItems) return `[${schema.prefixItems.map((item) => sketch(item, depth + 1)).join(", ")}]`;
  if (schema.items) return `[${sketch(schema.items, depth)}, …]`;
  if (typeof schema.additionalProperties === "object") {
    return `{ string: ${sketch(schema.additionalProperties, depth + 1)}, … }`;
  }
  return schema.format ?? String(schema.type ?? "any");
}

function sketchObject(schema: Schema, depth: number): string {
  const pad = "  ".repeat(depth + 1);
  const lines = Object.entries(schema.properties!).map(([name, value]) => {
    const isOptional = !schema.required?.includes(name);
    return `${pad}${name}${isOptional ? "?" : ""}: ${sketch(value, depth + 1)}`;
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

function grouped(document: OpenApi): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = methods[method];
      if (!operation) continue;
      const tag = operation.tags?.[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return groups;
}

function title(tag: string): string {
  return tag[0].toUpperCase() + tag.slice(1);
}

async function read(): Promise<void> {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(String(response.status));
  api.value = (await response.json()) as OpenApi;
}

read().catch(() => (failure.value = "The document could not be read."));
mount(() => <Page />, document.getElementById("reference")!);
