/** The organizer's places of an event: off sale and back, tables, another seat for who has one. */
import { h } from "preact";
import { pageData } from "../lib/page";
import { mount } from "../lib/state";
import { recountSoon } from "./acts";
import { readAside } from "./aside";
import { WorkPage } from "./page";
import { Panel } from "./panel";
import { type Move, move, start } from "./store";

/** The order that gets other places, where one was named. */
const wanted = pageData<Omit<Move, "to"> | null>("move");

start(recountSoon);
if (wanted) move.value = { ...wanted, to: [] };
void readAside().catch(() => {});
mount(
  () => (
    <WorkPage label="Places">
      <Panel />
    </WorkPage>
  ),
  document.getElementById("live")!,
);
