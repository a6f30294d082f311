import type { Reader, SqlParams, SqlValue } from "../engine/reader.ts";
import { anchor, earliestMonotonic, toWallClock } from "./clock.ts";
import { scanSpans } from "./columns/scan-rows.ts";
import type { StatisticsQuery } from "./model.ts";
import { SpanFacts, spanTest } from "./span-facts.ts";
import { ROW_SQL, RowCollector, type SpanRows } from "./span-rows.ts";
import { isFailedSql } from "./status.ts";
import { asText, parseTime } from "./values.ts";

/** What a pass needs to know of a run. */
export interface PassRun {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string | null;
  readonly status: string;
  readonly start_time: number | null;
}

/** A query that may be about some runs only. */
export interface PassQuery extends StatisticsQuery {
  /** Ids. */
  readonly onlyRuns?: readonly string[];
}

/** All spans of one run, and which of them the query asks for. */
export interface PassedRun {
  readonly run: PassRun;
  readonly rows: SpanRows;
  readonly facts: SpanFacts;
  /** Start of a row in seconds since the epoch; NaN where unknown. */
  wallStart(row: number): number;
  /** Whether the time range holds its start. */
  inRange(row: number): boolean;
  /** Whether the query's other filters take it. */
  takes(row: number): boolean;
}

/**
 * Visits every run of a query with all its spans, once each. Spans of runs that `runs` does not know are left out, as flujo does.
 * Rows of a run normally lie together in the file, because a trace is written at once; where they don't, the pass goes by run instead.
 */
export function passOverSpans(
  reader: Reader,
  query: PassQuery,
  visit: (passed: PassedRun) => void,
  restart: () => void,
): void {
  const runs = readPassRuns(reader, query);
  const chosen = runCondition(query);
  if (chosen === undefined) {
    if (passInOrder(reader, query, runs, visit, IN_FILE_ORDER, [])) return;
    restart();
    passInOrder(reader, query, runs, visit, "lens_spans ORDER BY run_id, key", []);
    return;
  }
  const source = `lens_spans WHERE run_id IN (SELECT run_id FROM lens_runs WHERE ${chosen.sql}) ORDER BY run_id, key`;
  passInOrder(reader, query, runs, visit, source, chosen.params);
}

/** Which rows of `lens_runs` a query asks for, as SQL; undefined for all of them. */
export function runCondition({
  pipelineName,
  pipelineVersion,
  onlyRuns,
}: PassQuery): { sql: string; params: readonly SqlValue[] } | undefined {
  const parts: string[] = [];
  const params: SqlValue[] = [];
  if (onlyRuns !== undefined) {
    parts.push("run_id IN (SELECT value FROM json_each(?))");
    params.push(JSON.stringify(onlyRuns));
  }
  if (pipelineName !== undefined) {
    // A run without a name counts with those of an empty one.
    parts.push(pipelineName === "" ? "coalesce(pipeline_name, '') = ?" : "pipeline_name = ?");
    params.push(pipelineName);
  }
  if (pipelineVersion === null) parts.push("pipeline_version IS NULL");
  else if (pipelineVersion !== undefined) {
    parts.push("pipeline_version = ?");
    params.push(pipelineVersion);
  }
  return parts.length === 0 ? undefined : { sql: parts.join(" AND "), params };
}

/** The source whose rows stand as they lie in the file. */
const IN_FILE_ORDER = "lens_spans_scan";

/** False when a run came back after another had begun; what was visited by then must be thrown away. */
function passInOrder(
  reader: Reader,
  query: StatisticsQuery,
  runs: ReadonlyMap<string, PassRun>,
  visit: (passed: PassedRun) => void,
  source: string,
  params: SqlParams & readonly SqlValue[],
): boolean {
  if (source === IN_FILE_ORDER) {
    const pass = new Pass(reader, query, runs, visit);
    if (scanSpans(reader, (runId, read) => pass.take(runId, read))) return pass.finish();
    if (pass.visited > 0) return false;
  }
  const pass = new Pass(reader, query, runs, visit);
  const expected = estimateRows(reader);
  let count = 0;
  const sql = `SELECT ${ROW_SQL}, CASE WHEN ${isFailedSql("status")} THEN attributes END, run_id FROM ${source}`;
  reader.each(sql, params, (row) => {
    count += 1;
    if (count % 10_000 === 0) {
      reader.checkCancelled();
      reader.progress(Math.min(0.99, count / expected));
    }
    return pass.take(asText(row.at(-1)) ?? "", (rows) => rows.addRow(row));
  });
  return pass.finish();
}

/** Gathers the rows of one run after the other. */
class Pass {
  /** Runs handed to `visit`. */
  visited = 0;
  private readonly finished = new Set<string>();
  private current: string | undefined;
  private rows = new RowCollector();
  private whole = true;

  constructor(
    private readonly reader: Reader,
    private readonly query: StatisticsQuery,
    private readonly runs: ReadonlyMap<string, PassRun>,
    private readonly visit: (passed: PassedRun) => void,
  ) {}

  /** False when the run came back after another had begun. */
  take(runId: string, read: (rows: RowCollector) => void): boolean {
    if (runId !== this.current) {
      this.flush();
      if (this.finished.has(runId)) {
        this.whole = false;
        return false;
      }
      this.current = runId;
    }
    read(this.rows);
    return true;
  }

  finish(): boolean {
    if (this.whole) this.flush();
    return this.whole;
  }

  private flush(): void {
    if (this.current === undefined) return;
    this.finished.add(this.current);
    const run = this.runs.get(this.current);
    if (run) {
      this.visited += 1;
      this.visit(passed(this.reader, run, this.rows.finish(), this.query));
    }
    this.rows = new RowCollector();
  }
}

function passed(reader: Reader, run: PassRun, rows: SpanRows, query: StatisticsQuery): PassedRun {
  const offset = anchor(earliestMonotonic(rows.starts), run.start_time);
  const wallStart = (row: number) => toWallClock(rows.starts[row]!, offset);
  const facts = new SpanFacts(reader, run, rows);
  return {
    run,
    rows,
    facts,
    wallStart,
    inRange: (row) => within(wallStart(row), query.timeRange),
    takes: spanTest(facts, query, rows),
  };
}

/** Whether a time lies in an inclusive range; an unknown time lies only in the open one. */
export function within(time: number, range: StatisticsQuery["timeRange"]): boolean {
  if (range === undefined || (range[0] === undefined && range[1] === undefined)) return true;
  return time >= (range[0] ?? Number.NEGATIVE_INFINITY) && time <= (range[1] ?? Number.POSITIVE_INFINITY);
}

function readPassRuns(reader: Reader, query: PassQuery): Map<string, PassRun> {
  const runs = new Map<string, PassRun>();
  const chosen = runCondition(query);
  reader.each(
    `SELECT run_id, pipeline_name, pipeline_version, status, start_text FROM lens_runs ${chosen ? `WHERE ${chosen.sql}` : ""}`,
    chosen?.params ?? [],
    ([id, name, version, status, start]) => {
      const run_id = asText(id) ?? "";
      runs.set(run_id, {
        run_id,
        pipeline_name: asText(name) ?? "",
        pipeline_version: asText(version ?? null),
        status: asText(status) ?? "unknown",
        start_time: parseTime(start),
      });
    },
  );
  return runs;
}

/** For progress only. Rows are numbered from 1, so the last number is close to the count. */
function estimateRows(reader: Reader): number {
  const last = reader.get<{ last: number | null }>(
    "SELECT max(key) AS last FROM lens_spans_scan WHERE key > 0",
  );
  return Math.max(1, last?.last ?? 1);
}
