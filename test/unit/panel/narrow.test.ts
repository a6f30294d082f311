import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AnyArray,
  arrayKinds,
  fromSequence,
  kindOf,
  narrowed,
  sequenceOf,
} from "../../../src/protocol/narrow.ts";

const numbers = fc.oneof(
  fc.array(fc.double()),
  fc.array(fc.float()),
  fc.array(
    fc.oneof(fc.constantFrom(Number.NaN, 0, -0, 1, 2 ** 24, 2 ** 24 + 1, 2 ** 32 - 1, 2 ** 32), fc.nat()),
  ),
  fc.array(fc.oneof(fc.nat(300), fc.constantFrom(-1, 70_000))),
  fc
    .tuple(fc.nat(40), fc.integer(), fc.integer({ min: -10, max: 10 }))
    .map(([length, first, step]) => Array.from({ length }, (_, at) => first + step * at)),
);
const arrays = fc
  .tuple(numbers, fc.constantFrom(...Object.values(arrayKinds)))
  .map(([values, Kind]): AnyArray => Kind.from(values));

describe("numbers that travel", () => {
  test("come back from the narrower array as they were", () => {
    fc.assert(
      fc.property(arrays, (array) => {
        const narrow = narrowed(array);
        expect(narrow.byteLength).toBeLessThanOrEqual(array.byteLength);
        expect(new arrayKinds[kindOf(array)!](narrow)).toEqual(array);
      }),
      { numRuns: 500 },
    );
  });

  test("come back from their sequence as they were", () => {
    let sequences = 0;
    fc.assert(
      fc.property(arrays, (array) => {
        const sequence = sequenceOf(array);
        if (sequence === undefined) return;
        sequences += 1;
        expect(fromSequence(sequence, kindOf(array)!)).toEqual(array);
      }),
      { numRuns: 500 },
    );
    expect(sequences).toBeGreaterThan(20);
  });

  test.each([
    [Float64Array.of(1, 2.5, Number.NaN), Float32Array],
    [Float64Array.of(2 ** 24 + 1, 7), Uint32Array],
    [Float64Array.of(0.1), Float64Array],
    [Float64Array.of(-1_100_000_001), Float64Array],
    [Int32Array.of(0, 255), Uint8Array],
    [Int32Array.of(0, 256), Uint16Array],
    [Int32Array.of(-1, 5), Int32Array],
    [Int32Array.of(65_536), Int32Array],
  ])("%o are sent as they need", (array, kind) => {
    expect(narrowed(array)).toBeInstanceOf(kind);
  });

  test("that follow each other need three numbers", () => {
    expect(sequenceOf(Float64Array.of(5, 8, 11))).toEqual({ length: 3, first: 5, step: 3 });
    expect(sequenceOf(Uint32Array.of(36, 72, 107))).toBeUndefined();
    expect(sequenceOf(Float64Array.of(Number.NaN, Number.NaN))).toBeUndefined();
  });
});
