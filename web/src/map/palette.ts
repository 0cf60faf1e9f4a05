/**
 * Colours of the map. The eight zone colours keep an Oklab distance of at least 0.1 from each other
 * and from the neutrals, as seen with normal, protan, deutan and tritan eyes (Machado 2009), and a
 * contrast of at least 3:1 against the surface. Zones beyond the eighth repeat them.
 */
export interface Palette {
  surface: string;
  ink: string;
  zones: string[];
  /** Available but without a zone. */
  plain: string;
  /** Lines and marks of seats that cannot be had. */
  quiet: string;
  /** Seats that the filter leaves out. */
  faint: string;
  floor: string;
  line: string;
  landmark: string;
  landmarkText: string;
}

const light: Palette = {
  surface: "#ffffff",
  ink: "#17151c",
  zones: ["#2c10c2", "#c88615", "#19735b", "#cd070c", "#4587fd", "#4d216a", "#681f00", "#9655ab"],
  plain: "#5a5763",
  quiet: "#8c8a93",
  faint: "#d3d1d8",
  floor: "#f5f4f6",
  line: "#dcdae0",
  landmark: "#2a2831",
  landmarkText: "#ffffff",
};

const dark: Palette = {
  surface: "#17161c",
  ink: "#f4f2ee",
  zones: ["#9e8afe", "#e5b021", "#6fe49d", "#ed7d7c", "#61b6c8", "#a75bc1", "#bf6231", "#f4c3fd"],
  plain: "#b9b6c2",
  quiet: "#6c6a75",
  faint: "#3a3842",
  floor: "#1e1d25",
  line: "#34323d",
  landmark: "#3d3b47",
  landmarkText: "#f4f2ee",
};

export function palette(isDark: boolean): Palette {
  return isDark ? dark : light;
}

export function zoneColour(colours: Palette, zone: number): string {
  return zone < 0 ? colours.plain : colours.zones[zone % colours.zones.length];
}

/** "#rrggbb" as [r, g, b], 0..255. */
export function rgb(hex: string): [number, number, number] {
  const value = parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Black or white, whichever reads better on `hex`. Source: WCAG 2.2, relative luminance. */
export function textOn(hex: string): string {
  const [r, g, b] = rgb(hex).map((channel) => (channel / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000000" : "#ffffff";
}
