import { type ComponentType, h } from "preact";
import { redrawSoon } from "../lib/state";

/** A component whose code is loaded when it is first drawn, to keep the first load small. */
export function later(load: () => Promise<ComponentType>): ComponentType {
  let Loaded: ComponentType | null = null;
  let isLoading = false;
  return () => {
    if (Loaded) return <Loaded />;
    if (!isLoading) {
      isLoading = true;
      load().then(
        (component) => {
          Loaded = component;
          redrawSoon();
        },
        () => (isLoading = false),
      );
    }
    return null;
  };
}
