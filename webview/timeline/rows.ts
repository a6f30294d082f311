/**
 * Which rows of an outline are on screen. Everything here is a loop over index arrays:
 * an outline may hold hundreds of thousands of spans and be as deep as it is long.
 */
import type { OutlineSpan } from "../../src/protocol/messages.ts";

type Tree = readonly Pick<OutlineSpan, "key" | "parent" | "depth">[];

/** True when the span at `index` has children in the outline. They follow it directly, because rows stand in reading order. */
export function hasChildren(spans: Tree, index: number): boolean {
  return spans[index + 1]?.parent === index;
}

/** Keys to their index in the outline. */
export function indexByKey(spans: Tree): Map<number, number> {
  const map = new Map<number, number>();
  for (let index = 0; index < spans.length; index++) map.set(spans[index]!.key, index);
  return map;
}

/** Marks the matches and all their ancestors. */
export function withAncestors(spans: Tree, matches: Uint8Array): Uint8Array {
  const keep = Uint8Array.from(matches);
  for (let index = spans.length - 1; index >= 0; index--) {
    const parent = spans[index]!.parent;
    if (keep[index] && parent >= 0) keep[parent] = 1;
  }
  return keep;
}

/** Indices of the rows to show: not below a collapsed span, and in `keep` when it is given. */
export function visibleRows(spans: Tree, collapsed: ReadonlySet<number>, keep?: Uint8Array): Int32Array {
  const rows = new Int32Array(spans.length);
  let count = 0;
  let hiddenBelow = Number.POSITIVE_INFINITY;
  for (let index = 0; index < spans.length; index++) {
    const { depth, key } = spans[index]!;
    if (depth > hiddenBelow) continue;
    hiddenBelow = collapsed.has(key) ? depth : Number.POSITIVE_INFINITY;
    if (!keep || keep[index]) rows[count++] = index;
  }
  return rows.slice(0, count);
}

/** Position of an outline index among the visible rows, -1 when it is hidden. `rows` is ascending. */
export function rowOf(rows: Int32Array, index: number): number {
  let low = 0;
  let high = rows.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = rows[middle]!;
    if (value === index) return middle;
    if (value < index) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** Keys of every span that can be collapsed. */
export function collapsibleKeys(spans: Tree): Set<number> {
  const keys = new Set<number>();
  for (let index = 0; index < spans.length; index++) {
    if (hasChildren(spans, index)) keys.add(spans[index]!.key);
  }
  return keys;
}

/** Indices of the parents of a span, root first. */
export function ancestorsOf(spans: Tree, index: number): number[] {
  const chain: number[] = [];
  let parent = spans[index]?.parent ?? -1;
  while (parent >= 0) {
    chain.push(parent);
    parent = spans[parent]!.parent;
  }
  return chain.reverse();
}

/** `collapsed` without the ancestors of the span at `index`, so that its row shows. The same set when nothing hid it. */
export function revealed(spans: Tree, collapsed: ReadonlySet<number>, index: number): ReadonlySet<number> {
  const hiding = ancestorsOf(spans, index)
    .map((ancestor) => spans[ancestor]!.key)
    .filter((key) => collapsed.has(key));
  if (hiding.length === 0) return collapsed;
  const open = new Set(collapsed);
  for (const key of hiding) open.delete(key);
  return open;
}
