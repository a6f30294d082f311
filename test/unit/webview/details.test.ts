import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { searchJson } from "../../../webview/details/json-search.ts";
import {
  type EntryRow,
  type JsonRow,
  jsonRows,
  MOST_ENTRIES,
  MOST_ROWS,
  Unfolder,
  valueText,
} from "../../../webview/details/json-tree.ts";
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

const none: ReadonlySet<string> = new Set();

function entries(rows: readonly JsonRow[]): EntryRow[] {
  return rows.filter((row) => row.kind === "entry");
}

describe("the attribute tree", () => {
  const value = { model: "m", usage: { "in-put": [1, 2] }, none: null };

  it("shows the top level closed", () => {
    const rows = entries(jsonRows(value, { open: none }));
    expect(rows.map(({ name, size, open }) => [name, size, open])).toEqual([
      ["model", undefined, false],
      ["usage", 1, false],
      ["none", undefined, false],
    ]);
    expect(rows.map(({ position, siblings }) => [position, siblings])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  it("unfolds in place what is open, with paths that people can write", () => {
    const rows = jsonRows(value, { open: new Set(['["usage"]', '["usage","in-put"]']) });
    expect(entries(rows).map(({ path, depth }) => [path, depth])).toEqual([
      ["model", 0],
      ["usage", 0],
      ['usage["in-put"]', 1],
      ['usage["in-put"][0]', 2],
      ['usage["in-put"][1]', 2],
      ["none", 0],
    ]);
  });

  it("shows the first entries of a large value and more on wish, and never too many rows", () => {
    const large = Array.from({ length: 1_000_000 }, () => 0);
    const rows = jsonRows(large, { open: none });
    expect(rows.length).toBe(MOST_ENTRIES + 1);
    expect(rows.at(-1)).toMatchObject({ kind: "more", of: "[]", count: 1_000_000 - MOST_ENTRIES });
    expect(jsonRows(large, { open: none, shown: new Map([["[]", 450]]) }).length).toBe(451);
    expect(jsonRows(large, { open: none, shown: new Map([["[]", 900_000]]) }).length).toBe(MOST_ROWS);
  });

  it("is not confused by names that contain separators", () => {
    const rows = jsonRows({ "a.b": { c: 1 }, a: { b: { c: 2 } } }, { open: new Set(['["a.b"]']) });
    expect(entries(rows).map(({ name }) => name)).toEqual(["a.b", "c", "a"]);
  });

  it("unfolds JSON that stands in a text, inside of another one too, and keeps the text as its value", () => {
    const inner = JSON.stringify({ deep: true });
    const text = JSON.stringify({ a: [1], inner });
    const open = new Set(['["input"]', '["input","inner"]']);
    const rows = entries(jsonRows({ input: text, plain: "{no" }, { open }));
    expect(rows.map(({ name, size, embedded }) => [name, size, embedded])).toEqual([
      ["input", 2, true],
      ["a", 1, false],
      ["inner", 1, true],
      ["deep", undefined, false],
      ["plain", undefined, false],
    ]);
    expect(rows[0]!.value).toBe(text);
    expect(rows[3]!.path).toBe("input.inner.deep");
  });

  it("folds long texts below their entry", () => {
    const long = "x".repeat(1_000);
    const folded = jsonRows({ long, short: "y" }, { open: none });
    expect(entries(folded).map(({ nested: folds }) => folds)).toEqual([true, false]);
    expect(jsonRows({ long }, { open: new Set(['["long"]']) }).at(-1)).toMatchObject({
      kind: "text",
      text: long,
    });
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
        for (let round = 0; round < 6; round++)
          open = new Set(entries(jsonRows(json, { open })).map(({ id }) => id));
        // JSON in texts has entries of its own.
        const rows = entries(jsonRows(json, { open }));
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        expect(rows.length).toBeGreaterThanOrEqual(countEntries(json));
      }),
    );
  });
});

describe("the search in attributes", () => {
  const value = {
    model: "gpt",
    usage: { prompt_tokens: 61, other: 7 },
    messages: JSON.stringify([{ role: "user", content: "Where is MY order?" }]),
  };
  const search = (text: string) => {
    const unfolder = new Unfolder();
    const found = searchJson(value, text, unfolder);
    return {
      found,
      paths: entries(jsonRows(value, { open: none, found }, unfolder)).map(({ path }) => path),
    };
  };

  it("shows what matches with the way to it, by name or value in any case, in JSON texts too", () => {
    expect(search("my ord").paths).toEqual(["messages", "messages[0]", "messages[0].content"]);
    expect(search("PROMPT").paths).toEqual(["usage", "usage.prompt_tokens"]);
    expect(search("61").paths).toEqual(["usage", "usage.prompt_tokens"]);
    expect(search("nowhere").paths).toEqual([]);
  });

  it("shows everything below a name that matches", () => {
    const unfolder = new Unfolder();
    const found = searchJson(value, "usage", unfolder);
    const rows = entries(jsonRows(value, { open: new Set(['["usage"]']), found }, unfolder));
    expect(rows.map(({ path }) => path)).toEqual(["usage", "usage.prompt_tokens", "usage.other"]);
  });

  it("finds in any value exactly the names and texts that hold the word", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string()), fc.string({ minLength: 1 }), (fields, word) => {
        const found = searchJson(fields, word, new Unfolder());
        const expected = Object.entries(fields)
          .filter(([name, text]) => `${name}\n${text}`.toLowerCase().includes(word.toLowerCase()))
          .map(([name]) => JSON.stringify([name]));
        for (const id of expected.filter((one) => !one.includes("\\n"))) expect(found.matches).toContain(id);
        expect(found.complete).toBe(true);
      }),
    );
  });

  it("ends on values of any size and depth, and says that it did not see all", () => {
    expect(searchJson(nested(100_000), "a", new Unfolder()).complete).toBe(false);
    const large = searchJson(
      Array.from({ length: 1_000_000 }, () => "x"),
      "x",
      new Unfolder(),
    );
    expect(large.complete).toBe(false);
    expect(large.matches.size).toBe(2_000);
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

  it("unfold JSON in the texts of JSON", () => {
    const text = JSON.stringify({ arguments: JSON.stringify({ city: "Rome" }), note: "[x" });
    expect(JSON.parse(readable(text).text)).toEqual({ arguments: { city: "Rome" }, note: "[x" });
    expect(readable(JSON.stringify('{"a":1}')).language).toBe("json");
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
