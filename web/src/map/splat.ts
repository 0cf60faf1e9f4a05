import type { Geometry } from "./geometry";
import type { Grid } from "./grid";
import type { Palette } from "./palette";
import { LOOK_NONE, makeStamps, type Stamps } from "./stamps";
import type { View } from "./view";

/** Draws seats; another technique (WebGL, ...) can take its place behind these four calls. */
export interface SeatLayer {
  readonly canvas: HTMLCanvasElement;
  /** Size in device pixels. */
  resize(width: number, height: number): void;
  /** Draws every seat. `ratio`: device pixels per CSS pixel. */
  paint(view: View, ratio: number, looks: Uint8Array, colours: Palette): void;
  /** Draws these seats again at the view of the last `paint`. */
  repaint(seats: number[], looks: Uint8Array): void;
}

const CHUNK = 256;
/** A seat is never smaller than this on the screen, device pixels. */
const RADIUS_MIN_PX = 0.85;
/** Above this, drawing everything is cheaper than piece by piece. */
const REPAINT_MAX = 1000;

/**
 * Seats as antialiased stamps copied into the pixels of one ImageData. Chunks of neighbouring seats
 * that are off the screen are skipped; a change restores only the rectangle around the seat.
 */
export function createSplatLayer(geometry: Geometry, grid: Grid): SeatLayer {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  const { x, y, count } = geometry;
  const sizeOf = Uint8Array.from(geometry.r, sizeClass);
  const radiusMax = geometry.r.reduce((most, radius) => Math.max(most, radius), 0);
  const chunks = chunkBoxes(geometry);

  let image = new ImageData(1, 1);
  let pixels = new Uint32Array(image.data.buffer);
  let stamps: Stamps[] = [];
  let stampsKey = "";
  // Device pixels per user unit, and offset.
  let k = 1;
  let tx = 0;
  let ty = 0;
  let view: View | null = null;
  let ratio = 1;
  let colours: Palette | null = null;

  function stampsOf(i: number): Stamps {
    const size = sizeOf[i];
    return (stamps[size] ??= makeStamps(Math.max(2 ** ((size - 128) / 8) * k, RADIUS_MIN_PX), colours!));
  }

  /** Stamps seat i, touching only pixels in [x0, x1) x [y0, y1). */
  function stamp(i: number, look: number, x0: number, y0: number, x1: number, y1: number): void {
    if (look === LOOK_NONE) return;
    const set = stampsOf(i);
    const { size, half, phases } = set;
    const sx = Math.round((x[i] * k + tx) * phases);
    const sy = Math.round((y[i] * k + ty) * phases);
    const px = Math.floor(sx / phases);
    const py = Math.floor(sy / phases);
    const left = px - half;
    const top = py - half;
    if (left >= x1 || top >= y1 || left + size <= x0 || top + size <= y0) return;
    const source = set.get(look, sx - px * phases, sy - py * phases);
    const fromX = left < x0 ? x0 - left : 0;
    const fromY = top < y0 ? y0 - top : 0;
    const toX = left + size > x1 ? x1 - left : size;
    const toY = top + size > y1 ? y1 - top : size;
    const { width } = image;
    for (let row = fromY; row < toY; row++) {
      let at = (top + row) * width + left + fromX;
      let s = row * size + fromX;
      for (const end = row * size + toX; s < end; s++, at++) {
        // Where seats touch, the stronger pixel wins, so that the order of drawing does not matter.
        const value = source[s];
        if (value >>> 24 > pixels[at] >>> 24) pixels[at] = value;
      }
    }
  }

  function paint(next: View, nextRatio: number, looks: Uint8Array, nextColours: Palette): void {
    [view, ratio, colours] = [next, nextRatio, nextColours];
    [k, tx, ty] = [view.k * ratio, view.tx * ratio, view.ty * ratio];
    const key = `${k} ${colours.ink}`;
    if (key !== stampsKey) {
      stampsKey = key;
      stamps = [];
    }
    pixels.fill(0);
    const { width, height } = image;
    const reach = Math.max(radiusMax * k, RADIUS_MIN_PX) + 2;
    for (let c = 0, start = 0; start < count; c += 4, start += CHUNK) {
      if (chunks[c + 2] * k + tx < -reach || chunks[c] * k + tx > width + reach) continue;
      if (chunks[c + 3] * k + ty < -reach || chunks[c + 1] * k + ty > height + reach) continue;
      const end = Math.min(start + CHUNK, count);
      for (let i = start; i < end; i++) stamp(i, looks[i], 0, 0, width, height);
    }
    context.putImageData(image, 0, 0);
  }

  function repaint(seats: number[], looks: Uint8Array): void {
    if (!view || !colours) return;
    if (seats.length > REPAINT_MAX) return paint(view, ratio, looks, colours);
    const { width, height } = image;
    const reach = Math.max(radiusMax * k, RADIUS_MIN_PX) + 2;
    for (const i of seats) {
      const { size, half } = stampsOf(i);
      const left = Math.max(Math.floor(x[i] * k + tx) - half, 0);
      const top = Math.max(Math.floor(y[i] * k + ty) - half, 0);
      const right = Math.min(Math.floor(x[i] * k + tx) - half + size + 1, width);
      const bottom = Math.min(Math.floor(y[i] * k + ty) - half + size + 1, height);
      if (left >= right || top >= bottom) continue;
      for (let line = top; line < bottom; line++) {
        pixels.fill(0, line * width + left, line * width + right);
      }
      const toUser = (value: number, offset: number) => (value - offset) / k;
      grid.within(
        toUser(left - reach, tx),
        toUser(top - reach, ty),
        toUser(right + reach, tx),
        toUser(bottom + reach, ty),
        (near) => stamp(near, looks[near], left, top, right, bottom),
      );
      context.putImageData(image, 0, 0, left, top, right - left, bottom - top);
    }
  }

  return {
    canvas,
    resize(width, height) {
      canvas.width = width;
      canvas.height = height;
      image = new ImageData(width, height);
      pixels = new Uint32Array(image.data.buffer);
    },
    paint,
    repaint,
  };
}

/**
 * Size class of a radius, eight to a doubling: drawings have many nearly equal radii, and each class
 * costs a set of stamps.
 */
function sizeClass(radius: number): number {
  return Math.round(Math.log2(Math.max(radius, 1e-3)) * 8) + 128;
}

/** x0, y0, x1, y1 of each run of `CHUNK` seats; neighbours in order are neighbours in the house. */
function chunkBoxes({ x, y, count }: Geometry): Float32Array {
  const boxes = new Float32Array(Math.ceil(count / CHUNK) * 4);
  for (let c = 0, start = 0; start < count; c += 4, start += CHUNK) {
    let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = start; i < Math.min(start + CHUNK, count); i++) {
      if (x[i] < x0) x0 = x[i];
      if (x[i] > x1) x1 = x[i];
      if (y[i] < y0) y0 = y[i];
      if (y[i] > y1) y1 = y[i];
    }
    boxes.set([x0, y0, x1, y1], c);
  }
  return boxes;
}
