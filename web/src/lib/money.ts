/** Formats integer minor units exactly: digits are placed as text, never divided. */
export function moneyFormatter(currency: string, exponent: number): (minor: number) => string {
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    style: "currency",
    currency,
    minimumFractionDigits: exponent,
    trailingZeroDisplay: "stripIfInteger",
  });
  return (minor) => {
    const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
    const at = digits.length - exponent;
    return format.format(`${minor < 0 ? "-" : ""}${digits.slice(0, at)}.${digits.slice(at)}0` as `${number}`);
  };
}
