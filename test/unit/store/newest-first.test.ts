import fc from "fast-check";
import { expect, test } from "vitest";
import { newestFirst } from "../../../src/store/columns/newest-first.ts";

const time = fc.oneof(
  fc.constantFrom(Number.NaN, 0, 1, 1_759_305_600, 1_759_305_600.000001),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 1_759_305_600, max: 1_759_305_601, noNaN: true }),
);

test("the newest of many are found as sorting all of them finds them", () => {
  fc.assert(
    fc.property(fc.array(time, { maxLength: 300 }), fc.integer({ min: 1, max: 40 }), (times, limit) => {
      const starts = Float64Array.from(times);
      const each = (visit: (index: number) => void) => {
        for (let index = 0; index < times.length; index += 2) visit(index);
      };
      const known = (index: number) =>
        Number.isNaN(times[index]!) ? Number.NEGATIVE_INFINITY : times[index]!;
      const expected = Array.from(starts.keys())
        .filter((index) => index % 2 === 0)
        .sort((a, b) => (known(a) === known(b) ? b - a : known(b) > known(a) ? 1 : -1));
      const { indices, total } = newestFirst(starts, each, limit);
      expect(total).toBe(expected.length);
      expect(Array.from(indices)).toEqual(expected.slice(0, limit));
    }),
    { numRuns: 500 },
  );
});
