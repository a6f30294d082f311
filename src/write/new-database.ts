import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Database, SqlJs, Statement } from "sql.js/dist/sql-wasm.js";
import { TraceError } from "../engine/errors.ts";
import { writeFailure } from "../engine/new-file.ts";
import type { SqlValue } from "../engine/reader.ts";
import { DiskContents } from "./disk-contents.ts";
import { Remarks, type WriteReport } from "./report.ts";
import { INDEXES, TABLES } from "./schema.ts";
import { type SpanToSave, spanRows } from "./span-rows.ts";

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

const PAGE_CACHE = "PRAGMA cache_size = -65536";
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
 * A trace database that is being made, at a temporary name. All of it is one transaction that nobody else can see.
 * Methods throw `unwritable` when the disk refuses; then only {@link discard} makes sense.
 */
export class NewDatabase {
  private readonly descriptor: number;
  private readonly contents: DiskContents;
  private readonly database: Database;
  private readonly statements = new Map<keyof typeof statements, Statement>();
  private remarks = new Remarks();
  private open = true;

  /** @param file A file that does not exist yet. */
  constructor(
    sqlJs: SqlJs,
    private readonly file: string,
  ) {
    this.descriptor = openNew(file);
    this.contents = new DiskContents(this.descriptor);
    try {
      const first = emptyDatabase(sqlJs);
      this.guard(() => writeSync(this.descriptor, first));
      this.database = new sqlJs.Database(this.contents);
      this.run(
        `PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA locking_mode = exclusive; ${PAGE_CACHE}; BEGIN`,
      );
    } catch (thrown) {
      closeSync(this.descriptor);
      throw thrown;
    }
  }

  /** Saves a run with everything that belongs to it, in place of an earlier run of the same id. */
  saveRun(run: RunRow, steps: readonly StepRow[], spans: readonly SpanToSave[]): void {
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
    for (const row of spanRows(run_id, spans, (id) => this.isTaken(id), this.remarks)) {
      this.execute("span", [
        row.span_id,
        run_id,
        row.parent_span_id,
        row.name,
        row.start_time,
        row.end_time,
        row.status,
        row.attributes,
      ]);
    }
    this.remarks.runs += 1;
    this.remarks.spans += spans.length;
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

  refuse(runId: string, reason: string): void {
    this.remarks.refuse({ run_id: runId, reason });
  }

  /** Forgets everything that was saved. */
  reset(): void {
    this.run("DELETE FROM spans; DELETE FROM steps; DELETE FROM runs; DELETE FROM workflow_state");
    this.remarks = new Remarks();
  }

  /** Makes the indexes, ends the transaction and flushes the file, which then is whole. */
  finish(progress: (fraction: number) => void): WriteReport {
    for (const [done, index] of INDEXES.entries()) {
      progress(done / INDEXES.length);
      this.run(index);
    }
    this.run("COMMIT");
    this.close(() => fsyncSync(this.descriptor));
    return this.remarks.report();
  }

  /** What has been saved so far. */
  report(): WriteReport {
    return this.remarks.report();
  }

  /** Closes the file without making it whole. */
  discard(): void {
    this.close(() => undefined);
  }

  private close(last: () => void): void {
    if (!this.open) return;
    try {
      for (const statement of this.statements.values()) statement.free();
      this.database.close();
      this.guard(last);
    } finally {
      this.open = false;
      closeSync(this.descriptor);
    }
  }

  private forget(runId: string): void {
    if (this.execute("found", [runId]) === undefined) return;
    for (const name of ["dropSpans", "dropSteps", "dropRun"] as const) this.execute(name, [runId]);
  }

  private isTaken(spanId: string): boolean {
    return this.execute("taken", [spanId]) !== undefined;
  }

  /** Runs a statement; its first row, if there is one. */
  private execute(name: keyof typeof statements, values: readonly SqlValue[]): SqlValue[] | undefined {
    return this.guard(() => {
      let statement = this.statements.get(name);
      if (statement === undefined) {
        statement = this.database.prepare(statements[name]);
        this.statements.set(name, statement);
      }
      statement.bind(values);
      try {
        return statement.step() ? statement.get() : undefined;
      } finally {
        statement.reset();
      }
    });
  }

  private run(sql: string): void {
    this.guard(() => this.database.run(sql));
  }

  private guard<T>(action: () => T): T {
    if (!this.open) throw new TraceError("closed", `${this.file} was published or given up already.`);
    try {
      const value = action();
      const failure = this.contents.takeFailure();
      if (failure !== undefined) throw failure;
      return value;
    } catch (thrown) {
      const failure = this.contents.takeFailure() ?? thrown;
      const isDisk = failure instanceof Error && "code" in failure;
      throw isDisk ? writeFailure(this.file, failure) : failure;
    }
  }
}

function openNew(file: string): number {
  try {
    return openSync(file, "wx+");
  } catch (thrown) {
    throw writeFailure(file, thrown);
  }
}

function emptyDatabase(sqlJs: SqlJs): Uint8Array {
  const database = new sqlJs.Database();
  try {
    database.run(TABLES);
    return database.export();
  } finally {
    database.close();
  }
}
