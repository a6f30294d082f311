import type { OutlineColumns } from "../store/outline-columns.ts";

/** The spans of a trace that a filter takes, with their parents. */
export interface KeptSpans {
  /** Places in the whole trace, ascending. */
  readonly places: Int32Array;
  /** Of each place in the whole trace, how many are kept before it; -1 for one that is not. */
  readonly numbers: Int32Array;
}

/** Finds the spans whose keys are given in an outline in reading order, and their parents. */
export function keepSpans(
  { size, keys, parents }: Pick<OutlineColumns, "size" | "keys" | "parents">,
  taken: Iterable<number>,
): KeptSpans {
  const wanted = new Set(taken);
  const numbers = new Int32Array(size).fill(-1);
  let count = 0;
  for (let place = size - 1; place >= 0; place -= 1) {
    if (numbers[place]! < 0 && !wanted.has(keys[place]!)) continue;
    numbers[place] = 0;
    count += 1;
    if (parents[place]! >= 0) numbers[parents[place]!] = 0;
  }
  const places = new Int32Array(count);
  let at = 0;
  for (let place = 0; place < size; place += 1) {
    if (numbers[place]! < 0) continue;
    numbers[place] = at;
    places[at++] = place;
  }
  return { places, numbers };
}
