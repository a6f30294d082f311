import { describe, expect, it } from "vitest";
import { sortedRows } from "../../../webview/query/table.ts";
import { jsonOf, sqlLead, sqlRows, uniqueNames } from "../../../webview/sql/answer.ts";
import { stretches } from "../../../webview/sql/ink.ts";
import { readLimits } from "../../../webview/sql/limits.ts";
import { isPlan, planSteps } from "../../../webview/sql/plan.ts";

function answer(columns: string[], rows: unknown[][]) {
  const packed = new TextEncoder().encode(JSON.stringify(rows));
  return sqlRows({ columns, rows: packed, more: false, snapshot: { at: 0, stale: false } });
}

describe("the rows of a statement", () => {
  it("keep the statement's order of columns, odd names and equal ones", () => {
    const { names, rows } = answer(["2", "1", "__proto__", "1", "1:2"], [[1, 2, 3, 4, 5]]);
    expect(names).toEqual(["2", "1", "__proto__", "1:2", "1:2:2"]);
    expect(names.map((name) => rows[0]![name])).toEqual([1, 2, 3, 4, 5]);
    expect(uniqueNames([])).toEqual([]);
  });

  it("are drawn as SQL has them: no units, and no value differs from an empty text", () => {
    const { columns, rows } = answer(
      ["start_time", "duration", "t", "b"],
      [
        [1e9, 1.5, "", null],
        [2, 3, "x\ny", "x'00ff'"],
      ],
    );
    expect(columns.map(({ text, name }) => text(rows[0]![name] ?? ""))).toEqual([
      "1000000000",
      "1.5",
      "",
      "",
    ]);
    expect(columns[3]).toMatchObject({ missing: "NULL", numeric: false });
    expect(columns[2]!.text("x\ny\u202E")).toBe("x y\\u{202E}");
    expect(rows[1]).toMatchObject({ b: "x'00ff'" });
    expect(Array.from(sortedRows(rows, { column: "duration", descending: true }))).toEqual([1, 0]);
  });

  it("lead to their run and span where they name one", () => {
    const linked = answer(["run_id", "span_id", "name"], [["r", "s", "n"]]);
    expect(linked.columns.map(({ link }) => link)).toEqual([true, true, false]);
    expect(sqlLead(linked.rows[0]!)).toMatchObject({ runId: "r", spanId: "s" });
    const loose = answer(["span_id", "name"], [["s", "n"]]);
    expect(loose.columns.some(({ link }) => link)).toBe(false);
    expect(sqlLead(loose.rows[0]!)).toBeUndefined();
    expect(sqlLead({ run_id: 7 })).toBeUndefined();
  });

  it("become JSON that reads back", () => {
    const text = jsonOf(
      ["a", "b"],
      [
        ["=1", null],
        [2, "\u2028"],
      ],
    );
    expect(JSON.parse(text)).toEqual([
      { a: "=1", b: null },
      { a: 2, b: "\u2028" },
    ]);
    expect(text.split("\n")).toHaveLength(5);
    expect(JSON.parse(jsonOf(["a"], []))).toEqual([]);
  });
});

describe("limits", () => {
  it("are whole numbers within bounds", () => {
    expect(readLimits({ limit: "1000", seconds: "30" })).toEqual({ kind: "ready", limit: 1000, seconds: 30 });
    for (const limit of ["", "0", "-1", "1.5", "x", "100001"])
      expect(readLimits({ limit, seconds: "30" })).toEqual({ kind: "invalid", field: "limit" });
    for (const seconds of ["", "0", "601"])
      expect(readLimits({ limit: "1", seconds })).toEqual({ kind: "invalid", field: "seconds" });
  });
});

describe("a plan", () => {
  it("is an outline that says what is dear", () => {
    const rows = [
      { id: 2, parent: 0, notused: 0, detail: "CO-ROUTINE x" },
      { id: 7, parent: 2, notused: 0, detail: "SCAN spans" },
      { id: 9, parent: 7, notused: 0, detail: "SEARCH runs USING AUTOMATIC COVERING INDEX (run_id=?)" },
      { id: 40, parent: 0, notused: 0, detail: "USE TEMP B-TREE FOR ORDER BY" },
      { id: 41, parent: 99, notused: 0, detail: "SCAN CONSTANT ROW" },
    ];
    expect(planSteps(rows).map(({ depth, hint }) => [depth, hint])).toEqual([
      [0, undefined],
      [1, "scan"],
      [2, "automatic"],
      [0, "sort"],
      [0, undefined],
    ]);
    expect(isPlan(["id", "parent", "notused", "detail"])).toBe(true);
    expect(isPlan(["id", "parent"])).toBe(false);
  });
});

describe("the colours under a statement", () => {
  it("lie under every letter, cut where the mistake and the caret are", () => {
    const sql = "SELECT nope -- x\n, 'a' , 1.5";
    const drawn = stretches(sql, { from: 7, to: 11 }, 9);
    expect(drawn.map(({ text }) => text).join("")).toBe(sql);
    expect(drawn.filter(({ wrong }) => wrong).map(({ text }) => text)).toEqual(["no", "pe"]);
    expect(drawn.filter(({ look }) => look !== "plain").map(({ text, look }) => `${look} ${text}`)).toEqual([
      "keyword SELECT",
      "comment -- x",
      "text 'a'",
      "number 1.5",
    ]);
  });

  it("are left out of a very long one", () => {
    expect(stretches("SELECT ".repeat(10_000), undefined, undefined)).toHaveLength(1);
  });
});
