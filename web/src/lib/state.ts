import { type ComponentChild, render } from "preact";

/**
 * The state of a page: cells that hold a value. Setting any of them draws the page once in the next
 * frame, however many were set; Preact finds out what has to change in the document.
 *
 * @preact/signals would redraw less and weighs 3.5 KB more, a sixth of what a buyer may have to load.
 */
export class Cell<T> {
  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set value(next: T) {
    if (next === this.current) return;
    this.current = next;
    redraw();
  }
}

export function cell<T>(value: T): Cell<T> {
  return new Cell(value);
}

const drawings: (() => void)[] = [];
let isQueued = false;

/** Draws in the next frame. */
function redraw(): void {
  if (isQueued) return;
  isQueued = true;
  requestAnimationFrame(() => {
    isQueued = false;
    for (const draw of drawings) draw();
  });
}

let soonTimer = 0;

/** Draws within a tenth of a second; for words and numbers that a stream may move at any speed. */
export function redrawSoon(): void {
  soonTimer ||= setTimeout(() => {
    soonTimer = 0;
    redraw();
  }, 100);
}

/** Calls `draw` now and with every drawing. */
export function onDraw(draw: () => void): void {
  drawings.push(draw);
  draw();
}

/** Keeps `root` showing what `view` returns. */
export function mount(view: () => ComponentChild, root: Element): void {
  onDraw(() => render(view(), root));
}
