/** Words as small pictures: drawn once, then copied, which is many times faster than setting type. */
export interface Word {
  picture: HTMLCanvasElement;
  /** Size in device pixels. */
  width: number;
  height: number;
}

const FONT = "system-ui, sans-serif";
const HALO_PX = 3.5;
const WORDS_MAX = 1500;

const words = new Map<string, Word>();

/** `size` and the halo are CSS pixels, `ratio` device pixels per CSS pixel. */
export function word(text: string, size: number, colour: string, halo: string, isBold: boolean, ratio: number): Word {
  const key = [text, size, colour, halo, isBold, ratio].join("|");
  let found = words.get(key);
  if (!found) {
    if (words.size >= WORDS_MAX) words.clear();
    words.set(key, (found = draw(text, size * ratio, colour, halo, isBold, HALO_PX * ratio)));
  }
  return found;
}

function draw(text: string, size: number, colour: string, halo: string, isBold: boolean, haloWidth: number): Word {
  const picture = document.createElement("canvas");
  const context = picture.getContext("2d")!;
  const font = `${isBold ? 600 : 400} ${size}px ${FONT}`;
  context.font = font;
  const width = (picture.width = Math.ceil(context.measureText(text).width + haloWidth * 2));
  const height = (picture.height = Math.ceil(size * 1.2 + haloWidth));
  // Setting its size has reset the context.
  context.font = font;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  if (halo) {
    context.strokeStyle = halo;
    context.lineWidth = haloWidth;
    context.strokeText(text, width / 2, height / 2);
  }
  context.fillStyle = colour;
  context.fillText(text, width / 2, height / 2);
  return { picture, width, height };
}
