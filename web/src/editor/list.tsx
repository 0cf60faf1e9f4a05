import { h } from "preact";
import { counted } from "../lib/words";
import { seatsOf } from "../map/blocks";
import { HouseList } from "../map/houselist";
import { seatInWords } from "./shape";
import { house, isChosen, toggle } from "./store";

/** The draft in words; standing areas stand before it. */
export function DraftList() {
  const { geometry } = house.value!;
  return (
    <HouseList
      geometry={geometry}
      isChosen={isChosen}
      press={toggle}
      note={({ groups }) => counted(seatsOf(...groups).length, "seat")}
      seatInWords={seatInWords}
      look={(seat) => `z${geometry.zone[seat] % 8}`}
    >
      {geometry.areas.length > 0 && (
        <p class="actions is-start">
          {geometry.areas.map(({ key, name }, at) => (
            <button type="button" class="rowbutton" key={key} aria-pressed={isChosen({ kind: "area", at })} onClick={() => toggle({ kind: "area", at })}>
              {name}
            </button>
          ))}
        </p>
      )}
    </HouseList>
  );
}
