import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import type { SqlValue } from "../engine/reader.ts";
import { TABLES } from "./schema.ts";
import { readTableSchema, type TableSchema } from "./table-schema.ts";

/** Stands for the page on which a table begins, where nobody knows it. */
const NOWHERE = 0;

/** Tables of flujo up to 0.4: those of the design document, and the blobs of v1.0. */
const OLD = `${TABLES}
CREATE TABLE traces (run_id TEXT NOT NULL, trace_json TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL);`;

/** Tables of flujo 0.6. */
const NEW = `
CREATE TABLE runs (run_id TEXT NOT NULL, pipeline_id TEXT NOT NULL, pipeline_name TEXT NOT NULL,
  pipeline_version TEXT NOT NULL, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, end_time TEXT,
  total_cost REAL, final_context_blob TEXT, execution_time_ms INTEGER, memory_usage_mb REAL, total_steps INTEGER DEFAULT 0,
  error_message TEXT);
CREATE TABLE workflow_state (run_id TEXT NOT NULL, pipeline_id TEXT NOT NULL, pipeline_name TEXT NOT NULL,
  pipeline_version TEXT NOT NULL, current_step_index INTEGER NOT NULL, pipeline_context TEXT, last_step_output TEXT,
  step_history TEXT, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
  total_steps INTEGER DEFAULT 0, error_message TEXT, execution_time_ms INTEGER, memory_usage_mb REAL, metadata TEXT,
  is_background_task INTEGER DEFAULT 0, parent_run_id TEXT, task_id TEXT, background_error TEXT);
CREATE TABLE steps (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, step_name TEXT NOT NULL, step_index INTEGER NOT NULL,
  status TEXT NOT NULL, output TEXT, raw_response TEXT, cost_usd REAL, token_counts INTEGER, execution_time_ms INTEGER,
  created_at TEXT NOT NULL);
CREATE TABLE traces (run_id TEXT NOT NULL, trace_data TEXT NOT NULL, created_at TEXT NOT NULL);
CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, span_id TEXT NOT NULL, parent_span_id TEXT,
  name TEXT NOT NULL, start_time REAL NOT NULL, end_time REAL, status TEXT NOT NULL, attributes TEXT,
  created_at TEXT NOT NULL);
CREATE TABLE evaluations (id INTEGER PRIMARY KEY, run_id TEXT NOT NULL, step_name TEXT, score REAL NOT NULL,
  feedback TEXT, metadata TEXT, created_at TEXT NOT NULL);`;

/** The tables that flujo's versions make, a list for each layout, to recognise their rows by. */
export function knownLayouts(sqlJs: SqlJs): TableSchema[][] {
  return [OLD, NEW].map((layout) =>
    layout.split(";").flatMap((sql) => {
      const name = /CREATE TABLE (\w+)/.exec(sql)?.[1];
      const schema = name === undefined ? undefined : readTableSchema(sqlJs, name, NOWHERE, sql);
      if (schema === undefined) return [];
      return [
        name === "traces"
          ? { ...schema, fits: (values: readonly SqlValue[]) => schema.fits(values) && isTrace(values) }
          : schema,
      ];
    }),
  );
}

/** Other tables too have rows of a few texts. */
function isTrace([, blob]: readonly SqlValue[]): boolean {
  return typeof blob === "string" && /^\s*\{/.test(blob) && /"(?:span_id|children|start_time)"/.test(blob);
}
