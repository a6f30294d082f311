import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/engine/database.ts";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { scanRun, scanSpans } from "../../../src/store/columns/scan-rows.ts";
import { StoreSession } from "../../../src/store/session.ts";
import { ROW_SQL, RowCollector, type SpanRows } from "../../../src/store/span-rows.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { parseAttributes } from "../../../src/store/values.ts";
import { freshFolder } from "../support/fixtures.ts";
import { type StockDatabase, writeDatabase } from "../support/stock-sqlite.ts";

const COUNT = 12_000;
const columns = "run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes";

/** Two runs whose rows stand among each other, with values of every kind. */
function fill(database: StockDatabase): void {
  database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, created_at TEXT);
    CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
      start_time REAL, end_time REAL, status TEXT, attributes TEXT);
    INSERT INTO runs VALUES ('a', 'p', 'failed', '2025-10-01T08:00:00'), ('b', 'p', 'completed', '2025-10-01T08:00:00');
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${COUNT - 1})
    INSERT INTO spans (${columns}) SELECT CASE WHEN i / 100 % 3 < 2 THEN 'a' ELSE 'b' END, 'spän_' || i,
      CASE WHEN i > 0 AND i % 7 > 0 THEN 'spän_' || (i / 10) END,
      CASE i % 5 WHEN 0 THEN 'ünïcode ✓' WHEN 1 THEN NULL WHEN 2 THEN '' ELSE 'step_' || (i % 40) END,
      CASE WHEN i % 11 = 0 THEN NULL WHEN i % 13 = 0 THEN '12.5' ELSE 1e9 + i END,
      CASE WHEN i % 17 = 0 THEN NULL WHEN i % 19 = 0 THEN 'never' ELSE 1e9 + i + 0.25 END,
      CASE i % 6 WHEN 0 THEN 'failed' WHEN 1 THEN 'Error' WHEN 2 THEN NULL WHEN 3 THEN ' failure ' ELSE 'completed' END,
      CASE i % 9 WHEN 0 THEN NULL WHEN 1 THEN '{' WHEN 2 THEN json_object('feedback', 'Tool broke: ' || i)
        WHEN 3 THEN json_object('error_type', 'E' || (i % 4), 'feedback', printf('%.*c', 5000, 'x'))
        WHEN 4 THEN json_object('flujo.budget.actual_cost_usd', '0.5', 'flujo.attempt_number', 2)
        ELSE json_object('flujo.budget.actual_cost_usd', i / 1000.0, 'flujo.budget.actual_tokens', i) END FROM n`);
}

describe("spans read from the pages of their table", () => {
  let database: EngineDatabase;
  let session: StoreSession;

  beforeAll(async () => {
    const file = await writeDatabase(`${freshFolder()}/many.db`, fill);
    database = await openDatabase(file);
    session = new StoreSession(database, file);
  });

  afterAll(() => database.close());

  const asSql = (where: string, failed: string) =>
    session.read((reader) => {
      const rows = new RowCollector();
      const sql = `SELECT ${ROW_SQL}, CASE WHEN ${failed} THEN attributes END FROM lens_spans ${where} ORDER BY key`;
      reader.each(sql, [], (row) => rows.addRow(row));
      return plain(rows.finish());
    }).value;

  test.each(["a", "b"])("of run %s are those that SQL tells", (run) => {
    const { value } = session.read((reader) => {
      const count = reader.get<{ n: number }>("SELECT count(*) AS n FROM lens_spans WHERE run_id = ?", [
        run,
      ])!;
      return [count.n, scanRun(reader, run, Math.max(count.n, 5_000))] as const;
    });
    const [count, rows] = value;
    expect(count).toBeGreaterThan(3_000);
    expect(rows).toBeDefined();
    const failed = "lower(trim(status)) IN ('failed', 'error', 'failure')";
    expect(plain(rows!)).toEqual(asSql(`WHERE run_id = '${run}'`, failed));
  });

  test("of all runs are those that SQL tells, in the order of the file", () => {
    const rows = new RowCollector();
    const runs: string[] = [];
    const { value } = session.read((reader) =>
      scanSpans(reader, (run, read) => {
        runs.push(run);
        read(rows);
        return true;
      }),
    );
    expect(value).toBe(true);
    expect(runs.filter((run) => run === "b").length).toBe(COUNT / 3);
    expect(plain(rows.finish())).toEqual(asSql("", "lower(trim(status)) IN ('failed', 'error', 'failure')"));
  });
});

function plain({ size, keys, ids, names, statuses, starts, ends, costs, tokens, attempts, hints }: SpanRows) {
  return Array.from({ length: size }, (_, row) => ({
    key: keys[row],
    id: ids.idOf(row),
    parent: ids.parentOf(row),
    parentRow: ids.parents[row],
    name: names.at(row),
    status: statuses.at(row),
    start: starts[row],
    end: ends[row],
    cost: costs.at(row),
    tokens: tokens.at(row),
    attempt: attempts.at(row),
    hint: hints.get(row),
  }));
}

test("a message of megabytes is told whole with its span, and cut in lists", async () => {
  const file = await writeDatabase(`${freshFolder()}/message.db`, (database) => {
    fill(database);
    database.run(`UPDATE spans SET start_time = 1, status = 'failed', attributes = json_object('feedback', 'ValueError: ' || printf('%.*c', 3000000, 'é'))
      WHERE id = 1`);
  });
  const store = await openTraceStore(file);
  const [span] = (await store.getOutline("a", { limit: 100 })).spans.filter(({ key }) => key === 1);
  expect([span!.error!.type, span!.error!.message.length]).toEqual(["ValueError", 300]);
  const { error } = await store.getSpanDetail("a", 1);
  expect([error!.type, error!.message.length, Object.keys(error!)]).toEqual([
    "ValueError",
    3_000_012,
    ["type", "message"],
  ]);
  await store.close();
});

test("attributes of many megabytes become objects unless they hold more than a million values", () => {
  const text = `{"a":"${'x,[{\\"'.repeat(2_000_000)}","b":[1,2]}`;
  expect(Object.keys(parseAttributes(text))).toEqual(["a", "b"]);
  const values = `{"a":[${"0,".repeat(1_000_001)}0]}`;
  expect(parseAttributes(values)).toBe(values);
  expect(parseAttributes(`{"a":"${"x".repeat(2_000_000)}`)).toBeTypeOf("string");
});
