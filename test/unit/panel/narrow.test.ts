import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type AnyArray,
  type ArrayKind,
  arrayKinds,
  fromSequence,
  kindOf,
  narrowing,
  type Sequence,
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

/** What travels in place of an array. */
function sent(array: AnyArray): AnyArray | Sequence {
  const steps = narrowing(array);
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value;
  }
}

function received(travelled: AnyArray | Sequence, kind: ArrayKind): AnyArray {
  return ArrayBuffer.isView(travelled) ? new arrayKinds[kind](travelled) : fromSequence(travelled, kind);
}

describe("numbers that travel", () => {
  test("come back as they were, and take no more than they did", () => {
    let sequences = 0;
    fc.assert(
      fc.property(arrays, (array) => {
        const travelled = sent(array);
        if (ArrayBuffer.isView(travelled)) expect(travelled.byteLength).toBeLessThanOrEqual(array.byteLength);
        else sequences += 1;
        expect(received(travelled, kindOf(array)!)).toEqual(array);
      }),
      { numRuns: 1000 },
    );
    expect(sequences).toBeGreaterThan(20);
  });

  test.each([
    ["in order", (index: number) => index],
    ["that repeat", (index: number) => index % 50],
    ["until the last", (index: number) => (index < 199_999 ? index : -1)],
    ["of which the last is large", (index: number) => (index < 199_999 ? index % 7 : 65_536)],
    ["of which the last is a fraction", (index: number) => (index < 199_999 ? index % 7 : 0.1)],
  ])("come back where there are many, %s", (_, valueAt) => {
    for (const Kind of Object.values(arrayKinds)) {
      const array: AnyArray = Kind.from(Array.from({ length: 200_000 }, (_, index) => valueAt(index)));
      expect(received(sent(array), kindOf(array)!)).toEqual(array);
    }
  });

  test.each([
    [Float64Array.of(1, 2.5, Number.NaN), Float32Array],
    [Float64Array.of(2 ** 24 + 1, 7, 9), Uint32Array],
    [Float64Array.of(0.1), Float64Array],
    [Float64Array.of(-1_100_000_001), Float64Array],
    [Int32Array.of(0, 255, 3), Uint8Array],
    [Int32Array.of(0, 256, 3), Uint16Array],
    [Int32Array.of(-1, 5, 5), Int32Array],
    [Int32Array.of(65_536), Int32Array],
  ])("%o are sent as they need", (array, kind) => {
    expect(sent(array)).toBeInstanceOf(kind);
  });

  test("that follow each other need three numbers", () => {
    expect(sent(Float64Array.of(5, 8, 11))).toEqual({ length: 3, first: 5, step: 3 });
    expect(sent(Uint32Array.of(36, 72, 107))).toBeInstanceOf(Uint32Array);
    expect(sent(Float64Array.of(Number.NaN, Number.NaN))).toBeInstanceOf(Float32Array);
  });
});
