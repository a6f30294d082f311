import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { scanFailed } from "./columns/scan-rows.ts";
import { filterTakesRun, readRunFilter } from "./filtering.ts";
import type { PipelineSummary, Run, RunQuery } from "./model.ts";
import { endOfRun } from "./run-end.ts";
import { isFailedSql, stateOfRun } from "./status.ts";
import { asNumber, asText, parseTime } from "./values.ts";

interface RunRow extends Record<string, SqlValue> {
  row: number;
}

const COLUMNS =
  "row, run_id, pipeline_name, pipeline_version, status, start_text, end_text, updated_text, total_cost, execution_ms";

/** Runs newest first; see `TraceStore.listRuns`. */
export function listRuns(reader: Reader, query: RunQuery): Run[] {
  const limit = query.limit ?? -1;
  if (!Number.isInteger(limit) || limit < -1) {
    throw new TraceError(
      "invalid_argument",
      `The limit of a list must be a whole number, not ${String(query.limit)}.`,
    );
  }
  const sort = sortKey(reader);
  const { where, params } = conditionsOf(query);
  if (query.after !== undefined) {
    const { condition, values } = olderThan(reader, sort, query.after);
    where.push(condition);
    params.push(...values);
  }
  const filter = query.filter === undefined ? undefined : readRunFilter(query.filter);
  const condition = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
  const sql = `SELECT ${COLUMNS} FROM lens_runs ${condition} ORDER BY ${sort} DESC, row DESC LIMIT ?`;
  const rows = reader.all<RunRow>(sql, [...params, filter ? -1 : limit], Number.POSITIVE_INFINITY);
  if (!filter) return rows.map((row) => completeRun(reader, row));
  const runs: Run[] = [];
  for (const [index, row] of rows.entries()) {
    if (runs.length === limit) break;
    reader.checkCancelled();
    if (index % 100 === 0) reader.progress(index / rows.length);
    const run = completeRun(reader, row);
    if (filterTakesRun(reader, run, filter)) runs.push(run);
  }
  return runs;
}

/** The newest runs, as {@link listRuns} orders them, with the numbers of their spans alone. */
export function newestRuns(
  reader: Reader,
  query: Pick<RunQuery, "pipeline"> & { readonly limit: number },
): { readonly run_id: string; readonly spans: number }[] {
  const { where, params } = conditionsOf(query);
  const condition = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
  const rows = reader.all<{ id: SqlValue; spans: number }>(
    `SELECT run_id AS id, (SELECT count(*) FROM lens_spans AS span WHERE span.run_id = run.run_id) AS spans
      FROM (SELECT run_id FROM lens_runs ${condition} ORDER BY ${sortKey(reader)} DESC, row DESC LIMIT ?) AS run`,
    [...params, query.limit],
  );
  return rows.map(({ id, spans }) => ({ run_id: asText(id) ?? "", spans }));
}

/** How many runs a query takes, whatever its limit and place; see `TraceStore.countRuns`. */
export function countRuns(reader: Reader, query: RunQuery): number {
  if (query.filter !== undefined && readRunFilter(query.filter) !== undefined)
    return listRuns(reader, { ...query, limit: undefined, after: undefined }).length;
  const { where, params } = conditionsOf(query);
  const condition = where.length > 0 ? `WHERE ${where.join(" AND ")}` : "";
  return (
    reader.get<{ runs: number }>(`SELECT count(*) AS runs FROM lens_runs ${condition}`, params)?.runs ?? 0
  );
}

/** What of a query SQL can answer. */
function conditionsOf(query: RunQuery): { where: string[]; params: SqlValue[] } {
  const where: string[] = [];
  const params: SqlValue[] = [];
  const statuses = query.status === undefined ? [] : [query.status].flat();
  if (statuses.length > 0) {
    where.push(`status IN (${statuses.map(() => "?").join(", ")})`);
    params.push(...statuses);
  }
  if (query.pipeline !== undefined) {
    const pipelines = [query.pipeline].flat();
    where.push(`pipeline_name IN (${pipelines.map(() => "?").join(", ")})`);
    params.push(...pipelines);
  }
  if (query.search !== undefined && query.search !== "") {
    const pattern = `%${query.search.replace(/[\\%_]/g, "\\$&")}%`;
    where.push("(run_id LIKE ? ESCAPE '\\' OR pipeline_name LIKE ? ESCAPE '\\')");
    params.push(pattern, pattern);
  }
  return { where, params };
}

/**
 * What the list is ordered by. flujo's own time texts sort like times, so that an index can serve them;
 * where any text has another form, every text is parsed.
 */
function sortKey(reader: Reader): string {
  // Every run is looked at. LIKE is three times as fast as GLOB, and nearly all texts have the first form.
  const sortable = `start_text LIKE '____-__-__T__:__:__%+00:00' AND start_text > '1' AND start_text < '3'
    OR start_text GLOB '[12][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]*'
    AND substr(start_text, 20) NOT GLOB '*[-+Zz]*'`;
  // As a condition of CASE, the second form is not tried where the first fits.
  const odd = reader.get(
    `SELECT 1 AS odd FROM lens_runs WHERE CASE WHEN ${sortable} THEN 0 ELSE 1 END LIMIT 1`,
  );
  return odd ? "lens_time(start_text)" : "start_text";
}

function olderThan(
  reader: Reader,
  sort: string,
  after: NonNullable<RunQuery["after"]>,
): { condition: string; values: SqlValue[] } {
  const id = typeof after === "string" ? after : after.run_id;
  const last = reader.get<{ sort: SqlValue; row: number }>(
    `SELECT ${sort} AS sort, row FROM lens_runs WHERE run_id = ?`,
    [id],
  );
  if (last) {
    if (last.sort === null) return { condition: `${sort} IS NULL AND row < ?`, values: [last.row] };
    return {
      condition: `(${sort} IS NULL OR ${sort} < ? OR (${sort} = ? AND row < ?))`,
      values: [last.sort, last.sort, last.row],
    };
  }
  // The run was deleted since; its time still tells where the next page begins.
  if (typeof after === "string" || after.start_time === null) {
    throw new TraceError(
      "unknown_run",
      `The list cannot go on after run ${id}, because it is gone. Load the list again.`,
    );
  }
  return { condition: "lens_time(start_text) < ?", values: [after.start_time] };
}

/** The run with exactly this id. */
export function findRun(reader: Reader, runId: string): Run | undefined {
  const row = reader.get<RunRow>(`SELECT ${COLUMNS} FROM lens_runs WHERE run_id = ?`, [runId]);
  return row && completeRun(reader, row);
}

/** Runs by exact id, else by prefix, else by substring; newest first, empty when nothing matches. */
export function matchRuns(reader: Reader, part: string): Run[] {
  const exact = findRun(reader, part);
  if (exact) return [exact];
  return rowsNamed(reader, part, -1).map((row) => completeRun(reader, row));
}

/** The one run that `part` names. Throws `unknown_run` or `ambiguous_run`. */
export function resolveRun(reader: Reader, part: string): Run {
  const exact = findRun(reader, part);
  if (exact) return exact;
  const rows = rowsNamed(reader, part, NAMED + 1);
  if (rows.length === 0) throw unknownRun(part);
  if (rows.length === 1) return completeRun(reader, rows[0]!);
  const names = rows.slice(0, NAMED).map((row) => asText(row.run_id!) ?? "");
  const total = rows.length > NAMED ? countNamed(reader, part) : rows.length;
  const more = total - names.length;
  throw new TraceError(
    "ambiguous_run",
    `"${part}" matches ${total} runs: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}. Give more of the id.`,
  );
}

/** Candidates that a sentence names. */
const NAMED = 3;
/** Ways in which a part names a run, the first that finds any counting. */
const NAMINGS = ["substr(run_id, 1, length(?1)) = ?1", "instr(run_id, ?1) > 0"] as const;

/** Newest first; all of them for a limit of -1. */
function rowsNamed(reader: Reader, part: string, limit: number): RunRow[] {
  if (part === "") return [];
  const sort = sortKey(reader);
  for (const condition of NAMINGS) {
    const rows = reader.all<RunRow>(
      `SELECT ${COLUMNS} FROM lens_runs WHERE ${condition} ORDER BY ${sort} DESC, row DESC LIMIT ?2`,
      [part, limit],
      Number.POSITIVE_INFINITY,
    );
    if (rows.length > 0) return rows;
  }
  return [];
}

function countNamed(reader: Reader, part: string): number {
  for (const condition of NAMINGS) {
    const found = reader.get<{ runs: number }>(`SELECT count(*) AS runs FROM lens_runs WHERE ${condition}`, [
      part,
    ]);
    if (found !== undefined && found.runs > 0) return found.runs;
  }
  return 0;
}

export function unknownRun(part: string): TraceError {
  return new TraceError(
    "unknown_run",
    `No run's id is or contains "${part}". List the runs to see their ids.`,
  );
}

export function listPipelines(reader: Reader): PipelineSummary[] {
  const rows = reader.all<{ name: SqlValue; version: SqlValue; runs: number; newest: SqlValue }>(
    `SELECT pipeline_name AS name, pipeline_version AS version, count(*) AS runs, max(${sortKey(reader)}) AS newest
      FROM lens_runs GROUP BY pipeline_name, pipeline_version ORDER BY pipeline_name, newest DESC, version DESC`,
    [],
    Number.POSITIVE_INFINITY,
  );
  const pipelines = new Map<string, { runs: number; versions: PipelineSummary["versions"][number][] }>();
  for (const { name, version, runs } of rows) {
    const pipeline_name = asText(name) ?? "";
    const pipeline = pipelines.get(pipeline_name) ?? { runs: 0, versions: [] };
    pipelines.set(pipeline_name, pipeline);
    pipeline.runs += runs;
    pipeline.versions.push({ pipeline_version: asText(version), runs });
  }
  return Array.from(pipelines, ([pipeline_name, summary]) => ({ pipeline_name, ...summary }));
}

/** What a run's own row and its steps tell: all but the numbers of its spans. */
export type RunFacts = Omit<Run, "span_count" | "failed_count">;

/** As {@link findRun}, without a look at the run's spans. */
export function findRunFacts(reader: Reader, runId: string): RunFacts | undefined {
  const row = reader.get<RunRow>(`SELECT ${COLUMNS} FROM lens_runs WHERE run_id = ?`, [runId]);
  return row && factsOf(reader, row);
}

function completeRun(reader: Reader, row: RunRow): Run {
  const facts = factsOf(reader, row);
  const counted = reader.get<{ spans: number }>("SELECT count(*) AS spans FROM lens_spans WHERE run_id = ?", [
    facts.run_id,
  ]);
  const span_count = counted?.spans ?? 0;
  const failed_count = scanFailed(reader, facts.run_id, span_count) ?? askForFailed(reader, facts.run_id);
  return { ...facts, span_count, failed_count };
}

function askForFailed(reader: Reader, runId: string): number {
  const counted = reader.get<{ failed: number | null }>(
    `SELECT sum(${isFailedSql("status")}) AS failed FROM lens_spans WHERE run_id = ?`,
    [runId],
  );
  return counted?.failed ?? 0;
}

function factsOf(reader: Reader, row: RunRow): RunFacts {
  const runId = asText(row.run_id!) ?? "";
  const sums = reader.get<{ cost: SqlValue; tokens: SqlValue }>(
    "SELECT sum(cost) AS cost, sum(tokens) AS tokens FROM lens_steps WHERE run_id = ?",
    [runId],
  );
  const status = asText(row.status!) ?? "unknown";
  const state = stateOfRun(status);
  const start_time = parseTime(row.start_text);
  const end_time =
    state === "running"
      ? null
      : endOfRun(
          start_time,
          parseTime(row.end_text),
          parseTime(row.updated_text),
          asNumber(row.execution_ms),
        );
  return {
    run_id: runId,
    pipeline_name: asText(row.pipeline_name!) ?? "",
    pipeline_version: asText(row.pipeline_version!),
    status,
    state,
    start_time,
    end_time,
    duration: start_time === null || end_time === null ? null : end_time - start_time,
    total_cost: asNumber(row.total_cost) ?? asNumber(sums?.cost),
    total_tokens: asNumber(sums?.tokens),
  };
}
