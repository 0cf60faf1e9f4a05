import type { Line } from "../lib/wire";

/** "within 12 minutes": how long a wait can be at most, as the server writes it. */
export function within(minutes: number): string {
  if (minutes <= 1) return "within a minute";
  if (minutes < 120) return `within ${minutes} minutes`;
  return `within ${Math.ceil(minutes / 60)} hours`;
}

/**
 * How many are before a number, and how long it takes at most until it is let in: all who are inside
 * may stay until their passes end, and so may those who come in then. The server knows this rule too
 * (`server/admission/room.py`).
 */
export function place(number: number, line: Line): { ahead: number; wait: string } {
  const ahead = Math.max(number - line.served_up_to - 1, 0);
  return { ahead, wait: within(Math.ceil(longestS(ahead, line) / 60)) };
}

function longestS(ahead: number, line: Line): number {
  const intervalS = line.per_minute ? 60 / line.per_minute : 0;
  if (!line.at_once_max) return (ahead + 1) * intervalS;
  const roundsS = (Math.floor(ahead / line.at_once_max) + 1) * line.pass_ttl_s;
  return Math.max(roundsS + (ahead % line.at_once_max) * intervalS, line.pass_ttl_s + ahead * intervalS);
}
