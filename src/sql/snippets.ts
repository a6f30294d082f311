/**
 * The named queries as statements to start from. Each answers what the named query answers, but for `error-patterns`,
 * which tells failures apart by their error type alone, not by their message.
 */
export interface Snippet {
  readonly name:
    | "failed-spans"
    | "duration-by-name"
    | "spans-by-attribute"
    | "pipeline-performance"
    | "error-patterns";
  readonly sql: string;
}

const FAILED = "lower(trim(s.status)) IN ('failed', 'failure', 'error', 'errored')";

export const snippets: readonly Snippet[] = [
  {
    name: "failed-spans",
    sql: `-- Times are seconds since the epoch.
-- flujo 0.6 writes them on a clock of its own; the run's record tells when that began.
WITH clock AS (
  SELECT run_id, min(start_raw) AS began FROM lens_spans_scan WHERE start_raw < 1e9 GROUP BY run_id
),
failed AS (
  SELECT s.*, r.pipeline_name,
    iif(s.start_raw < 1e9, coalesce(lens_time(r.start_text) - clock.began, 0), 0) AS shift
  FROM lens_spans s
  JOIN lens_runs r ON r.run_id = s.run_id
  LEFT JOIN clock ON clock.run_id = s.run_id
  WHERE ${FAILED}
)
SELECT name, status, start_raw + shift AS start_time, start_raw + shift + (end_raw - start_raw) AS end_time,
  pipeline_name, run_id, span_id
FROM failed
ORDER BY start_time DESC, run_id, key`,
  },
  {
    name: "duration-by-name",
    sql: `SELECT name, avg(end_raw - start_raw) AS avg_duration, count(*) AS count
FROM lens_spans_scan
WHERE end_raw IS NOT NULL
GROUP BY name
ORDER BY avg_duration DESC, name`,
  },
  {
    name: "spans-by-attribute",
    sql: `-- Write the key and the value of the attribute here.
WITH wanted(key, value) AS (VALUES ('error_type', 'timeout'))
SELECT s.span_id, s.name, s.attributes, s.run_id, s.status
FROM wanted, lens_spans_scan s
WHERE json_valid(s.attributes) AND EXISTS (
  SELECT 1 FROM json_each(s.attributes) a
  WHERE a.key = wanted.key
    AND CASE WHEN a.type IN ('true', 'false', 'null') THEN a.type ELSE CAST(a.value AS TEXT) END = wanted.value
)`,
  },
  {
    name: "pipeline-performance",
    sql: `SELECT r.pipeline_name, count(*) AS total_spans, avg(s.end_raw - s.start_raw) AS avg_duration,
  sum(${FAILED}) AS failed_count
FROM lens_spans_scan s
JOIN lens_runs r ON r.run_id = s.run_id
WHERE s.end_raw IS NOT NULL
GROUP BY r.pipeline_name
ORDER BY avg_duration DESC, r.pipeline_name`,
  },
  {
    name: "error-patterns",
    sql: `-- The deepest failed spans: those above them only repeat the failure.
SELECT s.name, iif(json_valid(s.attributes), json_extract(s.attributes, '$.error_type'), NULL) AS error_type,
  count(*) AS count, max(s.run_id) AS run_id
FROM lens_spans s
WHERE ${FAILED} AND NOT EXISTS (
  SELECT 1 FROM lens_spans below
  WHERE below.run_id = s.run_id AND below.parent_span_id = s.span_id
    AND ${FAILED.replace("s.", "below.")}
)
GROUP BY s.name, error_type
ORDER BY count DESC, s.name`,
  },
];
