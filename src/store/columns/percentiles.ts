import { rankOf } from "../percentiles.ts";

/** Buckets from 2^-16 s (15 µs) to 2^16 s (18 h); what lies outside goes to the end buckets. */
const OCTAVES = 32;
const LOWEST_EXPONENT = 1023 - 16;
/** Cells of all histograms together. */
const MOST_CELLS = 1 << 22;
/** Where the upper half of a double stands among the two halves. */
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/**
 * Exact percentiles of numbers in groups without sorting them all: a histogram over the first bits of each number tells
 * which buckets hold the wanted ranks, and only their numbers are looked at again.
 */
export class Percentiles {
  private readonly halves: Int32Array;
  private readonly shift: number;
  private readonly lowest: number;
  private readonly buckets: number;
  private readonly counts: Uint32Array;

  constructor(
    private readonly groups: number,
    private readonly values: Float64Array,
    mostCells = MOST_CELLS,
  ) {
    this.halves = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
    let bits = 7;
    while (bits > 0 && groups * (OCTAVES << bits) > mostCells) bits -= 1;
    this.shift = 20 - bits;
    this.lowest = LOWEST_EXPONENT << bits;
    this.buckets = OCTAVES << bits;
    this.counts = new Uint32Array(groups * this.buckets);
  }

  count(group: number, index: number): void {
    this.counts[group * this.buckets + this.bucketOf(index)]! += 1;
  }

  /** As {@link count} for some of `indices`, all of one group. */
  countAll(group: number, indices: Uint32Array, from: number, to: number): void {
    const { halves, counts, shift, lowest } = this;
    const first = group * this.buckets;
    const top = this.buckets - 1;
    for (let at = from; at < to; at += 1) {
      let bucket = (halves[2 * indices[at]! + UPPER]! >> shift) - lowest;
      if (bucket < 0) bucket = 0;
      else if (bucket > top) bucket = top;
      counts[first + bucket]! += 1;
    }
  }

  /** The bits of doubles from 0 up are in the order of their values; those of negative ones go below all. */
  bucketOf(index: number): number {
    const bucket = (this.halves[2 * index + UPPER]! >> this.shift) - this.lowest;
    return bucket < 0 ? 0 : bucket < this.buckets ? bucket : this.buckets - 1;
  }

  /** @param totals How many numbers each group has. */
  seek(totals: ArrayLike<number>, shares: readonly number[]): Gathering {
    const { counts, buckets, groups } = this;
    /** For each cell the place of its numbers in the gathering, 0 for cells that nobody wants. */
    const places = new Uint32Array(counts.length);
    const wanted: Wanted[] = [];
    let room = 1;
    for (let group = 0; group < groups; group += 1) {
      const total = totals[group] ?? 0;
      if (total === 0) continue;
      let bucket = -1;
      let below = 0;
      let next = 0;
      for (const [which, share] of shares.entries()) {
        const rank = rankOf(total, share) - 1;
        while (rank >= next) {
          below = next;
          bucket += 1;
          next += counts[group * buckets + bucket]!;
        }
        const cell = group * buckets + bucket;
        if (places[cell] === 0) {
          places[cell] = room;
          room += counts[cell]!;
        }
        wanted.push({ group, which, cell, first: places[cell]!, rank: rank - below });
      }
    }
    return new Gathering(this, this.values, buckets, counts, places, room, wanted, groups, shares.length);
  }
}

interface Wanted {
  readonly group: number;
  /** Which of the shares. */
  readonly which: number;
  readonly cell: number;
  /** Where the numbers of the cell begin. */
  readonly first: number;
  readonly rank: number;
}

class Gathering {
  private readonly gathered: Float64Array;

  constructor(
    private readonly histogram: Percentiles,
    private readonly values: Float64Array,
    private readonly buckets: number,
    private readonly counts: Uint32Array,
    private readonly places: Uint32Array,
    room: number,
    private readonly wanted: readonly Wanted[],
    private readonly groups: number,
    private readonly shares: number,
  ) {
    this.gathered = new Float64Array(room);
  }

  /** Whether a number lies in a bucket that holds a wanted rank. */
  wants(group: number, index: number): boolean {
    return this.places[group * this.buckets + this.histogram.bucketOf(index)] !== 0;
  }

  add(group: number, index: number): void {
    const cell = group * this.buckets + this.histogram.bucketOf(index);
    this.gathered[this.places[cell]!++] = this.values[index]!;
  }

  /** Adds those that are wanted of many: the ones at `places`, or without these those from `first` on, each in its group. */
  addAll(groups: Uint32Array, size: number, first: number, places: Uint32Array | undefined): void {
    const { histogram, values, gathered, buckets } = this;
    const free = this.places;
    for (let at = 0; at < size; at += 1) {
      const index = places === undefined ? first + at : places[at]!;
      const cell = groups[at]! * buckets + histogram.bucketOf(index);
      // What is no number falls into the last bucket.
      if (free[cell] === 0 || Number.isNaN(values[index]!)) continue;
      gathered[free[cell]!++] = values[index]!;
    }
  }

  /** The percentiles of each group, in the order of the shares. */
  result(): Float64Array[] {
    const found = Array.from({ length: this.groups }, () => new Float64Array(this.shares));
    let sorted = -1;
    for (const { group, which, cell, first, rank } of this.wanted) {
      if (cell !== sorted) this.gathered.subarray(first, first + this.counts[cell]!).sort();
      sorted = cell;
      found[group]![which] = this.gathered[first + rank]!;
    }
    return found;
  }
}
