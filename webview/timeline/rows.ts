/**
 * Which rows of an outline are on screen. Everything here is a loop over index arrays:
 * an outline may hold a million spans and be as deep as it is long.
 */
import { lowerBound } from "../../src/arrays/ascending.ts";
import type { SpanTable } from "./span-table.ts";

/** Marks the matches and all their ancestors. */
export function withAncestors({ parents }: Pick<SpanTable, "parents">, matches: Uint8Array): Uint8Array {
  const keep = Uint8Array.from(matches);
  for (let index = parents.length - 1; index >= 0; index--) {
    const parent = parents[index]!;
    if (keep[index] && parent >= 0) keep[parent] = 1;
  }
  return keep;
}

export interface Hiding {
  /** 1 for spans whose subtrees are closed. */
  readonly closed: Uint8Array;
  /** 1 for spans that may show; all when undefined. */
  readonly keep?: Uint8Array | undefined;
  /** 1 for spans that a group of siblings stands for: they are gone with their subtrees. */
  readonly grouped?: Uint8Array | undefined;
}

/** Indices of the rows to show, ascending. */
export function visibleRows(
  { length, subtreeEnds }: Pick<SpanTable, "length" | "subtreeEnds">,
  { closed, keep, grouped }: Hiding,
): Int32Array {
  const rows = new Int32Array(length);
  let count = 0;
  for (let index = 0; index < length; ) {
    if (grouped?.[index]) {
      index = subtreeEnds[index]!;
      continue;
    }
    if (!keep || keep[index]) rows[count++] = index;
    index = closed[index] ? subtreeEnds[index]! : index + 1;
  }
  return rows.slice(0, count);
}

/** Position of an outline index among the visible rows, -1 when it is hidden. `rows` is ascending. */
export function rowOf(rows: Int32Array, index: number): number {
  const at = lowerBound(rows, index);
  return rows[at] === index ? at : -1;
}

/** Indices of the parents of a span, root first. */
export function ancestorsOf({ parents }: Pick<SpanTable, "parents">, index: number): number[] {
  const chain: number[] = [];
  let parent = parents[index] ?? -1;
  while (parent >= 0) {
    chain.push(parent);
    parent = parents[parent]!;
  }
  return chain.reverse();
}
