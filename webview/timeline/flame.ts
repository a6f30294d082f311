/** Places for the flame view: children under their parents, what runs at the same time side by side. */
import type { SpanTable } from "./span-table.ts";

/** Every lane is a line of spans that do not overlap, by start. */
export interface FlameLayout {
  readonly lanes: number;
  /** Lane of each span, -1 for spans without a start. */
  readonly laneOf: Int32Array;
  /** The spans of lane `i`: `spans[offsets[i] .. offsets[i + 1]]`. */
  readonly offsets: Int32Array;
  readonly spans: Int32Array;
}

/** @param openEnd Where unfinished spans end, in seconds from the origin. */
export function flameLayout(table: SpanTable, openEnd: number): FlameLayout {
  const { length, starts, ends, parents } = table;
  const order = byStart(table);
  const laneOf = new Int32Array(length).fill(-1);
  const free = new FreeLanes(length);
  let lanes = 0;
  for (const index of order) {
    const start = starts[index]!;
    const parent = parents[index]!;
    const lane = free.find(parent < 0 ? 0 : laneOf[parent]! + 1, start);
    laneOf[index] = lane;
    free.take(lane, Number.isNaN(ends[index]!) ? openEnd : Math.max(start, ends[index]!));
    if (lane >= lanes) lanes = lane + 1;
  }
  const offsets = new Int32Array(lanes + 1);
  for (const index of order) offsets[laneOf[index]! + 1]! += 1;
  for (let lane = 0; lane < lanes; lane++) offsets[lane + 1]! += offsets[lane]!;
  const next = offsets.slice(0, lanes);
  const spans = new Int32Array(order.length);
  for (const index of order) {
    const lane = laneOf[index]!;
    spans[next[lane]!] = index;
    next[lane]! += 1;
  }
  return { lanes, laneOf, offsets, spans };
}

/** Spans with a start, by it; parents before children that start with them. */
function byStart({ length, starts }: SpanTable): Int32Array {
  const order = new Int32Array(length);
  let count = 0;
  let sorted = true;
  for (let index = 0; index < length; index++) {
    if (Number.isNaN(starts[index]!)) continue;
    if (count > 0 && starts[index]! < starts[order[count - 1]!]!) sorted = false;
    order[count++] = index;
  }
  const found = order.subarray(0, count);
  return sorted ? found : found.sort((a, b) => starts[a]! - starts[b]! || a - b);
}

/** Until when each lane is taken, as a tree of least times: the first free lane is found in as many steps as the tree is high. */
class FreeLanes {
  readonly #size: number;
  readonly #least: Float64Array;

  constructor(lanes: number) {
    this.#size = 2 ** Math.ceil(Math.log2(Math.max(2, lanes + 1)));
    this.#least = new Float64Array(this.#size * 2).fill(Number.NEGATIVE_INFINITY);
  }

  /** The first lane from `lowest` on that is free at `time`. */
  find(lowest: number, time: number): number {
    let node = this.#size + lowest;
    while (this.#least[node]! > time) {
      // To the right, or up and to the right: the next subtree that was not looked at.
      while (node & 1) node >>= 1;
      node += 1;
      if (node < 2) return this.#size - 1;
    }
    while (node < this.#size) node = this.#least[node * 2]! <= time ? node * 2 : node * 2 + 1;
    return node - this.#size;
  }

  take(lane: number, until: number): void {
    let node = this.#size + lane;
    this.#least[node] = until;
    for (node >>= 1; node >= 1; node >>= 1)
      this.#least[node] = Math.min(this.#least[node * 2]!, this.#least[node * 2 + 1]!);
  }
}
