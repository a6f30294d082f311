import { TraceError } from "../engine/errors.ts";
import type { Reader, SqlValue } from "../engine/reader.ts";
import { type NamedQuery, namedQueries, type QueryRow } from "./model.ts";
import { isFailedSql } from "./status.ts";

/** What a named query asks for. `scan` marks passes over everything. */
interface QueryDefinition {
  readonly sql: string;
  /** Parameters besides `limit`, all of them needed. */
  readonly params: readonly string[];
}

/** Start on the wall clock, in SQL: the same rule as `clock.ts`. */
const WALL_START = `CASE WHEN s.start_raw >= 1e9 THEN s.start_raw
  ELSE s.start_raw + coalesce(lens_time(r.start_text) -
    (SELECT min(m.start_raw) FROM lens_spans m WHERE m.run_id = s.run_id AND m.start_raw < 1e9), 0) END`;

const QUERIES: Readonly<Record<Exclude<NamedQuery, "error-patterns">, QueryDefinition>> = {
  "failed-spans": {
    params: [],
    sql: `SELECT s.name, s.status, ${WALL_START} AS start_time,
        ${WALL_START} + (s.end_raw - s.start_raw) AS end_time, r.pipeline_name, s.run_id, s.span_id
      FROM lens_spans s JOIN lens_runs r ON s.run_id = r.run_id
      WHERE ${isFailedSql("s.status")}
      ORDER BY start_time DESC, s.run_id, s.key`,
  },
  "duration-by-name": {
    params: [],
    sql: `SELECT name, avg(end_raw - start_raw) AS avg_duration, count(*) AS count
      FROM lens_spans_scan WHERE end_raw IS NOT NULL
      GROUP BY name ORDER BY avg_duration DESC, name`,
  },
  "spans-by-attribute": {
    params: ["key", "value"],
    sql: `SELECT s.span_id, s.name, s.attributes, s.run_id, s.status
      FROM lens_spans_scan s
      WHERE json_valid(s.attributes) AND EXISTS (
        SELECT 1 FROM json_each(s.attributes) AS a
        WHERE a.key = :key AND CASE a.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' WHEN 'null' THEN 'null'
          ELSE CAST(a.value AS TEXT) END = :value)`,
  },
  "pipeline-performance": {
    params: [],
    sql: `SELECT r.pipeline_name, count(*) AS total_spans, avg(s.end_raw - s.start_raw) AS avg_duration,
        sum(${isFailedSql("s.status")}) AS failed_count
      FROM lens_spans_scan s JOIN lens_runs r ON s.run_id = r.run_id
      WHERE s.end_raw IS NOT NULL
      GROUP BY r.pipeline_name ORDER BY avg_duration DESC, r.pipeline_name`,
  },
};

/** Checks a named query's name and parameters. Throws `invalid_argument`. */
export function checkQuery(
  name: string,
  params: Readonly<Record<string, string | number>>,
): { name: NamedQuery; limit: number | undefined; params: Record<string, SqlValue> } {
  const known = namedQueries.find((query) => query === name);
  if (!known) {
    throw new TraceError(
      "invalid_argument",
      `There is no query "${name}". The queries are ${namedQueries.join(", ")}.`,
    );
  }
  const needed = known === "error-patterns" ? [] : QUERIES[known].params;
  const bound: Record<string, SqlValue> = {};
  for (const param of needed) {
    const value = params[param];
    if (value === undefined) {
      throw new TraceError("invalid_argument", `The query "${known}" needs the parameter "${param}".`);
    }
    bound[`:${param}`] = String(value);
  }
  for (const param of Object.keys(params)) {
    if (param !== "limit" && !needed.includes(param)) {
      const takes = [...needed, "limit"].join(", ");
      throw new TraceError(
        "invalid_argument",
        `The query "${known}" has no parameter "${param}"; it takes ${takes}.`,
      );
    }
  }
  if (params.limit === undefined) return { name: known, limit: undefined, params: bound };
  const limit = Number(params.limit);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new TraceError(
      "invalid_argument",
      `The limit must be a whole number from 1, not "${params.limit}".`,
    );
  }
  return { name: known, limit, params: bound };
}

/** Runs a query of SQL. Without a limit every row comes, up to a million; more throws `too_many_rows`. */
export function runQuery(
  reader: Reader,
  name: Exclude<NamedQuery, "error-patterns">,
  params: Record<string, SqlValue>,
  limit: number | undefined,
): QueryRow[] {
  const { sql } = QUERIES[name];
  if (limit === undefined) return reader.all(sql, params, 1_000_000);
  return reader.all(`${sql} LIMIT :limit`, { ...params, ":limit": limit });
}
