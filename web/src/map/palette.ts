/** Colours of the map, as the style sheet has them for the present colour scheme: "#rrggbb". */
export interface Palette {
  surface: string;
  ink: string;
  muted: string;
  line: string;
  soft: string;
  /** Marks of seats that cannot be had. */
  quiet: string;
  /** Seats that the filter leaves out. */
  faint: string;
  landmark: string;
  zones: string[];
}

/** Zones beyond the eighth repeat the colours. */
export const ZONE_COLOURS = 8;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    surface: read("surface"),
    ink: read("ink"),
    muted: read("muted"),
    line: read("line"),
    soft: read("soft"),
    quiet: read("quiet"),
    faint: read("faint"),
    landmark: read("landmark"),
    zones: Array.from({ length: ZONE_COLOURS }, (_, zone) => read(`z${zone}`)),
  };
}

/** Seats without a zone are grey. */
export function zoneColour(colours: Palette, zone: number): string {
  return zone < 0 ? colours.muted : colours.zones[zone % ZONE_COLOURS];
}

/** "#rgb" (as style sheets are minified) or "#rrggbb" as [r, g, b], 0..255. */
export function rgb(hex: string): [number, number, number] {
  const long = hex.length === 4 ? hex.replace(/[^#]/g, "$&$&") : hex;
  const value = parseInt(long.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Black or white, whichever reads better on `hex`. Source: WCAG 2.2, relative luminance. */
export function textOn(hex: string): string {
  const [r, g, b] = rgb(hex).map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000000" : "#ffffff";
}
