import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementsOf, splitSpans } from "../../../src/import/span-arrays.ts";

const calm = async () => {};

/** Puts the arrays back where they were taken out. */
function join(value: unknown, arrays: readonly (readonly unknown[])[]): unknown {
  if (Array.isArray(value)) return value.map((item) => join(item, arrays));
  if (typeof value !== "object" || value === null) return value;
  if ("$spans" in value) return arrays[Number(value.$spans)];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, join(item, arrays)]));
}

const span = fc.dictionary(
  fc.constantFrom("spans", "a", '"', "\\", "[", "{}"),
  fc.jsonValue({ maxDepth: 2 }),
);
const texts = fc.constantFrom("spans", '"spans":[', "\\", '\\"', "]", "}", "ä観", "");

describe("splitSpans", () => {
  it("loses nothing and mixes nothing up, whatever stands around and inside the arrays", async () => {
    const anyValue = fc.oneof(
      texts,
      fc.integer(),
      fc.array(texts),
      fc.dictionary(
        texts.filter((key) => key !== "spans"),
        texts,
      ),
    );
    const value = fc.array(fc.record({ before: anyValue, spans: fc.array(span), after: anyValue }));
    await fc.assert(
      fc.asyncProperty(value, fc.boolean(), async (given, wide) => {
        const bytes = Buffer.from(JSON.stringify(given, undefined, wide ? 2 : 0));
        const { skeleton, arrays } = await splitSpans(bytes, "spans", calm);
        const found = arrays.map((places) => [...elementsOf(bytes, places)]);
        expect(join(JSON.parse(skeleton), found)).toEqual(JSON.parse(bytes.toString()));
        expect(arrays).toHaveLength(given.length);
      }),
    );
  });

  it("takes a text value that says spans for no key", async () => {
    const bytes = Buffer.from('{"a":"spans","b":[{"x":1}],"spans":[{"y":2}]}');
    const { skeleton, arrays } = await splitSpans(bytes, "spans", calm);
    expect(skeleton).toBe('{"a":"spans","b":[{"x":1}],"spans":{"$spans":0}}');
    expect(arrays.map((places) => [...elementsOf(bytes, places)])).toEqual([[{ y: 2 }]]);
  });
});
