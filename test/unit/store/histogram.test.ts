import fc from "fast-check";
import { expect, test } from "vitest";
import { HistogramCounts } from "../../../src/store/histogram.ts";

/** Edges of all buckets: one count in the first and one in the last. */
const whole = new HistogramCounts();
whole.add(0, false);
whole.add(1e9, false);
const { edges } = whole.result();

/** The bucket that a duration is counted in. */
function bucketOf(duration: number): number {
  const counts = new HistogramCounts();
  counts.add(0, true);
  counts.add(1e9, true);
  counts.add(duration, false);
  const { counts: all, failed } = counts.result();
  return all.findIndex((count, at) => count > failed[at]!);
}

test("every duration is counted between the edges of its bucket, the shortest and longest in the outermost ones", () => {
  const last = edges.length - 2;
  const near = fc
    .tuple(fc.nat(last + 1), fc.constantFrom(-1e-15, 0, 1e-15))
    .map(([at, off]) => edges[at]! * (1 + off));
  const any = fc.oneof(near, fc.double({ min: 0, max: 1e8, noNaN: true }), fc.double({ noNaN: true }));
  fc.assert(
    fc.property(any, (duration) => {
      const bucket = bucketOf(duration);
      if (bucket > 0) expect(duration).toBeGreaterThanOrEqual(edges[bucket]!);
      if (bucket < last) expect(duration).toBeLessThan(edges[bucket + 1]!);
    }),
    { numRuns: 3000 },
  );
});
