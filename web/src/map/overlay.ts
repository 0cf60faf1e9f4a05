import { type Geometry, sizeOf } from "./geometry";
import { extent, type Grid } from "./grid";
import { word } from "./lettering";
import { type Palette, textOn, zoneColour } from "./palette";
import type { Scene } from "./scene";
import type { View } from "./view";

/** Everything in front of the seats: own places and words. Sizes are CSS pixels. */
export interface Overlay {
  /** `resting`: nothing moves, so that the many small words are worth their time. */
  paint(context: CanvasRenderingContext2D, view: View, ratio: number, colours: Palette, resting: boolean): void;
}

const MINE_RADIUS_MIN_PX = 6;
/** A few own seats are to be seen from afar too; of many each stays as small as it is. */
const FEW = 50;
const TICK_FROM_PX = 4;
const ROW_NAMES_FROM_PX = 4;
/** Seats of this radius have their numbers written on them. */
export const NUMBERS_FROM_PX = 7.5;

export function createOverlay(scene: Scene, grid: Grid, placesLeft: (area: number) => string): Overlay {
  const { geometry } = scene;
  const { x, y, r } = geometry;
  const typical = typicalRadius(r);

  function paint(
    context: CanvasRenderingContext2D,
    view: View,
    ratio: number,
    colours: Palette,
    resting: boolean,
  ): void {
    const { k, tx, ty } = view;
    const width = context.canvas.width / ratio;
    const height = context.canvas.height / ratio;
    const taken: [number, number, number, number][] = [];
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);

    const radius = typical * k;
    if (resting && radius >= NUMBERS_FROM_PX) seatNumbers();
    if (resting && radius >= ROW_NAMES_FROM_PX) rowNames();
    names();
    ownSeats();

    /** Writes around a point, `size` CSS pixels high. */
    function put(text: string, sx: number, sy: number, size: number, colour: string, halo: string, isBold: boolean): void {
      const { picture, width: w, height: h } = word(text, Math.round(size), colour, halo, isBold, ratio);
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(picture, Math.round(sx * ratio - w / 2), Math.round(sy * ratio - h / 2));
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
    }

    /** Writes unless it would leave the screen or cover what is written. */
    function write(text: string, sx: number, sy: number, size: number, colour: string, halo = "", isBold = true): void {
      if (!text || sx < -80 || sy < -20 || sx > width + 80 || sy > height + 20) return;
      const half = text.length * size * 0.3 + 2;
      const box: [number, number, number, number] = [sx - half, sy - size * 0.6, sx + half, sy + size * 0.6];
      if (taken.some((at) => at[0] < box[2] && box[0] < at[2] && at[1] < box[3] && box[1] < at[3])) return;
      taken.push(box);
      put(text, sx, sy, size, colour, halo, isBold);
    }

    function names(): void {
      for (const mark of geometry.landmarks) {
        const size = Math.min(Math.max(widthOf(mark.outline) * k * 0.09, 9), 18);
        if (mark.outline && widthOf(mark.outline) * k < mark.name.length * size * 0.5) continue;
        const colour = mark.kind === "stage" && mark.outline ? "#ffffff" : colours.muted;
        write(mark.name, mark.x * k + tx, mark.y * k + ty, size, colour);
      }
      geometry.areas.forEach((area, a) => {
        const [sx, sy] = [area.x * k + tx, area.y * k + ty];
        const room = widthOf(area.outline) * k;
        if (room < 48) return;
        const lines = wrapped(area.name, room / 8);
        lines.forEach((line, i) => write(line, sx, sy + (i - lines.length / 2) * 17, 13, colours.ink, colours.surface));
        write(placesLeft(a), sx, sy + lines.length * 8.5, 12, colours.muted, colours.surface, false);
      });
      if (radius < NUMBERS_FROM_PX || geometry.tables.length < 60) {
        for (const table of geometry.tables) {
          const room = (table.r || typical * 2) * k;
          const isGone = !table.r && !table.outline && table.count === 0;
          if (room >= 7 && !isGone) write(shortName(table.name), table.x * k + tx, table.y * k + ty, Math.min(room * 0.7, 15), colours.muted);
        }
      }
      for (const section of geometry.sections) {
        const size = sizeOf(section) > 400 ? 14 : 12;
        const [dx, dy] = [(section.name.length * size * 0.3) / k, (size * 0.6) / k];
        // Over small seats a name helps; among seats that can be picked it would hide some.
        if (radius > ROW_NAMES_FROM_PX && hasSeats(section.x - dx, section.y - dy, section.x + dx, section.y + dy)) continue;
        write(section.name, section.x * k + tx, section.y * k + ty, size, colours.ink, colours.surface);
      }
      for (const label of geometry.labels) {
        const size = Math.min(label.size * k, 14);
        if (size >= 8) write(label.text, label.x * k + tx, label.y * k + ty, size, colours.muted, "", false);
      }
    }

    function hasSeats(x0: number, y0: number, x1: number, y1: number): boolean {
      let found = false;
      grid.within(x0 - typical, y0 - typical, x1 + typical, y1 + typical, () => (found = true));
      return found;
    }

    function rowNames(): void {
      for (const row of geometry.rows) {
        if (!row.name || row.count < 2) continue;
        end(row.name, row.start, row.start + 1);
        end(row.name, row.start + row.count - 1, row.start + row.count - 2);
      }
    }

    /** The row's name, one seat further out than its outermost seat. */
    function end(name: string, outer: number, next: number): void {
      const [dx, dy] = [x[outer] - x[next], y[outer] - y[next]];
      const scale = (r[outer] * 2.1 * k + 2) / Math.max(Math.hypot(dx, dy), 1e-6);
      const sx = x[outer] * k + tx + dx * scale;
      const sy = y[outer] * k + ty + dy * scale;
      write(name, sx, sy, Math.min(Math.max(r[outer] * k, 8), 13), colours.muted);
    }

    function seatNumbers(): void {
      const size = Math.min(Math.max(radius * 0.95, 8), 16);
      grid.within(-tx / k, -ty / k, (width - tx) / k, (height - ty) / k, (i) => {
        if (scene.states[i] !== 0 || scene.mine.seats.has(i) || !scene.isShown(geometry.zone[i])) return;
        const colour = textOn(zoneColour(colours, geometry.zone[i]));
        put(geometry.number(i), x[i] * k + tx, y[i] * k + ty, size, colour, "", true);
      });
    }

    function ownSeats(): void {
      for (const [i, status] of scene.mine.seats) {
        const [sx, sy] = [x[i] * k + tx, y[i] * k + ty];
        const size = Math.max(r[i] * k * 1.08, scene.mine.seats.size > FEW ? 1 : MINE_RADIUS_MIN_PX);
        if (sx < -size || sy < -size || sx > width + size || sy > height + size) continue;
        if (size > TICK_FROM_PX) dot(sx, sy, size + 2, colours.surface);
        dot(sx, sy, size, colours.ink);
        if (size <= TICK_FROM_PX) continue;
        if (status === "offered") dot(sx, sy, size * 0.8, colours.surface);
        context.beginPath();
        context.moveTo(sx - size * 0.42, sy + size * 0.02);
        context.lineTo(sx - size * 0.1, sy + size * 0.34);
        context.lineTo(sx + size * 0.45, sy - size * 0.34);
        context.strokeStyle = status === "offered" ? colours.ink : colours.surface;
        context.lineWidth = Math.max(size * 0.22, 1.6);
        context.lineCap = "round";
        context.stroke();
        if (status !== "held") continue;
        context.beginPath();
        context.arc(sx, sy, size + 3.5, 0, 2 * Math.PI);
        context.strokeStyle = colours.ink;
        context.lineWidth = 2;
        context.stroke();
      }
    }

    function dot(sx: number, sy: number, size: number, colour: string): void {
      context.beginPath();
      context.arc(sx, sy, size, 0, 2 * Math.PI);
      context.fillStyle = colour;
      context.fill();
    }
  }

  return { paint };
}

/** The median radius, user units. */
export function typicalRadius(r: Geometry["r"]): number {
  const there = r.filter((radius) => radius > 0).sort();
  return there.length === 0 ? 1 : there[there.length >> 1];
}

function widthOf(outline: Float32Array | null): number {
  const [low, high] = extent((outline ?? []).filter((_, i) => i % 2 === 0));
  return high - low;
}

/** In two lines where it is longer than `length` letters, split at the space nearest the middle. */
function wrapped(name: string, length: number): string[] {
  const middle = name.length / 2;
  const spaces = [...name.matchAll(/ /g)].map((space) => space.index);
  if (name.length <= length || spaces.length === 0) return [name];
  const at = spaces.reduce((best, space) => (Math.abs(space - middle) < Math.abs(best - middle) ? space : best));
  return [name.slice(0, at), name.slice(at + 1)];
}

function shortName(name: string | null): string {
  return (name ?? "").replace(/^table\s+/i, "");
}
