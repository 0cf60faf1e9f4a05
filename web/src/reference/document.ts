/** What the page reads of an OpenAPI 3.1 document. */
export interface Schema {
  $ref?: string;
  type?: string;
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
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Schema;
}
export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { $ref: string }>;
}
export type Content = Record<string, Media>;
export interface Operation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  parameters: Parameter[];
  requestBody?: { description?: string; content: Content };
  responses: Record<string, { description?: string; content?: Content }>;
  security: Record<string, string[]>[];
}
export interface Scheme {
  type: string;
  name?: string;
  description?: string;
}
export interface ProblemExample {
  summary: string;
  value: { type: string; title: string; status: number; detail: string };
}
export interface OpenApi {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, Scheme>;
    examples: Record<string, ProblemExample>;
  };
}

/** One operation and where it stands. */
export interface Call {
  method: string;
  path: string;
  operation: Operation;
}

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Every operation by its tag, in the document's order. */
export function grouped(document: OpenApi): Map<string, Call[]> {
  const groups = new Map<string, Call[]>();
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = methods[method];
      if (!operation) continue;
      const tag = operation.tags[0] ?? "other";
      groups.set(tag, [...(groups.get(tag) ?? []), { method, path, operation }]);
    }
  }
  return groups;
}

/** Does every word that was typed stand somewhere in the call's method, path, name or words? */
export function matches({ method, path, operation }: Call, typed: string): boolean {
  const { operationId, summary, description = "", security } = operation;
  const realms = security.map((needed) => Object.entries(needed).flat(2).join(" ")).join(" ");
  const text = [method, path, operationId, summary, description, realms].join(" ").toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The struct that a schema is, or is a list of. */
export function named(document: OpenApi, schema: Schema | undefined): Schema | undefined {
  if (!schema?.$ref) return schema;
  return document.components.schemas[schema.$ref.replace(/^.*\//, "")];
}

/** The structs that a value of this schema is, or is made of. */
export function structs(document: OpenApi, schema: Schema): Schema[] {
  const choices = schema.anyOf ?? schema.oneOf ?? (schema.items ? [schema.items] : []);
  if (choices.length > 0) return choices.flatMap((choice) => structs(document, choice));
  const found = named(document, schema);
  return found?.properties ? [found] : [];
}

/** A schema in a few words: `uuid`, `integer 1 to 100`, `list of HoldView`, `"off" or "strict"`. */
export function inWords(schema: Schema): string {
  if (schema.$ref) return schema.$ref.replace(/^.*\//, "");
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map(inWords))].join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" or ");
  if (schema.prefixItems) return `[${schema.prefixItems.map(inWords).join(", ")}]`;
  if (schema.items) return `list of ${inWords(schema.items)}`;
  if (typeof schema.additionalProperties === "object") return `${inWords(schema.additionalProperties)} by name`;
  return [schema.format ?? schema.type ?? "anything", bounds(schema)].filter(Boolean).join(" ");
}

function bounds({ minimum, maximum, exclusiveMaximum, minLength, maxLength, pattern }: Schema): string {
  const most = maximum ?? (exclusiveMaximum === undefined ? undefined : exclusiveMaximum - 1);
  if (pattern) return `like ${pattern.replace("$(?!\\n)", "$")}`;
  if (minimum !== undefined && most !== undefined) return `${minimum} to ${most}`;
  if (minimum !== undefined) return `from ${minimum}`;
  if (most !== undefined) return `up to ${most}`;
  if (maxLength !== undefined) return `of ${minLength ?? 0} to ${maxLength} characters`;
  return "";
}
