/** Fingers, mouse, wheel: what they mean for the map. Points are CSS pixels within the surface. */
export interface GestureHandlers {
  pan(dx: number, dy: number): void;
  zoom(factor: number, x: number, y: number): void;
  tap(x: number, y: number, isTouch: boolean): void;
  /** The mouse rests on a point, or has left (null). */
  hover(at: { x: number; y: number } | null): void;
}

const TAP_SLOP_PX = 6;
const WHEEL_STEP = 0.0016;

/** Listens until the returned function is called. */
export function listen(surface: HTMLElement, on: GestureHandlers): () => void {
  const abort = new AbortController();
  const options = { signal: abort.signal };
  const down = new Map<number, { x: number; y: number }>();
  let travelled = 0;
  let wasPinch = false;

  const locate = (event: MouseEvent) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  surface.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      if (down.size === 0) [travelled, wasPinch] = [0, false];
      else wasPinch = true;
      down.set(event.pointerId, locate(event));
      on.hover(null);
    },
    options,
  );

  surface.addEventListener(
    "pointermove",
    (event) => {
      const at = locate(event);
      const from = down.get(event.pointerId);
      if (!from) {
        if (event.pointerType === "mouse") on.hover(at);
        return;
      }
      const [dx, dy] = [at.x - from.x, at.y - from.y];
      travelled = Math.max(travelled, Math.hypot(dx, dy));
      if (travelled < TAP_SLOP_PX) return;
      // Only now: capturing earlier would turn the click of a plain tap away from its target.
      if (!surface.hasPointerCapture(event.pointerId)) surface.setPointerCapture(event.pointerId);
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1];
      down.set(event.pointerId, at);
      if (!other) return on.pan(dx, dy);
      const before = Math.hypot(from.x - other.x, from.y - other.y);
      const after = Math.hypot(at.x - other.x, at.y - other.y);
      on.pan(dx / 2, dy / 2);
      on.zoom(after / Math.max(before, 1), (at.x + other.x) / 2, (at.y + other.y) / 2);
    },
    options,
  );

  const up = (event: PointerEvent) => {
    if (!down.delete(event.pointerId) || event.type === "pointercancel") return;
    if (travelled >= TAP_SLOP_PX || wasPinch || down.size > 0) return;
    const at = locate(event);
    on.tap(at.x, at.y, event.pointerType !== "mouse");
  };
  surface.addEventListener("pointerup", up, options);
  surface.addEventListener("pointercancel", up, options);
  surface.addEventListener("pointerleave", () => on.hover(null), options);

  surface.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const at = locate(event);
      const delta = event.deltaY * (event.deltaMode === 1 ? 20 : 1) * (event.ctrlKey ? 6 : 1);
      on.zoom(Math.exp(-Math.min(Math.max(delta, -400), 400) * WHEEL_STEP), at.x, at.y);
      on.hover(null);
    },
    { ...options, passive: false },
  );
  return () => abort.abort();
}
