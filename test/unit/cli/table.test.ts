import { describe, expect, it } from "vitest";
import { paletteFor } from "../../../src/cli/colour.ts";
import { type Column, tableLines } from "../../../src/cli/table.ts";
import { displayWidth } from "../../../src/cli/width.ts";
import { hostileNames } from "../support/bad-databases.ts";
import { steering } from "../support/inert.ts";

type Row = readonly [name: string, count: number];

const plain = paletteFor(false);
const columns: Column<Row>[] = [
  { title: "name", text: ([name]) => name, shrinkTo: 6 },
  { title: "count", text: ([, count]) => String(count), align: "right" },
];

describe("table", () => {
  it("aligns columns in cells, whatever the script", () => {
    const lines = [
      ...tableLines(
        columns,
        [
          ["classify", 7],
          ["日本語", 1204],
          ["e\u0301", 3],
        ],
        plain,
        Infinity,
      ),
    ];
    expect(lines).toEqual(["name      count", "classify      7", "日本語     1204", "e\u0301             3"]);
  });

  it("cuts nothing when the output is no terminal", () => {
    const [, line] = tableLines(columns, [["x".repeat(150), 1]], plain, Number.POSITIVE_INFINITY);
    expect(line).toContain("x".repeat(150));
  });

  it("takes room from the columns that can give it, until the table fits", () => {
    const lines = [...tableLines(columns, [["a rather long name", 12345]], plain, 20)];
    expect(lines[1]).toBe("a rather lon…  12345");
    expect(lines.every((line) => displayWidth(line) <= 20)).toBe(true);
  });

  it("leaves out what is optional before it cuts anything, the last such column first", () => {
    const more: Column<Row>[] = [
      columns[0]!,
      { title: "first", text: () => "1111", optional: true },
      { title: "second", text: () => "2222", optional: true },
      columns[1]!,
    ];
    const header = (width: number) => tableLines(more, [["name12", 3]], plain, width).next().value;
    expect(header(30)).toBe("name    first  second  count");
    expect(header(26)).toBe("name    first  count");
    expect(header(15)).toBe("name    count");
  });

  it("keeps the figures whole in a terminal that is too narrow for all", () => {
    const [, line] = tableLines(columns, [["a rather long name", 12345]], plain, 5);
    expect(line).toBe("a rat…  12345");
  });

  it("colours the text and not the space around it", () => {
    const red: Column<Row>[] = [
      { title: "name", text: ([name]) => name, paint: () => paletteFor(true).red },
      columns[1]!,
    ];
    const [, line] = tableLines(red, [["ab", 1]], paletteFor(true), Number.POSITIVE_INFINITY);
    expect(line).toBe("\u001B[31mab\u001B[39m        1");
  });

  it("makes hostile text inert: one row stays one line, without anything that steers a terminal", () => {
    const rows = hostileNames.map((name): Row => [name, 1]);
    const lines = [...tableLines(columns, rows, plain, Number.POSITIVE_INFINITY)];
    expect(lines).toHaveLength(rows.length + 1);
    for (const line of lines) expect(line).not.toMatch(steering);
    expect(lines[1]).toContain(`<img src=x onerror="alert(1)">`);
  });
});
