import type { DurationHistogram } from "./model.ts";

const PER_DECADE = 5;
const FIRST_DECADE = -6;
const LAST_DECADE = 7;
const BUCKETS = (LAST_DECADE - FIRST_DECADE) * PER_DECADE;
const EDGES = Array.from({ length: BUCKETS + 1 }, (_, index) => 10 ** (FIRST_DECADE + index / PER_DECADE));

/** Counts durations in buckets of equal width on a logarithmic axis, 1 µs to 4 months; what lies outside goes to the end buckets. */
export class HistogramCounts {
  readonly #counts = new Uint32Array(BUCKETS);
  readonly #failed = new Uint32Array(BUCKETS);

  /** `duration` in seconds. */
  add(duration: number, failed: boolean): void {
    const bucket = bucketOf(duration);
    this.#counts[bucket]! += 1;
    if (failed) this.#failed[bucket]! += 1;
  }

  /** The buckets from the first to the last that holds anything. */
  result(): DurationHistogram {
    const first = this.#counts.findIndex((count) => count > 0);
    if (first < 0) return { edges: [], counts: [], failed: [] };
    const last = this.#counts.findLastIndex((count) => count > 0);
    return {
      edges: EDGES.slice(first, last + 2),
      counts: Array.from(this.#counts.subarray(first, last + 1)),
      failed: Array.from(this.#failed.subarray(first, last + 1)),
    };
  }
}

/** The upper half of a double, whose bits are in the order of the values from 0 up. */
const double = new Float64Array(1);
const halves = new Uint32Array(double.buffer);
const UPPER = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;
/** Bits of it that are looked at: the exponent and 6 more, so that a stretch of equal bits holds one edge at most. */
const SHIFT = 14;

function upperBits(value: number): number {
  double[0] = value;
  return halves[UPPER]! >>> SHIFT;
}

const FIRST_BITS = upperBits(EDGES[0]!);
const LAST_BITS = upperBits(EDGES[BUCKETS]!);
/** By the first bits of a duration, the bucket in which the smallest number with these bits lies. Logarithms of millions of durations are dear. */
const BUCKET_BY_BITS = Uint8Array.from({ length: LAST_BITS - FIRST_BITS + 1 }, (_, at) => {
  halves[1 - UPPER] = 0;
  halves[UPPER] = (FIRST_BITS + at) << SHIFT;
  const smallest = double[0]!;
  return Math.max(
    0,
    Math.min(
      BUCKETS - 1,
      EDGES.findLastIndex((edge) => edge <= smallest),
    ),
  );
});

function bucketOf(duration: number): number {
  if (!(duration > EDGES[0]!)) return 0;
  if (duration >= EDGES[BUCKETS]!) return BUCKETS - 1;
  const bucket = BUCKET_BY_BITS[upperBits(duration) - FIRST_BITS]!;
  return bucket < BUCKETS - 1 && duration >= EDGES[bucket + 1]! ? bucket + 1 : bucket;
}
