import { describe, expect, it } from "vitest";
import { readQuery } from "../../../webview/query/queries.ts";
import { cellText, columnsOf, leadOf, moveCell, sortedRows } from "../../../webview/query/table.ts";

const input = { name: "failed-spans", key: "", value: "", limit: "1000" };

describe("readQuery", () => {
  it("takes only the parameters of its query", () => {
    expect(readQuery({ ...input, key: "k", value: "v" })).toEqual({
      kind: "ready",
      name: "failed-spans",
      params: { limit: 1000 },
    });
    expect(readQuery({ name: "spans-by-attribute", key: "k", value: "", limit: "" })).toEqual({
      kind: "ready",
      name: "spans-by-attribute",
      params: { limit: 100_000, key: "k", value: "" },
    });
  });

  it.each(["0", "1.5", "x", "100001"])("refuses the limit %s", (limit) => {
    expect(readQuery({ ...input, limit })).toEqual({ kind: "invalid", field: "limit" });
  });

  it("needs the key of an attribute", () => {
    expect(readQuery({ ...input, name: "spans-by-attribute" })).toEqual({ kind: "invalid", field: "key" });
  });
});

describe("the table of a query", () => {
  const rows = [
    { n: 2, t: "b" },
    { n: null, t: "a" },
    { n: 10, t: "c" },
  ];

  it("sorts numbers as numbers and keeps missing values last", () => {
    expect(Array.from(sortedRows(rows, { column: "n", descending: false }))).toEqual([0, 2, 1]);
    expect(Array.from(sortedRows(rows, { column: "n", descending: true }))).toEqual([2, 0, 1]);
  });

  it("puts long texts last and knows links and numbers", () => {
    const [run, name, count, attributes] = columnsOf([
      { attributes: "{}", run_id: "r", name: "x", count: 1 },
    ]);
    expect([run?.link, name?.link, count?.numeric, attributes?.long]).toEqual([true, false, true, true]);
    expect(columnsOf([{ name: "x", count: 1 }]).map(({ link }) => link)).toEqual([true, false]);
  });

  it("lead to the span, to the failed span of that name in the last run, or to the name", () => {
    expect(leadOf({ run_id: "r", span_id: "s", name: "n" })).toEqual({
      kind: "span",
      runId: "r",
      spanId: "s",
    });
    expect(leadOf({ last_run_id: "r", name: "n" })).toEqual({ kind: "span", runId: "r", failed: "n" });
    expect(leadOf({ name: "n", count: 1 })).toEqual({ kind: "name", name: "n" });
    expect(leadOf({ pipeline_name: "p" })).toBeUndefined();
  });

  it("shows durations with their units and hostile text inert", () => {
    expect(cellText("avg_duration", 0.613)).toBe("613 ms");
    expect(cellText("name", "a\u202Eb")).toBe("a\\u{202E}b");
  });

  it("moves the cursor within the table", () => {
    const size = { rows: 3, columns: 2, page: 2 };
    expect(moveCell("ArrowUp", false, { row: 0, column: 0 }, size)).toEqual({ row: 0, column: 0 });
    expect(moveCell("End", true, { row: 0, column: 0 }, size)).toEqual({ row: 2, column: 1 });
    expect(moveCell("PageDown", false, { row: 0, column: 1 }, size)).toEqual({ row: 2, column: 1 });
    expect(moveCell("x", false, { row: 0, column: 1 }, size)).toBeUndefined();
  });
});
