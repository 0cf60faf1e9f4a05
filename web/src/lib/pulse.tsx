import { h } from "preact";
import type { FeedStatus } from "../feed/client";

const STATUS_WORDS = {
  connecting: "Connecting",
  live: "Live",
  late: "Late",
  behind: "Reconnecting",
  paused: "Paused",
  refused: "Not live",
} as const;

/** Whether what the page shows is the truth of this second. */
export function Pulse({ status }: { status: FeedStatus }) {
  return <p class={`pulse is-${status}`}>{STATUS_WORDS[status]}</p>;
}
