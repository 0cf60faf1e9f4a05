// Some rules of axe-core in a few lines: names (4.1.2), ids (4.1.1), one heading (1.3.1), targets (2.5.8, and what a finger hits),
// contrast (1.4.3), words that a narrow box breaks into letters. Returns the page's faults. Source: WCAG 2.2.
() => {
  const faults = [];
  const isShown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const least = matchMedia("(pointer: coarse), (max-width: 820px)").matches ? 44 : 24;
  const byId = (ids) => ids.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join("");
  for (const element of document.querySelectorAll("button, a[href], input, select, textarea, summary")) {
    if (!isShown(element) || element.type === "hidden") continue;
    const label = [...(element.labels ?? [])].map((one) => one.textContent).join("");
    const words = element.matches("input, select, textarea") ? "" : element.textContent;
    const name = element.ariaLabel || byId(element.getAttribute("aria-labelledby") ?? "") || label || words;
    if (!name.trim()) say("no name", element);
    const box = (element.matches("label input") ? element.closest("label") : element).getBoundingClientRect();
    const isInText = element.matches("p a, dd a, small a, .line-label a, .skip, .map-cursor");
    if (!isInText && box.width && Math.min(box.width, box.height) < least) say("small target", element);
  }
  for (const element of document.querySelectorAll("[role=group], dialog, section, [role=application]")) {
    const named = element.getAttribute("aria-labelledby");
    if (isShown(element) && !element.ariaLabel && !(named && byId(named))) say("no name", element);
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
  if (document.querySelectorAll("h1").length !== 1) faults.push("not one h1");
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const light = ([r, g, b]) => {
    const [R, G, B] = [r, g, b].map((c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * R + 0.7152 * G + 0.0722 * B;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = rgba(getComputedStyle(at).backgroundColor);
      if (found[3] > 200) return found;
    }
    return [255, 255, 255];
  };
  for (const element of document.querySelectorAll("body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (!hasText || !isShown(element) || element.matches(":disabled, .spoken, option, script, noscript")) continue;
    if (element.closest(":disabled, [aria-hidden=true], .spoken, script, noscript")) continue;
    if (!element.closest("code, pre, svg")) {
      const range = document.createRange();
      range.selectNodeContents(element);
      const lines = new Set([...range.getClientRects()].map((line) => Math.round(line.bottom))).size;
      if (lines > 4 + 2 * element.textContent.trim().split(/[\s/-]+/).length) say(`squeezed into ${lines} lines`, element);
    }
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.49) say(`contrast ${ratio.toFixed(2)}`, element);
  }
  return faults;
}
