import { type Geometry, type Outline, sizeOf } from "./geometry";
import { type Palette, zoneColour } from "./palette";
import type { Scene } from "./scene";
import type { View } from "./view";

/** Everything behind the seats: sections, standing areas, tables, landmarks. */
export interface Backdrop {
  /** `far`: seats are too small to be seen, sections speak for them. */
  paint(context: CanvasRenderingContext2D, view: View, ratio: number, colours: Palette, far: boolean): void;
}

export function createBackdrop(scene: Scene): Backdrop {
  const { geometry } = scene;
  const sections = geometry.sections.map((section) => section.outline && path(section.outline));
  const areas = geometry.areas.map((area) => path(area.outline));
  const tables = tablePaths(geometry);
  const landmarks = geometry.landmarks.map((mark) => mark.outline && path(mark.outline));

  function paint(
    context: CanvasRenderingContext2D,
    view: View,
    ratio: number,
    colours: Palette,
    far: boolean,
  ): void {
    const k = view.k * ratio;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.setTransform(k, 0, 0, k, view.tx * ratio, view.ty * ratio);
    const line = ratio / k;

    landmarks.forEach((shape, i) => {
      if (!shape) return;
      const isStage = geometry.landmarks[i].kind === "stage";
      context.fillStyle = isStage ? colours.landmark : colours.soft;
      context.fill(shape);
      if (!isStage) stroke(shape, colours.line, line);
    });
    sections.forEach((shape, s) => {
      if (!shape) return;
      context.fillStyle = colours.soft;
      context.fill(shape);
      if (far) fillByAvailability(shape, s);
      stroke(shape, far ? colours.surface : colours.line, line);
    });
    areas.forEach((shape, a) => paintArea(shape, a));
    context.fillStyle = colours.surface;
    context.fill(tables);
    stroke(tables, colours.quiet, line);

    function stroke(shape: Path2D, colour: string, width: number): void {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke(shape);
    }

    /** The stronger the colour, the more seats are left. */
    function fillByAvailability(shape: Path2D, s: number): void {
      const count = sizeOf(geometry.sections[s]);
      if (count === 0) return;
      const share = scene.available[s] / count;
      const zone = scene.sectionZone[s];
      const shown = share > 0 && scene.isShown(zone);
      context.globalAlpha = shown ? 0.25 + 0.6 * share : 0.5;
      context.fillStyle = shown ? zoneColour(colours, zone) : colours.faint;
      context.fill(shape);
      context.globalAlpha = 1;
    }

    function paintArea(shape: Path2D, a: number): void {
      const { zone } = geometry.areas[a];
      const open = scene.pools[a] !== 0 && scene.isShown(zone);
      const colour = open ? zoneColour(colours, zone) : colours.quiet;
      const mine = (scene.mine.areas.get(a) ?? 0) > 0;
      context.fillStyle = colour;
      context.globalAlpha = open ? 0.16 : 0.08;
      context.fill(shape);
      context.globalAlpha = 1;
      if (scene.pools[a] === 0) context.setLineDash([6 * line, 5 * line]);
      stroke(shape, mine ? colours.ink : colour, (mine ? 3 : 1.5) * line);
      context.setLineDash([]);
    }
  }

  return { paint };
}

function path(outline: Outline): Path2D {
  const shape = new Path2D();
  for (let i = 0; i < outline.length; i += 2) shape.lineTo(outline[i], outline[i + 1]);
  shape.closePath();
  return shape;
}

function tablePaths(geometry: Geometry): Path2D {
  const all = new Path2D();
  for (const table of geometry.tables) {
    if (table.outline) all.addPath(path(table.outline));
    else {
      all.moveTo(table.x + table.r, table.y);
      all.arc(table.x, table.y, table.r, 0, 2 * Math.PI);
    }
  }
  return all;
}
