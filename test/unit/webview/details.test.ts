import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { jsonRows, MOST_ENTRIES, valueText } from "../../../webview/details/json-tree.ts";
import { readable } from "../../../webview/details/pretty.ts";
import { parentTrail } from "../../../webview/trace/trail.ts";

function nested(depth: number): object {
  let value: object = {};
  for (let level = 0; level < depth; level++) value = { a: value };
  return value;
}

function countEntries(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, entry) => sum + 1 + countEntries(entry), 0);
}

describe("the attribute tree", () => {
  const value = { model: "m", usage: { "in-put": [1, 2] }, none: null };

  it("shows the top level closed", () => {
    expect(jsonRows(value, new Set()).map(({ name, size, open }) => [name, size, open])).toEqual([
      ["model", undefined, false],
      ["usage", 1, false],
      ["none", undefined, false],
    ]);
  });

  it("unfolds in place what is open, with paths that people can write", () => {
    const rows = jsonRows(value, new Set(['["usage"]', '["usage","in-put"]']));
    expect(rows.map(({ path, depth }) => [path, depth])).toEqual([
      ["model", 0],
      ["usage", 0],
      ['usage["in-put"]', 1],
      ['usage["in-put"][0]', 2],
      ['usage["in-put"][1]', 2],
      ["none", 0],
    ]);
  });

  it("shows the first entries of a large value and says how many more there are", () => {
    const rows = jsonRows(
      Array.from({ length: 1_000_000 }, () => 0),
      new Set(),
    );
    expect(rows.length).toBe(MOST_ENTRIES);
    expect(rows.at(-1)!.more).toBe(1_000_000 - MOST_ENTRIES);
    expect(rows.filter(({ more }) => more !== undefined).length).toBe(1);
  });

  it("is not confused by names that contain separators", () => {
    const rows = jsonRows({ "a.b": { c: 1 }, a: { b: { c: 2 } } }, new Set(['["a.b"]']));
    expect(rows.map(({ name }) => name)).toEqual(["a.b", "c", "a"]);
  });

  it("copies strings bare and everything else as JSON", () => {
    expect(valueText("x")).toBe("x");
    expect(valueText(null)).toBe("null");
    expect(valueText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}');
    expect(valueText(nested(200_000))).toBeTypeOf("string");
  });

  it("lists each entry of any JSON value when everything is open", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (json) => {
        if (typeof json !== "object" || json === null) return;
        let open = new Set<string>();
        for (let round = 0; round < 6; round++) open = new Set(jsonRows(json, open).map(({ id }) => id));
        const rows = jsonRows(json, open);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        expect(rows.length).toBe(countEntries(json));
      }),
    );
  });
});

describe("readable texts", () => {
  it("indent JSON objects and arrays", () => {
    expect(readable('{"a":1}')).toEqual({ text: '{\n  "a": 1\n}', language: "json" });
    expect(readable(" [1]").language).toBe("json");
  });

  it("leave everything else as it is", () => {
    for (const text of ["plain", "12", "{not json", "", "[1,"]) {
      expect(readable(text)).toEqual({ text, language: "plaintext" });
    }
  });

  it("take a JSON string out of its quotes", () => {
    expect(readable('"a\\nb"')).toEqual({ text: "a\nb", language: "plaintext" });
  });

  it("leave JSON as it is that is nested beyond what can be written or is very long", () => {
    const deep = "[".repeat(300_000) + "]".repeat(300_000);
    expect(readable(deep)).toEqual({ text: deep, language: "plaintext" });
    const long = `["${"x".repeat(2_000_000)}"]`;
    expect(readable(long).text).toBe(long);
  });
});

describe("the trail of parents", () => {
  it("is whole when short", () => {
    expect(parentTrail([0, 1, 2, 3, 4, 5, 6]).every(({ kind }) => kind === "span")).toBe(true);
  });

  it("has a counted gap in the middle when long", () => {
    const parts = parentTrail(Array.from({ length: 100 }, (_, index) => index));
    expect(parts.map((part) => (part.kind === "span" ? part.index : `+${part.count}`))).toEqual([
      0,
      1,
      "+94",
      96,
      97,
      98,
      99,
    ]);
  });
});
