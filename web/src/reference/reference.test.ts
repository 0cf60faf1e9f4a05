import { expect, test } from "vitest";
import { curl } from "./curl";
import { type Call, inWords, matches, type OpenApi, structs } from "./document";

const call: Call = {
  method: "post",
  path: "/v1/events/{event_id}/notes",
  operation: {
    operationId: "make_note",
    summary: "Write it down",
    tags: ["notes"],
    parameters: [
      { name: "event_id", in: "path", required: true },
      { name: "revision", in: "query", required: true },
      { name: "page", in: "query" },
      { name: "Idempotency-Key", in: "header" },
    ],
    requestBody: { content: { "application/json": { example: { text: "Shakespeare's" } } } },
    responses: {},
    security: [{ scanner: ["event:manage"] }],
  },
};
const document: OpenApi = {
  info: { title: "", version: "", description: "" },
  paths: {},
  components: { schemas: {}, examples: {}, securitySchemes: { scanner: { type: "apiKey", name: "X-Key" } } },
};

test("a call in a shell has what it needs, quoted so that the shell leaves it alone", () => {
  expect(curl(document, call, "https://a.example").split(" \\\n  ")).toEqual([
    "curl -X POST",
    '"https://a.example/v1/events/$EVENT_ID/notes?revision=$REVISION"',
    '-H "X-Key: $SCANNER_KEY"',
    '-H "Idempotency-Key: $(uuidgen)"',
    '-H "Content-Type: application/json"',
    `-d '{"text":"Shakespeare'\\''s"}'`,
  ]);
});

test("a call is found by any of its words, in any order", () => {
  expect(["write post", "EVENTS note", "manage", ""].every((typed) => matches(call, typed))).toBe(true);
  expect(matches(call, "write get")).toBe(false);
});

test("what a value is made of is found through lists and choices, and what has no members is nothing", () => {
  const seat = { properties: { idx: { type: "integer" } } };
  const known = { ...document, components: { ...document.components, schemas: { Seat: seat, Name: { type: "string" } } } };
  const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
  expect(structs(known, { anyOf: [{ type: "array", items: ref("Seat") }, ref("Name"), { type: "null" }] })).toEqual([seat]);
});

test("a schema is said in words", () => {
  expect(inWords({ anyOf: [{ type: "integer", minimum: 1, maximum: 9 }, { type: "null" }] })).toBe("integer 1 to 9 or null");
  expect(inWords({ type: "array", items: { $ref: "#/components/schemas/Seat" } })).toBe("list of Seat");
  expect(inWords({ type: "string", minLength: 1, maxLength: 40 })).toBe("string of 1 to 40 characters");
});
