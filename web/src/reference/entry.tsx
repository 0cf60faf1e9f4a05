/** One operation: who may call it, what goes in, what comes back, and what may go wrong. */
import { type ComponentChildren, Fragment, h } from "preact";
import { cell } from "../lib/state";
import { curl } from "./curl";
import { type Call, inWords, type Media, named, type OpenApi, type Operation, type Schema, structs } from "./document";

const NESTING_MAX = 3;
const copied = cell("");

export function Entry({ document, call, isOpen }: { document: OpenApi; call: Call; isOpen: boolean }) {
  const { method, path, operation } = call;
  return (
    <details class="call" id={operation.operationId} open={isOpen}>
      <summary>
        <span class={`method is-${method}`}>{method.toUpperCase()}</span>
        <code>{path}</code>
        <small>{operation.summary}</small>
      </summary>
      <div class="call-body">
        <div class="call-words">
          {operation.description && <Prose text={operation.description} />}
          <p class="lead">
            <Caller operation={operation} /> <a href={`#${operation.operationId}`}>Link to this call</a>
          </p>
          {operation.parameters.length > 0 && <Parameters operation={operation} />}
          <Body document={document} operation={operation} />
          <Problems document={document} operation={operation} />
        </div>
        <div class="call-code">
          <Code heading="Call" isCut text={curl(document, call, location.origin)} />
          <Answer operation={operation} />
        </div>
      </div>
    </details>
  );
}

function Caller({ operation: { security } }: { operation: Operation }) {
  if (security.length === 0) return <Fragment>Anybody may call this.</Fragment>;
  const realms = security.flatMap((needed) => Object.entries(needed));
  return (
    <Fragment>
      {"For "}
      {realms.map(([realm, permissions], at) => (
        <Fragment key={realm}>
          {at > 0 && " or "}
          <a href={`#realm-${realm}`}>{realm}</a>
          {permissions.length > 0 && " with "}
          {permissions.map((permission) => (
            <code key={permission}>{permission}</code>
          ))}
        </Fragment>
      ))}
      .
    </Fragment>
  );
}

function Parameters({ operation }: { operation: Operation }) {
  return (
    <Part heading="Parameters">
      <dl class="fields">
        {operation.parameters.map((item) => (
          <Field key={item.name} name={item.name} isRequired={!!item.required} schema={item.schema ?? {}} place={item.in}>
            {item.description}
          </Field>
        ))}
      </dl>
    </Part>
  );
}

function Body({ document, operation: { requestBody } }: { document: OpenApi; operation: Operation }) {
  const media = Object.values(requestBody?.content ?? {})[0];
  if (!media) return null;
  const schema = named(document, media.schema);
  return (
    <Part heading="Body">
      {requestBody?.description && <p>{requestBody.description}</p>}
      {schema?.description && <Prose text={schema.description} />}
      {schema?.properties && <Fields document={document} schema={schema} depth={0} />}
    </Part>
  );
}

/** The members of a struct, each with those of the structs in it. */
function Fields({ document, schema, depth }: { document: OpenApi; schema: Schema; depth: number }) {
  return (
    <dl class="fields">
      {Object.entries(schema.properties ?? {}).map(([name, shape]) => (
        <Field key={name} name={name} isRequired={!!schema.required?.includes(name)} schema={shape}>
          {depth < NESTING_MAX &&
            structs(document, shape).map((inner, at) => <Fields key={at} document={document} schema={inner} depth={depth + 1} />)}
        </Field>
      ))}
    </dl>
  );
}

interface FieldProps {
  name: string;
  schema: Schema;
  isRequired: boolean;
  place?: string;
  children: ComponentChildren;
}

function Field({ name, schema, isRequired, place, children }: FieldProps) {
  const preset = schema.default === undefined || schema.default === null ? "" : `, ${JSON.stringify(schema.default)} if left out`;
  return (
    <Fragment>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        {place && `${place}, `}
        {inWords(schema)}
        {isRequired ? ", required" : preset}
        {typeof children === "string" && ". "}
        {children}
      </dd>
    </Fragment>
  );
}

function Problems({ document, operation }: { document: OpenApi; operation: Operation }) {
  const kinds = Object.values(operation.responses).flatMap(({ content }) =>
    Object.keys(content?.["application/problem+json"]?.examples ?? {}),
  );
  if (kinds.length === 0) return null;
  return (
    <Part heading="What may go wrong">
      <dl class="fields problems">
        {kinds.map((kind) => {
          const { value } = document.components.examples[kind];
          return [
            <dt key={kind}>{value.status}</dt>,
            <dd key={`${kind}-words`}>
              <a href={value.type}>{value.title}</a>. {value.detail}
            </dd>,
          ];
        })}
      </dl>
    </Part>
  );
}

function Answer({ operation }: { operation: Operation }) {
  const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith("2")) ?? [];
  const [type, media]: [string?, Media?] = Object.entries(response?.content ?? {})[0] ?? [];
  if (!media) return <Part heading={`Answer: ${status ?? ""}`}>Nothing further.</Part>;
  const heading = `Answer: ${status}${type === "application/json" ? "" : `, ${type}`}`;
  if (media.example === undefined) return <Part heading={heading}>{null}</Part>;
  return <Code heading={heading} text={JSON.stringify(media.example, null, 2)} />;
}

/** `isCut`: long lines stay whole and are scrolled to, as a shell would read them. */
function Code({ heading, text, isCut = false }: { heading: string; text: string; isCut?: boolean }) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    copied.value = text;
  };
  return (
    <div class="code">
      <strong>{heading}</strong>
      {"clipboard" in navigator && (
        <button type="button" class="link" onClick={() => void copy()}>
          {copied.value === text ? "Copied" : "Copy"}
        </button>
      )}
      <pre tabIndex={0} class={isCut ? "is-cut" : ""}>
        {text}
      </pre>
    </div>
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

/** Paragraphs, with what stands between backticks as code. */
export function Prose({ text }: { text: string }) {
  return (
    <Fragment>
      {text.split(/\n\s*\n/).map((paragraph) => (
        <p key={paragraph}>
          {paragraph.split("`").map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part))}
        </p>
      ))}
    </Fragment>
  );
}
