import { h } from "preact";
import { counted } from "../lib/words";
import { HouseList } from "../map/houselist";
import { type Block, seatsOf } from "../map/blocks";
import { isChosen, house, toggle } from "./store";
import { seatInWords } from "./shape";

/** The draft in words; standing areas stand before it. */
export function DraftList() {
  const { geometry } = house.value!;
  return (
    <div class="listview is-draft">
      {geometry.areas.length > 0 && (
        <p class="actions is-start">
          {geometry.areas.map(({ key, name }, at) => (
            <button type="button" class="rowbutton" key={key} aria-pressed={isChosen({ kind: "area", at })} onClick={() => toggle({ kind: "area", at })}>
              {name}
            </button>
          ))}
        </p>
      )}
      <HouseList
        geometry={geometry}
        isChosen={isChosen}
        press={toggle}
        note={({ groups }: Block) => counted(seatsOf(...groups).length, "seat")}
        seatInWords={seatInWords}
        look={(seat) => `z${geometry.zone[seat] % 8}`}
      />
    </div>
  );
}
