import { h } from "preact";
import { counted } from "../lib/words";
import { takeBack } from "./acts";
import { edits, isBusy } from "./store";
import { editInWords } from "./words";

/** So many are listed, the last ones. */
const LISTED_MAX = 100;

/** What was done so far, the last first; each can be taken back by itself. */
export function Edits() {
  const all = edits.value;
  if (all.length === 0) return null;
  const first = Math.max(0, all.length - LISTED_MAX);
  return (
    <details class="edits">
      <summary>{counted(all.length, "edit")}</summary>
      <ol>
        {all
          .map((edit, at) => ({ words: editInWords(edit), at }))
          .slice(first)
          .reverse()
          .map(({ words, at }) => (
            <li key={at}>
              <span>{words}</span>
              <button type="button" class="remove" disabled={isBusy.value} aria-label={`Take back: ${words}`} onClick={() => void takeBack(at)}>
                ×
              </button>
            </li>
          ))}
      </ol>
    </details>
  );
}
