import { h } from "preact";
import { cell } from "../lib/state";
import type { Place, SeatMap } from "./map";
import type { View } from "./view";

const ZOOM_STEP = 1.6;

export interface Frame {
  /** The map, its zoom buttons and its tip; a hidden one keeps its view and draws when it is shown. */
  View(props: { hidden?: boolean }): h.JSX.Element;
  /** Undefined until first drawn. */
  readonly map: SeatMap | undefined;
  /** Draws anew what has changed; `isSame`: from where the map stood. */
  redraw(isSame: boolean): void;
  /** For `SeatMapHandlers.hover`. */
  hover(place: Place | null, x: number, y: number): void;
}

/**
 * The one map of a page. `draw` makes it when its host is there; the canvas lives outside the virtual
 * tree: drawn once, then told what changed. `words`: what the tip says of a place, its name first.
 */
export function createFrame(draw: (host: HTMLElement, from: View | null) => SeatMap, words: (place: Place) => string[]): Frame {
  const hovered = cell<{ place: Place; x: number; y: number } | null>(null);
  let host: HTMLElement | null = null;
  let map: SeatMap | undefined;
  const begin = (element: HTMLElement | null) => {
    host = element;
    if (host) map ??= draw(host, null);
  };

  function Tip() {
    const at = hovered.value;
    if (!at) return null;
    const [name, ...rest] = words(at.place);
    return (
      <div class="tip" style={{ transform: `translate(${at.x}px, ${at.y}px)` }}>
        <div class="tip-box">
          <strong>{name}</strong>
          {rest.map((line) => line && <span key={line}>{line}</span>)}
        </div>
      </div>
    );
  }

  return {
    get map() {
      return map;
    },
    redraw(isSame) {
      const from = map?.close() ?? null;
      map = host ? draw(host, isSame ? from : null) : undefined;
    },
    hover: (place, x, y) => (hovered.value = place && { place, x, y }),
    View: ({ hidden = false }) => (
      <div class="mapview" hidden={hidden}>
        <div class="map" ref={begin} role="application" aria-label="Seat map" aria-roledescription="seat map" />
        <div class="zoom">
          <button type="button" aria-label="Zoom in" onClick={() => map?.zoomBy(ZOOM_STEP)}>
            +
          </button>
          <button type="button" aria-label="Zoom out" onClick={() => map?.zoomBy(1 / ZOOM_STEP)}>
            −
          </button>
          <button type="button" class="fit" aria-label="Show the whole house" onClick={() => map?.fit()} />
        </div>
        <Tip />
      </div>
    ),
  };
}
