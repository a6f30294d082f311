import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import type { SqlValue } from "../engine/reader.ts";
import { DiskDatabase } from "./disk-database.ts";
import { Remarks, type WriteReport } from "./report.ts";
import { INDEXES, TABLES } from "./schema.ts";
import { SeenIds } from "./seen-ids.ts";
import { type SpanRow, type SpanToSave, spanRows } from "./span-rows.ts";

/** A row of `runs`. Times are text, as flujo writes them. */
export interface RunRow {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string;
  readonly status: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly total_cost: number | null;
  readonly final_context_blob: string | null;
}

/** A row of `steps`, without the ids that are made for it. */
export interface StepRow {
  readonly step_name: string;
  readonly step_index: number;
  readonly status: string;
  readonly start_time: string;
  readonly end_time: string | null;
  readonly duration_ms: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly input_blob: string | null;
  readonly output_blob: string | null;
  readonly error_blob: string | null;
}

export const stateColumns = [
  "run_id",
  "pipeline_id",
  "pipeline_name",
  "pipeline_version",
  "current_step_index",
  "pipeline_context",
  "last_step_output",
  "step_history",
  "status",
  "created_at",
  "updated_at",
  "total_steps",
  "error_message",
  "execution_time_ms",
  "memory_usage_mb",
] as const;

const statements = {
  run: "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  step: "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  span: "INSERT INTO spans (span_id, run_id, parent_span_id, name, start_time, end_time, status, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  state: `INSERT INTO workflow_state VALUES (${stateColumns.map(() => "?").join(", ")})`,
  taken: "SELECT 1 FROM spans WHERE span_id = ?",
  found: `SELECT run_id, pipeline_name, pipeline_version, status, start_time, end_time, total_cost, final_context_blob
    FROM runs WHERE run_id = ?`,
  dropSpans: "DELETE FROM spans WHERE run_id = ?",
  dropSteps: "DELETE FROM steps WHERE run_id = ?",
  dropRun: "DELETE FROM runs WHERE run_id = ?",
} as const;

/**
 * A trace database in the schema of the design document that is being made, at a temporary name.
 * Methods throw `unwritable` when the disk refuses; then only {@link discard} makes sense.
 */
export class NewDatabase {
  private readonly database: DiskDatabase;
  private remarks = new Remarks();
  private seen = new SeenIds();

  /** @param file A file that does not exist yet. */
  constructor(sqlJs: SqlJs, file: string) {
    this.database = new DiskDatabase(sqlJs, file, TABLES);
  }

  /** Saves a run with everything that belongs to it, in place of an earlier run of the same id. */
  saveRun(run: RunRow, steps: readonly StepRow[], spans: readonly SpanToSave[]): void {
    for (const row of this.beginRun(run, steps, spans)) this.saveSpan(run.run_id, row, row.attributes);
  }

  /**
   * Saves a run without its spans, in place of an earlier run of the same id. What it returns must all be given to
   * {@link saveSpan}, so that attributes need not be in memory together.
   */
  beginRun(run: RunRow, steps: readonly StepRow[], spans: readonly SpanToSave[]): SpanRow[] {
    this.forget(run.run_id);
    const { run_id } = run;
    this.execute("run", [
      run_id,
      run.pipeline_name,
      run.pipeline_version,
      run.status,
      run.start_time,
      run.end_time,
      run.total_cost,
      run.final_context_blob,
    ]);
    const stepIds = new Set<string>();
    for (const step of steps) {
      let id = `${run_id}:${step.step_index}`;
      for (let again = 2; stepIds.has(id); again += 1) id = `${run_id}:${step.step_index}:${again}`;
      stepIds.add(id);
      this.execute("step", [
        id,
        run_id,
        step.step_name,
        step.step_index,
        step.status,
        step.start_time,
        step.end_time,
        step.duration_ms,
        step.cost,
        step.tokens,
        step.input_blob,
        step.output_blob,
        step.error_blob,
      ]);
    }
    this.remarks.runs += 1;
    this.remarks.spans += spans.length;
    return spanRows(run_id, spans, (id) => this.isTaken(id), this.remarks);
  }

  /** Saves a span of the run that was begun last. */
  saveSpan(runId: string, row: SpanRow, attributes: string): void {
    this.seen.add(row.span_id);
    this.execute("span", [
      row.span_id,
      runId,
      row.parent_span_id,
      row.name,
      row.start_time,
      row.end_time,
      row.status,
      attributes,
    ]);
  }

  /** The run's row, when it was saved before. */
  findRun(runId: string): RunRow | undefined {
    const row = this.execute("found", [runId]);
    if (row === undefined) return undefined;
    const [
      run_id,
      pipeline_name,
      pipeline_version,
      status,
      start_time,
      end_time,
      total_cost,
      final_context_blob,
    ] = row as [string, string, string, string, string, string | null, number | null, string | null];
    return {
      run_id,
      pipeline_name,
      pipeline_version,
      status,
      start_time,
      end_time,
      total_cost,
      final_context_blob,
    };
  }

  /** Saves a row of `workflow_state`, in the order of {@link stateColumns}. A row that the schema forbids is refused. */
  saveState(values: readonly SqlValue[]): void {
    try {
      this.execute("state", values);
    } catch (thrown) {
      if (!(thrown instanceof Error) || !/constraint failed/.test(thrown.message)) throw thrown;
      this.remarks.refuse({
        run_id: String(values[0]),
        reason: `Its live state does not fit the schema (${thrown.message}).`,
      });
    }
  }

  mend(runId: string, reason: string): void {
    this.remarks.mend({ run_id: runId, reason });
  }

  refuse(runId: string, reason: string, spanId?: string): void {
    this.remarks.refuse({ run_id: runId, ...(spanId === undefined ? {} : { span_id: spanId }), reason });
  }

  /** Forgets everything that was saved. */
  reset(): void {
    this.database.run("DELETE FROM spans; DELETE FROM steps; DELETE FROM runs; DELETE FROM workflow_state");
    this.remarks = new Remarks();
    this.seen = new SeenIds();
  }

  /** Makes the indexes, ends the transaction and flushes the file, which then is whole. */
  finish(progress: (fraction: number) => void): WriteReport {
    for (const [done, index] of INDEXES.entries()) {
      progress(done / INDEXES.length);
      this.database.run(index);
    }
    this.database.commit({ flush: true });
    return this.remarks.report();
  }

  /** What has been saved so far. */
  report(): WriteReport {
    return this.remarks.report();
  }

  /** Closes the file without making it whole. */
  discard(): void {
    this.database.close();
  }

  private forget(runId: string): void {
    if (this.execute("found", [runId]) === undefined) return;
    for (const name of ["dropSpans", "dropSteps", "dropRun"] as const) this.execute(name, [runId]);
  }

  private isTaken(spanId: string): boolean {
    return this.seen.mayHave(spanId) && this.execute("taken", [spanId]) !== undefined;
  }

  private execute(name: keyof typeof statements, values: readonly SqlValue[]): SqlValue[] | undefined {
    return this.database.execute(statements[name], values);
  }
}
