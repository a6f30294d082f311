import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesInMemory } from "../../../src/import/bytes.ts";
import { scanSpans } from "../../../src/import/span-scanner.ts";

/** What a scan finds that reads so many bytes at a time. */
function scan(text: string, piece: number) {
  const documents: string[] = [];
  const arrays: unknown[][] = [];
  const bytes = Buffer.from(text);
  scanSpans(
    bytesInMemory(bytes),
    "spans",
    {
      element: (array, position, element) => {
        expect(bytes.subarray(position, position + element.length).equals(element)).toBe(true);
        arrays[array] = [...(arrays[array] ?? []), JSON.parse(element.toString())];
      },
      document: (document) => documents.push(document),
      progress: () => {},
    },
    piece,
  );
  return { documents, arrays };
}

/** Puts the arrays back where they were taken out. */
function join(value: unknown, arrays: readonly (readonly unknown[])[]): unknown {
  if (Array.isArray(value)) return value.map((item) => join(item, arrays));
  if (typeof value !== "object" || value === null) return value;
  if ("$spans" in value) return arrays[Number(value.$spans)] ?? [];
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, join(item, arrays)]));
}

const span = fc.dictionary(
  fc.constantFrom("spans", "a", '"', "\\", "[", "{}"),
  fc.jsonValue({ maxDepth: 2 }),
);
const texts = fc.constantFrom("spans", '"spans":[', "\\", '\\"', "]", "}", "ä観", "");

describe("scanSpans", () => {
  it("loses nothing and mixes nothing up, whatever stands around and inside the arrays, however it is read", () => {
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
    fc.assert(
      fc.property(
        value,
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 1, max: 60 }),
        (given, wide, lines, piece) => {
          const indent = wide ? 2 : 0;
          const values: unknown[] = lines ? given : [given];
          const texts = values.map((one) => JSON.stringify(one, undefined, indent));
          fc.pre(values.length > 0);
          const { documents, arrays } = scan(texts.join("\n"), piece);
          // JSON has no -0.
          const written = texts.map((text) => JSON.parse(text));
          expect(documents.map((document) => join(JSON.parse(document), arrays))).toEqual(written);
        },
      ),
    );
  });

  it("takes a text value that says spans for no key", () => {
    const { documents, arrays } = scan('{"a":"spans","b":[{"x":1}],"spans":[{"y":2}]}', 5);
    expect(documents).toEqual(['{"a":"spans","b":[{"x":1}],"spans":{"$spans":0}}']);
    expect(arrays).toEqual([[{ y: 2 }]]);
  });

  it("hands on what is no JSON as it is", () => {
    expect(scan("5", 1).documents).toEqual(["5"]);
    expect(scan("", 1).documents).toEqual([""]);
    expect(scan('{"a": "b', 3).documents).toEqual(['{"a": "b']);
    expect(scan('{"a":1} x {"b":2}\n\n', 4).documents).toEqual(['{"a":1}', ' x {"b":2}']);
  });
});
