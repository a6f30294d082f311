/** Where a span's time went: into its children, or into itself. An index built once; a look at it costs what is on screen. */
import type { SpanTable } from "./span-table.ts";

export interface Coverage {
  /** Children of `i` by start: `children[offsets[i] .. offsets[i + 1]]`. */
  readonly offsets: Int32Array;
  readonly children: Int32Array;
  /** Beside `children`: up to when that child or an earlier one runs. */
  readonly until: Float64Array;
}

/** @param openEnd Where unfinished spans end, in seconds from the origin. */
export function coverageOf(spans: SpanTable, openEnd: number): Coverage {
  const { length, parents, starts, ends } = spans;
  const offsets = new Int32Array(length + 1);
  for (const parent of parents) if (parent >= 0) offsets[parent + 1]! += 1;
  for (let index = 0; index < length; index++) offsets[index + 1]! += offsets[index]!;
  const next = offsets.slice(0, length);
  const children = new Int32Array(offsets[length]!);
  const until = new Float64Array(children.length);
  for (let index = 0; index < length; index++) {
    const parent = parents[index]!;
    if (parent < 0) continue;
    const place = next[parent]!;
    next[parent] = place + 1;
    const before = place > offsets[parent]! ? until[place - 1]! : Number.NEGATIVE_INFINITY;
    children[place] = index;
    const end = Number.isNaN(ends[index]!) ? openEnd : ends[index]!;
    until[place] = Number.isNaN(starts[index]!) ? before : Math.max(before, end);
  }
  return { offsets, children, until };
}

/**
 * Visits the stretches between `from` and `to` in which the span runs and none of its children does, in order.
 * Stretches and children shorter than `finest` seconds may be taken together, so that a million of them cost no more than fit.
 */
export function uncovered(
  { offsets, children, until }: Coverage,
  starts: Float64Array,
  index: number,
  from: number,
  to: number,
  finest: number,
  visit: (from: number, to: number) => void,
): void {
  const first = offsets[index]!;
  const last = offsets[index + 1]!;
  let time = from;
  let place = childAt(time);
  while (time < to) {
    // Children without a start stand last and cover nothing.
    if (place >= first && until[place]! > time) {
      time = Math.max(until[place]!, time + finest);
    } else {
      const start = place + 1 < last ? starts[children[place + 1]!]! : Number.POSITIVE_INFINITY;
      const end = Math.min(to, Number.isNaN(start) ? Number.POSITIVE_INFINITY : start);
      if (end - time >= finest) visit(time, end);
      time = Math.max(end, time + finest);
    }
    place = childAt(time);
  }

  /** Place of the last child that starts at `time` or before; `first - 1` when there is none. */
  function childAt(at: number): number {
    let low = first;
    let high = last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[children[middle]!]! <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
