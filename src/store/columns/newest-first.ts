/** Cells of a look at how times are spread. */
const CELLS = 4096;
const MOST_ROUNDS = 4;

/** Visits every candidate, in rising order. */
export type EachCandidate = (visit: (index: number) => void) => void;

export interface NewestFirst {
  /** The newest ones; of equal times the last one first. Those of unknown time are the oldest. */
  readonly indices: Uint32Array;
  /** How many candidates there are. */
  readonly total: number;
}

/** Up to `limit` of the newest candidates in order, without sorting all of them. `starts` in seconds, NaN where unknown. */
export function newestFirst(starts: Float64Array, each: EachCandidate, limit: number): NewestFirst {
  let total = 0;
  let known = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  each((index) => {
    total += 1;
    const start = starts[index]!;
    if (Number.isNaN(start)) return;
    known += 1;
    if (start < first) first = start;
    if (start > last) last = start;
  });
  const whole = total <= 2 * limit || known < limit;
  const from = whole ? Number.NEGATIVE_INFINITY : threshold(starts, each, limit, first, last);
  let found = since(starts, each, from);
  // Should rounding have lost some at the edge of a cell, all are looked at.
  if (found.length < Math.min(limit, total)) found = since(starts, each, Number.NEGATIVE_INFINITY);
  const time = (index: number) => (Number.isNaN(starts[index]!) ? Number.NEGATIVE_INFINITY : starts[index]!);
  found.sort((a, b) => {
    const [x, y] = [time(a), time(b)];
    return x === y ? b - a : y > x ? 1 : -1;
  });
  return { indices: found.slice(0, limit), total };
}

/** The candidates from a time on; with those of unknown time when it is that of all. */
function since(starts: Float64Array, each: EachCandidate, from: number): Uint32Array {
  const takes = (index: number) => from === Number.NEGATIVE_INFINITY || starts[index]! >= from;
  let count = 0;
  each((index) => {
    if (takes(index)) count += 1;
  });
  const found = new Uint32Array(count);
  let at = 0;
  each((index) => {
    if (takes(index)) found[at++] = index;
  });
  return found;
}

/** A time from which on there are at least `limit` candidates, and not many more where times differ. */
function threshold(
  starts: Float64Array,
  each: EachCandidate,
  limit: number,
  first: number,
  last: number,
): number {
  let [from, to] = [first, last];
  let wanted = limit;
  for (let round = 0; round < MOST_ROUNDS && to > from; round += 1) {
    const width = (to - from) / CELLS;
    const counts = new Uint32Array(CELLS);
    each((index) => {
      const start = starts[index]!;
      if (start >= from && start <= to) counts[Math.min(CELLS - 1, Math.floor((start - from) / width))]! += 1;
    });
    let cell = CELLS - 1;
    while (cell > 0 && counts[cell]! < wanted) wanted -= counts[cell--]!;
    const [cellFrom, cellTo] = [from + cell * width, Math.min(to, from + (cell + 1) * width)];
    from = cellFrom;
    if (counts[cell]! <= limit) break;
    to = cellTo;
  }
  return from;
}
