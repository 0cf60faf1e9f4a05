/** Where the map stands on the screen: screen = user * k + (tx, ty), in CSS pixels. */
export interface View {
  k: number;
  tx: number;
  ty: number;
}

interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

/** The whole box centred in a screen of `width` x `height`, with `margin` pixels around it. */
export function fitted(box: Box, width: number, height: number, margin: number): View {
  const k = Math.min(
    Math.max(width - 2 * margin, 1) / Math.max(box.w, 1e-6),
    Math.max(height - 2 * margin, 1) / Math.max(box.h, 1e-6),
  );
  return {
    k,
    tx: width / 2 - (box.x + box.w / 2) * k,
    ty: height / 2 - (box.y + box.h / 2) * k,
  };
}

/** Scales by `factor` so that the screen point (x, y) stays where it is. */
export function zoomed(view: View, factor: number, x: number, y: number): View {
  return {
    k: view.k * factor,
    tx: x - (x - view.tx) * factor,
    ty: y - (y - view.ty) * factor,
  };
}

/** Keeps the centre of the screen inside the box, so that the map cannot get lost. */
export function clamped(view: View, box: Box, width: number, height: number): View {
  const clamp = (t: number, low: number, size: number, centre: number) =>
    centre - Math.min(Math.max((centre - t) / view.k, low), low + size) * view.k;
  return {
    k: view.k,
    tx: clamp(view.tx, box.x, box.w, width / 2),
    ty: clamp(view.ty, box.y, box.h, height / 2),
  };
}

/** Between two views at `t` in 0..1: scale moves geometrically, the centre of the screen evenly. */
export function between(a: View, b: View, t: number, width: number, height: number): View {
  const k = a.k * (b.k / a.k) ** t;
  const [cx, cy] = [width / 2, height / 2];
  const ux = ((cx - a.tx) / a.k) * (1 - t) + ((cx - b.tx) / b.k) * t;
  const uy = ((cy - a.ty) / a.k) * (1 - t) + ((cy - b.ty) / b.k) * t;
  return { k, tx: cx - ux * k, ty: cy - uy * k };
}
