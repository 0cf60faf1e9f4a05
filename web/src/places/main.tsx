/** The organizer's places of an event: off sale and back, tables, another seat for who has one. */
import { h } from "preact";
import { mount } from "../lib/state";
import { recountSoon } from "./acts";
import { readAside } from "./aside";
import { WorkPage } from "./page";
import { Panel } from "./panel";
import { start } from "./store";

start(recountSoon);
void readAside().catch(() => {});
mount(
  () => (
    <WorkPage label="Places">
      <Panel />
    </WorkPage>
  ),
  document.getElementById("live")!,
);
