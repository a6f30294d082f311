import type { Reader, SqlValue } from "../engine/reader.ts";
import { readRunSpans } from "../store/run-spans.ts";
import { findRunFacts, type RunFacts } from "../store/runs.ts";
import type { StoreSession } from "../store/session.ts";
import { readSteps } from "../store/steps.ts";
import { asText } from "../store/values.ts";
import { eachAttributes, spansToCopy } from "./copied-spans.ts";
import { type NewDatabase, type RunRow, type StepRow, stateColumns } from "./new-database.ts";
import type { SpanToSave } from "./span-rows.ts";
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
      const run = findRunFacts(reader, id);
      if (run !== undefined) copyRun(reader, run, target);
    }
    copyRunsWithoutRow(reader, new Set(ids), target);
    copyStates(reader, target);
    remarkOnLosses(reader, target);
  });
}

function copyRun(reader: Reader, run: RunFacts, target: NewDatabase): void {
  const stored = reader.get<Record<"start_text" | "total_cost", SqlValue>>(
    "SELECT start_text, total_cost FROM lens_runs WHERE run_id = ?",
    [run.run_id],
  );
  const spans = spansToCopy(reader, run);
  if (spans.length === 0) {
    const { warnings } = readRunSpans(reader, { ...run, span_count: 0, failed_count: 0 });
    for (const warning of warnings) target.refuse(run.run_id, warning);
  }
  const start = asText(stored?.start_text);
  if (start === null) target.mend(run.run_id, "It has no start; it was given that of its first span.");
  const row: RunRow = {
    run_id: run.run_id,
    pipeline_name: run.pipeline_name,
    pipeline_version: run.pipeline_version ?? "",
    status: run.status,
    start_time: start ?? firstStartText(spans),
    end_time: run.end_time === null ? null : timeText(run.end_time),
    total_cost: typeof stored?.total_cost === "number" ? stored.total_cost : run.total_cost,
    final_context_blob: readContext(reader, run.run_id),
  };
  saveRun(reader, row, copySteps(reader, run, row.start_time), spans, target);
}

function saveRun(
  reader: Reader,
  row: RunRow,
  steps: readonly StepRow[],
  spans: readonly SpanToSave[],
  target: NewDatabase,
): void {
  const rows = target.beginRun(row, steps, spans);
  eachAttributes(reader, row.run_id, (at, attributes) => target.saveSpan(row.run_id, rows[at]!, attributes));
}

function copySteps(reader: Reader, run: RunFacts, runStart: string): StepRow[] {
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
function copyRunsWithoutRow(reader: Reader, known: ReadonlySet<string>, target: NewDatabase): void {
  const blobs = reader.get("SELECT 1 FROM lens_blobs LIMIT 1") !== undefined;
  const ids: string[] = [];
  reader.each(
    `SELECT DISTINCT run_id FROM ${blobs ? "lens_blobs" : "lens_spans"} WHERE run_id IS NOT NULL`,
    [],
    ([value]) => {
      const id = asText(value) ?? "";
      if (!known.has(id)) ids.push(id);
    },
  );
  for (const run_id of ids) {
    const spans = spansToCopy(reader, { run_id, start_time: null });
    if (spans.length === 0) continue;
    target.mend(run_id, "It has spans but no row of its own; one was made.");
    const row: RunRow = {
      run_id,
      pipeline_name: "",
      pipeline_version: "",
      status: "unknown",
      start_time: firstStartText(spans),
      end_time: null,
      total_cost: null,
      final_context_blob: null,
    };
    saveRun(reader, row, [], spans, target);
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
