import { listed } from "../lib/words";

/** Why a hold was refused, for a person: which seats went, and what standing areas have left. */
export function refusalInWords(taken: string[], short: { name: string; available: number }[]): string {
  const sentences: string[] = [];
  if (taken.length > 0) sentences.push(`${listed(taken)} ${taken.length === 1 ? "was" : "were"} taken a moment ago.`);
  for (const { name, available } of short) {
    sentences.push(available > 0 ? `${name} has only ${available} left.` : `${name} is sold out.`);
  }
  return sentences.join(" ");
}
