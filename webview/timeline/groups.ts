/** Siblings of one name, folded into one row: "review_file_item × 12". */
import type { SpanTable } from "./span-table.ts";

/** So many siblings of a name make a group. */
const LEAST = 2;

export interface Group {
  /** The spans of the group in reading order; the first one's row stands for all. */
  readonly members: Int32Array;
  /** Seconds: sums of what is known. */
  readonly duration: number;
  readonly self: number;
  readonly failed: number;
}

export interface Groups {
  /** By the index of the first member. */
  readonly byFirst: ReadonlyMap<number, Group>;
  /** 1 for the members that have no row. */
  readonly hidden: Uint8Array;
}

/** Index of the first sibling of the same name, for every span: itself when it is the first. Computed once an outline. */
export function firstNamesakes({ length, parents, names }: SpanTable): Int32Array {
  const firsts = new Int32Array(length);
  const seen = new Map<number, number>();
  const most = names.reduce((highest, name) => Math.max(highest, name), 0) + 1;
  for (let index = 0; index < length; index++) {
    const place = (parents[index]! + 1) * most + names[index]!;
    const first = seen.get(place);
    if (first === undefined) seen.set(place, index);
    firsts[index] = first ?? index;
  }
  return firsts;
}

/** The groups of an outline, but for those whose first member's key is in `open`. */
export function groupNamesakes(spans: SpanTable, firsts: Int32Array, open: ReadonlySet<number>): Groups {
  const hidden = new Uint8Array(spans.length);
  const counts = new Int32Array(spans.length);
  for (const first of firsts) counts[first]! += 1;
  const lists = new Map<number, number[]>();
  for (let index = 0; index < spans.length; index++) {
    const first = firsts[index]!;
    if (counts[first]! < LEAST || open.has(spans.keys[first]!)) continue;
    if (first !== index) hidden[index] = 1;
    const list = lists.get(first);
    if (list) list.push(index);
    else lists.set(first, [index]);
  }
  const byFirst = new Map<number, Group>();
  for (const [first, list] of lists) byFirst.set(first, groupOf(spans, list));
  return { byFirst, hidden };
}

function groupOf(spans: SpanTable, list: readonly number[]): Group {
  let duration = 0;
  let self = 0;
  let failed = 0;
  for (const index of list) {
    duration += spans.durations[index]! || 0;
    self += spans.selfTimes[index]! || 0;
    if (spans.failed(index)) failed += 1;
  }
  return { members: Int32Array.from(list), duration, self, failed };
}
