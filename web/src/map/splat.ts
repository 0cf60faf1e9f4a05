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
/** The picture is larger than the canvas, so that seats half on it need no clipping. */
const EDGE_PX = 100;
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
  // Device pixels per user unit, and offset within the picture.
  let k = 1;
  let tx = 0;
  let ty = 0;
  let view: View | null = null;
  let ratio = 1;
  let colours: Palette | null = null;

  function stampsOf(i: number): Stamps {
    const size = sizeOf[i];
    return (stamps[size] ??= makeStamps(Math.max(2 ** ((size - 128) / 8) * k, RADIUS_MIN_PX), image.width, colours!));
  }

  /** Stamps seat i, unless it is off the picture. */
  function stamp(i: number, look: number): void {
    if (look === LOOK_NONE) return;
    const set = stampsOf(i);
    const { half, phases } = set;
    const sx = Math.round((x[i] * k + tx) * phases);
    const sy = Math.round((y[i] * k + ty) * phases);
    const px = Math.floor(sx / phases);
    const py = Math.floor(sy / phases);
    const { width, height } = image;
    if (px < half || py < half || px >= width - half || py >= height - half) return;
    const { offsets, values } = set.get(look, sx - px * phases, sy - py * phases);
    const centre = py * width + px;
    for (let p = 0; p < offsets.length; p++) {
      const at = centre + offsets[p];
      const value = values[p];
      // Where seats touch, the stronger pixel wins: neither the order nor a repetition matters.
      if (value >>> 24 > pixels[at] >>> 24) pixels[at] = value;
    }
  }

  function paint(next: View, nextRatio: number, looks: Uint8Array, nextColours: Palette): void {
    [view, ratio, colours] = [next, nextRatio, nextColours];
    [k, tx, ty] = [view.k * ratio, view.tx * ratio + EDGE_PX, view.ty * ratio + EDGE_PX];
    const key = `${k} ${image.width} ${colours.ink}`;
    if (key !== stampsKey) {
      stampsKey = key;
      stamps = [];
    }
    pixels.fill(0);
    const { width, height } = image;
    for (let c = 0, start = 0; start < count; c += 4, start += CHUNK) {
      if (chunks[c + 2] * k + tx < 0 || chunks[c] * k + tx > width) continue;
      if (chunks[c + 3] * k + ty < 0 || chunks[c + 1] * k + ty > height) continue;
      const end = Math.min(start + CHUNK, count);
      for (let i = start; i < end; i++) stamp(i, looks[i]);
    }
    context.putImageData(image, -EDGE_PX, -EDGE_PX);
  }

  function repaint(seats: number[], looks: Uint8Array): void {
    if (!view || !colours) return;
    if (seats.length > REPAINT_MAX) return paint(view, ratio, looks, colours);
    const { width, height } = image;
    const reach = Math.max(radiusMax * k, RADIUS_MIN_PX) + 2;
    for (const i of seats) {
      const { half } = stampsOf(i);
      const left = Math.max(Math.floor(x[i] * k + tx) - half, 0);
      const top = Math.max(Math.floor(y[i] * k + ty) - half, 0);
      const right = Math.min(left + 2 * half + 2, width);
      const bottom = Math.min(top + 2 * half + 2, height);
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
        (near) => stamp(near, looks[near]),
      );
      context.putImageData(image, -EDGE_PX, -EDGE_PX, left, top, right - left, bottom - top);
    }
  }

  return {
    canvas,
    resize(width, height) {
      canvas.width = width;
      canvas.height = height;
      image = new ImageData(width + 2 * EDGE_PX, height + 2 * EDGE_PX);
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
