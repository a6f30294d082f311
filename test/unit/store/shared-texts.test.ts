import { expect, test } from "vitest";
import { openTraceStore } from "../../../src/store/store.ts";
import { freshFolder } from "../support/fixtures.ts";
import { writeDatabase } from "../support/stock-sqlite.ts";

test("long inputs and outputs come whole, whether they are values of attributes or not", async () => {
  const text = `ünïcode ✓ ${"x".repeat(20_000)}`;
  const attributes = [
    { step_input: text, step_output: "short" },
    { step_input: { prompt: text }, output: text, other: text },
    { "input.value": text.slice(1) },
    {},
  ];
  const file = await writeDatabase(`${freshFolder()}/long.db`, (database) => {
    database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, created_at TEXT);
      CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
        start_time REAL, end_time REAL, status TEXT, attributes TEXT);
      INSERT INTO runs VALUES ('run', 'p', 'completed', '2025-10-01T08:00:00')`);
    for (const [at, one] of attributes.entries())
      database.run("INSERT INTO spans VALUES (?, 'run', ?, NULL, 'n', 1, 2, 'completed', ?)", [
        ...[at + 1, `s${at}`, JSON.stringify(one)],
      ]);
  });
  const store = await openTraceStore(file);
  const details = await Promise.all(attributes.map((_, at) => store.getSpanDetail("run", at + 1)));
  await store.close();
  expect(details.map(({ input, output }) => [input, output])).toEqual([
    [text, "short"],
    [JSON.stringify({ prompt: text }), text],
    [text.slice(1), null],
    [null, null],
  ]);
  expect(details.map((detail) => detail.attributes)).toEqual(attributes);
});
