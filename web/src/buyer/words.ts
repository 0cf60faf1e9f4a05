const LABELS_MAX = 4;

/** Why a hold was refused, for a person: which seats went, and what standing areas have left. */
export function refusalInWords(taken: string[], short: { name: string; available: number }[]): string {
  const sentences: string[] = [];
  if (taken.length > 0) sentences.push(`${listed(taken)} ${taken.length === 1 ? "was" : "were"} taken a moment ago.`);
  for (const { name, available } of short) {
    sentences.push(available > 0 ? `${name} has only ${available} left.` : `${name} is sold out.`);
  }
  return sentences.join(" ");
}

/** "a", "a and b", "a; b and c": labels contain commas. */
export function listed(labels: string[]): string {
  const items = labels.slice(0, LABELS_MAX);
  if (labels.length > LABELS_MAX) items.push(`${labels.length - LABELS_MAX} more`);
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join("; ")} and ${items[items.length - 1]}`;
}
