import type { State, Timeline } from "./model.ts";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

/** Widths that people read as one unit, in seconds. None is more than twice the one before. */
const WIDTHS = [
  ...[1, 2, 3, 5, 10, 15, 30],
  ...[1, 2, 3, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 4, 7, 14, 28].map((days) => days * DAY),
];
const MOST = 60;
/** The epoch began on a Thursday; weeks begin on Monday. */
const FIRST_MONDAY = 4 * DAY;

/**
 * Edges of the stretches that cover `from` to `to`, seconds since the epoch: 30 to 60 of them, fewer below half a minute.
 * They begin at whole minutes, hours, days or Mondays of the clock that is `utcOffset` seconds ahead of UTC.
 */
export function timelineEdges(from: number, to: number, utcOffset = 0): { width: number; edges: number[] } {
  const shift = utcOffset - FIRST_MONDAY;
  for (let at = 0; ; at += 1) {
    const last = WIDTHS.length - 1;
    const width = at <= last ? WIDTHS[at]! : WIDTHS[last]! * 2 ** (at - last);
    const first = Math.floor((from + shift) / width);
    const count = Math.floor((to + shift) / width) - first + 1;
    if (count > MOST) continue;
    return { width, edges: Array.from({ length: count + 1 }, (_, index) => (first + index) * width - shift) };
  }
}

/** Which stretch a time lies in; what lies outside belongs to the nearest. -1 for an unknown time. */
export function stretchOf({ width, edges }: Pick<Timeline, "width" | "edges">, time: number): number {
  if (Number.isNaN(time) || edges.length < 2) return -1;
  return Math.max(0, Math.min(edges.length - 2, Math.floor((time - edges[0]!) / width)));
}

/** Counts runs by state over a timeline. */
export function countRuns(
  layout: Pick<Timeline, "width" | "edges">,
  runs: readonly { readonly start: number; readonly state: State }[],
): Timeline {
  const counts: Partial<Record<State, number[]>> = {};
  for (const { start, state } of runs) {
    const stretch = stretchOf(layout, start);
    if (stretch < 0) continue;
    counts[state] ??= new Array<number>(layout.edges.length - 1).fill(0);
    counts[state][stretch]! += 1;
  }
  return { width: layout.width, edges: layout.edges, runs: counts };
}
