import { copyFileSync, renameSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import {
  hostileDatabase,
  hostileNames,
  hostileStart,
  oddAttributes,
  writeTraceDatabase,
} from "../support/bad-databases.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { type StockDatabase, writeDatabase } from "../support/stock-sqlite.ts";

let store: TraceStore | undefined;

async function open(file: string): Promise<TraceStore> {
  store = await openTraceStore(file);
  return store;
}

afterEach(async () => {
  await store?.close();
  store = undefined;
});

function addRun(
  database: StockDatabase,
  id: string,
  status = "completed",
  start = "2025-10-01T08:00:00+00:00",
): void {
  database.run("INSERT INTO runs VALUES (?, 'p', '1', ?, ?, NULL, NULL, NULL)", [id, status, start]);
}

function addSpan(
  database: StockDatabase,
  run: string,
  id: string,
  parent: string | null,
  more: {
    name?: string;
    start?: number;
    end?: number | null;
    status?: string;
    attributes?: string | null;
  } = {},
): void {
  database.run("INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)", [
    id,
    run,
    parent,
    more.name ?? id,
    more.start ?? hostileStart,
    more.end === undefined ? hostileStart + 1 : more.end,
    more.status ?? "completed",
    more.attributes ?? null,
  ]);
}

describe("broken trees", () => {
  test("several roots, orphans and loops all show, with a sentence each", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r");
      addSpan(database, "r", "root", null);
      addSpan(database, "r", "second", null, { start: hostileStart - 5 });
      addSpan(database, "r", "orphan", "gone");
      addSpan(database, "r", "x", "z");
      addSpan(database, "r", "y", "x");
      addSpan(database, "r", "z", "y");
    });
    const trace = await (await open(file)).getTrace("r");
    expect(trace.roots.map((root) => root.span_id)).toEqual(["second", "root", "orphan", "x"]);
    expect(trace.spans.length).toBe(6);
    expect(trace.warnings.length).toBe(2);
    expect((await store!.getLevel("r")).total).toBe(4);
  });

  test("a chain of 30,000 spans and 30,000 siblings come whole", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "deep");
      addRun(database, "wide");
      for (let index = 0; index < 30_000; index += 1) {
        addSpan(database, "deep", `d${index}`, index === 0 ? null : `d${index - 1}`);
        addSpan(database, "wide", `w${index}`, index === 0 ? null : "w0");
      }
    });
    await open(file);
    const deep = await store!.getTrace("deep");
    let depth = 0;
    for (let node = deep.roots[0]; node; node = node.children[0]) depth += 1;
    expect(depth).toBe(30_000);
    const outline = await store!.getOutline("deep");
    expect(outline.spans.at(-1)!.depth).toBe(29_999);
    const detail = await store!.getSpanDetail("deep", outline.spans.at(-1)!.key);
    expect(detail.parents.length).toBe(1000);
    const level = await store!.getLevel("wide", {
      parent: (await store!.getLevel("wide")).items[0]!.key,
      limit: 200,
    });
    expect([level.items.length, level.total]).toEqual([200, 29_999]);
    expect((await store!.getSpanStatistics()).total_spans).toBe(60_000);
  });

  test("span ids that repeat within a run keep their own rows", async () => {
    const file = await writeDatabase(`${freshFolder()}/twice.db`, (database) => {
      database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, created_at TEXT);
        CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
          start_time REAL, end_time REAL, status TEXT, attributes TEXT)`);
      database.run("INSERT INTO runs VALUES ('r', 'p', 'completed', '2025-10-01T08:00:00+00:00')");
      for (const [id, name, attributes] of [
        [1, "first", '{"n": 1}'],
        [2, "second", '{"n": 2}'],
      ] as const) {
        database.run("INSERT INTO spans VALUES (?, 'r', 'same', NULL, ?, 5, 6, 'completed', ?)", [
          id,
          name,
          attributes,
        ]);
      }
    });
    await open(file);
    const outline = await store!.getOutline("r");
    expect(outline.spans.map((span) => [span.key, span.name])).toEqual([
      [1, "first"],
      [2, "second"],
    ]);
    expect((await store!.getSpanDetail("r", 2)).attributes).toEqual({ n: 2 });
    expect(outline.spans[0]!.start_time).toBe(hostileStart);
  });
});

describe("odd rows", () => {
  test("an unfinished span counts as unfinished; one that says running but ended counts as completed", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r");
      addSpan(database, "r", "open", null, { end: null, status: "running" });
      addSpan(database, "r", "otel", null, { status: "running" });
    });
    await open(file);
    const outline = await store!.getOutline("r");
    expect(outline.spans.map((span) => [span.name, span.state, span.duration])).toEqual([
      ["open", "unknown", null],
      ["otel", "completed", 1],
    ]);
    const statistics = await store!.getSpanStatistics();
    expect([statistics.total_spans, statistics.unfinished_spans]).toEqual([1, 1]);
    expect(statistics.by_status).toEqual({ running: 1 });
  });

  test("cost, tokens and attempt are found under the names that 0.4.35 writes", async () => {
    const attributes =
      '{"step_type": "Step", "attempts": 2, "cost_usd": 0.25, "token_counts": 70, "initial_input": "hi"}';
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r", "running");
      addSpan(database, "r", "root", null, {
        name: "pipeline_root",
        end: null,
        status: "running",
        attributes,
      });
    });
    await open(file);
    const [root] = (await store!.getOutline("r")).spans;
    expect(root).toMatchObject({ state: "running", cost: 0.25, tokens: 70, attempt: 2 });
    expect((await store!.getSpanDetail("r", root!.key)).input).toBe("hi");
  });

  test("a span that ends before it starts keeps its negative duration, as flujo's average does", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r");
      addSpan(database, "r", "back", null, { end: hostileStart - 2 });
    });
    expect((await (await open(file)).getSpanStatistics()).durations.back).toMatchObject({
      avg: -2,
      p50: -2,
      self_total: 0,
    });
  });

  test("spans of an unknown run are not counted, as in flujo", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r");
      addSpan(database, "r", "known", null);
      addSpan(database, "other", "unknown", null);
    });
    expect((await (await open(file)).getSpanStatistics()).by_name).toEqual({ known: 1 });
  });

  test("runs whose rows lie scattered are counted once each", async () => {
    const file = await writeTraceDatabase((database) => {
      for (const run of ["a", "b", "c"]) addRun(database, run);
      for (let index = 0; index < 30; index += 1) {
        const run = ["a", "b", "c"][index % 3]!;
        addSpan(database, run, `s${index}`, index < 3 ? null : `s${index % 3}`, { name: "step" });
      }
    });
    const { durations } = await (await open(file)).getSpanStatistics();
    expect(durations.step).toMatchObject({ count: 30, avg: 1, self_total: 27 });
  });

  test("attributes that are not an object come as the text they are", async () => {
    await open(await hostileDatabase());
    const spans = await store!.getSpans("run_odd_attributes");
    expect(spans.map((span) => span.attributes)).toEqual(
      oddAttributes.map((text) => (text === null || text === "" ? {} : text)),
    );
    expect((await store!.getSpanStatistics()).total_spans).toBe(
      oddAttributes.length + hostileNames.length + 1,
    );
  });

  test("hostile names come through unchanged, NUL included", async () => {
    await open(await hostileDatabase());
    const { spans } = await store!.getOutline("run_hostile_names");
    expect(spans.map((span) => span.name)).toEqual([...hostileNames, "before\0after"]);
    expect(spans[0]!.error).toEqual({ type: hostileNames[0], message: hostileNames[0] });
  });

  test("names that look like object properties are counted as any other", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "r");
      for (const name of ["__proto__", "constructor", "toString"]) addSpan(database, "r", name, null);
    });
    const statistics = await (await open(file)).getSpanStatistics();
    expect(Object.entries(statistics.by_name).sort()).toEqual([
      ["__proto__", 1],
      ["constructor", 1],
      ["toString", 1],
    ]);
    expect(JSON.parse(JSON.stringify(statistics)).total_spans).toBe(3);
  });

  test("times of several forms still list runs newest first, across pages", async () => {
    const file = await writeTraceDatabase((database) => {
      addRun(database, "zone", "completed", "2025-10-01T12:00:00+05:00");
      addRun(database, "plain", "completed", "2025-10-01 08:00:00");
      addRun(database, "iso", "completed", "2025-10-01T09:00:00.5+00:00");
      addRun(database, "none", "completed", "");
    });
    await open(file);
    const ids = ["iso", "plain", "zone", "none"];
    expect((await store!.listRuns()).map((run) => run.run_id)).toEqual(ids);
    const second = await store!.listRuns({ limit: 2, after: "iso" });
    expect(second.map((run) => run.run_id)).toEqual(ids.slice(1, 3));
    const afterGone = await store!.listRuns({ after: { run_id: "deleted", start_time: hostileStart + 1 } });
    expect(afterGone.map((run) => run.run_id)).toEqual(["plain", "zone"]);
  });
});

describe("layouts", () => {
  test("missing columns and tables are done without", async () => {
    const file = await writeDatabase(`${freshFolder()}/bare.db`, (database) => {
      database.run(`CREATE TABLE spans (run_id TEXT, span_id TEXT, name TEXT, start_time REAL, end_time REAL, status TEXT, created_at TEXT);
        INSERT INTO spans VALUES ('r', 's', 'step', 1759305600, 1759305602, 'error', '2025-10-01T08:00:00+00:00')`);
    });
    await open(file);
    expect(await store!.listRuns()).toMatchObject([
      { run_id: "r", status: "unknown", span_count: 1, failed_count: 1 },
    ]);
    expect((await store!.getOutline("r")).spans).toMatchObject([
      { name: "step", state: "failed", duration: 2 },
    ]);
    expect((await store!.getSpanDetail("r", 1)).step).toBeNull();
  });

  test("a database of something else is refused in one sentence", async () => {
    const file = await writeDatabase(`${freshFolder()}/other.db`, (database) =>
      database.run("CREATE TABLE t (x)"),
    );
    await expect(openTraceStore(file)).rejects.toMatchObject({
      kind: "unsupported_layout",
      message: expect.stringContaining(`${file} was not written by flujo`),
    });
  });

  test("a blob that is not JSON is named in a warning, and the other runs still show", async () => {
    const file = await writeDatabase(`${freshFolder()}/blobs.db`, (database) => {
      database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, start_time TEXT);
        CREATE TABLE traces (run_id TEXT PRIMARY KEY, trace_json TEXT);
        INSERT INTO runs VALUES ('bad', 'p', 'completed', '2025-10-01T08:00:00+00:00'), ('good', 'p', 'completed', '2025-10-01T08:00:00+00:00');
        INSERT INTO traces VALUES ('bad', '{"span_id": '), ('good', '{"name": "only", "start_time": 1759305600, "end_time": 1759305601}')`);
    });
    await open(file);
    expect((await store!.getOutline("bad")).warnings.length).toBe(1);
    expect((await store!.getTrace("good")).roots).toMatchObject([
      { name: "only", span_id: "#0", children: [] },
    ]);
  });

  test("a blob deeper than SQLite's own JSON functions go is read", async () => {
    let blob = '{"span_id": "leaf", "name": "leaf", "start_time": 2, "end_time": 3, "children": []}';
    for (let depth = 0; depth < 5000; depth += 1) {
      blob = `{"span_id": "n${depth}", "name": "n", "start_time": 1, "end_time": 4, "children": [${blob}]}`;
    }
    const file = await writeDatabase(`${freshFolder()}/deep.db`, (database) => {
      database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, start_time TEXT);
        CREATE TABLE traces (run_id TEXT PRIMARY KEY, trace_json TEXT);
        INSERT INTO runs VALUES ('r', 'p', 'completed', '2025-10-01T08:00:00+00:00')`);
      database.run("INSERT INTO traces VALUES ('r', ?)", [blob]);
    });
    const { spans } = await (await open(file)).getOutline("r");
    expect([spans.length, spans.at(-1)!.name, spans.at(-1)!.depth]).toEqual([5001, "leaf", 5000]);
  });

  test("a database that is replaced by one of another layout is read anew", async () => {
    const file = `${freshFolder()}/flujo_ops.db`;
    copyFileSync(fixture("v1.0"), file);
    await open(file);
    expect((await store!.info()).layout).toBe("v1.0");
    copyFileSync(fixture("v0.6.11"), `${file}.new`);
    renameSync(`${file}.new`, file);
    const info = await store!.info();
    expect([info.layout, info.runs]).toEqual(["v3.0", 300]);
    expect((await store!.getSpanStatistics()).total_spans).toBe(2935);
  });
});

test("a postgres address is refused without showing its password", async () => {
  const refused = await openTraceStore("postgresql://me:secret@host/db").catch((thrown: Error) => thrown);
  expect(refused).toMatchObject({ kind: "unsupported_source" });
  expect((refused as Error).message).not.toContain("secret");
});

test("an unknown query and wrong parameters are told apart", async () => {
  await open(fixture("v0.6.11"));
  await expect(store!.query("nothing" as "failed-spans")).rejects.toThrow(/queries are failed-spans/);
  await expect(store!.query("spans-by-attribute", { key: "a" })).rejects.toThrow(
    /needs the parameter "value"/,
  );
  await expect(store!.query("failed-spans", { limit: 0 })).rejects.toMatchObject({
    kind: "invalid_argument",
  });
  await expect(store!.query("failed-spans", { color: "red" })).rejects.toMatchObject({
    kind: "invalid_argument",
  });
});

test("a call that is cancelled rejects, and the next one works", async () => {
  await open(fixture("v0.6.11"));
  const controller = new AbortController();
  const statistics = store!.getSpanStatistics({}, { signal: controller.signal });
  controller.abort();
  await expect(statistics).rejects.toMatchObject({ kind: "cancelled" });
  expect((await store!.getSpanStatistics()).total_spans).toBe(2935);
});

test("a closed store rejects every call", async () => {
  const closed = await openTraceStore(fixture("v0.6.11"));
  await closed.close();
  await expect(closed.listRuns()).rejects.toMatchObject({ kind: "closed" });
});
