import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkSql } from "../../../src/store/sql.ts";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";

describe("checkSql", () => {
  it.each([
    ["SELECT 1", "SELECT 1"],
    ["  select 1 ; -- done", "  select 1 "],
    [
      "-- a; b\nSELECT ';' AS \"a;b\", [c;d], `e;f` /* ; */ FROM x;",
      "-- a; b\nSELECT ';' AS \"a;b\", [c;d], `e;f` /* ; */ FROM x",
    ],
    ["WITH a AS (SELECT 1) SELECT * FROM a", "WITH a AS (SELECT 1) SELECT * FROM a"],
    ["VALUES (1)", "VALUES (1)"],
    ["EXPLAIN QUERY PLAN SELECT 1", "EXPLAIN QUERY PLAN SELECT 1"],
    ["PRAGMA table_info(spans)", "PRAGMA table_info(spans)"],
  ])("lets %j pass", (text, statement) => {
    expect(checkSql(text)).toBe(statement);
  });

  it.each([
    "",
    "-- nothing",
    "SELECT 1; SELECT 2",
    "DELETE FROM spans",
    "/* x */ INSERT INTO spans VALUES (1)",
    "ATTACH 'x' AS y",
    "PRAGMA journal_mode = off",
    "PRAGMA user_version = 5",
    "PRAGMA writable_schema(1)",
    "VACUUM INTO 'x'",
    "BEGIN",
    "CREATE TEMP TABLE x (a)",
  ])("refuses %j", (text) => {
    expect(() => checkSql(text)).toThrow(/statement/i);
  });
});

describe.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])("sql on %s", (name) => {
  let store: TraceStore;
  beforeAll(async () => {
    store = await openTraceStore(fixture(name));
  });
  afterAll(() => store.close());

  it("counts what the store counts, over the canonical views", async () => {
    const { columns, rows, more } = await store.sql(
      "SELECT status, count(*) AS n, count(*) AS n FROM lens_spans GROUP BY 1 ORDER BY 1",
    );
    expect(columns).toEqual(["status", "n", "n"]);
    expect(rows).toEqual([
      ["completed", 2810, 2810],
      ["failed", 118, 118],
      ["paused", 7, 7],
    ]);
    expect(more).toBe(false);
  });

  it("cuts at the limit, and says so", async () => {
    const { rows, more } = await store.sql("SELECT run_id FROM lens_runs", { limit: 10 });
    expect([rows.length, more]).toEqual([10, true]);
    expect((await store.sql("SELECT run_id FROM lens_runs", { limit: 300 })).more).toBe(false);
  });

  it.each([
    ["SELEC 1", /Only statements that read/],
    ["SELECT nope FROM lens_runs", /SQLite does not understand this: no such column: nope/],
    ["SELECT * FROM nope", /no such table: nope/],
    ["SELECT (", /SQLite does not understand this/],
    ["WITH a AS (SELECT 1) DELETE FROM runs", /gives no rows|Only statements that read/],
    [
      "WITH a AS (SELECT 'x' AS r) UPDATE runs SET run_id = 'x' RETURNING run_id",
      /Only statements that read/,
    ],
  ])("explains %j", async (text, sentence) => {
    await expect(store.sql(text)).rejects.toMatchObject({
      kind: "invalid_argument",
      message: expect.stringMatching(sentence),
    });
  });

  it("stops a statement that never ends, by time and by signal, and goes on", async () => {
    const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    await expect(store.sql(endless, { seconds: 0.3 })).rejects.toMatchObject({ kind: "timed_out" });
    const abort = new AbortController();
    const call = store.sql(endless, {}, { signal: abort.signal });
    setTimeout(() => abort.abort(), 100);
    await expect(call).rejects.toMatchObject({ kind: "cancelled" });
    expect((await store.sql("SELECT 7")).rows).toEqual([[7]]);
  });
});
