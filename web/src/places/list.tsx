import { h } from "preact";
import { type Block, seatsOf } from "../map/blocks";
import { HouseList, type Part } from "../map/houselist";
import { seatInWords } from "./house";
import { aim, chosen, geometry, house, move, press, STATE_WORDS, toggle } from "./store";

/** The house in words. */
export function PlacesList() {
  return (
    <HouseList
      geometry={geometry.value!}
      isChosen={(part) => seatsIn(part).every((seat) => chosen.value.has(seat))}
      press={pressPart}
      note={note}
      seatInWords={(seat) => seatInWords(seat).filter(Boolean).join(", ")}
      look={(seat) => `s${house.states[seat]}`}
    />
  );
}

function pressPart(part: Part): void {
  if (part.kind === "seat") press({ kind: "seat", seat: part.at });
  else if (move.value) aim(seatsIn(part));
  else toggle(seatsIn(part));
}

function seatsIn({ kind, at }: Part): number[] {
  const { sections, rows, tables } = geometry.value!;
  if (kind === "seat") return [at];
  return kind === "section" ? seatsOf(...sections[at].runs) : seatsOf((kind === "row" ? rows : tables)[at]);
}

function note({ groups }: Block): string {
  const found = [0, 0, 0, 0];
  for (const seat of seatsOf(...groups)) found[house.states[seat] ?? 0]++;
  const words = found.map((count, state) => (count > 0 ? `${count.toLocaleString("en")} ${STATE_WORDS[state]}` : ""));
  return words.filter(Boolean).join(" · ");
}
