/** Calls of the HTTP API from a page of the same origin; the session travels as a cookie. */

/** RFC 9457 problem, or `offline` when no answer came. `facts` are its further members. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly slug: string,
    readonly detail: string,
    readonly facts: Record<string, unknown>,
  ) {
    super(detail);
  }
}

const RETRIES_MAX = 3;

interface Call {
  /** A `Blob` is sent as it is, anything else as JSON. */
  body?: unknown;
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Idempotency-Key of a write whose outcome an earlier call did not learn. */
  key?: string;
  /** For operators of several organizations: the one that this is about. */
  orgId?: string;
}

/**
 * Calls `path` and decodes its answer; a write carries one Idempotency-Key through all its retries,
 * so that a lost answer never doubles its effect. Raises `Problem`.
 */
export async function call<T>(path: string, { method = "GET", body, key = newKey(), orgId }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (method !== "GET") headers["Idempotency-Key"] = key;
  if (orgId) headers["X-Org"] = orgId;
  if (body !== undefined && !(body instanceof Blob)) headers["Content-Type"] = "application/json";
  for (let attempt = 1; ; attempt++) {
    try {
      const init: RequestInit = { method, headers };
      if (body !== undefined) init.body = body instanceof Blob ? body : JSON.stringify(body);
      const response = await fetch(path, init);
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      const problem = await toProblem(response);
      if (response.status !== 503 || attempt >= RETRIES_MAX) throw problem;
    } catch (error) {
      if (error instanceof Problem) throw error;
      if (attempt >= RETRIES_MAX) throw new Problem(0, "offline", "No connection to the box office.", {});
    }
    await new Promise((resolve) => setTimeout(resolve, 300 * attempt + Math.random() * 300));
  }
}

async function toProblem(response: Response): Promise<Problem> {
  const facts = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const slug = String(facts["type"] ?? "").replace(/^.*\//, "");
  const detail = String(facts["detail"] ?? facts["title"] ?? `The server answered ${response.status}.`);
  return new Problem(response.status, slug, detail, facts);
}

/** 128 random bits; `crypto.randomUUID` exists on secure origins only. */
export function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
