import type { Call, OpenApi, Scheme } from "./document";

/** The call as one types it in a shell; what only the caller knows is a variable in capitals. */
export function curl(document: OpenApi, { method, path, operation }: Call, origin: string): string {
  const needed = operation.parameters.filter((item) => item.in === "query" && item.required);
  const query = needed.map(({ name }) => `${name}=${variable(name)}`).join("&");
  const url = `${origin}${path.replace(/{(\w+)}/g, (_, name: string) => variable(name))}${query && `?${query}`}`;
  const lines = [method === "get" ? "curl" : `curl -X ${method.toUpperCase()}`, `"${url}"`];
  const realm = Object.keys(operation.security[0] ?? {})[0];
  if (realm) lines.push(`-H "${credential(realm, document.components.securitySchemes[realm])}"`);
  if (operation.parameters.some(({ name }) => name === "Idempotency-Key")) {
    lines.push('-H "Idempotency-Key: $(uuidgen)"');
  }
  const [type, body] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (type === "application/json") {
    lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(body?.example).replaceAll("'", "'\\''")}'`);
  } else if (type) lines.push("--data-binary @file");
  return lines.join(" \\\n  ");
}

/** The header that a realm's credential travels in. */
export function credential(realm: string, scheme: Scheme | undefined): string {
  if (scheme?.type === "apiKey") return `${scheme.name}: ${variable(`${realm}_key`)}`;
  return `Authorization: Bearer ${variable(`${realm}_token`)}`;
}

function variable(name: string): string {
  return `$${name.replaceAll("-", "_").toUpperCase()}`;
}
