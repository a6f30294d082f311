import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RareNumbers } from "../../../src/arrays/rare-numbers.ts";
import { TextColumn } from "../../../src/arrays/text-column.ts";
import { RowHints } from "../../../src/store/row-hints.ts";

const anyText = fc.oneof(
  fc.constantFrom("", "a", "\ufeffa", "\0", '\0"a"', "\ud800", "a\udfff", "ünïcode ✓"),
  fc.string({ unit: "binary" }),
);

describe("columns of rows", () => {
  test("give every text back", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 50 }), fc.nat(60), (texts, room) => {
        const column = new TextColumn(room + 1);
        for (const text of texts) column.push(text);
        expect(Array.from(texts, (_, row) => column.at(row))).toEqual(texts);
      }),
    );
  });

  test("give texts back that come after many others, and those that come again", () => {
    const texts = Array.from({ length: 30_000 }, (_, row) => (row % 3 === 0 ? "often" : `\ud800 ${row}`));
    const column = new TextColumn();
    for (const text of texts) column.push(text);
    expect(column.size).toBe(texts.length);
    expect(Array.from(texts, (_, row) => column.at(row))).toEqual(texts);
  });

  test("give every number back, and take no room for none", () => {
    const number = fc.oneof(fc.constant(Number.NaN), fc.double());
    fc.assert(
      fc.property(fc.array(number, { maxLength: 50 }), fc.nat(60), (numbers, room) => {
        const column = new RareNumbers(room);
        for (const [row, value] of numbers.entries()) column.set(row, value);
        expect(Array.from(numbers, (_, row) => column.at(row))).toEqual(numbers);
        expect(column.values === undefined).toBe(numbers.every(Number.isNaN));
      }),
    );
  });

  test("give hints back by row, with and without a type", () => {
    const hint = fc.record({
      type: fc.option(anyText.filter(Boolean), { nil: undefined }),
      message: anyText,
    });
    fc.assert(
      fc.property(fc.array(fc.option(hint), { maxLength: 50 }), (rows) => {
        const hints = new RowHints();
        for (const [row, one] of rows.entries()) if (one !== null) hints.set(row, one);
        expect(rows.map((_, row) => hints.get(row) ?? null)).toEqual(rows);
        expect(rows.map((_, row) => hints.has(row))).toEqual(rows.map((one) => one !== null));
      }),
    );
  });
});
