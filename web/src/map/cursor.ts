/**
 * Keyboard and screen reader on the map: the seat under the cursor is one focusable button. Two
 * buttons take turns, because a screen reader speaks a newly focused element reliably, and a changed
 * name of the focused one it does not.
 */
export interface Cursor {
  /** Seat under the cursor, or -1. */
  readonly seat: number;
  /** Puts the cursor on a seat, which is then spoken. */
  moveTo(seat: number): void;
  /** Moves the button to where its seat is on the screen: centre and size in CSS pixels. */
  place(x: number, y: number, size: number): void;
  /** Says the seat's present state at the next reading. */
  refresh(): void;
}

interface CursorHandlers {
  describe(seat: number): string;
  press(seat: number): void;
  key(event: KeyboardEvent): void;
  focused(): void;
}

const SIZE_MIN_PX = 24;

export function createCursor(host: HTMLElement, on: CursorHandlers): Cursor {
  let seat = -1;
  let turn = 0;
  const buttons = [0, 1].map(() => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-cursor";
    button.addEventListener("click", () => seat >= 0 && on.press(seat));
    button.addEventListener("keydown", on.key);
    button.addEventListener("focus", on.focused);
    host.append(button);
    return button;
  });
  buttons[1].hidden = true;
  buttons[0].ariaLabel = "Seats. Use the arrow keys to move from seat to seat.";

  return {
    get seat() {
      return seat;
    },
    moveTo(next) {
      seat = next;
      const old = buttons[turn];
      turn = 1 - turn;
      const now = buttons[turn];
      now.hidden = false;
      now.ariaLabel = on.describe(seat);
      now.focus({ preventScroll: true });
      old.hidden = true;
    },
    place(x, y, size) {
      const side = Math.max(size, SIZE_MIN_PX);
      buttons[turn].style.cssText =
        `width:${side}px;height:${side}px;transform:translate(${x - side / 2}px,${y - side / 2}px)`;
    },
    refresh() {
      if (seat >= 0) buttons[turn].ariaLabel = on.describe(seat);
    },
  };
}
