import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { closedSpans, foldedFrom } from "../../../webview/timeline/folding.ts";
import { visibleRows } from "../../../webview/timeline/rows.ts";
import { runOutline } from "../../../webview/timeline/span-table.ts";
import { TraceModel } from "../../../webview/timeline/trace-model.ts";
import { cli, startCli } from "../cli/run-cli.ts";
import { freshFolder } from "../support/fixtures.ts";
import { writeDatabase } from "../support/stock-sqlite.ts";

const DEEP = 100_000;
const WIDE = 1_000_000;
let file = "";
let store: TraceStore;

beforeAll(async () => {
  file = await writeDatabase(`${freshFolder()}/deep-and-wide.db`, (database) => {
    database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, created_at TEXT);
      CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
        start_time REAL, end_time REAL, status TEXT, attributes TEXT);
      CREATE INDEX spans_run ON spans (run_id);
      INSERT INTO runs VALUES ('deep', 'p', 'completed', '2025-10-01T08:00:00+00:00'),
        ('wide', 'p', 'completed', '2025-10-01T09:00:00+00:00');`);
    const insert = (run: string, count: number, parent: string, start: string, end: string) =>
      database.run(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1})
        INSERT INTO spans SELECT NULL, '${run}', 's' || i, ${parent}, 'step', ${start}, ${end}, 'completed', NULL FROM n`);
    insert("deep", DEEP, "CASE WHEN i > 0 THEN 's' || (i - 1) END", "1e9 + i * 1e-5", "1e9 + 10 - i * 1e-5");
    insert(
      "wide",
      WIDE,
      "CASE WHEN i > 0 THEN 's0' END",
      "1e9 + i * 1e-3",
      "1e9 + CASE i WHEN 0 THEN 2000 ELSE i * 1e-3 + 0.5 END",
    );
  });
  store = await openTraceStore(file);
}, 120_000);

afterAll(() => store?.close());

async function modelOf(runId: string): Promise<TraceModel> {
  return new TraceModel(runOutline(await store.getOutlineColumns(runId)));
}

test("a chain of 100,000 spans reaches the page, with its critical path, flame graph and folding", async () => {
  const model = await modelOf("deep");
  expect([model.spans.length, model.spans.deepest]).toEqual([DEEP, DEEP - 1]);
  expect(model.critical.firsts.every((first) => first >= 0)).toBe(true);
  expect(model.flame.lanes).toBe(DEEP);
  expect(visibleRows(model.spans, { closed: closedSpans(model.spans, foldedFrom(10)) }).length).toBe(11);
}, 60_000);

test("a chain of 100,000 spans is compared step by step, and a million siblings are too many", async () => {
  const { steps } = await store.compareRuns("deep", "deep");
  expect(steps).toHaveLength(DEEP);
  expect(steps.every(({ parent, change }, at) => parent === at - 1 && change === "same")).toBe(true);
  expect(steps[2]!.path).toBe("step/step/step");
  expect(steps.at(-1)!.path).toMatch(/^…\/step(\/step)+$/);
  expect(steps.at(-1)!.path.length).toBeLessThan(1000);
  await expect(store.compareRuns("deep", "wide")).rejects.toMatchObject({ kind: "too_many_rows" });
}, 60_000);

test("1,000,000 siblings reach the page, with their critical path, flame graph and folding", async () => {
  const model = await modelOf("wide");
  expect([model.spans.length, model.spans.childCount(0)]).toEqual([WIDE, WIDE - 1]);
  expect(model.critical.counts[0]).toBeGreaterThan(0);
  expect(model.flame.lanes).toBeLessThan(700);
  expect(visibleRows(model.spans, { closed: closedSpans(model.spans, foldedFrom(0)) }).length).toBe(1);
  const level = await store.getLevel("wide", { parent: model.spans.keys[0]!, limit: 200 });
  expect([level.items.length, level.total]).toEqual([200, WIDE - 1]);
}, 120_000);

test("of 1,000,000 spans those that are asked for are listed, and all of them in one piece are refused", async () => {
  const taken = await store.getSpans("wide", { filter: "duration > 1s" });
  expect(taken.map((span) => span.span_id)).toEqual(["s0"]);
  expect(await store.getSpans("wide", { name: "other" })).toEqual([]);
  await expect(store.getSpans("wide")).rejects.toMatchObject({ kind: "too_many_rows" });
}, 60_000);

test("the command line prints a chain of 100,000 spans, flat as JSON", async () => {
  const { code, stdout } = await cli(["trace", "deep", "--db", file, "--json", "--flat"]);
  expect(code).toBe(0);
  expect(stdout.split('"span_id"').length - 1).toBe(DEEP);
  const nested = await cli(["trace", "deep", "--db", file, "--json"]);
  expect([nested.code, nested.stdout]).toEqual([1, ""]);
  expect(nested.stderr).toMatch(/add --flat/);
}, 60_000);

test("the command line prints 1,000,000 siblings as a tree, and leaves quietly when its reader does", async () => {
  const child = startCli(["trace", "wide", "--db", file]);
  let [lines, tail] = [0, ""];
  for await (const chunk of child.stdout!) {
    const text: string = chunk.toString("utf8");
    lines += text.split("\n").length - 1;
    tail = (tail + text).slice(-200);
  }
  expect(lines).toBe(WIDE + 3);
  expect(tail.trimEnd().split("\n").at(-1)).toMatch(/^└ ✓ step +500 ms$/);

  const left = startCli(["trace", "deep", "--db", file]);
  let complaints = "";
  left.stderr!.on("data", (chunk) => {
    complaints += chunk;
  });
  const exit = once(left, "exit");
  await once(left.stdout!, "data");
  left.stdout!.destroy();
  expect([await exit, complaints]).toEqual([[141, null], ""]);
}, 120_000);
