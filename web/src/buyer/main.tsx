import { h } from "preact";
import { mount } from "../lib/state";
import { App, open } from "./app";
import { start } from "./store";

open();
void start();
mount(() => <App />, document.getElementById("live")!);
