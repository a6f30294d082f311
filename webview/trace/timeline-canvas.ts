/** Owns the canvas beside the rows: paints it from a scene, and again when the theme changes. */
import { hatchPattern, type Surface, surfaceOf } from "../timeline/canvas.ts";
import { type BarScene, paintGrid, paintRow, paintRuler } from "../timeline/paint-bars.ts";
import { paintFlame } from "../timeline/paint-flame.ts";
import { onThemeChange, type Palette, readPalette } from "../timeline/palette.ts";
import { exactOffset, ruler } from "../timeline/ruler.ts";
import { timeAt } from "../timeline/time-view.ts";
import { HEADER_HEIGHT, ROW_HEIGHT } from "../timeline/viewport.ts";

export interface Scene extends Omit<BarScene, "palette" | "hatch"> {
  /** Pixels. */
  readonly height: number;
  /** Pixels that rows or lanes are scrolled. */
  readonly top: number;
  readonly rows: Int32Array;
  readonly first: number;
  readonly last: number;
  readonly flame: boolean;
  readonly selected: number;
  /** Where the mouse is, in pixels from the left edge. */
  readonly pointed: number | undefined;
  /** A part of time that is being drawn with the mouse, in pixels. */
  readonly marked: readonly [from: number, to: number] | undefined;
}

export class TimelineCanvas {
  #palette: Palette | undefined;
  #hatch: CanvasPattern | null = null;
  readonly #theme: { disconnect(): void };

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly probe: HTMLElement,
    repaint: () => void,
  ) {
    this.#theme = onThemeChange(() => {
      this.#palette = undefined;
      repaint();
    });
  }

  dispose(): void {
    this.#theme.disconnect();
  }

  paint(scene: Scene): void {
    const surface = surfaceOf(this.canvas, scene.scale.width, scene.height);
    if (!surface) return;
    const palette = this.#colours(surface);
    const marks = ruler(scene.scale);
    paintGrid(surface, marks, palette, HEADER_HEIGHT);
    const dressed = { ...scene, palette, hatch: this.#hatch };
    if (scene.flame) paintFlame(surface, { ...dressed, offset: HEADER_HEIGHT + 2 });
    else paintRows(surface, dressed);
    const { context } = surface;
    context.clearRect(0, 0, surface.width, HEADER_HEIGHT - 1);
    const { pointed, scale } = scene;
    if (pointed !== undefined) {
      context.fillStyle = palette.quiet;
      context.globalAlpha = 0.6;
      context.fillRect(Math.round(pointed), HEADER_HEIGHT, 1, surface.height - HEADER_HEIGHT);
      context.globalAlpha = 1;
    }
    if (scene.marked) {
      const [from, to] = scene.marked;
      context.fillStyle = palette.brush;
      context.fillRect(Math.min(from, to), 0, Math.abs(to - from), surface.height);
    }
    const label =
      pointed === undefined ? undefined : { x: pointed, label: pointedLabel(timeAt(scale, pointed), scale) };
    paintRuler(surface, marks, palette, HEADER_HEIGHT - 1, label);
  }

  #colours({ context }: Surface): Palette {
    if (!this.#palette) {
      this.#palette = readPalette(this.probe);
      this.#hatch = hatchPattern(context, this.#palette.hatch);
    }
    return this.#palette;
  }
}

function paintRows(surface: Surface, scene: Scene & BarScene): void {
  const { context } = surface;
  context.save();
  context.beginPath();
  context.rect(0, HEADER_HEIGHT, surface.width, surface.height - HEADER_HEIGHT);
  context.clip();
  for (let position = scene.first; position < scene.last; position++)
    paintRow(surface, scene, scene.rows[position]!, HEADER_HEIGHT + position * ROW_HEIGHT - scene.top);
  context.restore();
}

/** As exact as a pixel. */
function pointedLabel(time: number, { view, width }: BarScene["scale"]): string {
  const pixel = (view.to - view.from) / Math.max(1, width);
  const grain = 10 ** Math.floor(Math.log10(Math.max(1e-6, pixel)));
  return exactOffset(Math.max(0, Math.round(time / grain) * grain));
}
