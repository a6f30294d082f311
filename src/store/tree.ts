import { MISSING_PARENT, type NamedParents } from "./span-ids.ts";

/** What a tree is built from: one entry a span, in row order. */
export interface TreeInput {
  readonly ids: NamedParents;
  /** Seconds on any one clock; NaN where unknown. */
  readonly starts: ArrayLike<number>;
}

/** A forest over the input's indices. Every array is as long as the input, except `roots` and `childOffset` (one longer). */
export interface Tree {
  /** Index of the parent, -1 for a root. */
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** All indices, parents before children, siblings by start and then by row. */
  readonly order: Int32Array;
  readonly roots: Int32Array;
  /** The children of `i` are `children[childOffset[i] .. childOffset[i + 1]]`, by start and then by row. */
  readonly childOffset: Int32Array;
  readonly children: Int32Array;
  /** Spans whose parent is named but missing; they stand as roots. */
  readonly orphans: number;
  /** Loops of parents that were cut, at the first row of each. */
  readonly cycles: number;
  /** Spans that repeat the id of an earlier row of the run; children belong to the first. */
  readonly duplicates: number;
}

/** Builds the forest of one run's spans in O(n log n), without recursion, whatever the rows say. */
export function buildTree(input: TreeInput): Tree {
  const { parent, order, ...counts } = linkSpans(input);
  return { ...growTree(parent, order), ...counts };
}

/**
 * The forest that links make.
 * @param parent Index of every span's parent, -1 at the top, without loops.
 * @param byStart All indices by start and then by row.
 */
export function growTree(
  parent: Int32Array,
  byStart: Int32Array,
): Omit<Tree, "orphans" | "cycles" | "duplicates"> {
  const size = parent.length;
  const childOffset = new Int32Array(size + 1);
  let rootCount = 0;
  for (let index = 0; index < size; index += 1) {
    const up = parent[index]!;
    if (up < 0) rootCount += 1;
    else childOffset[up + 1]! += 1;
  }
  for (let index = 0; index < size; index += 1) childOffset[index + 1]! += childOffset[index]!;
  const next = childOffset.slice(0, size);
  const children = new Int32Array(size - rootCount);
  const roots = new Int32Array(rootCount);
  let root = 0;
  for (const index of byStart) {
    const up = parent[index]!;
    if (up < 0) roots[root++] = index;
    else children[next[up]!++] = index;
  }
  return { parent, ...walk(roots, childOffset, children, size), roots, childOffset, children };
}

/** What {@link selfTimes} needs of a tree, for passes over many runs: a tree costs several times as much. */
export interface SpanLinks extends Pick<Tree, "parent" | "orphans" | "cycles" | "duplicates"> {
  /** All indices by start and then by row. */
  readonly order: Int32Array;
}

/** Finds every span's parent, and the order of starts. */
export function linkSpans({ ids, starts }: TreeInput): SpanLinks {
  const { parents, duplicates } = ids;
  let orphans = 0;
  const parent = parents.slice();
  for (let row = 0; row < parent.length; row += 1) {
    if (parent[row] !== MISSING_PARENT) continue;
    orphans += 1;
    parent[row] = -1;
  }
  const cycles = cutCycles(parent);
  return { parent, order: sortByStart(starts, parent.length), orphans, cycles, duplicates };
}

/** Makes the first row of every loop a root. Each span is visited at most twice. */
export function cutCycles(parent: Int32Array): number {
  const UNSEEN = 0;
  const SAFE = -1;
  const seen = new Int32Array(parent.length);
  let cycles = 0;
  for (let start = 0; start < parent.length; start += 1) {
    const mark = start + 1;
    let at = start;
    while (at >= 0 && seen[at] === UNSEEN) {
      seen[at] = mark;
      at = parent[at]!;
    }
    if (at >= 0 && seen[at] === mark) {
      // `start` is the smallest row that leads here, but the loop itself may lie further up.
      let cut = at;
      for (let step = parent[at]!; step !== at; step = parent[step]!) if (step < cut) cut = step;
      parent[cut] = -1;
      cycles += 1;
    }
    for (at = start; at >= 0 && seen[at] === mark; at = parent[at]!) seen[at] = SAFE;
  }
  return cycles;
}

export function sortByStart(starts: ArrayLike<number>, size: number): Int32Array {
  const order = new Int32Array(size);
  let sorted = true;
  for (let index = 0; index < size; index += 1) {
    order[index] = index;
    if (index > 0 && !(starts[index]! >= starts[index - 1]!)) sorted = false;
  }
  if (sorted) return order;
  const key = (index: number) => (Number.isNaN(starts[index]!) ? Number.POSITIVE_INFINITY : starts[index]!);
  return order.sort((a, b) => {
    const left = key(a);
    const right = key(b);
    return left < right ? -1 : left > right ? 1 : a - b;
  });
}

function walk(
  roots: Int32Array,
  childOffset: Int32Array,
  children: Int32Array,
  size: number,
): { order: Int32Array; depth: Int32Array } {
  const order = new Int32Array(size);
  const depth = new Int32Array(size);
  const stack: number[] = Array.from(roots).reverse();
  let at = 0;
  while (stack.length > 0) {
    const index = stack.pop()!;
    order[at++] = index;
    for (let child = childOffset[index + 1]! - 1; child >= childOffset[index]!; child -= 1) {
      const below = children[child]!;
      depth[below] = depth[index]! + 1;
      stack.push(below);
    }
  }
  return { order, depth };
}

/**
 * Seconds that each span spent in none of its children: its duration less the union of theirs, clipped to it.
 * An unfinished child counts to its parent's end. NaN for an unfinished span, 0 where the end lies before the start.
 * Siblings must stand by start in `order`.
 */
export function selfTimes(
  { parent, order }: Pick<Tree, "parent" | "order">,
  starts: ArrayLike<number>,
  ends: ArrayLike<number>,
): Float64Array {
  const self = new Float64Array(parent.length);
  /** Up to where a span's children seen so far have covered it. */
  const covered = new Float64Array(parent.length);
  for (let index = 0; index < self.length; index += 1) {
    self[index] = ends[index]! - starts[index]!;
    covered[index] = starts[index]!;
  }
  for (let at = 0; at < order.length; at += 1) {
    const index = order[at]!;
    const up = parent[index]!;
    if (up < 0) continue;
    const end = ends[up]!;
    const from = Math.max(starts[index]!, covered[up]!);
    const to = Number.isNaN(ends[index]!) ? end : Math.min(ends[index]!, end);
    if (to > from) {
      self[up]! -= to - from;
      covered[up] = to;
    }
  }
  for (let index = 0; index < self.length; index += 1) if (self[index]! < 0) self[index] = 0;
  return self;
}

/** One sentence for each way in which the rows were not a tree. */
export function treeWarnings(tree: Tree): string[] {
  const warnings: string[] = [];
  if (tree.orphans > 0)
    warnings.push(`${spans(tree.orphans)} whose parent is missing ${stand(tree.orphans)} at the top.`);
  if (tree.cycles > 0)
    warnings.push(
      `${tree.cycles === 1 ? "A loop" : `${tree.cycles} loops`} of parents was cut at the first row.`,
    );
  if (tree.duplicates > 0)
    warnings.push(`${spans(tree.duplicates)} repeat the id of an earlier span of this run.`);
  return warnings;
}

const spans = (count: number) => (count === 1 ? "1 span" : `${count} spans`);
const stand = (count: number) => (count === 1 ? "stands" : "stand");
