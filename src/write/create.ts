import { existsSync, realpathSync, rmSync } from "node:fs";
import path from "node:path";
import { writerFile } from "../engine/assets.ts";
import { WorkerClient } from "../engine/client.ts";
import { TraceError } from "../engine/errors.ts";
import { publishFile, temporaryBeside } from "../engine/new-file.ts";
import type { CallOptions } from "../store/model.ts";
import { flattenTrace, type TraceToSave } from "./flatten.ts";
import type { WriterMethods } from "./methods.ts";
import type { RunRow } from "./new-database.ts";
import type { Recovery } from "./recover.ts";
import type { Remark, WriteReport } from "./report.ts";
import type { WriterWorkerData } from "./worker.ts";

export interface CreateOptions {
  /** A database of any of flujo's layouts whose content the new one begins with. It is only read. */
  readonly from?: string;
  /** Replace a file that is there; it is kept beside the new one as a backup. */
  readonly force?: boolean;
}

/** What came of a new database. */
export interface Published {
  readonly file: string;
  /** Where the file that was there before is kept. */
  readonly backup?: string;
  readonly report: WriteReport;
}

/** Makes one new trace database. Nothing is at its place until {@link TraceWriter.close}. */
export interface TraceWriter {
  /**
   * Saves a trace in place of an earlier one of the same run: a tree of nested spans, an array of roots, an export with
   * `trace_tree`, or what `getTrace` gave. What the schema cannot hold is mended, and told in the report.
   * `run` adds facts of the run's row. Rejects with `invalid_argument` when it is no trace.
   */
  saveTrace(runId: string, trace: TraceToSave, run?: Partial<RunRow>): Promise<void>;
  /** Saves the traces of a file: flujo's debug export, OTLP JSON or JSON Lines, Jaeger JSON. Resolves to what was left out. */
  importFile(file: string, options?: CallOptions): Promise<readonly string[]>;
  /**
   * Saves what can be read of a damaged database. Resolves to what could not be. Rejects with `not_a_database` and `corrupt`
   * when nothing in the file is like a database of flujo's, else as `openTraceStore` does.
   */
  salvage(file: string, options?: CallOptions): Promise<Recovery>;
  /** What has been saved, mended and refused so far. */
  report(): Promise<WriteReport>;
  /** Makes the file whole and gives it its name. Rejects with `exists` or `unwritable`; then nothing has changed. */
  close(options?: CallOptions): Promise<Published>;
  /** Gives everything up. */
  discard(): Promise<void>;
}

/**
 * Begins a new trace database at `out`, in the schema of the design document. Its folder must exist.
 * Rejects with `exists`, `unwritable`, and for `from` as `openTraceStore` does.
 */
export async function createTraceStore(
  out: string,
  { from, force = false }: CreateOptions = {},
  options: CallOptions = {},
): Promise<TraceWriter> {
  const target = path.resolve(out);
  checkTarget(target, from, force);
  const file = temporaryBeside(target);
  const data: WriterWorkerData = { file };
  const writer = new WorkerWriter(target, file, force, new WorkerClient<WriterMethods>(writerFile, data));
  try {
    await writer.begin(from, options);
    return writer;
  } catch (thrown) {
    await writer.discard();
    throw thrown;
  }
}

class WorkerWriter implements TraceWriter {
  constructor(
    private readonly target: string,
    private readonly file: string,
    private readonly force: boolean,
    private readonly client: WorkerClient<WriterMethods>,
  ) {}

  private get rows(): string {
    return `${this.file}-rows`;
  }

  async begin(from: string | undefined, options: CallOptions): Promise<void> {
    if (from === undefined) await this.client.call("report", {}, options);
    else await this.client.call("copyFrom", { path: path.resolve(from) }, options);
  }

  saveTrace: TraceWriter["saveTrace"] = async (runId, trace, run = {}) => {
    if (runId === "") throw new TraceError("invalid_argument", "A run needs an id.");
    const refused: Remark[] = [];
    const spans = flattenTrace(trace, (span_id, reason) => refused.push({ run_id: runId, span_id, reason }));
    await this.client.call("saveTrace", { runId, run, spans, refused });
  };

  importFile: TraceWriter["importFile"] = async (file, options) => {
    checkSource(this.target, file);
    return (await this.client.call("importFile", { path: path.resolve(file) }, options)).notes;
  };

  salvage: TraceWriter["salvage"] = async (file, options) => {
    checkSource(this.target, file);
    const params = { path: path.resolve(file), rows: this.rows };
    return this.client.call("salvage", params, options);
  };

  report: TraceWriter["report"] = () => this.client.call("report", {});

  close: TraceWriter["close"] = async (options) => {
    try {
      const report = await this.client.call("finish", {}, options);
      await this.client.close();
      // Somebody may have begun to use that name meanwhile.
      checkBeside(this.target);
      const backup = publishFile(this.file, this.target, { overwrite: this.force, backup: true });
      return { file: this.target, ...(backup === undefined ? {} : { backup }), report };
    } catch (thrown) {
      await this.discard();
      throw thrown;
    }
  };

  discard: TraceWriter["discard"] = async () => {
    await this.client.close();
    rmSync(this.file, { force: true });
    rmSync(this.rows, { force: true });
  };
}

/** Before hours of work, not after. */
function checkTarget(target: string, from: string | undefined, force: boolean): void {
  if (from !== undefined) checkSource(target, from);
  if (existsSync(target) && !force)
    throw new TraceError("exists", `There is a file at ${target} already. Add --force to replace it.`);
  checkBeside(target);
}

/** SQLite would take what another database left behind for a part of the new one. */
function checkBeside(target: string): void {
  const beside = ["-wal", "-shm", "-journal"].find((suffix) => existsSync(target + suffix));
  if (beside === undefined) return;
  const name = path.basename(target + beside);
  const sentence = existsSync(target)
    ? `${target} is in use: ${name} lies beside it. Choose another name.`
    : `${name} is left of another database at ${target}. Choose another name, or move it away.`;
  throw new TraceError("unwritable", sentence);
}

/** What is read is never written, whatever it is called. */
function checkSource(target: string, file: string): void {
  if (samePlace(target, path.resolve(file)))
    throw new TraceError("invalid_argument", "The new database must be another file than the old one.");
}

function samePlace(one: string, other: string): boolean {
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return one === other;
  }
}
