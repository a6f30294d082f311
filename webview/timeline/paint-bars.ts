/** The bars of the waterfall: one row a span, or one row for siblings that are folded into one. */
import { formatDuration } from "../../src/format/numbers.ts";
import { strings } from "../strings.ts";
import type { Surface } from "./canvas.ts";
import { uncovered } from "./coverage.ts";
import type { Groups } from "./groups.ts";
import type { Palette } from "./palette.ts";
import type { Ruler } from "./ruler.ts";
import { type TimeScale, timeAt, xOf } from "./time-view.ts";
import type { TraceModel } from "./trace-model.ts";

export interface BarScene {
  readonly model: TraceModel;
  readonly scale: TimeScale;
  readonly palette: Palette;
  readonly hatch: CanvasPattern | null;
  /** 1 for spans that match; undefined when there is no filter. */
  readonly matches: Uint8Array | undefined;
  readonly groups: Groups | undefined;
  readonly showCritical: boolean;
}

const BAR = { top: 5, height: 12 } as const;
/** A stretch without children is drawn so much lower. */
const GAP_INSET = 4;
/** Pixels from which on a gap says how long it is. */
const GAP_LABEL = 64;
const DIM = 0.35;
/** Pixels over which an unfinished bar fades out. */
const FADE = 60;

/** Vertical lines at the ticks, from `top` to the bottom. */
export function paintGrid(
  { context, height }: Surface,
  { ticks }: Ruler,
  palette: Palette,
  top: number,
): void {
  context.fillStyle = palette.grid;
  for (const { x } of ticks) context.fillRect(Math.round(x), top, 1, height - top);
}

/** The row of the span at `index`, whose upper edge is at `y`. */
export function paintRow({ context }: Surface, scene: BarScene, index: number, y: number): void {
  const { model, scale, matches } = scene;
  const group = scene.groups?.byFirst.get(index);
  context.globalAlpha = matches && !matches[index] && !group ? DIM : 1;
  if (group) {
    paintGroup(context, scene, group.members, y);
  } else {
    const start = model.spans.starts[index]!;
    if (Number.isNaN(start)) return;
    const left = xOf(scale, start);
    const right = Math.max(left, xOf(scale, model.endOf(index)));
    if (right < 0 || left > scale.width) paintBeyond(context, scene, right < 0, y);
    else {
      paintBar(context, scene, index, left, right, y);
      if (scene.showCritical) paintCritical(context, scene, index, y + BAR.top + BAR.height + 1);
    }
  }
  context.globalAlpha = 1;
}

function paintBar(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  index: number,
  left: number,
  right: number,
  y: number,
): void {
  const { model, scale, palette } = scene;
  const rank = model.ranks[index];
  const least = rank === 2 ? 4 : 2;
  const from = Math.max(-4, left);
  const to = Math.min(scale.width + 4, Math.max(right, left + least));
  const width = to - from;
  const top = y + BAR.top;
  const { strong, soft } = coloursOf(scene, index);
  const unfinished = Number.isNaN(model.spans.ends[index]!);
  context.fillStyle = unfinished ? fading(context, from, to, strong) : strong;
  if (rank === 1 || (model.spans.hasChildren(index) && width > 6 && !unfinished)) {
    context.fillStyle = soft;
    context.fillRect(from, top, width, BAR.height);
    paintOwnTime(context, scene, index, from, to, top, strong);
  } else {
    rounded(context, from, top, width, BAR.height);
  }
  if (rank === 2 && scene.hatch) {
    context.fillStyle = scene.hatch;
    context.fillRect(from, top, width, BAR.height);
  }
  if (rank === 1) {
    context.strokeStyle = palette.bad;
    context.lineWidth = 1;
    context.strokeRect(from + 0.5, top + 0.5, Math.max(1, width - 1), BAR.height - 1);
  } else if (palette.contour) {
    context.strokeStyle = palette.contour;
    context.lineWidth = 1;
    context.strokeRect(from - 0.5, top - 0.5, width + 1, BAR.height + 1);
  }
  if (scene.matches?.[index]) {
    context.fillStyle = palette.match;
    context.fillRect(from, top - 3, Math.max(6, width), 2);
  }
}

/** Where none of the span's children runs the bar is low, and says for how long where there is room. */
function paintOwnTime(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  index: number,
  from: number,
  to: number,
  top: number,
  colour: string,
): void {
  const { model, scale, palette } = scene;
  const [low, high] = [timeAt(scale, from), timeAt(scale, to)];
  const finest = (high - low) / Math.max(1, to - from);
  uncovered(
    model.coverage,
    model.spans.starts,
    index,
    low,
    Math.min(high, model.endOf(index)),
    finest,
    (start, end) => {
      const x = xOf(scale, start);
      const width = Math.max(1, xOf(scale, end) - x);
      context.fillStyle = palette.background;
      context.fillRect(x, top, width, BAR.height);
      context.fillStyle = colour;
      context.fillRect(x, top + GAP_INSET, width, BAR.height - 2 * GAP_INSET);
      const label = strings.gap(formatDuration(end - start));
      if (width < GAP_LABEL) return;
      context.font = palette.font;
      const room = context.measureText(label).width + 8;
      if (room > width) return;
      context.fillStyle = palette.background;
      context.fillRect(x + (width - room) / 2, top, room, BAR.height);
      context.fillStyle = palette.quiet;
      context.textBaseline = "middle";
      context.fillText(label, x + (width - room) / 2 + 4, top + BAR.height / 2 + 0.5);
    },
  );
}

/** A line at `y` under the stretches of the span that are on the critical path. */
export function paintCritical(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  index: number,
  y: number,
): void {
  const { model, scale, palette } = scene;
  const { firsts, counts, from, to } = model.critical;
  const first = firsts[index]!;
  if (first < 0) return;
  context.fillStyle = palette.critical;
  // Stretches of one span go from the last to the first.
  let drawn = Number.POSITIVE_INFINITY;
  for (let at = first; at < first + counts[index]!; at++) {
    const left = Math.max(0, xOf(scale, from[at]!));
    const right = Math.min(scale.width, Math.max(left + 1, xOf(scale, to[at]!)));
    if (right < 0 || left > scale.width || left >= drawn - 0.5) continue;
    drawn = left;
    context.fillRect(left, y, right - left, 2);
  }
}

/** A mark at the edge behind which the span's bar lies. */
function paintBeyond(
  context: CanvasRenderingContext2D,
  { scale, palette }: BarScene,
  before: boolean,
  y: number,
): void {
  const tip = before ? 1 : scale.width - 1;
  const base = before ? 6 : scale.width - 6;
  context.fillStyle = palette.quiet;
  context.beginPath();
  context.moveTo(tip, y + BAR.top + BAR.height / 2);
  context.lineTo(base, y + BAR.top + 2);
  context.lineTo(base, y + BAR.top + BAR.height - 2);
  context.fill();
}

function paintGroup(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  members: Int32Array,
  y: number,
): void {
  const { model, scale, matches } = scene;
  const { starts } = model.spans;
  let painted = Number.NEGATIVE_INFINITY;
  // Siblings stand by start, so those of one pixel follow each other: one of them is enough.
  for (let at = 0; at < members.length; at++) {
    const index = members[at]!;
    const left = xOf(scale, starts[index]!);
    if (left > scale.width) break;
    const right = Math.max(left + 2, xOf(scale, model.endOf(index)));
    if (right < 0 || (right <= painted && !model.ranks[index])) continue;
    context.globalAlpha = matches && !matches[index] ? DIM : 1;
    context.fillStyle = coloursOf(scene, index).strong;
    rounded(context, left, y + BAR.top, Math.max(1, Math.min(right, scale.width) - left - 0.5), BAR.height);
    painted = right;
  }
}

/** Colours of a span: of its own time, and of what its children take. */
export function coloursOf({ model, palette }: Pick<BarScene, "model" | "palette">, index: number) {
  if (model.ranks[index]) return { strong: palette.bad, soft: palette.badSoft };
  switch (model.spans.state(index)) {
    case "completed":
    case "running":
      return { strong: palette.fine, soft: palette.fineSoft };
    case "paused":
      return { strong: palette.paused, soft: palette.paused };
    default:
      return { strong: palette.other, soft: palette.other };
  }
}

function fading(context: CanvasRenderingContext2D, from: number, to: number, colour: string): CanvasGradient {
  const gradient = context.createLinearGradient(Math.max(from, to - FADE), 0, to, 0);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(1, "transparent");
  return gradient;
}

function rounded(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (width < 5) {
    context.fillRect(x, y, width, height);
    return;
  }
  context.beginPath();
  context.roundRect(x, y, width, height, 2);
  context.fill();
}

/** The time scale's numbers in a strip of `height` pixels, and what the mouse points at. */
export function paintRuler(
  { context, width }: Surface,
  { ticks, anchor }: Ruler,
  palette: Palette,
  height: number,
  pointed: { readonly x: number; readonly label: string } | undefined,
): void {
  context.font = palette.font;
  context.textBaseline = "middle";
  const anchorWidth = anchor === undefined ? 0 : context.measureText(anchor).width + 12;
  let free = anchorWidth;
  for (const { x, label } of ticks) {
    context.fillStyle = palette.line;
    context.fillRect(Math.round(x), height - 7, 1, 7);
    const end = x + 4 + context.measureText(label).width;
    if (x < free || end > width - 2) continue;
    free = end + 6;
    context.fillStyle = palette.quiet;
    context.fillText(label, x + 4, height / 2);
  }
  if (anchor !== undefined) {
    context.fillStyle = palette.foreground;
    context.fillText(anchor, 2, height / 2);
  }
  if (!pointed) return;
  const room = context.measureText(pointed.label).width + 10;
  const left = Math.max(0, Math.min(width - room, pointed.x - room / 2));
  context.fillStyle = palette.background;
  context.fillRect(left, 2, room, height - 4);
  context.strokeStyle = palette.line;
  context.strokeRect(left + 0.5, 2.5, room - 1, height - 5);
  context.fillStyle = palette.foreground;
  context.fillText(pointed.label, left + 5, height / 2);
}
