/** Puts a colour around text that is already inert. */
export type Painter = (text: string) => string;

/** The sixteen colours every terminal has, so that the user's own theme decides how they look. */
export interface Palette {
  readonly red: Painter;
  readonly green: Painter;
  readonly yellow: Painter;
  readonly blue: Painter;
  readonly cyan: Painter;
  readonly dim: Painter;
  readonly bold: Painter;
}

const ESC = "\u001B[";

function painter(open: number, close: number): Painter {
  return (text) => (text === "" ? "" : `${ESC}${open}m${text}${ESC}${close}m`);
}

const coloured: Palette = {
  red: painter(31, 39),
  green: painter(32, 39),
  yellow: painter(33, 39),
  blue: painter(34, 39),
  cyan: painter(36, 39),
  dim: painter(2, 22),
  bold: painter(1, 22),
};

export const plain: Painter = (text) => text;

const colourless: Palette = {
  red: plain,
  green: plain,
  yellow: plain,
  blue: plain,
  cyan: plain,
  dim: plain,
  bold: plain,
};

export function paletteFor(wanted: boolean): Palette {
  return wanted ? coloured : colourless;
}

/** `--no-color` beats FORCE_COLOR, which beats NO_COLOR, which beats what the output is. */
export function wantsColour(
  options: { readonly color: boolean },
  environment: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if (!options.color) return false;
  const force = environment.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  const no = environment.NO_COLOR;
  if (no !== undefined && no !== "") return false;
  return isTerminal && environment.TERM !== "dumb";
}
