import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeGeometry, seatLabel, type WireGeometry } from "./geometry";
import { Grid, inside } from "./grid";
import { type Palette, rgb, textOn } from "./palette";
import { makeStamps } from "./stamps";
import tokens from "../styles/tokens.css?raw";
import { between, fitted, zoomed } from "./view";

/** Both schemes, read from the style sheet as the browser would. */
const schemes = (() => {
  const [light, dark] = tokens.split("@media (prefers-color-scheme: dark)").map((css) =>
    Object.fromEntries([...css.matchAll(/--(\w+): (#\w+);/g)].map(([, name, value]) => [name, value])),
  );
  const palette = (names: Record<string, string>) =>
    ({ ...names, zones: Array.from({ length: 8 }, (_, i) => names[`z${i}`]) }) as unknown as Palette;
  return { light: palette(light), dark: palette({ ...light, ...dark }) };
})();

const wire: WireGeometry = {
  id: "m1",
  scale: 10,
  box: [0, 0, 1000, 500],
  zones: [{ key: "a", name: "Stalls" }],
  sections: [{ key: "stalls", name: "Stalls", zone: 0, outline: [0, 0, 100, 0, 0, 100], at: [50, 50], seats: [0, 3] }],
  rows: [{ section: 0, name: "B", seats: [0, 3], numbers: [11, 2] }],
  tables: [{ key: "t4", name: "4", section: null, at: [300, 300], r: 50, outline: null, seats: [3, 2], numbers: ["1", "1a"] }],
  areas: [{ key: "floor", name: "Floor", zone: null, section: null, outline: [0, 0, 10, 0, 0, 10], at: [5, 5], capacity: 9 }],
  landmarks: [],
  labels: [],
  seats: { n: 5, x: [10, 10, 10, 270, 60], y: [20, 0, 0, 280, 0], r: [[3, 4], [2, 5]], zone: [[3, 0], [2, null]], access: [[1, 1]] },
};

describe("geometry", () => {
  const geometry = decodeGeometry(wire);

  test("undoes differences, runs and scale", () => {
    expect([...geometry.x]).toEqual([1, 2, 3, 30, 36]);
    expect([...geometry.y]).toEqual([2, 2, 2, 30, 30]);
    expect([...geometry.zone]).toEqual([0, 0, 0, -1, -1]);
    expect([...geometry.r].map((r) => Math.round(r * 10))).toEqual([4, 4, 4, 5, 5]);
    expect([...geometry.access]).toEqual([0, 1, 0, 0, 0]);
    expect([...geometry.sections[0].outline!]).toEqual([0, 0, 10, 0, 10, 10]);
  });

  test("names every seat in words", () => {
    expect([0, 2, 4].map((seat) => seatLabel(geometry, seat))).toEqual([
      "Stalls, row B, seat 11",
      "Stalls, row B, seat 15",
      "Table 4, chair 1a",
    ]);
  });
});

const points = fc.array(fc.tuple(fc.integer({ min: -500, max: 500 }), fc.integer({ min: -300, max: 300 })), {
  minLength: 1,
  maxLength: 200,
});

describe("the grid", () => {
  test("finds the nearest point that a search of all points finds", () => {
    fc.assert(
      fc.property(points, fc.integer({ min: -600, max: 600 }), fc.integer({ min: -400, max: 400 }), fc.nat(400), (all, x, y, reach) => {
        const grid = new Grid(Float32Array.from(all, (p) => p[0]), Float32Array.from(all, (p) => p[1]));
        const distances = all.map((p) => Math.hypot(p[0] - x, p[1] - y));
        const best = Math.min(...distances);
        const found = grid.nearest(x, y, reach);
        if (best > reach) expect(found).toBe(-1);
        else expect(distances[found]).toBeCloseTo(best, 6);
      }),
    );
  });

  test("steps along a row and back to where it began", () => {
    const grid = new Grid(Float32Array.from({ length: 40 }, (_, i) => (i % 10) * 5), Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 10) * 7));
    expect(grid.toward(12, 1, 0)).toBe(13);
    expect(grid.toward(13, -1, 0)).toBe(12);
    expect(grid.toward(12, 0, 1)).toBe(22);
    expect(grid.toward(22, 0, -1)).toBe(12);
    expect(grid.toward(19, 1, 0)).toBe(-1);
  });

  test("tells inside from outside", () => {
    const square = Float32Array.from([0, 0, 10, 0, 10, 10, 0, 10]);
    expect(inside(square, 5, 5)).toBe(true);
    expect(inside(square, 15, 5)).toBe(false);
  });
});

describe("the view", () => {
  test("keeps the point under the finger when it zooms", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 5, noNaN: true }), fc.integer({ min: -500, max: 500 }), fc.integer({ min: -500, max: 500 }), (factor, x, y) => {
        const view = { k: 2, tx: 30, ty: -40 };
        const next = zoomed(view, factor, x, y);
        expect(((x - next.tx) / next.k) * view.k + view.tx).toBeCloseTo(x, 6);
        expect(((y - next.ty) / next.k) * view.k + view.ty).toBeCloseTo(y, 6);
      }),
    );
  });

  test("glides from exactly one view to exactly the other", () => {
    const a = fitted({ x: 0, y: 0, w: 100, h: 50 }, 800, 600, 20);
    const b = { k: 40, tx: -300, ty: 12 };
    for (const [t, end] of [[0, a], [1, b]] as const) {
      const at = between(a, b, t, 800, 600);
      expect([at.k, at.tx, at.ty].map((v) => v.toFixed(6))).toEqual([end.k, end.tx, end.ty].map((v) => v.toFixed(6)));
    }
  });
});

describe("stamps", () => {
  test("differ in shape, not only in colour, between all states", () => {
    const stamps = makeStamps(8, schemes.light);
    const alpha = (look: number) => [...stamps.get(look, 0, 0)].map((pixel) => pixel >>> 24);
    const shapes = [0, 10, 11, 12, 16].map(alpha);
    for (let a = 0; a < shapes.length; a++) {
      for (let b = 0; b < a; b++) {
        const difference = shapes[a].reduce((sum, value, i) => sum + Math.abs(value - shapes[b][i]), 0);
        expect(difference).toBeGreaterThan(20 * 255);
      }
    }
  });

  test("stay within their square at every fraction of a pixel", () => {
    for (const radius of [0.85, 1.3, 3.7, 9, 30]) {
      const { get, size, phases } = makeStamps(radius, schemes.dark);
      for (const look of [0, 16, 10]) {
        const stamp = get(look, phases - 1, phases - 1);
        for (let i = 0; i < size; i++) {
          expect(stamp[i * size] >>> 24).toBe(0);
          expect(stamp[(size - 1) * size + i] >>> 24).toBeLessThan(255);
        }
      }
    }
  });
});

describe("the palette", () => {
  const luminance = (hex: string) => {
    const [r, g, b] = rgb(hex).map((channel) => {
      const c = channel / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
  };

  test.each(["light", "dark"] as const)("has eight zone colours that stand out in the %s scheme", (scheme) => {
    const { zones, surface } = schemes[scheme];
    expect(new Set(zones).size).toBe(8);
    for (const colour of zones) {
      expect(contrast(colour, surface)).toBeGreaterThanOrEqual(3);
      expect(contrast(colour, textOn(colour))).toBeGreaterThanOrEqual(4.5);
    }
  });

  test.each(["light", "dark"] as const)("has words that can be read in the %s scheme", (scheme) => {
    const { ink, muted, surface, soft } = schemes[scheme];
    for (const text of [ink, muted]) {
      for (const under of [surface, soft]) expect(contrast(text, under)).toBeGreaterThanOrEqual(4.5);
    }
  });
});
