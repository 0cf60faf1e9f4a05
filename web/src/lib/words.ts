const LISTED_MAX = 4;

/** "a", "a and b", "a; b and c", and how many more: labels contain commas. */
export function listed(labels: string[]): string {
  const items = labels.slice(0, LISTED_MAX);
  if (labels.length > LISTED_MAX) items.push(`${(labels.length - LISTED_MAX).toLocaleString("en")} more`);
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join("; ")} and ${items[items.length - 1]}`;
}

/** A problem's `detail` as a sentence: "no such event" is "No such event." */
export function sentence(detail: string): string {
  const text = detail[0].toUpperCase() + detail.slice(1);
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** "1 seat", "1,200 seats". */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
