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

function bucketOf(duration: number): number {
  if (!(duration > EDGES[0]!)) return 0;
  let bucket = Math.min(BUCKETS - 1, Math.floor((Math.log10(duration) - FIRST_DECADE) * PER_DECADE));
  // The logarithm of an edge is not exact; the edges themselves decide.
  if (duration < EDGES[bucket]!) bucket -= 1;
  else if (bucket < BUCKETS - 1 && duration >= EDGES[bucket + 1]!) bucket += 1;
  return bucket;
}
