import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Geometry as WireGeometry } from "../lib/schema";
import { decodeGeometry, seatLabel } from "./geometry";
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
  zones: [{ key: "a", name: "Stalls", ticket_type: "Stalls" }, { key: "b", name: "Floor", ticket_type: null }],
  sections: [{ key: "stalls", name: "Stalls", zone: 0, outline: [0, 0, 100, 0, 0, 100], at: [50, 50], seats: [0, 3], more: [] }],
  rows: [{ section: 0, name: "B", seats: [0, 3], numbers: [11, 2] }],
  tables: [{ key: "t4", name: "4", section: null, at: [300, 300], r: 50, outline: null, seats: [3, 2], numbers: ["1", "1a"] }],
  areas: [{ key: "floor", name: "Floor", zone: 1, section: null, outline: [0, 0, 10, 0, 0, 10], at: [5, 5], capacity: 9 }],
  landmarks: [],
  labels: [],
  focal: null,
  seats: { n: 5, x: [10, 10, 10, 270, 60], y: [20, 0, 0, 280, 0], r: [[3, 4], [2, 5]], zone: [[3, 0], [2, 1]], access: [[1, 1]], removed: [] },
};

describe("geometry", () => {
  const geometry = decodeGeometry(wire);

  test("undoes differences, runs and scale", () => {
    expect([...geometry.x]).toEqual([1, 2, 3, 30, 36]);
    expect([...geometry.y]).toEqual([2, 2, 2, 30, 30]);
    expect([...geometry.zone]).toEqual([0, 0, 0, 1, 1]);
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

const sized = (count: number) => new Float32Array(count).fill(2);

describe("the grid", () => {
  test("does not find a seat that only a former version had", () => {
    const grid = new Grid(Float32Array.of(0, 0, 9), Float32Array.of(0, 0, 0), Float32Array.of(2, 0, 2));
    expect(grid.nearest(0, 0, 3)).toBe(0);
    expect(grid.toward(2, -1, 0)).toBe(0);
  });

  test("finds the nearest point that a search of all points finds", () => {
    fc.assert(
      fc.property(points, fc.integer({ min: -600, max: 600 }), fc.integer({ min: -400, max: 400 }), fc.nat(400), (all, x, y, reach) => {
        const grid = new Grid(Float32Array.from(all, (p) => p[0]), Float32Array.from(all, (p) => p[1]), sized(all.length));
        const distances = all.map((p) => Math.hypot(p[0] - x, p[1] - y));
        const best = Math.min(...distances);
        const found = grid.nearest(x, y, reach);
        if (best > reach) expect(found).toBe(-1);
        else expect(distances[found]).toBeCloseTo(best, 6);
      }),
    );
  });

  test("steps along a row and back to where it began", () => {
    const grid = new Grid(Float32Array.from({ length: 40 }, (_, i) => (i % 10) * 5), Float32Array.from({ length: 40 }, (_, i) => Math.floor(i / 10) * 7), sized(40));
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
  const stride = 1000;
  const covered = (radius: number, look: number, phase: number) => {
    const { offsets, values } = makeStamps(radius, stride, schemes.light).get(look, phase, phase);
    return new Map([...offsets].map((offset, i) => [offset, values[i] >>> 24]));
  };

  test("differ in shape, not only in colour, between all states", () => {
    const shapes = [0, 10, 11, 12, 16].map((look) => covered(8, look, 0));
    for (let a = 0; a < shapes.length; a++) {
      for (let b = 0; b < a; b++) {
        const pixels = new Set([...shapes[a].keys(), ...shapes[b].keys()]);
        const difference = [...pixels].reduce(
          (sum, at) => sum + Math.abs((shapes[a].get(at) ?? 0) - (shapes[b].get(at) ?? 0)),
          0,
        );
        expect(difference).toBeGreaterThan(20 * 255);
      }
    }
  });

  test("cover the area of their shape at every fraction of a pixel", () => {
    for (const radius of [0.85, 1.3, 3.7, 9, 30]) {
      const { phases, half } = makeStamps(radius, stride, schemes.dark);
      for (let phase = 0; phase < phases; phase++) {
        const disc = covered(radius, 0, phase);
        const area = [...disc.values()].reduce((sum, alpha) => sum + alpha / 255, 0);
        expect(Math.abs(area / (Math.PI * radius ** 2) - 1)).toBeLessThan(radius < 2 ? 0.25 : 0.03);
        for (const offset of disc.keys()) {
          const y = Math.round(offset / stride);
          expect(Math.max(Math.abs(y), Math.abs(offset - y * stride))).toBeLessThanOrEqual(half);
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
