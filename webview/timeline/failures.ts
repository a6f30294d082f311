/** Where a run failed, and the way from one marked span to the next. */
import type { SpanTable } from "./span-table.ts";

/** 0: not failed; 1: failed because something below it failed; 2: a failure's origin, with no failed span below it. */
export type FailureRank = 0 | 1 | 2;

/** The rank of each span, by index. */
export function failureRanks(spans: SpanTable): Uint8Array {
  const ranks = new Uint8Array(spans.length);
  const failedBelow = new Uint8Array(spans.length);
  for (let index = spans.length - 1; index >= 0; index--) {
    const parent = spans.parents[index]!;
    if (spans.failed(index)) ranks[index] = failedBelow[index] ? 1 : 2;
    if (parent >= 0 && (failedBelow[index] || ranks[index])) failedBelow[parent] = 1;
  }
  return ranks;
}

/** Index of the first origin of failure, -1 when nothing failed. */
export function firstOrigin(ranks: Uint8Array): number {
  return ranks.indexOf(2);
}

/** The next span after `from` (or before it) that `marks` marks, around the end; -1 when none is marked. */
export function nextMarked(marks: Uint8Array, from: number, direction: 1 | -1): number {
  const size = marks.length;
  let index = from < 0 && direction < 0 ? 0 : from;
  for (let step = 0; step < size; step++) {
    index = (index + direction + size) % size;
    if (marks[index]) return index;
  }
  return -1;
}

/** Index of the first origin of failure below the span at `index`, -1 when there is none. */
export function causeBelow({ subtreeEnds }: SpanTable, ranks: Uint8Array, index: number): number {
  const below = ranks.indexOf(2, index + 1);
  return below >= 0 && below < subtreeEnds[index]! ? below : -1;
}
