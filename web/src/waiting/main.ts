/** The page of who waits before an event: follows up to which number people come in, and goes on. */
import { follow, type FeedStatus } from "../feed/client";
import { call, Problem } from "../lib/api";
import { pageData } from "../lib/page";
import { valueModel } from "../lib/table";
import type { Line, Turn } from "../lib/wire";
import { place } from "./words";

type Snapshot = Line & { e: string; v: number };
type Delta = Line & { p: number; v: number };

/** A hidden tab follows no stream, but must not miss its turn; nor must who got no answer. */
const ASK_AGAIN_MS = 15_000;
/** Where the room goes, everybody goes on: not all at the same moment. */
const SPREAD_MS = 5_000;

const form = document.querySelector<HTMLFormElement>("[data-join]");
if (form) form.submit();
else wait(pageData<{ eventId: string; turn: Turn }>("boot"));

function wait({ eventId, turn }: { eventId: string; turn: Turn }): void {
  const name = document.title;
  const base = `/v1/events/${eventId}`;
  const first = Math.max(turn.number - turn.served_up_to, 1);
  let isGoing = false;
  let isDue = false;

  function show(line: Line): void {
    const { ahead, wait } = place(turn.number, line);
    say("[data-ahead]", ahead.toLocaleString("en"));
    say("[data-people]", ahead === 1 ? "person is before you" : "people are before you");
    say("[data-wait]", `Your turn comes ${wait}.`);
    find("[data-share]").style.setProperty("--share", String(1 - (ahead + 1) / first));
    document.title = `${ahead.toLocaleString("en")} before you · ${name}`;
  }

  function take(line: Line): void {
    if (!line.is_on) void goOn(Math.random() * SPREAD_MS);
    else if ((isDue = line.served_up_to >= turn.number)) void ask();
    else show(line);
  }

  /** The server knows whose turn it is; whatever is not a wait is its page to show. */
  async function ask(): Promise<void> {
    const now = await call<Turn>(`${base}/turn`).catch((error: unknown) => error);
    if (now instanceof Problem && now.status !== 404) return;
    if (now instanceof Problem || (now as Turn).status !== "waiting") return goOn(0);
  }

  async function goOn(afterMs: number): Promise<void> {
    if (isGoing) return;
    isGoing = true;
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    document.title = `Your turn · ${name}`;
    say("[data-wait]", "It is your turn.");
    if (document.hidden) await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
    location.reload();
  }

  follow(
    valueModel<Snapshot, Delta>((state, update) => ({ ...state!, ...update })),
    {
      base,
      channel: "queue",
      onChange: take,
      onStatus: (status: FeedStatus) => (find("[data-pulse]").hidden = status === "live" || status === "late" || status === "connecting"),
    },
  );
  setInterval(() => void ((document.hidden || isDue) && ask()), ASK_AGAIN_MS);
}

function find(selector: string): HTMLElement {
  return document.querySelector<HTMLElement>(selector)!;
}

/** Leaves what is said already as it is: a screen reader repeats whatever is written anew. */
function say(selector: string, words: string): void {
  const box = find(selector);
  if (box.textContent !== words) box.textContent = words;
}
