/** The measures of a chart of stacked bars. */
import { formatDuration, formatTime } from "../../src/format/numbers.ts";
import type { DurationHistogram, State, Timeline } from "../../src/protocol/messages.ts";
import { tickLabel } from "../timeline/scale.ts";

/** What a part of a bar stands for; `fine` is everything that has not failed. */
export type PartKind = State | "fine";

export interface StackedBar {
  /** Where it begins and ends, in seconds. The end belongs to the next bar. */
  readonly from: number;
  readonly to: number;
  /** Its range as people read it, and its beginning in short. */
  readonly range: string;
  readonly tick: string;
  /** From the bottom up, without empty ones. */
  readonly parts: readonly { readonly kind: PartKind; readonly count: number }[];
  readonly count: number;
  /** The count without any brush. */
  readonly whole: number;
}

/** Failures stand at the bottom, where bars can be compared. */
const STACK: readonly State[] = ["failed", "completed", "paused", "running", "cancelled", "unknown"];

/** Runs over time by state. `whole` has the same stretches; all of its bars are drawn. */
export function timelineBars(whole: Timeline, now: Timeline): StackedBar[] {
  return whole.edges.slice(0, -1).map((from, at) => {
    const to = whole.edges[at + 1]!;
    const own = now.edges.indexOf(from);
    const parts = STACK.map((kind) => ({ kind, count: own < 0 ? 0 : (now.runs[kind]?.[own] ?? 0) }));
    return bar(from, to, `${formatTime(from)} … ${formatTime(to)}`, timeTick(from, whole.width), parts, {
      whole: STACK.reduce((sum, state) => sum + (whole.runs[state]?.[at] ?? 0), 0),
    });
  });
}

/** Spans by duration, with or without failure. */
export function durationBars(whole: DurationHistogram, now: DurationHistogram): StackedBar[] {
  return whole.edges.slice(0, -1).map((from, at) => {
    const to = whole.edges[at + 1]!;
    const own = now.edges.indexOf(from);
    const count = own < 0 ? 0 : (now.counts[own] ?? 0);
    const failed = own < 0 ? 0 : (now.failed[own] ?? 0);
    const parts = [
      { kind: "failed" as const, count: failed },
      { kind: "fine" as const, count: count - failed },
    ];
    return bar(from, to, `${formatDuration(from)} … ${formatDuration(to)}`, tickLabel(from), parts, {
      whole: whole.counts[at] ?? 0,
    });
  });
}

function bar(
  from: number,
  to: number,
  range: string,
  tick: string,
  parts: StackedBar["parts"],
  { whole }: { whole: number },
): StackedBar {
  const filled = parts.filter(({ count }) => count > 0);
  const count = filled.reduce((sum, part) => sum + part.count, 0);
  return { from, to, range, tick, parts: filled, count, whole: Math.max(whole, count) };
}

/** The bars that a range of their measure covers, as [first, last]; undefined when it covers none or is open. */
export function barsWithin(
  bars: readonly StackedBar[],
  from: number | undefined,
  to: number | undefined,
): readonly [number, number] | undefined {
  if (from === undefined && to === undefined) return undefined;
  const inside = bars.flatMap((one, at) =>
    one.to > (from ?? Number.NEGATIVE_INFINITY) && one.from <= (to ?? Number.POSITIVE_INFINITY) ? [at] : [],
  );
  return inside.length === 0 ? undefined : [inside[0]!, inside.at(-1)!];
}

/** Counts of all bars by what their parts stand for, in the order of the stack. */
export function partTotals(bars: readonly StackedBar[]): { kind: PartKind; count: number }[] {
  const totals = new Map<PartKind, number>();
  for (const { parts } of bars)
    for (const { kind, count } of parts) totals.set(kind, (totals.get(kind) ?? 0) + count);
  const order: readonly PartKind[] = ["fine", ...STACK];
  return order.flatMap((kind) => (totals.has(kind) ? [{ kind, count: totals.get(kind)! }] : []));
}

/** Indices of the bars whose start is labelled: at most `most`, evenly spread, the first always. */
export function labelledBars(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}

/** `width` of the stretches in seconds decides how much of a time is worth showing. */
function timeTick(time: number, width: number): string {
  const text = formatTime(time);
  if (width >= 86_400) return text.slice(0, 10);
  if (width >= 3600) return text.slice(5, 16);
  return width >= 60 ? text.slice(11, 16) : text.slice(11);
}
