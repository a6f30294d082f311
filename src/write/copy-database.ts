import type { Reader, SqlValue } from "../engine/reader.ts";
import type { Run } from "../store/model.ts";
import { readRunSpans } from "../store/run-spans.ts";
import { findRun } from "../store/runs.ts";
import type { StoreSession } from "../store/session.ts";
import { readTrace } from "../store/spans.ts";
import { readSteps } from "../store/steps.ts";
import { asText } from "../store/values.ts";
import { type NewDatabase, type RunRow, type StepRow, stateColumns } from "./new-database.ts";
import { firstStartText, timeText } from "./time-text.ts";

/**
 * Copies everything of a database of any layout into a new one. All of it is one proven snapshot: when the source moves
 * meanwhile, the copy begins again. Throws what reading and writing throw.
 */
export function copyDatabase(source: StoreSession, target: NewDatabase): void {
  source.read((reader) => {
    target.reset();
    const ids: string[] = [];
    reader.each("SELECT run_id FROM lens_runs ORDER BY row", [], ([id]) => {
      ids.push(asText(id) ?? "");
    });
    for (const [done, id] of ids.entries()) {
      reader.checkCancelled();
      reader.progress(done / ids.length);
      const run = findRun(reader, id);
      if (run !== undefined) copyRun(reader, run, target);
    }
    copyRunsWithoutRow(reader, target);
    copyStates(reader, target);
    remarkOnLosses(reader, target);
  });
}

function copyRun(reader: Reader, run: Run, target: NewDatabase): void {
  const stored = reader.get<Record<"start_text" | "total_cost", SqlValue>>(
    "SELECT start_text, total_cost FROM lens_runs WHERE run_id = ?",
    [run.run_id],
  );
  const spans = readRunSpans(reader, run);
  for (const warning of spans.provisional ? spans.warnings : []) target.refuse(run.run_id, warning);
  const trace = spans.provisional ? [] : readTrace(reader, spans).spans;
  const start = asText(stored?.start_text);
  if (start === null) target.mend(run.run_id, "It has no start; it was given that of its first span.");
  const row: RunRow = {
    run_id: run.run_id,
    pipeline_name: run.pipeline_name,
    pipeline_version: run.pipeline_version ?? "",
    status: run.status,
    start_time: start ?? firstStartText(trace),
    end_time: run.end_time === null ? null : timeText(run.end_time),
    total_cost: typeof stored?.total_cost === "number" ? stored.total_cost : run.total_cost,
    final_context_blob: readContext(reader, run.run_id),
  };
  target.saveRun(row, copySteps(reader, run, row.start_time), trace);
}

function copySteps(reader: Reader, run: Run, runStart: string): StepRow[] {
  return readSteps(reader, run.run_id).map((step) => ({
    step_name: step.step_name,
    step_index: step.step_index,
    status: step.status,
    start_time: step.start_time === null ? runStart : timeText(step.start_time),
    end_time: step.end_time === null ? null : timeText(step.end_time),
    duration_ms: step.duration_ms,
    cost: step.cost,
    tokens: step.tokens,
    input_blob: step.input,
    output_blob: step.output,
    error_blob: step.error,
  }));
}

/** Spans whose run has no row get one: the schema wants it. */
function copyRunsWithoutRow(reader: Reader, target: NewDatabase): void {
  const ids: string[] = [];
  reader.each(
    "SELECT DISTINCT run_id FROM lens_spans_scan WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT run_id FROM lens_runs)",
    [],
    ([id]) => {
      ids.push(asText(id) ?? "");
    },
  );
  for (const run_id of ids) {
    target.mend(run_id, "It has spans but no row of its own; one was made.");
    const spans = readRunSpans(reader, {
      run_id,
      pipeline_name: "",
      pipeline_version: null,
      status: "unknown",
      state: "unknown",
      start_time: null,
      end_time: null,
      duration: null,
      total_cost: null,
      total_tokens: null,
      span_count: 1,
      failed_count: 0,
    });
    const trace = readTrace(reader, spans).spans;
    const row: RunRow = {
      run_id,
      pipeline_name: "",
      pipeline_version: "",
      status: "unknown",
      start_time: firstStartText(trace),
      end_time: null,
      total_cost: null,
      final_context_blob: null,
    };
    target.saveRun(row, [], trace);
  }
}

function readContext(reader: Reader, runId: string): string | null {
  if (!columnsOf(reader, "runs").has("final_context_blob")) return null;
  return asText(
    reader.get<{ blob: SqlValue }>("SELECT final_context_blob AS blob FROM main.runs WHERE run_id = ?", [
      runId,
    ])?.blob,
  );
}

function copyStates(reader: Reader, target: NewDatabase): void {
  const columns = stateSelection(columnsOf(reader, "workflow_state"));
  if (columns === undefined) return;
  reader.each(`SELECT ${columns} FROM main.workflow_state ORDER BY rowid`, [], (row) => {
    target.saveState(row);
  });
}

/** The columns of {@link stateColumns}, as far as the table has them; undefined when it is not there. */
export function stateSelection(known: ReadonlySet<string>): string | undefined {
  if (!known.has("run_id")) return undefined;
  const fallbacks: Partial<Record<(typeof stateColumns)[number], string>> = {
    pipeline_context: "'{}'",
    current_step_index: "0",
  };
  const columns = stateColumns.map((column) => {
    const fallback = fallbacks[column];
    if (!known.has(column)) return fallback ?? "NULL";
    return fallback === undefined ? column : `coalesce(${column}, ${fallback})`;
  });
  return columns.join(", ");
}

/** What the schema of the design document has no place for. */
function remarkOnLosses(reader: Reader, target: NewDatabase): void {
  reader.each(
    `SELECT run_id, count(*) FROM lens_steps WHERE raw_response IS NOT NULL GROUP BY run_id`,
    [],
    ([id, count]) => {
      target.refuse(asText(id) ?? "", `${count} raw responses of steps have no place in this schema.`);
    },
  );
  reader.each("SELECT run_id, count(*) FROM lens_evaluations GROUP BY run_id", [], ([id, count]) => {
    target.refuse(asText(id) ?? "", `${count} evaluations have no place in this schema.`);
  });
}

export function columnsOf(reader: Reader, table: string): ReadonlySet<string> {
  return new Set(
    reader
      .all<{ name: string }>("SELECT lower(name) AS name FROM pragma_table_info(?, 'main')", [table])
      .map(({ name }) => name),
  );
}
