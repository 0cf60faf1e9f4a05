import type { TableMode } from "../lib/schema";
import { listed } from "../lib/words";

/** Why nothing was changed: which seats somebody has. */
export function inTheWayInWords(held: string[], sold: string[]): string {
  const parts = [
    held.length > 0 && `${listed(held)} ${held.length === 1 ? "is" : "are"} being held`,
    sold.length > 0 && `${listed(sold)} ${sold.length === 1 ? "is" : "are"} sold`,
  ].filter(Boolean);
  return `${parts.join(", ")}: nothing was changed.`;
}

/** How a table is sold. */
export function modeInWords(mode: TableMode | undefined): string {
  if (!mode || mode.mode === "chairs") return "sold chair by chair";
  return mode.mode === "whole" ? "sold whole" : `sold from ${mode.chairs_min} chairs on`;
}

/** The instant at which clocks of a zone show `wall`, as an input of type datetime-local has it. */
export function instantOf(wall: string, timeZone: string): Date {
  const meant = Date.parse(`${wall}Z`);
  const shown = (at: number) => Date.parse(`${new Date(at).toLocaleString("sv-SE", { timeZone }).replace(" ", "T")}Z`);
  const near = meant - (shown(meant) - meant);
  return new Date(meant - (shown(near) - near));
}
