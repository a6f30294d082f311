/** Which subtrees are closed: those from a depth on, but for the ones that were turned over by hand. */
import type { SpanTable } from "./span-table.ts";

export interface Folding {
  /** Spans of at least this depth are closed; none when undefined. The top has depth 0. */
  readonly depth?: number | undefined;
  /** Keys of the spans that are the other way round. */
  readonly turned: ReadonlySet<number>;
}

export const unfolded: Folding = { turned: new Set() };

/** Everything closed from `depth` on. */
export function foldedFrom(depth: number): Folding {
  return { depth, turned: new Set() };
}

/** 1 for every span with children that is closed. */
export function closedSpans(spans: SpanTable, { depth, turned }: Folding): Uint8Array {
  const closed = new Uint8Array(spans.length);
  if (depth !== undefined) {
    for (let index = 0; index < spans.length; index++)
      if (spans.depths[index]! >= depth && spans.hasChildren(index)) closed[index] = 1;
  }
  for (const key of turned) {
    const index = spans.indexOf(key);
    if (index >= 0 && spans.hasChildren(index)) closed[index] = closed[index] ? 0 : 1;
  }
  return closed;
}

/** Opens or closes the spans at `indices`. The same folding when all are so already. */
export function withClosed(
  spans: SpanTable,
  folding: Folding,
  indices: Iterable<number>,
  close: boolean,
): Folding {
  let turned: Set<number> | undefined;
  for (const index of indices) {
    if (!spans.hasChildren(index)) continue;
    const key = spans.keys[index]!;
    const byDepth = folding.depth !== undefined && spans.depths[index]! >= folding.depth;
    if ((byDepth !== (turned ?? folding.turned).has(key)) === close) continue;
    turned ??= new Set(folding.turned);
    if (!turned.delete(key)) turned.add(key);
  }
  return turned ? { depth: folding.depth, turned } : folding;
}

/** The span at `index` and everything below it, in reading order. */
export function* subtreeOf({ subtreeEnds }: SpanTable, index: number): Generator<number> {
  for (let at = index; at < subtreeEnds[index]!; at++) yield at;
}
