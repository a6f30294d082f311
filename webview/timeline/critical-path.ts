/**
 * The critical path: going back from the end of the run, the spans that it waited for. Had any stretch of it been shorter,
 * the run would have ended earlier; nothing else could have helped.
 */
import type { SpanTable } from "./span-table.ts";

/** Stretches of the path in no certain order, those of one span together. Seconds from the origin. */
export interface CriticalPath {
  /** Place of the span's first stretch, -1 for spans that are not on the path. */
  readonly firsts: Int32Array;
  readonly counts: Int32Array;
  readonly from: Float64Array;
  readonly to: Float64Array;
}

/** Seconds: clocks of steps that follow each other overlap by so much and mean nothing by it. */
const TOLERANCE = 1e-6;

/** @param openEnd Where unfinished spans end, in seconds from the origin. */
export function criticalPath(spans: SpanTable, openEnd: number): CriticalPath {
  const { length, starts, ends, subtreeEnds } = spans;
  const firsts = new Int32Array(length).fill(-1);
  const counts = new Int32Array(length);
  const from: number[] = [];
  const to: number[] = [];
  const endOf = (index: number) => (Number.isNaN(ends[index]!) ? openEnd : ends[index]!);
  // What is left to look at: a span, and until when the path is in it. A list instead of calls: depth has no limit.
  const waiting: number[] = [-1];
  const untils: number[] = [Number.POSITIVE_INFINITY];
  for (let span = waiting.pop(); span !== undefined; span = waiting.pop()) {
    const hi = untils.pop()!;
    const lo = span < 0 ? Number.NEGATIVE_INFINITY : starts[span]!;
    if (span >= 0) firsts[span] = from.length;
    let time = hi;
    for (const child of childrenByEnd(span, hi)) {
      const start = starts[child]!;
      const end = Math.min(endOf(child), hi);
      if (!(end > start) || start < lo - TOLERANCE || end > time + TOLERANCE) continue;
      keep(span, Math.min(end, time), time);
      waiting.push(child);
      untils.push(Math.min(end, time));
      time = start;
    }
    keep(span, lo, time);
  }
  return { firsts, counts, from: Float64Array.from(from), to: Float64Array.from(to) };

  function keep(span: number, start: number, end: number): void {
    if (span < 0 || !(end > start)) return;
    from.push(start);
    to.push(end);
    counts[span]! += 1;
  }

  /** The children that start before `hi`, the one that ends last first. -1 stands above the roots. */
  function childrenByEnd(span: number, hi: number): number[] {
    const children: number[] = [];
    const last = span < 0 ? length : subtreeEnds[span]!;
    for (let child = span + 1; child < last; child = subtreeEnds[child]!)
      if (starts[child]! < hi && !Number.isNaN(endOf(child))) children.push(child);
    return children.sort(
      (a, b) => Math.min(endOf(b), hi) - Math.min(endOf(a), hi) || starts[b]! - starts[a]! || b - a,
    );
  }
}

/** Seconds of the path that are in this span itself. */
export function timeOnPath({ firsts, counts, from, to }: CriticalPath, index: number): number {
  let sum = 0;
  const first = firsts[index]!;
  for (let at = first; at < first + counts[index]!; at++) sum += to[at]! - from[at]!;
  return sum;
}
