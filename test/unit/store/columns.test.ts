import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shortageNote } from "../../../src/cli/notes.ts";
import { openDatabase } from "../../../src/engine/database.ts";
import type { Reader } from "../../../src/engine/reader.ts";
import { leafPages } from "../../../src/engine/table-scan.ts";
import { formatBytes } from "../../../src/format/numbers.ts";
import { buildColumns } from "../../../src/store/columns/build.ts";
import { compileColumnFilter } from "../../../src/store/columns/column-filter.ts";
import { columnRun, columnRuns, columnSpans } from "../../../src/store/columns/column-lists.ts";
import { columnPipelines } from "../../../src/store/columns/column-pipelines.ts";
import { columnReport } from "../../../src/store/columns/column-report.ts";
import { columnStatistics, compareColumns } from "../../../src/store/columns/column-statistics.ts";
import { readRunFacts } from "../../../src/store/columns/run-facts.ts";
import { scanCountedRuns } from "../../../src/store/columns/scan-counted-runs.ts";
import { SecondReader } from "../../../src/store/columns/second-reader.ts";
import {
  columnsOf,
  factsKeeperOf,
  keeperOf,
  runFactsOf,
} from "../../../src/store/columns/session-columns.ts";
import type { SpanColumns } from "../../../src/store/columns/span-columns.ts";
import { storedTable } from "../../../src/store/columns/stored-table.ts";
import { readStretch, SPAN_COLUMNS } from "../../../src/store/columns/stretch.ts";
import { compareStatistics } from "../../../src/store/comparison.ts";
import { findCountedRuns } from "../../../src/store/counted-runs.ts";
import { readSpanFilter } from "../../../src/store/filtering.ts";
import { storeHandlers } from "../../../src/store/handlers.ts";
import {
  type CountedRunsQuery,
  type ReportQuery,
  type SpanListQuery,
  type SpanStatistics,
  type StatisticsQuery,
  type StatisticsReport,
  statisticsGroups,
} from "../../../src/store/model.ts";
import { statisticsReport } from "../../../src/store/report.ts";
import { listPipelines, listRuns } from "../../../src/store/runs.ts";
import { StoreSession } from "../../../src/store/session.ts";
import { spanChooser } from "../../../src/store/span-chooser.ts";
import { findSpans, type SpanPlaces } from "../../../src/store/span-list.ts";
import { spanStatistics } from "../../../src/store/statistics.ts";
import { LogWriter } from "../engine/log-writer.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { expectSame } from "../support/same-figures.ts";
import { type StockDatabase, stockDatabase } from "../support/stock-sqlite.ts";

/** Seconds since the epoch; after all runs. */
const NOW = 1_760_000_000;

function expectSameReports(reader: Reader, columns: SpanColumns, queries: readonly ReportQuery[]): void {
  const { failures } = columns;
  expect(failures).toBeDefined();
  const facts = readRunFacts(reader, columns);
  for (const query of queries)
    expectSame(
      columnReport(reader, { ...columns, failures: failures! }, facts, query, NOW),
      statisticsReport(reader, query, NOW),
    );
}

function expectSameLists(
  reader: Reader,
  columns: SpanColumns,
  queries: readonly (SpanListQuery & CountedRunsQuery)[],
): void {
  const whole = { ...columns, failures: columns.failures! };
  const facts = readRunFacts(reader, columns);
  const pages = (places: SpanPlaces) => [
    ...[places.total, places.reachable],
    ...[...places.page(reader, 0, 2), ...places.page(reader, 2, 10_000)].map(({ run, key }) => [run, key]),
  ];
  for (const query of queries) {
    expectSame(pages(columnSpans(whole, query)), pages(findSpans(reader, query)));
    const { indices } = columnRuns(columns, facts, query);
    expectSame(
      Array.from(indices, (run) => columnRun(reader, columns, facts, run)),
      findCountedRuns(reader, query),
    );
  }
}

function expectSameFiltered(
  reader: Reader,
  columns: SpanColumns,
  query: StatisticsQuery,
  filters: readonly string[],
): void {
  for (const text of filters) {
    const filter = readSpanFilter(text)!;
    const test = compileColumnFilter(columns, filter.expression, filter.now);
    expect(test, text).toBeDefined();
    expectSame(
      columnStatistics(columns, query, test),
      spanStatistics(reader, query, spanChooser(reader, filter)),
    );
  }
}

test.each(["v0.4.32", "v0.6.11", "live"] as const)(
  "columns of %s answer as SQL does",
  { timeout: 120_000 },
  async (name) => {
    const session = new StoreSession(await openDatabase(fixture(name)), "x.db");
    const queries: StatisticsQuery[] = [
      {},
      { pipelineName: "code_review" },
      { pipelineVersion: null },
      { states: ["failed"], errorTypes: ["timeout", "rate_limit"] },
      { durationRange: [0.3, 2], names: ["summarize", "pipeline_run"] },
      { names: ["summarize", "pipeline_run"] },
      { names: ["no such name"] },
      { timeRange: [1_759_400_000, 1_759_900_000] },
      { timeRange: [1_759_600_000, undefined], states: ["failed"] },
      { timeRange: [undefined, 1_759_800_000], pipelineName: "code_review", durationRange: [0.1, undefined] },
    ];
    session.read((reader) => {
      const columns = buildColumns(reader, 1e9)!;
      expect(columns).toBeDefined();
      const fingerprint = columns.failures!.fingerprints[0]!;
      expectSameLists(reader, columns, [
        ...queries,
        { unfinished: true },
        { fingerprint },
        { fingerprint, timeRange: [undefined, 1_759_800_000], names: ["classify_ticket"] },
        { runStates: ["failed"], atLeast: 2 },
        { errorTypes: [null], states: ["paused"] },
      ]);
      expectSameFiltered(reader, columns, {}, [
        "status = failed and not name ~ pipeline",
        "duration > 1s or cost >= 0.01 or self < 2ms",
        "error_type in (timeout, rate_limit) or tokens > 500",
        "error_type exists and version != 1.2.0 and start > 2025-10-01",
        "not cost exists",
        "name ~ /^(classify|draft)_/ and pipeline = support_triage",
      ]);
      for (const text of [
        "parent = pipeline_run",
        "classify",
        "attributes.x exists",
        "run.status = failed",
      ]) {
        const { expression, now } = readSpanFilter(text)!;
        expect(compileColumnFilter(columns, expression, now), text).toBeUndefined();
      }
      expect(columnPipelines(columns, readRunFacts(reader, columns))).toEqual(listPipelines(reader));
      for (const [at, query] of queries.entries()) {
        for (const groupBy of [undefined, ...statisticsGroups])
          expectSame(
            columnStatistics(columns, { ...query, groupBy }),
            spanStatistics(reader, { ...query, groupBy }),
          );
        expectSameReports(reader, columns, [
          query,
          { ...query, groupBy: statisticsGroups[at % statisticsGroups.length] },
        ]);
        for (const groupBy of statisticsGroups)
          expectSame(
            compareColumns(columns, {}, query, groupBy),
            compareStatistics(reader, {}, query, groupBy),
          );
      }
    });
    session.database.close();
  },
);

test.each(["v0.4.32", "v0.6.11", "live"] as const)("two threads read %s as one does", async (name) => {
  const session = new StoreSession(await openDatabase(fixture(name)), "x.db");
  session.read((reader) => {
    const pages = reader.pages!;
    const table = storedTable(reader, "spans", SPAN_COLUMNS)!;
    const leaves = leafPages(pages, table.root);
    const second = new SecondReader({ pages: pages.share!()!, table, leaves, expected: 10 });
    expect(second.wait(() => {})?.runs).toEqual(readStretch(pages, table, leaves, 10, () => {}).runs);
    const one = buildColumns(reader, 1e9)!;
    const two = buildColumns(reader, 1e9, 2)!;
    expect(two.size).toBeGreaterThan(100);
    for (const groupBy of statisticsGroups)
      expect(columnStatistics(two, { groupBy })).toEqual(columnStatistics(one, { groupBy }));
    expect(two.runs.first).toEqual(one.runs.first);
    expect(two.runs.from).toEqual(one.runs.from);
    expect(two.self).toEqual(one.self);
    expect(two.failures?.span).toEqual(one.failures?.span);
    expect(failuresOf(two)).toEqual(failuresOf(one));
  });
  session.database.close();
});

test("without room or with blobs there are no columns, and SQL answers", async () => {
  for (const [name, budget] of [
    ["v0.6.11", 1000],
    ["v1.0", 1e9],
  ] as const) {
    const session = new StoreSession(await openDatabase(fixture(name)), "x.db");
    session.read((reader) => expect(buildColumns(reader, budget)).toBeUndefined());
    session.database.close();
  }
});

test("without room SQL gives the same figures, and the answer tells why it took longer", async () => {
  const session = new StoreSession(await openDatabase(fixture("v0.6.11")), "x.db", 1000);
  const { getSpanStatistics, getStatisticsReport } = storeHandlers(session, "x.db");
  const { shortage, snapshot: _, ...figures } = (await getSpanStatistics({})) as SpanStatistics;
  expect(shortage).toEqual({ spans: 2935, needed: 2935 * 50, allowed: 1000 });
  const report = (await getStatisticsReport({})) as StatisticsReport;
  expect(report.statistics.shortage).toEqual(shortage);
  expect(shortageNote(shortage!)).toBe(
    `A summary of these 2,935 spans would take ${formatBytes(2935 * 50)}, more than the ${formatBytes(1000)} that it may, so SQL gave this answer, which takes longer.`,
  );
  session.database.close();
  const roomy = new StoreSession(await openDatabase(fixture("v0.6.11")), "x.db");
  const answer = await storeHandlers(roomy, "x.db").getSpanStatistics({});
  const { shortage: none, snapshot: __, ...same } = answer as SpanStatistics;
  expect(none).toBeUndefined();
  expectSame(same, figures);
  roomy.database.close();
});

const cost = "flujo.budget.actual_cost_usd";

/** What writers and attackers put where JSON is expected. */
const hostileAttributes = [
  null,
  "",
  "{}",
  "[1, 2]",
  "plain text",
  `{"${cost}": 0.25, "flujo.budget.actual_tokens": 120}`,
  `{"cost_usd": 1e-3, "token_counts": 7}`,
  `{"a": {"${cost}": 5}, "b": [{"cost_usd": 6}]}`,
  `{"a": "\\"cost_usd\\": 9", "cost_usd": 2}`,
  `{"${cost}": null, "cost_usd": 3}`,
  `{"${cost}": {"x": 1}, "cost_usd": 3}`,
  `{"${cost}": true, "cost_usd": 3}`,
  `{"${cost}": "0.5"}`,
  `{"c\\u006fst_usd": 4}`,
  `{"cost_usd": 1, "cost_usd": 2}`,
  `{"cost_usd": 0.1234567890123456789, "token_counts": -12345678901234567890}`,
  `{"cost_usd": 1e999}`,
  `{"cost_usd": 01}`,
  `{"cost_usd": 1,}`,
  `{"cost_usd": 1} x`,
  `{"cost_usd": 1`,
  `{"x": "raw\nline", "cost_usd": 1}`,
  `{"x": "\\q", "cost_usd": 1}`,
  ` {"cost_usd" : -2.5e+2 , "é": "\u{1f600}" } \n`,
  `{"cost_usd": ${"[".repeat(700)}${"]".repeat(700)}}`,
  `{"x": ${"[".repeat(1100)}${"]".repeat(1100)}, "cost_usd": 1}`,
  `{"feedback": "KeyError: 'x'", "error_type": "tool_error"}`,
  `{"feedback": "429 Too Many Requests"}`,
  `{"x": "${"long ".repeat(3000)}", "cost_usd": 8}`,
];

const span = fc.record({
  id: fc.constantFrom("a", "b", "c", "d", "e-1234567", ""),
  parent: fc.option(fc.constantFrom("a", "b", "c", "d", "missing"), { nil: null }),
  name: fc.constantFrom("load", "review", "ü", ""),
  status: fc.constantFrom("completed", "failed", "Error ", "running", "paused", "odd"),
  start: fc.constantFrom(1, 2.5, 3, 1_759_305_600, 1_759_305_601.25, -1, 1e300),
  end: fc.option(fc.constantFrom(1, 2.75, 4, 1_759_305_605, 1e-7), { nil: null }),
  attributes: fc.constantFrom(...hostileAttributes),
});
const run = fc.record({
  pipeline: fc.constantFrom("p", "q"),
  version: fc.option(fc.constantFrom("1", "2"), { nil: null }),
  status: fc.constantFrom("completed", "failed", "running"),
  known: fc.boolean(),
  stepError: fc.option(fc.constantFrom("ValueError: no", "timeout: slow"), { nil: null }),
  ended: fc.constantFrom(null, "2025-10-01 08:00:05.5", "2025-10-01T08:00:09+00:00", "", "1759305700"),
  updated: fc.constantFrom(null, "2025-10-01T08:00:00", "2025-10-01T08:01:00.000001"),
  ms: fc.constantFrom(null, 0, 5250),
  total: fc.constantFrom(null, null, 0.25, 3, -1e9),
  amounts: fc.array(fc.constantFrom(null, 0, 0.1, 7, 12_345_678_901, -2.5), { maxLength: 4 }),
  /** What no writer of flujo's leaves there, and only SQL can add up. */
  odd: fc.constantFrom(...Array<null>(40).fill(null), "0.5", "x", Buffer.from("9")),
  spans: fc.array(span, { maxLength: 6 }),
});
/** What a writer does between two questions: writes a run, again or for the first time, deletes one, or changes spans. */
const change = fc.oneof(
  fc.record({ kind: fc.constant("save" as const), id: fc.nat(5), run }),
  fc.record({ kind: fc.constant("delete" as const), id: fc.nat(5) }),
  fc.record({
    kind: fc.constant("update" as const),
    name: fc.constantFrom("load", "review"),
    attributes: fc.constantFrom(...hostileAttributes),
  }),
);
const query: fc.Arbitrary<StatisticsQuery> = fc.record(
  {
    pipelineName: fc.constantFrom("p", "q"),
    pipelineVersion: fc.constantFrom("1", null),
    timeRange: fc.constantFrom([1_759_305_600, undefined] as const, [undefined, 1_759_305_600.5] as const),
    states: fc.subarray(["failed", "completed", "running", "unknown"] as const),
    names: fc.subarray(["load", "review", "ü"]),
    durationRange: fc.constantFrom([0, 1.5] as const, [undefined, 0] as const, [1, undefined] as const),
    errorTypes: fc.subarray([
      null,
      "tool_error",
      "KeyError",
      "ValueError",
      "timeout",
      "unknown",
      "429 Too Many Requests",
    ]),
  },
  { requiredKeys: [] },
);

const condition = fc.constantFrom(
  ...["status = failed", "status = unknown", "status != error", "name = load", "name ~ e", "not name exists"],
  ...["duration > 1", "duration exists", "self <= 0", "start > 2025-10-01T08:00:01Z", "not start exists"],
  ...["cost > 0.2", "cost exists", "tokens < 10", "error_type = KeyError", "error_type exists"],
  ...["pipeline = p", "version = 1", "version exists", "name in (load, ü)"],
);
const filterText = fc
  .tuple(condition, fc.constantFrom("and", "or", "and not", "or not"), condition)
  .map((parts) => parts.join(" "));

type Run = typeof run extends fc.Arbitrary<infer T> ? T : never;
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function apply(database: StockDatabase, one: Change): void {
  if (one.kind === "update") {
    database.run("UPDATE spans SET attributes = ? WHERE name = ?", [one.attributes, one.name]);
    return;
  }
  const id = `run_${one.id}`;
  for (const table of ["spans", "runs", "steps"]) database.run(`DELETE FROM ${table} WHERE run_id = ?`, [id]);
  if (one.kind === "delete") return;
  const { pipeline, version, status, known, stepError, ended, updated, ms, total, amounts, odd, spans } =
    one.run;
  if (known) {
    const created = "2025-10-01T08:00:00";
    database.run("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [
      ...[id, pipeline, version, status, created, ended, updated, ms, total],
    ]);
  }
  database.run("INSERT INTO steps VALUES (?, 'load', 0, ?, ?, NULL, NULL)", [id, stepError, odd]);
  for (const [at, amount] of amounts.entries())
    database.run("INSERT INTO steps VALUES (?, 'more', ?, NULL, ?, ?, ?)", [
      ...[id, at + 1, at % 2 === 0 ? amount : null, amount, at],
    ]);
  for (const { id: spanId, parent, name, status, start, end, attributes } of spans)
    database.run(
      "INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      [id, spanId, parent, name, start, end, status, attributes],
    );
}

async function emptyDatabase(
  pageSize: number,
  autoVacuum = 0,
  withRowid = "id INTEGER PRIMARY KEY AUTOINCREMENT,",
): Promise<StockDatabase> {
  const database = await stockDatabase();
  database.run(`PRAGMA page_size = ${pageSize}`);
  database.run(`PRAGMA auto_vacuum = ${autoVacuum}`);
  database.run(`CREATE TABLE spans (${withRowid} run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
    start_time REAL, end_time REAL, status TEXT, attributes TEXT)`);
  database.run(
    `CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT, created_at TEXT,
      end_time TEXT, updated_at TEXT, execution_time_ms INTEGER, total_cost)`,
  );
  database.run(
    "CREATE TABLE steps (run_id TEXT, step_name TEXT, step_index INTEGER, error TEXT, cost, cost_usd REAL, token_counts)",
  );
  return database;
}

test("whatever is written between them, columns and SQL give the same answers", {
  timeout: 120_000,
}, async () => {
  const file = path.join(freshFolder(), "any.db");
  const settings = fc.record({
    pageSize: fc.constantFrom(512, 1024, 4096, 65_536),
    autoVacuum: fc.constantFrom(0, 1, 2),
    withRowid: fc.constantFrom("id INTEGER PRIMARY KEY AUTOINCREMENT,", ""),
  });
  let answered = 0;
  let scanned = 0;
  await fc.assert(
    fc.asyncProperty(
      settings,
      fc.array(fc.tuple(change, query, filterText), { minLength: 8, maxLength: 14 }),
      async (setting, turns) => {
        const database = await emptyDatabase(setting.pageSize, setting.autoVacuum, setting.withRowid);
        writeFileSync(file, database.export());
        const session = new StoreSession(await openDatabase(file), "x.db");
        for (const [one, asked, filter] of turns) {
          apply(database, one);
          writeFileSync(file, database.export());
          session.read((reader) => {
            const columns = buildColumns(reader, 1e9);
            if (columns === undefined) return;
            answered += 1;
            if (scanCountedRuns(reader, () => {})) scanned += 1;
            expectSameFiltered(reader, columns, asked, [filter]);
            expectSameLists(reader, columns, [asked, { ...asked, unfinished: true, runStates: ["failed"] }]);
            expectSameReports(reader, columns, [{ ...asked, groupBy: "version" }]);
            expect(columnPipelines(columns, readRunFacts(reader, columns))).toEqual(listPipelines(reader));
            const durations = new Map(findCountedRuns(reader, {}).map((run) => [run.run_id, run.duration]));
            for (const { run_id, duration } of listRuns(reader, {}))
              expect(durations.get(run_id)).toBe(duration);
            // Some names are told from the sums over all, once these are made.
            for (const names of [undefined, ["load"], asked.names])
              expectSame(columnStatistics(columns, { names }), spanStatistics(reader, { names }));
            for (const groupBy of ["error_type", "state"] as const)
              expectSame(
                columnStatistics(columns, { ...asked, groupBy }),
                spanStatistics(reader, { ...asked, groupBy }),
              );
          });
        }
        session.database.close();
        database.close();
      },
    ),
    { numRuns: 40 },
  );
  expect(answered).toBeGreaterThan(300);
  // Odd amounts leave the runs to SQL.
  expect(scanned).toBeGreaterThan(100);
  expect(scanned).toBeLessThan(answered);
});

test("columns are brought up to date from what the log says has changed, whatever was written", {
  timeout: 240_000,
}, async () => {
  const file = path.join(freshFolder(), "any.db");
  const turn = fc.tuple(fc.array(change, { minLength: 1, maxLength: 3 }), query, fc.nat(9));
  let factUpdates = 0;
  let updates = 0;
  let builds = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(512, 1024, 4096),
      fc.array(run, { minLength: 6, maxLength: 12 }),
      fc.array(turn, { minLength: 4, maxLength: 8 }),
      async (pageSize, first, turns) => {
        const database = await emptyDatabase(pageSize);
        // With spans of unknown runs all is read anew; that is rare here.
        const save = (id: number, one: Run) =>
          apply(database, { kind: "save", id, run: { ...one, known: one.known || id !== 5 } });
        for (const [id, one] of first.entries()) save(id, { ...one, known: true });
        let before = inLogMode(database.export());
        writeFileSync(file, before);
        let salts: [number, number] = [7, 8];
        let log = new LogWriter(pageSize, salts);
        let bytes = log.bytes();
        writeFileSync(`${file}-wal`, bytes);
        const session = new StoreSession(await openDatabase(file), "x.db");
        for (const [changes, asked, restart] of turns) {
          if (restart === 0) {
            // A checkpoint, and a log that begins anew over the frames of the one before.
            writeFileSync(file, before);
            salts = [salts[0] + 1, salts[1] + 5];
            log = new LogWriter(pageSize, salts);
          }
          for (const one of changes) {
            if (one.kind === "save") save(one.id, one.run);
            else apply(database, one);
          }
          const after = inLogMode(database.export());
          log.commit(before, after);
          before = after;
          const rest = bytes;
          bytes = log.bytes();
          if (restart === 0) bytes = Buffer.concat([bytes, rest.subarray(bytes.length)]);
          writeFileSync(`${file}-wal`, bytes);
          const { builds: buildsBefore } = keeperOf(session);
          session.read((reader) => {
            const columns = columnsOf(session, reader);
            if (columns === undefined) return;
            if (keeperOf(session).builds === buildsBefore) updates += 1;
            else builds += 1;
            for (const groupBy of ["error_type", "pipeline"] as const)
              expectSame(
                columnStatistics(columns, { ...asked, groupBy }),
                spanStatistics(reader, { ...asked, groupBy }),
              );
            const anew = buildColumns(reader, 1e9)!;
            expect(columns.runs.first).toEqual(anew.runs.first);
            expect(columns.runs.row).toEqual(anew.runs.row);
            expect(columns.runs.firstKey).toEqual(anew.runs.firstKey);
            expect(columns.runs.from).toEqual(anew.runs.from);
            expect(columns.runs.to).toEqual(anew.runs.to);
            expect(columns.self).toEqual(anew.self);
            expect(failuresOf(columns)).toEqual(failuresOf(anew));
            const { builds: factsBefore } = factsKeeperOf(session);
            expect(runFactsOf(session, reader, columns)).toEqual(readRunFacts(reader, columns));
            if (factsKeeperOf(session).builds === factsBefore && scanCountedRuns(reader, () => {}))
              factUpdates += 1;
          });
        }
        session.database.close();
        database.close();
      },
    ),
    { numRuns: 16 },
  );
  expect(updates).toBeGreaterThan(25);
  expect(factUpdates).toBeGreaterThan(20);
  expect(builds).toBeGreaterThan(10);
});

test("columns widen when more names and kinds of errors come than a byte can number", async () => {
  const file = path.join(freshFolder(), "many.db");
  const database = await emptyDatabase(4096);
  const write = (from: number, to: number) => {
    for (let at = from; at < to; at += 1) {
      const id = `run_${at}`;
      database.run(
        "INSERT INTO runs (run_id, pipeline_name, status, created_at) VALUES (?, 'p', 'failed', ?)",
        [...[id, "2025-10-01T08:00:00"]],
      );
      for (const name of ["root", `step_${at}`])
        database.run(
          "INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
          [
            ...[id, name, name === "root" ? null : "root", name, at, at + 1],
            ...["failed", name === "root" ? "{}" : `{"error_type": "E${at}", "feedback": "broke"}`],
          ],
        );
    }
  };
  write(0, 200);
  let written = 200;
  let before = inLogMode(database.export());
  writeFileSync(file, before);
  const log = new LogWriter(4096, [7, 8]);
  writeFileSync(`${file}-wal`, log.bytes());
  const session = new StoreSession(await openDatabase(file), "x.db");
  const bytesOfNames: number[] = [];
  for (const count of [200, 250, 260, 400]) {
    if (count > 200) {
      write(written, count);
      written = count;
      const after = inLogMode(database.export());
      log.commit(before, after);
      before = after;
      writeFileSync(`${file}-wal`, log.bytes());
    }
    session.read((reader) => {
      const columns = columnsOf(session, reader)!;
      bytesOfNames.push(columns.name.BYTES_PER_ELEMENT, columns.error.BYTES_PER_ELEMENT);
      for (const groupBy of ["name", "error_type"] as const)
        expectSame(columnStatistics(columns, { groupBy }), spanStatistics(reader, { groupBy }));
      const anew = buildColumns(reader, 1e9)!;
      expect(columns.name).toEqual(anew.name);
      expect(columns.error).toEqual(anew.error);
    });
  }
  expect(bytesOfNames).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
  expect(keeperOf(session).builds).toBe(1);
  session.database.close();
  database.close();
});

test("what is counted of a run follows its steps, also beside steps of a run that is not there", async () => {
  const file = path.join(freshFolder(), "ghost.db");
  const database = await emptyDatabase(512);
  const step = (run: string, at: number, cost: number) =>
    database.run("INSERT INTO steps VALUES (?, 'load', ?, NULL, ?, NULL, 5)", [run, at, cost]);
  for (const id of ["run_a", "run_b"]) {
    database.run(
      "INSERT INTO runs (run_id, pipeline_name, status, created_at) VALUES (?, 'p', 'completed', ?)",
      [...[id, "2025-10-01T08:00:00"]],
    );
    database.run(
      "INSERT INTO spans (run_id, span_id, name, start_time, end_time, status, attributes) VALUES (?, 's', 'n', 1, 2, 'completed', '{}')",
      [id],
    );
    for (let at = 0; at < 50; at += 1) step(id, at, 1);
  }
  const before = inLogMode(database.export());
  writeFileSync(file, before);
  const log = new LogWriter(512, [7, 8]);
  writeFileSync(`${file}-wal`, log.bytes());
  const session = new StoreSession(await openDatabase(file), "x.db");
  const costs = () =>
    session.read((reader) => {
      const columns = columnsOf(session, reader)!;
      const facts = runFactsOf(session, reader, columns);
      expect(facts).toEqual(readRunFacts(reader, columns));
      return Array.from(facts.cost);
    }).value;
  expect(costs()).toEqual([50, 50]);
  for (const [run, cost] of [
    ["ghost", 1000],
    ["run_a", 7],
  ] as const)
    step(run, 50, cost);
  const after = inLogMode(database.export());
  log.commit(before, after);
  writeFileSync(`${file}-wal`, log.bytes());
  expect(costs()).toEqual([57, 50]);
  session.database.close();
  database.close();
});

/** The deepest failures with the kinds of their errors. */
function failuresOf({ failures }: SpanColumns): unknown {
  return Array.from(failures!.span, (at, index) => [at, failures!.fingerprints[failures!.kind[index]!]]);
}

/** The bytes of a database whose journal is a write-ahead log. */
function inLogMode(bytes: Uint8Array): Uint8Array {
  bytes[18] = 2;
  bytes[19] = 2;
  return bytes;
}
