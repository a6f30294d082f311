/** The whole run in a strip: every span where it stands in the tree and in time, and the part of it that is on screen. */
import type { Surface } from "./canvas.ts";
import { coloursOf } from "./paint-bars.ts";
import type { Palette } from "./palette.ts";
import { isWhole, type TimeView, wholeRun, xOf } from "./time-view.ts";
import type { TraceModel } from "./trace-model.ts";

/** Lines that the strip has room for; of longer runs it shows a choice, but every failure that can be told apart. */
const MOST_LINES = 3000;
const PAD = 3;

/** The run's spans, as they are whatever is on screen: painted once. */
export function paintOverview(
  { context, width, height }: Surface,
  model: TraceModel,
  palette: Palette,
): void {
  const { spans, ranks } = model;
  const scale = { view: wholeRun(model.extent), width };
  const room = height - 2 * PAD;
  const thickness = Math.max(1, Math.min(6, room / Math.max(1, spans.length) - 1));
  const stride = Math.max(1, Math.ceil(spans.length / MOST_LINES));
  const line = (index: number, least: number) => {
    const left = xOf(scale, spans.starts[index]!);
    if (Number.isNaN(left)) return;
    const y = PAD + (index / Math.max(1, spans.length)) * room;
    context.fillRect(left, y, Math.max(least, xOf(scale, model.endOf(index)) - left), thickness);
  };
  for (let index = 0; index < spans.length; index += stride) {
    context.fillStyle = coloursOf({ model, palette }, index).soft;
    line(index, 1);
  }
  context.fillStyle = palette.bad;
  let marked = 0;
  for (
    let index = ranks.indexOf(2);
    index >= 0 && marked < MOST_LINES;
    index = ranks.indexOf(2, index + stride)
  ) {
    line(index, 2);
    marked += 1;
  }
}

/** Shades what is not on screen, and draws the handles of the part that is. */
export function paintBrush(
  { context, width, height }: Surface,
  view: TimeView,
  extent: number,
  palette: Palette,
): void {
  const scale = { view: wholeRun(extent), width };
  if (isWhole(view, extent)) return;
  const left = Math.max(0, xOf(scale, view.from));
  const right = Math.min(width, Math.max(left + 2, xOf(scale, view.to)));
  context.fillStyle = palette.shade;
  context.fillRect(0, 0, left, height);
  context.fillRect(right, 0, width - right, height);
  context.fillStyle = palette.brush;
  context.fillRect(left, 0, right - left, height);
  context.fillStyle = palette.focus;
  context.fillRect(Math.min(left, width - 2), 0, 2, height);
  context.fillRect(Math.max(0, right - 2), 0, 2, height);
}
