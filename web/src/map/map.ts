import { createBackdrop } from "./backdrop";
import { createCursor } from "./cursor";
import type { Geometry } from "./geometry";
import { listen } from "./gestures";
import { extent, Grid, inside } from "./grid";
import { createOverlay, NUMBERS_FROM_PX, typicalRadius } from "./overlay";
import { readPalette } from "./palette";
import { type Mine, Scene } from "./scene";
import { createSplatLayer } from "./splat";
import { between, clamped, fitted, type View, zoomed } from "./view";

export type { Mine, MineStatus } from "./scene";

export type Place =
  | { kind: "seat"; seat: number }
  | { kind: "table"; table: number }
  | { kind: "area"; area: number };

export interface SeatMapHandlers {
  press(place: Place): void;
  /** The mouse is over a place (screen point within the map), or over none. */
  hover(place: Place | null, x: number, y: number): void;
  /** Words for the seat under the keyboard's cursor. */
  describe(seat: number): string;
  /** Words under a standing area's name. */
  placesLeft(area: number): string;
  /** A press anywhere, user units, before it means a place; true: that was all it meant. */
  point?(x: number, y: number): boolean;
}

export interface SeatMap {
  /** New truth from the stream; `seats` null means that every seat may have changed. */
  setStates(states: Uint8Array, pools: Int32Array, changed: { seats: number[] | null; pools: boolean }): void;
  setMine(mine: Mine): void;
  /** Zones at full strength; null shows all. */
  setZones(zones: ReadonlySet<number> | null): void;
  zoomBy(factor: number): void;
  fit(): void;
  /** Brings these seats into sight, together and large enough to be told apart. */
  show(seats: number[]): void;
  /** Lets go of the host; returns where the map stood, null while it showed the whole house. */
  close(): View | null;
}

const MARGIN_PX = 24;
const RATIO_MAX = 2;
const REST_MS = 140;
const GLIDE_MS = 260;
/** Largest seat when zoomed in fully, and the size at which seats can be picked by finger or mouse. */
const RADIUS_MAX_PX = 24;
const PICK_RADIUS_TOUCH_PX = 7;
const PICK_RADIUS_MOUSE_PX = 3;
const PICK_RADIUS_AFTER_ZOOM_PX = 12;
/** Below this radius in device pixels sections speak for their seats. */
const FAR_RADIUS_PX = 0.55;
const FAR_REFRESH_MS = 200;
const REACH_PX = 14;
const PAN_STEP_PX = 80;
const SHOWN_MARGIN_PX = 96;
const ZOOM_STEP = 1.5;

/** Draws the house into `host`, which gives it its size, and makes it pannable and pickable; `from`: where it stands. */
export function createSeatMap(host: HTMLElement, geometry: Geometry, on: SeatMapHandlers, from: View | null = null): SeatMap {
  const scene = new Scene(geometry);
  const grid = new Grid(geometry.x, geometry.y, geometry.r);
  const seatLayer = createSplatLayer(geometry, grid);
  const backdrop = createBackdrop(scene);
  const overlay = createOverlay(scene, grid, on.placesLeft);
  const [under, over] = [canvas(), canvas()];
  host.append(under.canvas, seatLayer.canvas, over.canvas);
  const radius = typicalRadius(geometry.r);

  const isDark = matchMedia("(prefers-color-scheme: dark)");
  const isStill = matchMedia("(prefers-reduced-motion: reduce)");
  let colours = readPalette();
  let [width, height, ratio] = [0, 0, 1];
  let view = from ?? { k: 1, tx: 0, ty: 0 };
  let isFitted = from === null;
  let frame = 0;
  let restTimer = 0;
  let backTimer = 0;
  let isResting = true;
  // What the next frame has to draw.
  let isAllStale = true;
  let isFrontStale = true;
  let isBackStale = true;
  let staleSeats: number[] = [];

  function schedule(): void {
    if (frame === 0 && width > 0) frame = requestAnimationFrame(draw);
  }

  function draw(): void {
    frame = 0;
    if (isAllStale || isBackStale) backdrop.paint(under.context, view, ratio, colours, isFar());
    if (isFar()) seatLayer.canvas.hidden = true;
    else if (isAllStale || seatLayer.canvas.hidden) {
      seatLayer.canvas.hidden = false;
      seatLayer.paint(view, ratio, scene.looks, colours);
    } else if (staleSeats.length > 0) seatLayer.repaint(staleSeats, scene.looks);
    if (isAllStale || isFrontStale) overlay.paint(over.context, view, ratio, colours, isResting);
    if (isAllStale) placeCursor();
    [isAllStale, isFrontStale, isBackStale, staleSeats] = [false, false, false, []];
  }

  /** Are seats too small to be seen, so that sections have to speak for them? */
  function isFar(): boolean {
    return radius * view.k * ratio < FAR_RADIUS_PX && geometry.sections.some((section) => section.outline);
  }

  /** Sections' colours follow their seats at their own pace: all of them are drawn for one change. */
  function refreshFar(): void {
    backTimer = 0;
    isBackStale = true;
    schedule();
  }

  function moveTo(next: View): void {
    const fit = fitted(geometry.box, width, height, MARGIN_PX);
    const k = Math.min(Math.max(next.k, fit.k * 0.7), Math.max(RADIUS_MAX_PX / radius, fit.k));
    const scaled = k === next.k ? next : zoomed(next, k / next.k, width / 2, height / 2);
    view = clamped(scaled, geometry.box, width, height);
    isFitted = false;
    isAllStale = true;
    isResting = false;
    clearTimeout(restTimer);
    restTimer = setTimeout(() => {
      isResting = true;
      isFrontStale = true;
      schedule();
    }, REST_MS);
    schedule();
  }

  let glide = 0;
  let aim: View | null = null;
  function glideTo(next: View): void {
    cancelAnimationFrame(glide);
    if (isStill.matches || width === 0) return moveTo(next);
    const [from, start] = [view, performance.now()];
    aim = next;
    isFitted = false;
    const step = (now: number) => {
      const t = Math.min(Math.max((now - start) / GLIDE_MS, 0), 1);
      moveTo(between(from, next, 1 - (1 - t) ** 3, width, height));
      if (t < 1) glide = requestAnimationFrame(step);
      else aim = null;
    };
    glide = requestAnimationFrame(step);
  }

  function stopGlide(): void {
    cancelAnimationFrame(glide);
    aim = null;
  }

  function placeAt(x: number, y: number): Place | null {
    const [ux, uy] = [(x - view.tx) / view.k, (y - view.ty) / view.k];
    const seat = grid.nearest(ux, uy, Math.max(radius, REACH_PX / view.k));
    const distance = seat < 0 ? Infinity : Math.hypot(geometry.x[seat] - ux, geometry.y[seat] - uy);
    if (distance <= geometry.r[seat]) return { kind: "seat", seat };
    const table = geometry.tables.findIndex((at) =>
      at.outline ? inside(at.outline, ux, uy) : Math.hypot(at.x - ux, at.y - uy) <= at.r,
    );
    if (table >= 0) return { kind: "table", table };
    const area = geometry.areas.findIndex((at) => inside(at.outline, ux, uy));
    if (area >= 0) return { kind: "area", area };
    return seat >= 0 ? { kind: "seat", seat } : null;
  }

  const near = (x: number, y: number): View =>
    zoomed(view, PICK_RADIUS_AFTER_ZOOM_PX / (radius * view.k), x, y);

  const silence = listen(host, {
    pan(dx, dy) {
      stopGlide();
      moveTo({ k: view.k, tx: view.tx + dx, ty: view.ty + dy });
    },
    zoom(factor, x, y) {
      stopGlide();
      moveTo(zoomed(view, factor, x, y));
    },
    tap(x, y, isTouch) {
      if (on.point?.((x - view.tx) / view.k, (y - view.ty) / view.k)) return;
      const place = placeAt(x, y);
      if (place?.kind === "area") return on.press(place);
      const pickable = isTouch ? PICK_RADIUS_TOUCH_PX : PICK_RADIUS_MOUSE_PX;
      if (radius * view.k < pickable && (place || overSection(x, y))) glideTo(near(x, y));
      else if (place) on.press(place);
    },
    hover(at) {
      const place = at && placeAt(at.x, at.y);
      host.classList.toggle("is-over", place !== null);
      on.hover(place, at?.x ?? 0, at?.y ?? 0);
    },
  });

  function overSection(x: number, y: number): boolean {
    const [ux, uy] = [(x - view.tx) / view.k, (y - view.ty) / view.k];
    return geometry.sections.some((section) => section.outline && inside(section.outline, ux, uy));
  }

  const cursor = createCursor(host, {
    describe: on.describe,
    press: (seat) => on.press({ kind: "seat", seat }),
    focused() {
      if (cursor.seat < 0) steer(firstSeat());
    },
    key(event) {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (move && event.shiftKey) {
        moveTo({ k: view.k, tx: view.tx - move[0] * PAN_STEP_PX, ty: view.ty - move[1] * PAN_STEP_PX });
      } else if (move) steer(cursor.seat < 0 ? firstSeat() : grid.toward(cursor.seat, move[0], move[1]));
      else if (event.key === "+" || event.key === "=") zoomBy(ZOOM_STEP);
      else if (event.key === "-") zoomBy(1 / ZOOM_STEP);
      else if (event.key === "0") fit();
      else return;
      event.preventDefault();
    },
  });

  function firstSeat(): number {
    const free = scene.states.indexOf(0);
    return Math.max(free, Math.min(0, geometry.count - 1));
  }

  function steer(seat: number): void {
    if (seat < 0) return;
    cursor.moveTo(seat);
    const [sx, sy] = [geometry.x[seat] * view.k + view.tx, geometry.y[seat] * view.k + view.ty];
    const isSmall = radius * view.k < PICK_RADIUS_MOUSE_PX;
    const margin = 48;
    const isOut = sx < margin || sy < margin || sx > width - margin || sy > height - margin;
    if (isSmall || isOut) show([seat]);
    else placeCursor();
  }

  function placeCursor(): void {
    const { seat } = cursor;
    if (seat < 0) return;
    const size = 2 * geometry.r[seat] * view.k + 8;
    cursor.place(geometry.x[seat] * view.k + view.tx, geometry.y[seat] * view.k + view.ty, size);
  }

  function zoomBy(factor: number): void {
    glideTo(zoomed(view, factor, width / 2, height / 2));
  }

  function fit(): void {
    glideTo(fitted(geometry.box, width, height, MARGIN_PX));
    isFitted = true;
  }

  function show(seats: number[]): void {
    const [x0, x1] = extent(seats.map((seat) => geometry.x[seat]));
    const [y0, y1] = extent(seats.map((seat) => geometry.y[seat]));
    const next = fitted({ x: x0, y: y0, w: x1 - x0, h: y1 - y0 }, width, height, SHOWN_MARGIN_PX);
    const k = Math.min(next.k, Math.max(view.k, PICK_RADIUS_AFTER_ZOOM_PX / radius));
    glideTo(zoomed(next, k / next.k, width / 2, height / 2));
  }

  // The host may have no size yet (a closed tab, a hidden panel): drawing starts when it has one.
  const observer = new ResizeObserver(() => {
    const box = host.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return;
    const wasFitted = isFitted;
    // What was in the middle stays there, or gets there.
    const [dx, dy] = width > 0 ? [(box.width - width) / 2, (box.height - height) / 2] : [0, 0];
    const { k, tx, ty } = aim ?? view;
    stopGlide();
    [width, height, ratio] = [box.width, box.height, Math.min(devicePixelRatio, RATIO_MAX)];
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    for (const layer of [under.canvas, over.canvas]) [layer.width, layer.height] = [w, h];
    seatLayer.resize(w, h);
    moveTo(wasFitted ? fitted(geometry.box, width, height, MARGIN_PX) : { k, tx: tx + dx, ty: ty + dy });
    isFitted = wasFitted;
    draw();
  });
  observer.observe(host);

  function repaint(): void {
    colours = readPalette();
    isAllStale = true;
    schedule();
  }
  isDark.addEventListener("change", repaint);

  return {
    setStates(states, pools, changed) {
      scene.states = states;
      scene.pools = pools;
      scene.refresh(changed.seats);
      if (changed.seats === null) isAllStale = true;
      else staleSeats.push(...changed.seats);
      if (changed.pools) isBackStale = true;
      if (isFar()) backTimer ||= setTimeout(refreshFar, FAR_REFRESH_MS);
      if (changed.pools || radius * view.k >= NUMBERS_FROM_PX) isFrontStale = true;
      cursor.refresh();
      schedule();
    },
    setMine(mine) {
      const changed = new Set([...scene.mine.seats.keys(), ...mine.seats.keys()]);
      scene.mine = mine;
      scene.refresh(changed);
      staleSeats.push(...changed);
      [isBackStale, isFrontStale] = [true, true];
      cursor.refresh();
      schedule();
    },
    setZones(zones) {
      scene.zones = zones;
      scene.refresh(null);
      isAllStale = true;
      schedule();
    },
    zoomBy,
    fit,
    show,
    close() {
      silence();
      stopGlide();
      observer.disconnect();
      isDark.removeEventListener("change", repaint);
      host.replaceChildren();
      return isFitted ? null : view;
    },
  };
}

function canvas(): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const element = document.createElement("canvas");
  return { canvas: element, context: element.getContext("2d")! };
}
