/** The flame view: every lane a line, labels where they fit. */
import { oneLine } from "../../src/format/text.ts";
import { strings } from "../strings.ts";
import type { Surface } from "./canvas.ts";
import { type BarScene, coloursOf, paintCritical } from "./paint-bars.ts";
import { type TimeScale, timeAt, xOf } from "./time-view.ts";

export const LANE_HEIGHT = 20;
/** Pixels from which on a span is drawn by itself, and from which on it has a label. */
const ALONE = 2;
const LABEL = 26;
/** Opacity of what the filter does not take. */
const DIM = 0.35;

export interface FlameScene extends BarScene {
  readonly selected: number;
  /** Pixels that the lanes are scrolled. */
  readonly top: number;
  /** Where the first lane begins. */
  readonly offset: number;
}

export function paintFlame({ context, height }: Surface, scene: FlameScene): void {
  const { model, scale, palette } = scene;
  const { lanes } = model.flame;
  const first = Math.max(0, Math.floor(scene.top / LANE_HEIGHT));
  const last = Math.min(lanes, Math.ceil((scene.top + height - scene.offset) / LANE_HEIGHT));
  context.save();
  context.beginPath();
  context.rect(0, scene.offset, scale.width, height - scene.offset);
  context.clip();
  context.font = palette.font;
  context.textBaseline = "middle";
  for (let lane = first; lane < last; lane++)
    paintLane(context, scene, lane, scene.offset + lane * LANE_HEIGHT - scene.top);
  context.restore();
}

function paintLane(context: CanvasRenderingContext2D, scene: FlameScene, lane: number, y: number): void {
  const { model, scale } = scene;
  const { spans, offsets } = model.flame;
  const last = offsets[lane + 1]!;
  const marks = new Marks(context, y);
  for (let at = firstAfter(scene, lane, scale.view.from); at < last; ) {
    const index = spans[at]!;
    const left = xOf(scale, model.spans.starts[index]!);
    if (left > scale.width) break;
    const right = xOf(scale, model.endOf(index));
    if (right - left >= ALONE) {
      marks.end();
      paintSpan(context, scene, index, left, right, y);
      at += 1;
    } else {
      // Everything that begins in this pixel is one mark, red if any of it failed.
      const next = Math.max(at + 1, firstAfter(scene, lane, timeAt(scale, Math.floor(left) + ALONE)));
      let shown = index;
      for (let other = at; other < Math.min(next, at + 6); other++)
        if (model.ranks[spans[other]!]) shown = spans[other]!;
      const dim = scene.matches !== undefined && !scene.matches[shown];
      marks.add(left, coloursOf(scene, shown).strong, dim);
      at = next;
    }
  }
  marks.end();
}

/** Narrow marks of one lane. Those that touch and look alike are one rectangle: there may be hundreds of them in every lane. */
class Marks {
  #from = 0;
  #to = Number.NEGATIVE_INFINITY;
  #colour = "";
  #dim = false;

  constructor(
    private readonly context: CanvasRenderingContext2D,
    private readonly y: number,
  ) {}

  add(left: number, colour: string, dim: boolean): void {
    if (colour !== this.#colour || dim !== this.#dim || left > this.#to + 1) {
      this.end();
      this.#from = left;
      this.#colour = colour;
      this.#dim = dim;
    }
    this.#to = left + ALONE;
  }

  end(): void {
    const width = this.#to - this.#from;
    if (width <= 0) return;
    const { context } = this;
    context.globalAlpha = this.#dim ? DIM : 1;
    context.fillStyle = this.#colour;
    context.fillRect(this.#from, this.y + 1, width, LANE_HEIGHT - 2);
    context.globalAlpha = 1;
    this.#to = Number.NEGATIVE_INFINITY;
  }
}

/** Place of the first span of the lane that ends after `time`: the spans of a lane do not overlap. */
function firstAfter({ model }: Pick<FlameScene, "model">, lane: number, time: number): number {
  const { spans, offsets } = model.flame;
  let low = offsets[lane]!;
  let high = offsets[lane + 1]!;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.endOf(spans[middle]!) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function paintSpan(
  context: CanvasRenderingContext2D,
  scene: FlameScene,
  index: number,
  left: number,
  right: number,
  y: number,
): void {
  const { model, scale, palette } = scene;
  const from = Math.max(-2, left);
  const width = Math.min(scale.width + 2, right) - from - 0.5;
  const [top, height] = [y + 1, LANE_HEIGHT - 2];
  const { strong, soft } = coloursOf(scene, index);
  context.globalAlpha = scene.matches && !scene.matches[index] ? DIM : 1;
  context.fillStyle = model.ranks[index] === 2 ? strong : soft;
  context.fillRect(from, top, width, height);
  context.fillStyle = strong;
  context.fillRect(from, top, Math.min(width, 2), height);
  if (model.ranks[index] === 2 && scene.hatch) {
    context.fillStyle = scene.hatch;
    context.fillRect(from, top, width, height);
  }
  if (palette.contour || model.ranks[index]) {
    context.strokeStyle = model.ranks[index] ? palette.bad : palette.contour!;
    context.strokeRect(from + 0.5, top + 0.5, Math.max(0.5, width - 1), height - 1);
  }
  if (scene.showCritical) paintCritical(context, scene, index, top + height - 2);
  if (width >= LABEL)
    label(context, palette.onBar, writtenName(context, scene, index), from, width, top + height / 2);
  if (index === scene.selected) {
    context.strokeStyle = palette.focus;
    context.lineWidth = 2;
    context.strokeRect(from + 1, top + 1, Math.max(1, width - 2), height - 2);
    context.lineWidth = 1;
  }
  context.globalAlpha = 1;
}

interface WrittenName {
  readonly text: string;
  /** Pixels. */
  readonly width: number;
}

/** Names as they are written and how wide they are, in the font of the last painting: the same few stand in every frame. */
const writtenNames = new Map<string, WrittenName>();
const NAMES_KEPT = 2_000;
let writtenFont = "";

function writtenName(
  context: CanvasRenderingContext2D,
  { model, palette }: FlameScene,
  index: number,
): WrittenName {
  if (writtenFont !== palette.font || writtenNames.size > NAMES_KEPT) writtenNames.clear();
  writtenFont = palette.font;
  const name = model.spans.name(index);
  const known = writtenNames.get(name);
  if (known !== undefined) return known;
  const text = oneLine(name, 120) || strings.noName;
  const written = { text, width: context.measureText(text).width };
  writtenNames.set(name, written);
  return written;
}

/** Text from the left edge, cut with an ellipsis. */
function label(
  context: CanvasRenderingContext2D,
  colour: string,
  { text, width: full }: WrittenName,
  left: number,
  width: number,
  y: number,
): void {
  const x = Math.max(4, left + 5);
  const room = left + width - x - 4;
  let shown = text;
  if (full > room) {
    const fits = Math.floor((text.length * room) / full) - 1;
    if (fits < 2) return;
    shown = `${Array.from(text).slice(0, fits).join("")}…`;
  }
  context.fillStyle = colour;
  context.fillText(shown, x, y + 0.5);
}

/** Index of the span at this place, -1 when there is none. `y` counts from the upper edge of the first lane, unscrolled. */
export function spanInFlame(model: FlameScene["model"], scale: TimeScale, x: number, y: number): number {
  const { lanes, offsets, spans } = model.flame;
  const lane = Math.floor(y / LANE_HEIGHT);
  if (lane < 0 || lane >= lanes) return -1;
  const time = timeAt(scale, x);
  const at = firstAfter(
    { model },
    lane,
    time - (1.5 / Math.max(1, scale.width)) * (scale.view.to - scale.view.from),
  );
  if (at >= offsets[lane + 1]!) return -1;
  const index = spans[at]!;
  return xOf(scale, model.spans.starts[index]!) <= x + 1 ? index : -1;
}
