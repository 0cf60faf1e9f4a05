/** What a price is typed as. */
export const PRICE_PATTERN = "[0-9]{1,9}([.][0-9]{1,3})?";

/** "25.5" is 2550 at two digits: digits are moved as text, never multiplied. More digits are cut. */
export function minorOf(text: string, digits: number): number {
  const [units, rest = ""] = text.split(".");
  return Number(units + rest.slice(0, digits).padEnd(digits, "0"));
}
