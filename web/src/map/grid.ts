/** Uniform grid over points, for "which seat is here" and "what lies in this rectangle". */
export class Grid {
  private readonly cell: number;
  private readonly x0: number;
  private readonly y0: number;
  private readonly columns: number;
  private readonly lines: number;
  /** Points of cell c are `items[starts[c]] ... items[starts[c + 1] - 1]`. */
  private readonly starts: Int32Array;
  private readonly items: Int32Array;

  /** Of those points that have a size in `r`. */
  constructor(
    private readonly x: Float32Array,
    private readonly y: Float32Array,
    r: Float32Array,
  ) {
    const [x0, x1] = extent(x);
    const [y0, y1] = extent(y);
    const area = Math.max(x1 - x0, 1) * Math.max(y1 - y0, 1);
    // About two points a cell where they fill the box.
    this.cell = Math.sqrt((2 * area) / Math.max(x.length, 1));
    this.x0 = x0;
    this.y0 = y0;
    this.columns = Math.floor((x1 - x0) / this.cell) + 1;
    this.lines = Math.floor((y1 - y0) / this.cell) + 1;
    this.starts = new Int32Array(this.columns * this.lines + 1);
    this.items = new Int32Array(x.length);
    for (let i = 0; i < x.length; i++) if (r[i] > 0) this.starts[this.cellOf(i) + 1]++;
    for (let c = 1; c < this.starts.length; c++) this.starts[c] += this.starts[c - 1];
    const next = this.starts.slice();
    for (let i = 0; i < x.length; i++) if (r[i] > 0) this.items[next[this.cellOf(i)]++] = i;
  }

  /** Calls `visit` with each point inside the rectangle, edges included. */
  within(x0: number, y0: number, x1: number, y1: number, visit: (i: number) => void): void {
    const c0 = Math.max(0, Math.floor((x0 - this.x0) / this.cell));
    const c1 = Math.min(this.columns - 1, Math.floor((x1 - this.x0) / this.cell));
    const l0 = Math.max(0, Math.floor((y0 - this.y0) / this.cell));
    const l1 = Math.min(this.lines - 1, Math.floor((y1 - this.y0) / this.cell));
    for (let line = l0; line <= l1; line++) {
      const end = this.starts[line * this.columns + c1 + 1];
      for (let k = this.starts[line * this.columns + c0]; c0 <= c1 && k < end; k++) {
        const i = this.items[k];
        if (this.x[i] >= x0 && this.x[i] <= x1 && this.y[i] >= y0 && this.y[i] <= y1) visit(i);
      }
    }
  }

  /** Nearest point at most `reach` away, or -1. */
  nearest(x: number, y: number, reach: number): number {
    let best = -1;
    let bestSquare = reach * reach;
    this.within(x - reach, y - reach, x + reach, y + reach, (i) => {
      const square = (this.x[i] - x) ** 2 + (this.y[i] - y) ** 2;
      if (square <= bestSquare) {
        best = i;
        bestSquare = square;
      }
    });
    return best;
  }

  /**
   * Next point from point `from` in direction (dx, dy), one of them 0: near and well in line wins.
   * Returns -1 at the edge.
   */
  toward(from: number, dx: number, dy: number): number {
    const [x, y] = [this.x[from], this.y[from]];
    const far = Math.max(this.columns, this.lines) * this.cell;
    for (let reach = this.cell * 2; reach < far * 2; reach *= 2) {
      let best = -1;
      let bestCost = Infinity;
      this.within(x - reach, y - reach, x + reach, y + reach, (i) => {
        const ahead = (this.x[i] - x) * dx + (this.y[i] - y) * dy;
        const aside = Math.abs((this.x[i] - x) * dy) + Math.abs((this.y[i] - y) * dx);
        if (ahead <= 0 || aside > ahead * 1.5) return;
        const cost = ahead + aside * 2;
        if (cost < bestCost) {
          best = i;
          bestCost = cost;
        }
      });
      if (best >= 0) return best;
    }
    return -1;
  }

  private cellOf(i: number): number {
    const column = Math.floor((this.x[i] - this.x0) / this.cell);
    const line = Math.floor((this.y[i] - this.y0) / this.cell);
    return line * this.columns + column;
  }
}

/** The least and the greatest of these; 0 and 0 where there are none. */
export function extent(values: Iterable<number>): [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Is (x, y) inside the closed outline? Even-odd rule. */
export function inside(outline: Float32Array, x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = outline.length - 2; i < outline.length; j = i, i += 2) {
    const [xi, yi, xj, yj] = [outline[i], outline[i + 1], outline[j], outline[j + 1]];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}
