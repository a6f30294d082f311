import { describe, expect, it } from "vitest";
import { type SqlVocabulary, suggestSql } from "../../../src/sql/suggest.ts";

const vocabulary: SqlVocabulary = {
  tables: [
    { name: "lens_runs", kind: "lens", columns: ["run_id", "pipeline_name"] },
    { name: "lens_spans", kind: "lens", columns: ["key", "run_id", "name"] },
    { name: "odd table", kind: "table", columns: ["select", 'a"b'] },
  ],
  functions: ["count", "json_extract"],
};

/** Suggestions at `|`, as what they would insert. */
function offers(marked: string): string[] {
  const caret = marked.indexOf("|");
  return suggestSql(marked.replace("|", ""), caret, vocabulary).suggestions.map(({ insert }) => insert);
}

describe("completion of SQL", () => {
  it("names tables and views after FROM and JOIN, and quotes odd names", () => {
    const all = ["lens_runs", "lens_spans", '"odd table"'];
    expect(offers("SELECT * FROM |")).toEqual(all);
    expect(offers("SELECT * FROM lens_runs JOIN |")).toEqual(all);
    expect(offers("SELECT * FROM lens_s|")).toEqual(["lens_spans"]);
    expect(offers("SELECT * FROM spa|")).toEqual(["lens_spans"]);
  });

  it("names the columns of a table or alias before a dot, although FROM comes later", () => {
    expect(offers("SELECT s.| FROM lens_runs r, lens_spans AS s")).toEqual(["key", "run_id", "name"]);
    expect(offers("SELECT r.p| FROM lens_runs r JOIN lens_spans s")).toEqual(["pipeline_name"]);
    expect(offers('SELECT "odd table".|')).toEqual(['"select"', '"a""b"']);
    expect(offers("SELECT nobody.|")).toEqual([]);
  });

  it("puts columns of the statement's tables first, then aliases, keywords and functions", () => {
    expect(offers("SELECT n| FROM lens_spans s")).toEqual(["name", "NOT ", "NULL ", "NULLS LAST "]);
    expect(offers("SELECT co| FROM lens_spans")).toEqual(["COLLATE ", "count("]);
    expect(offers("SELECT | FROM lens_spans sp").slice(0, 4)).toEqual(["key", "run_id", "name", "sp"]);
    expect(offers("sel|")[0]).toBe("SELECT ");
    expect(offers("SELECT pipe|")).toEqual(["pipeline_name"]);
  });

  it("replaces the whole word, and knows what was typed", () => {
    const { place, typed } = suggestSql("SELECT na_x FROM lens_spans", 9, vocabulary);
    expect([place, typed]).toEqual([{ from: 7, to: 11 }, "na"]);
  });

  it.each(["SELECT 'na|", "SELECT 'na|'", "-- na|", "/* na| */", 'SELECT "na|', "SELECT 12|"])(
    "is silent in %j",
    (marked) => {
      expect(offers(marked)).toEqual([]);
    },
  );

  it("goes on behind what is closed", () => {
    expect(offers("SELECT 'x' |")).not.toEqual([]);
    expect(offers("/* x */|")).not.toEqual([]);
  });
});
