/** The box office of an event: places are sold over the counter, or given away. */
import { h } from "preact";
import { mount } from "../lib/state";
import { WorkPage } from "../places/page";
import { start } from "../places/store";
import { Panel } from "./panel";
import { readAllocations } from "./till";

start(() => {});
void readAllocations().catch(() => {});
mount(
  () => (
    <WorkPage label="Box office">
      <Panel />
    </WorkPage>
  ),
  document.getElementById("live")!,
);
