import { type Palette, rgb, zoneColour } from "./palette";

/**
 * How a seat looks: 0..7 available in that zone's colour, then the looks below; `SQUARE` is added
 * for places that a wheelchair can reach. Shapes differ, so that nothing rests on colour alone.
 */
export const LOOK_PLAIN = 8;
export const LOOK_FAINT = 9;
export const LOOK_HELD = 10;
export const LOOK_SOLD = 11;
export const LOOK_BLOCKED = 12;
/** Drawn by somebody else: the buyer's own seats. */
export const LOOK_NONE = 13;
export const SQUARE = 16;
const LOOKS = 32;

/** Distance in pixels from (x, y) to the edge of the shape, negative inside; seat radius r. */
type Shape = (x: number, y: number, r: number) => number;

const disc: Shape = (x, y, r) => Math.hypot(x, y) - r;

const square: Shape = (x, y, r) => {
  const corner = r * 0.3;
  const [dx, dy] = [Math.abs(x) - r * 0.92 + corner, Math.abs(y) - r * 0.92 + corner];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
};

/** Somebody is deciding: an outline, half of it filled. */
const held =
  (body: Shape): Shape =>
  (x, y, r) => {
    const edge = body(x, y, r * 0.86);
    const width = Math.max(r * 0.2, 0.9);
    return Math.min(Math.abs(edge + width / 2) - width / 2, Math.max(edge, x - y));
  };

/** Gone: a small hollow dot. */
const sold: Shape = (x, y, r) => {
  const width = Math.max(r * 0.16, 0.8);
  return Math.abs(Math.hypot(x, y) - r * 0.45) - width / 2;
};

/** Not for sale: a cross. */
const blocked: Shape = (x, y, r) => {
  const [u, v] = [Math.abs(x + y) * Math.SQRT1_2, Math.abs(x - y) * Math.SQRT1_2];
  const width = Math.max(r * 0.1, 0.45);
  return Math.max(Math.min(u, v) - width, Math.max(u, v) - r * 0.62);
};

function shapeOf(look: number): Shape {
  const body = look & SQUARE ? square : disc;
  switch (look & ~SQUARE) {
    case LOOK_HELD:
      return held(body);
    case LOOK_SOLD:
      return sold;
    case LOOK_BLOCKED:
      return blocked;
    default:
      return body;
  }
}

function colourOf(look: number, colours: Palette): string {
  const plain = look & ~SQUARE;
  if (plain === LOOK_FAINT) return colours.faint;
  if (plain >= LOOK_HELD) return colours.quiet;
  return zoneColour(colours, plain === LOOK_PLAIN ? -1 : plain);
}

/** A seat drawn once: the pixels that it covers, as offsets from its centre's pixel. */
export interface Stamp {
  offsets: Int32Array;
  /** In the byte order of ImageData. */
  values: Uint32Array;
}

/** Stamps of one radius. */
export interface Stamps {
  /** No pixel of a stamp is further than this from its centre's, on either axis. */
  half: number;
  /** Sub-pixel positions per axis. */
  phases: number;
  /** The stamp of a look at a sub-pixel position (0..phases-1 on each axis). */
  get(look: number, phaseX: number, phaseY: number): Stamp;
}

/** Stamps of `radius` pixels for a picture of `stride` pixels a line, made when first asked for. */
export function makeStamps(radius: number, stride: number, colours: Palette): Stamps {
  const half = Math.ceil(radius + 1);
  // Small seats show every fraction of a pixel; large ones do not.
  const phases = radius < 5 ? 4 : radius < 12 ? 2 : 1;
  const made: (Stamp | undefined)[] = new Array(LOOKS * phases * phases);

  function make(look: number, phaseX: number, phaseY: number): Stamp {
    const [r, g, b] = rgb(colourOf(look, colours));
    const ink = (b << 16) | (g << 8) | r;
    const shape = shapeOf(look);
    const offsets: number[] = [];
    const values: number[] = [];
    for (let y = -half; y <= half; y++) {
      for (let x = -half; x <= half; x++) {
        const distance = shape(x + 0.5 - phaseX / phases, y + 0.5 - phaseY / phases, radius);
        const alpha = Math.round(Math.min(Math.max(0.5 - distance, 0), 1) * 255);
        if (alpha === 0) continue;
        offsets.push(y * stride + x);
        values.push(((alpha << 24) | ink) >>> 0);
      }
    }
    return { offsets: Int32Array.from(offsets), values: Uint32Array.from(values) };
  }

  return {
    half,
    phases,
    get(look, phaseX, phaseY) {
      const key = (look * phases + phaseY) * phases + phaseX;
      return (made[key] ??= make(look, phaseX, phaseY));
    },
  };
}
