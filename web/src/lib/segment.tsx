import { h } from "preact";

/** One of several buttons of which one is on; they stand together in a `.segments`. */
export function Segment({ name, isOn, press }: { name: string; isOn: boolean; press: () => void }) {
  return (
    <button type="button" aria-pressed={isOn} onClick={press}>
      {name}
    </button>
  );
}
