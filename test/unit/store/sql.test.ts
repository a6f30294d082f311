import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { snippets } from "../../../src/sql/snippets.ts";
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
    ["WITH a AS (SELECT 1) DELETE FROM runs", /Only statements that read/],
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

  it.each([
    ["SELEC 1", "SELEC"],
    ["SELECT 1; SELECT 2", "SELECT 2"],
    ["SELECT run_id\nFROM lens_runs WHER status = 'failed'", "status"],
    ["SELECT run_id, nope\nFROM lens_runs", "nope"],
    ["SELECT r.run_id FROM lens_runs r WHERE r.nope = 1", "r.nope"],
    ["SELECT name FROM lens_spans WHERE name IN (SELECT name FROM lens_runs x WHERE x.name = 1)", "x.name"],
    ["SELECT * FROM lens_runs JOIN missing USING (run_id)", "missing"],
    ["SELECT no_such(1)", "no_such"],
    ["SELECT run_id FROM lens_runs a JOIN lens_runs b", "run_id FROM"],
    ["SELECT count(1, 2) FROM lens_runs", "count"],
    ["SELECT #", "#"],
    ["WITH a AS (SELECT 1) DELETE FROM runs", "DELETE"],
  ])("tells where %j is wrong", async (text, wrong) => {
    const from = text.indexOf(wrong);
    const failure = await store.sql(text).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ kind: "invalid_argument", place: { from } });
    const line = text.slice(0, from).split("\n").length;
    const column = from - text.lastIndexOf("\n", from - 1);
    expect(failure).toMatchObject({ message: expect.stringContaining(`(line ${line}, column ${column}).`) });
    expect((failure as Error).message).not.toContain("\n");
  });

  it("points behind the end of what is not finished", async () => {
    const text = "SELECT run_id FROM lens_runs WHERE (";
    await expect(store.sql(text)).rejects.toMatchObject({ place: { from: text.length, to: text.length } });
  });

  it("does not take a value that is no JSON for a damaged file", async () => {
    await expect(store.sql("SELECT json_extract('{', '$.a')")).rejects.toMatchObject({
      kind: "invalid_argument",
      message: "SQLite does not understand this: malformed JSON.",
    });
    await expect(store.sql("SELECT abs(-9223372036854775808)")).rejects.toMatchObject({
      kind: "invalid_argument",
      message: expect.stringContaining("integer overflow"),
    });
  });

  it("gives a plan in place of rows, with places of the statement as it was written", async () => {
    const { columns, rows } = await store.sql("SELECT * FROM lens_runs ORDER BY pipeline_version", {
      plan: true,
    });
    expect(columns).toEqual(["id", "parent", "notused", "detail"]);
    expect(rows.map((row) => row[3])).toEqual(["SCAN main.runs", "USE TEMP B-TREE FOR ORDER BY"]);
    await expect(store.sql("SELECT nope", { plan: true })).rejects.toMatchObject({
      place: { from: 7, to: 11 },
    });
    const typed = await store.sql("EXPLAIN QUERY PLAN SELECT 1", { plan: true });
    expect(typed.columns).toEqual(columns);
  });

  it("packs the same rows, with bytes and infinities as JSON can say them", async () => {
    const text = "SELECT run_id, total_cost FROM lens_runs ORDER BY run_id";
    const plain = await store.sql(text);
    const packed = await store.sqlPacked(text);
    expect(JSON.parse(new TextDecoder().decode(packed.rows))).toEqual(plain.rows);
    expect([packed.columns, packed.more]).toEqual([plain.columns, false]);
    const odd = await store.sqlPacked("SELECT x'00ff', zeroblob(2048), 9e999, -9e999, NULL, 'é'");
    expect(JSON.parse(new TextDecoder().decode(odd.rows))).toEqual([
      ["x'00ff'", `x'${"00".repeat(32)}…' (2,048 bytes)`, "Infinity", "-Infinity", null, "é"],
    ]);
  });

  it("knows tables, views, their columns and functions", async () => {
    const { tables, functions } = await store.getSqlVocabulary();
    const find = (table: string) => tables.find((one) => one.name === table);
    expect(find("lens_runs")).toMatchObject({
      kind: "lens",
      columns: expect.arrayContaining(["pipeline_name"]),
    });
    const { rows } = await store.sql(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    );
    for (const [table] of rows) {
      const columns = (await store.sql(`SELECT name FROM pragma_table_info('${table}')`)).rows.flat();
      expect(find(String(table))).toEqual({ name: table, kind: "table", columns });
    }
    expect(functions).toEqual(expect.arrayContaining(["count", "json_extract", "lens_time", "datetime"]));
    expect(functions).not.toContain("lens_flatten");
  });

  it.each(snippets.filter(({ name: query }) => query !== "error-patterns"))(
    "answers what the named query answers: $name",
    async ({ name: query, sql }) => {
      const params: Record<string, string> =
        query === "spans-by-attribute" ? { key: "error_type", value: "timeout" } : {};
      const named = await store.query(query, params);
      const { columns, rows } = await store.sql(sql, { limit: 100_000 });
      expect(named.length).toBeGreaterThan(2);
      expect(rows.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])))).toEqual(
        named,
      );
    },
  );

  it("counts as many failures as the error patterns do", async () => {
    const { sql } = snippets.find(({ name: query }) => query === "error-patterns")!;
    const { columns, rows } = await store.sql(sql);
    const at = columns.indexOf("count");
    const sum = (counts: readonly unknown[]) =>
      counts.reduce((total: number, count) => total + Number(count), 0);
    expect(sum(rows.map((row) => row[at]))).toBe(
      sum((await store.query("error-patterns")).map(({ count }) => count)),
    );
    expect(new Set(rows.map((row) => row[0])).size).toBeGreaterThan(1);
  });

  it("holds up no other call while a question takes its time", async () => {
    const endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";
    const abort = new AbortController();
    const order: string[] = [];
    const question = store.sql(endless, {}, { signal: abort.signal }).catch(() => order.push("question"));
    await store.listRuns({ limit: 1 });
    order.push("runs");
    abort.abort();
    await question;
    expect(order).toEqual(["runs", "question"]);
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
