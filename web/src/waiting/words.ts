/** "within 12 minutes": how long a wait can be at most, as the server writes it. */
export function within(minutes: number): string {
  if (minutes <= 1) return "within a minute";
  if (minutes < 120) return `within ${minutes} minutes`;
  return `within ${Math.ceil(minutes / 60)} hours`;
}

/** How many are before the number, and how long that takes at most; null where nobody can tell. */
export function place(number: number, servedUpTo: number, pacePerMinute: number | null): { ahead: number; wait: string | null } {
  const ahead = Math.max(number - servedUpTo - 1, 0);
  return { ahead, wait: pacePerMinute ? within(Math.ceil((ahead + 1) / pacePerMinute)) : null };
}
