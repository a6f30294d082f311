import { TraceError } from "../engine/errors.ts";
import type { Reader } from "../engine/reader.ts";
import type { LayoutName } from "./model.ts";

/** How one database stores runs, as found by looking at its tables and columns. */
export interface Layout {
  readonly name: LayoutName;
  /** Statements that make the canonical TEMP VIEWs. */
  readonly views: readonly string[];
}

/**
 * The canonical views. All queries are written against them; a further layout is one more set of these.
 *
 * - `lens_runs(row, run_id, pipeline_name, pipeline_version, status, start_text, end_text, updated_text, total_cost, execution_ms, error_message)`
 * - `lens_spans(key, run_id, span_id, parent_span_id, name, status, start_raw, end_raw, attributes)`: times on the writer's clock
 * - `lens_spans_scan`: the same rows, never by index, for passes over everything
 * - `lens_steps(row, run_id, step_name, step_index, status, start_text, end_text, duration_ms, cost, tokens, input, output, raw_response, error)`
 * - `lens_state(run_id, status, start_text, updated_text, current_step_index, total_steps, error_message)`
 * - `lens_evaluations(run_id, step_name, score, feedback, metadata, created_text)`
 * - `lens_blobs(run_id, blob)`: v1.0 only, else empty
 */
export function detectLayout(reader: Reader, file: string): Layout {
  const tables = readTables(reader);
  const spans = tables.get("spans");
  const traces = tables.get("traces");
  if (spans && !(spans.has("run_id") && spans.has("span_id"))) {
    throw unsupported(file, "its table `spans` has no run_id or span_id");
  }
  const blobColumn = traces ? ["trace_json", "trace_data"].find((column) => traces.has(column)) : undefined;
  const blobs = !spans && traces !== undefined && blobColumn !== undefined;
  if (!spans && !blobs && !(tables.has("runs") && tables.has("steps")) && !tables.has("workflow_state")) {
    throw unsupported(file, "it has neither `spans` nor `traces` nor `runs` with `steps`");
  }
  const name: LayoutName = blobs ? "v1.0" : spans?.has("id") ? "v3.0" : "v2.0";
  return {
    name,
    views: [
      runsView(tables),
      ...(blobs ? blobSpanViews() : rowSpanViews(spans)),
      stepsView(tables.get("steps")),
      stateView(tables.get("workflow_state")),
      evaluationsView(tables.get("evaluations")),
      blobs
        ? `CREATE TEMP VIEW lens_blobs AS SELECT run_id, ${blobColumn} AS blob FROM main.traces`
        : "CREATE TEMP VIEW lens_blobs AS SELECT NULL AS run_id, NULL AS blob WHERE 0",
    ],
  };
}

export const viewNames = [
  "lens_runs",
  "lens_spans",
  "lens_spans_scan",
  "lens_steps",
  "lens_state",
  "lens_evaluations",
  "lens_blobs",
] as const;

type Columns = ReadonlySet<string>;
type Tables = ReadonlyMap<string, Columns>;

function readTables(reader: Reader): Tables {
  const tables = new Map<string, Columns>();
  const known = "'runs', 'spans', 'steps', 'traces', 'workflow_state', 'evaluations'";
  const found = reader.all<{ name: string }>(
    // No views and no virtual tables: flujo makes none, and what another one computes may have no end.
    `SELECT lower(name) AS name FROM main.sqlite_schema WHERE type = 'table' AND rootpage > 0 AND lower(name) IN (${known})`,
  );
  for (const { name } of found) {
    const columns = reader.all<{ name: string }>(
      `SELECT lower(name) AS name FROM pragma_table_info(?, 'main')`,
      [name],
    );
    tables.set(name, new Set(columns.map((column) => column.name)));
  }
  return tables;
}

function unsupported(file: string, why: string): TraceError {
  return new TraceError(
    "unsupported_layout",
    `${file} was not written by flujo as far as Flujo Lens can tell: ${why}. Choose the project's trace database, usually flujo_ops.db.`,
  );
}

/** The first of `names` that exists, under the canonical name; NULL where none does. */
function pick(columns: Columns, as: string, ...names: string[]): string {
  const found = names.filter((name) => columns.has(name));
  if (found.length === 0) return `NULL AS ${as}`;
  return found.length === 1 ? `${found[0]} AS ${as}` : `coalesce(${found.join(", ")}) AS ${as}`;
}

/** Columns of `runs` that say the same, the first that is there and not NULL counting. */
export const runColumns = {
  pipelineName: ["pipeline_name", "pipeline_id"],
  pipelineVersion: ["pipeline_version"],
  status: ["status"],
  /** One column, so that its index serves the order of the list. */
  start: (columns: Columns) => (columns.has("start_time") ? "start_time" : "created_at"),
} as const;

/** Columns of `steps` that say the same, as in {@link runColumns}. */
export const stepColumns = { cost: ["cost", "cost_usd"], tokens: ["tokens", "token_counts"] } as const;

function runsView(tables: Tables): string {
  const runs = tables.get("runs");
  const state = tables.get("workflow_state");
  const table = runs?.has("run_id") ? "runs" : state?.has("run_id") ? "workflow_state" : undefined;
  if (!table) {
    return `CREATE TEMP VIEW lens_runs AS
      SELECT min(rowid) AS row, run_id, '' AS pipeline_name, NULL AS pipeline_version, 'unknown' AS status,
        min(created_at) AS start_text, NULL AS end_text, NULL AS updated_text, NULL AS total_cost,
        NULL AS execution_ms, NULL AS error_message
      FROM main.spans GROUP BY run_id`;
  }
  const columns = tables.get(table)!;
  return `CREATE TEMP VIEW lens_runs AS SELECT ${[
    "rowid AS row",
    "run_id",
    pick(columns, "pipeline_name", ...runColumns.pipelineName),
    pick(columns, "pipeline_version", ...runColumns.pipelineVersion),
    pick(columns, "status", ...runColumns.status),
    pick(columns, "start_text", runColumns.start(columns)),
    pick(columns, "end_text", "end_time"),
    pick(columns, "updated_text", "updated_at"),
    pick(columns, "total_cost", "total_cost"),
    pick(columns, "execution_ms", "execution_time_ms"),
    pick(columns, "error_message", "error_message"),
  ].join(", ")} FROM main.${table}`;
}

function rowSpanViews(spans: Columns | undefined): string[] {
  if (!spans) {
    const none = `SELECT NULL AS key, NULL AS run_id, NULL AS span_id, NULL AS parent_span_id, NULL AS name, NULL AS status,
      NULL AS start_raw, NULL AS end_raw, NULL AS attributes WHERE 0`;
    return [`CREATE TEMP VIEW lens_spans AS ${none}`, `CREATE TEMP VIEW lens_spans_scan AS ${none}`];
  }
  const select = `SELECT ${[
    "rowid AS key",
    "run_id",
    "span_id",
    pick(spans, "parent_span_id", "parent_span_id"),
    pick(spans, "name", "name"),
    pick(spans, "status", "status"),
    pick(spans, "start_raw", "start_time"),
    pick(spans, "end_raw", "end_time"),
    pick(spans, "attributes", "attributes"),
  ].join(", ")} FROM main.spans`;
  return [
    `CREATE TEMP VIEW lens_spans AS ${select}`,
    // GROUP BY name would walk the index on name and fetch rows in random order: 16 times slower on a million spans.
    `CREATE TEMP VIEW lens_spans_scan AS ${select} NOT INDEXED`,
  ];
}

function blobSpanViews(): string[] {
  const field = (index: number, as: string) => `json_extract(span.value, '$[${index}]') AS ${as}`;
  const select = `SELECT span.key AS key, blob.run_id AS run_id, ${[
    field(0, "span_id"),
    field(1, "parent_span_id"),
    field(2, "name"),
    field(5, "status"),
    field(3, "start_raw"),
    field(4, "end_raw"),
    field(6, "attributes"),
  ].join(", ")} FROM temp.lens_blobs AS blob, json_each(lens_flatten(blob.blob)) AS span`;
  return [`CREATE TEMP VIEW lens_spans AS ${select}`, `CREATE TEMP VIEW lens_spans_scan AS ${select}`];
}

function stepsView(steps: Columns | undefined): string {
  if (!steps) {
    return `CREATE TEMP VIEW lens_steps AS SELECT NULL AS row, NULL AS run_id, NULL AS step_name, NULL AS step_index, NULL AS status,
      NULL AS start_text, NULL AS end_text, NULL AS duration_ms, NULL AS cost, NULL AS tokens, NULL AS input, NULL AS output,
      NULL AS raw_response, NULL AS error WHERE 0`;
  }
  return `CREATE TEMP VIEW lens_steps AS SELECT ${[
    "rowid AS row",
    "run_id",
    pick(steps, "step_name", "step_name"),
    pick(steps, "step_index", "step_index"),
    pick(steps, "status", "status"),
    pick(steps, "start_text", "start_time", "created_at"),
    pick(steps, "end_text", "end_time"),
    pick(steps, "duration_ms", "duration_ms", "execution_time_ms"),
    pick(steps, "cost", ...stepColumns.cost),
    pick(steps, "tokens", ...stepColumns.tokens),
    pick(steps, "input", "input_blob", "input"),
    pick(steps, "output", "output_blob", "output"),
    pick(steps, "raw_response", "raw_response"),
    pick(steps, "error", "error_blob", "error", "error_message"),
  ].join(", ")} FROM main.steps`;
}

function stateView(state: Columns | undefined): string {
  if (!state) {
    return `CREATE TEMP VIEW lens_state AS SELECT NULL AS run_id, NULL AS status, NULL AS start_text, NULL AS updated_text,
      NULL AS current_step_index, NULL AS total_steps, NULL AS error_message WHERE 0`;
  }
  return `CREATE TEMP VIEW lens_state AS SELECT ${[
    "run_id",
    pick(state, "status", "status"),
    pick(state, "start_text", "created_at"),
    pick(state, "updated_text", "updated_at"),
    pick(state, "current_step_index", "current_step_index"),
    pick(state, "total_steps", "total_steps"),
    pick(state, "error_message", "error_message", "background_error"),
  ].join(", ")} FROM main.workflow_state`;
}

function evaluationsView(evaluations: Columns | undefined): string {
  if (!evaluations?.has("run_id")) {
    return `CREATE TEMP VIEW lens_evaluations AS SELECT NULL AS run_id, NULL AS step_name, NULL AS score, NULL AS feedback,
      NULL AS metadata, NULL AS created_text WHERE 0`;
  }
  return `CREATE TEMP VIEW lens_evaluations AS SELECT ${[
    "run_id",
    pick(evaluations, "step_name", "step_name"),
    pick(evaluations, "score", "score"),
    pick(evaluations, "feedback", "feedback"),
    pick(evaluations, "metadata", "metadata"),
    pick(evaluations, "created_text", "created_at"),
  ].join(", ")} FROM main.evaluations`;
}
