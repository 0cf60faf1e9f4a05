/** Formats integer minor units exactly: digits are placed as text, never divided. */
export function moneyFormatter(currency: string, exponent: number): (minor: number) => string {
  const formats = [0, exponent].map(
    (digits) =>
      new Intl.NumberFormat(document.documentElement.lang || undefined, {
        style: "currency",
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: exponent,
      }),
  );
  return (minor) => {
    const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
    const at = digits.length - exponent;
    const decimal = `${minor < 0 ? "-" : ""}${digits.slice(0, at)}.${digits.slice(at) || "0"}`;
    const isWhole = /^0*$/.test(digits.slice(at));
    return formats[isWhole ? 0 : 1].format(decimal as unknown as number);
  };
}
