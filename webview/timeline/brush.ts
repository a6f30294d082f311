/** What a drag over the minimap does: draw a new part of time, move the one that is there, or pull one of its edges. */
import { type TimeView, timeAt, wholeRun, within, xOf } from "./time-view.ts";

export type Grip = "new" | "move" | "from" | "to";

/** Pixels within which an edge is caught. */
const REACH = 5;
/** Pixels under which a drag was a click. */
export const CLICK = 3;

/** What a press at `x` catches. There is nothing to move while the whole run is on screen. */
export function gripAt(x: number, view: TimeView, extent: number, width: number): Grip {
  const scale = { view: wholeRun(extent), width };
  const [left, right] = [xOf(scale, view.from), xOf(scale, view.to)];
  const whole = left <= 0.5 && right >= width - 0.5;
  if (!whole && Math.abs(x - left) <= REACH) return "from";
  if (!whole && Math.abs(x - right) <= REACH) return "to";
  return !whole && x > left && x < right ? "move" : "new";
}

/** The view after a drag from `start` to `x`, begun at `before`. */
export function brushed(
  grip: Grip,
  start: number,
  x: number,
  before: TimeView,
  extent: number,
  width: number,
): TimeView {
  const scale = { view: wholeRun(extent), width };
  const time = timeAt(scale, Math.max(0, Math.min(width, x)));
  const begun = timeAt(scale, start);
  switch (grip) {
    case "new":
      return within({ from: Math.min(begun, time), to: Math.max(begun, time) }, extent);
    case "move":
      return within({ from: before.from + time - begun, to: before.to + time - begun }, extent);
    case "from":
      return within({ from: Math.min(time, before.to), to: before.to }, extent);
    case "to":
      return within({ from: before.from, to: Math.max(time, before.from) }, extent);
  }
}

/** The view moved so that its middle lies at `x`. */
export function centred(x: number, view: TimeView, extent: number, width: number): TimeView {
  const time = timeAt({ view: wholeRun(extent), width }, x);
  const half = (view.to - view.from) / 2;
  return within({ from: time - half, to: time + half }, extent);
}
