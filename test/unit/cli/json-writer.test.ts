import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type NestedSpan, nestedShape, shaped, spanShape } from "../../../src/cli/shapes.ts";
import { jsonPieces } from "../../../src/format/json-writer.ts";
import { steering } from "../support/inert.ts";

const write = (value: unknown) => [...jsonPieces(value)].join("");

/** A chain of spans, each the only child of the one before. */
function chain(levels: number): NestedSpan {
  let node: NestedSpan = span(levels - 1, []);
  for (let level = levels - 2; level >= 0; level -= 1) node = span(level, [node]);
  return node;
}

function span(level: number, children: readonly NestedSpan[]): NestedSpan {
  return {
    span_id: `s${level}`,
    name: "step",
    status: "completed",
    start_time: level,
    end_time: null,
    attributes: {},
    children,
  };
}

describe("JSON writer", () => {
  it("writes what JSON.stringify writes, for any value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(JSON.parse(write(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("keeps JSON.stringify's rules for undefined and for numbers that JSON lacks", () => {
    expect(write({ a: undefined, b: Number.NaN, c: [undefined], d: null })).toBe(
      '{"b":null,"c":[null],"d":null}',
    );
  });

  it("escapes what would steer a terminal, with the same meaning", () => {
    const text = "\u001B[31m \u009B \u007F \u202E \u2066 \u200B \u2028 日本語";
    const written = write({ [text]: text });
    expect(written).not.toMatch(steering);
    expect(written).not.toMatch(/[\u200B-\u200F\u2028\u2029]/);
    expect(JSON.parse(written)).toEqual({ [text]: text });
  });

  it("does not overflow on a value 100,000 levels deep", () => {
    const levels = 100_000;
    const value: unknown = JSON.parse("[".repeat(levels) + "]".repeat(levels));
    expect(write(value)).toBe("[".repeat(levels) + "]".repeat(levels));
  });

  it("shapes rows only when they are written", () => {
    let made = 0;
    const rows = {
      *[Symbol.iterator]() {
        for (; made < 1000; made += 1) yield { made };
      },
    };
    const pieces = jsonPieces(rows);
    for (let piece = 0; piece < 10; piece += 1) pieces.next();
    expect(made).toBeLessThan(10);
  });
});

describe("nested traces", () => {
  it("have exactly the promised keys, in order", () => {
    const value = JSON.parse(write(nestedShape([chain(2)]))) as Record<string, unknown>;
    expect(Object.keys(value)).toEqual([
      "span_id",
      "name",
      "status",
      "start_time",
      "end_time",
      "attributes",
      "children",
    ]);
    expect(value.children).toHaveLength(1);
  });

  it("are one object for one root and an array for several or none", () => {
    expect(write(nestedShape([]))).toBe("[]");
    expect(JSON.parse(write(nestedShape([chain(1), chain(1)])))).toHaveLength(2);
    expect(write(nestedShape([chain(1)]))).toMatch(/^\{/);
  });

  it("go 1,000 levels deep and no further", () => {
    expect(write(nestedShape([chain(1000)])).match(/"span_id"/g)).toHaveLength(1000);
    expect(() => nestedShape([chain(1001)])).toThrow(/1,001 levels deep.*--flat/);
    expect(() => nestedShape([chain(100_000)])).toThrow(/100,000 levels deep.*--flat/);
  });
});

describe("flat spans", () => {
  it("have exactly the promised keys, in order", () => {
    const row = { ...chain(1), parent_span_id: null, run_id: "run_1" };
    const [value] = JSON.parse(write(shaped([row], spanShape))) as Record<string, unknown>[];
    expect(Object.keys(value!)).toEqual([
      "span_id",
      "parent_span_id",
      "run_id",
      "name",
      "status",
      "start_time",
      "end_time",
      "attributes",
    ]);
  });
});
