import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isolated, lineAndColumn, nameIn, statementAt, tokensOf } from "../../../src/sql/tokens.ts";

describe("the pieces of a statement", () => {
  it("are told apart as SQLite does", () => {
    const sql = "SELECT 'it''s', \"a\"\"b\", [c d], `e` FROM x -- end;\nWHERE 1.5 /* ; */";
    const pieces = Array.from(tokensOf(sql)).filter(({ kind }) => kind !== "space");
    expect(pieces.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "word SELECT",
      "text 'it''s'",
      "mark ,",
      'name "a""b"',
      "mark ,",
      "name [c d]",
      "mark ,",
      "name `e`",
      "word FROM",
      "word x",
      "comment -- end;",
      "word WHERE",
      "number 1.5",
      "comment /* ; */",
    ]);
    expect(pieces.map(nameIn).filter((name) => name !== undefined)).toEqual([
      "SELECT",
      'a"b',
      "c d",
      "e",
      "FROM",
      "x",
      "WHERE",
    ]);
  });

  it("cover any text without a gap", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."a1 '\"`[]-/*\n;.é") }), (sql) => {
        expect(
          Array.from(tokensOf(sql))
            .map(({ text }) => text)
            .join(""),
        ).toBe(sql);
      }),
    );
  });
});

describe("the statement at the caret", () => {
  const at = (marked: string) => {
    const caret = marked.indexOf("|");
    const sql = marked.replace("|", "");
    const place = statementAt(sql, caret);
    return place && sql.slice(place.from, place.to);
  };

  it.each([
    ["SEL|ECT 1; SELECT 2", "SELECT 1"],
    ["SELECT 1;| SELECT 2", "SELECT 1"],
    ["SELECT 1; SELECT 2|", "SELECT 2"],
    ["SELECT 1; SELECT 2;\n\n|", "SELECT 2"],
    ["| -- a comment\nSELECT 1; SELECT 2", "-- a comment\nSELECT 1"],
    ["SELECT 1; /* of 2 |*/ SELECT 2 -- end", "/* of 2 */ SELECT 2"],
    ["SELECT 1; -- the end|", "SELECT 1"],
    ["SELECT ';|'; SELECT 2", "SELECT ';'"],
    [";; SELECT 3 |", "SELECT 3"],
    ["-- nothing|", undefined],
  ])("%j", (marked, statement) => {
    expect(at(marked)).toBe(statement);
  });

  it("keeps its lines and columns when it stands alone", () => {
    const sql = "SELECT 1;\n  SELECT nope";
    const alone = isolated(sql, statementAt(sql, sql.length)!);
    expect(alone).toBe("         \n  SELECT nope");
    expect(lineAndColumn(alone, alone.indexOf("nope"))).toEqual({ line: 2, column: 10 });
  });
});
