import { workerFile } from "../engine/assets.ts";
import { type CallControl, WorkerClient } from "../engine/client.ts";
import { TraceError } from "../engine/errors.ts";
import type { StoreMethods } from "./methods.ts";
import type { SqlLimits } from "./model.ts";
import type { StoreWorkerData } from "./worker.ts";

/** Milliseconds without a question after which the worker ends. */
const REST = 60_000;

/** A worker of its own for questions in SQL: one that takes its time holds up no other call. Starts at the first question. */
export class SqlWorker {
  private readonly data: StoreWorkerData;
  private client: WorkerClient<StoreMethods> | undefined;
  private resting: NodeJS.Timeout | undefined;
  private asked = 0;
  private closed = false;

  constructor(path: string) {
    // No summary is made for it: nobody asks it for statistics.
    this.data = { path, summaryMemory: 0 };
  }

  /** Rejects with `timed_out` when the time is over, else as the method does. */
  async ask<M extends "sql" | "sqlPacked">(
    method: M,
    query: string,
    { limit = 1000, seconds = 30, plan = false }: SqlLimits,
    { signal, onProgress }: CallControl,
  ): Promise<StoreMethods[M]["result"]> {
    const late = AbortSignal.timeout(seconds * 1000);
    const either = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      return await this.call(method, { query, limit, plan }, { signal: either, onProgress });
    } catch (thrown) {
      if (!late.aborted || signal?.aborted) throw thrown;
      throw new TraceError(
        "timed_out",
        `This query took longer than ${seconds} s and was stopped. Narrow it or give it more time.`,
      );
    }
  }

  vocabulary(options?: CallControl): Promise<StoreMethods["sqlVocabulary"]["result"]> {
    return this.call("sqlVocabulary", {}, options);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.resting);
    await this.client?.close();
  }

  private async call<M extends "sql" | "sqlPacked" | "sqlVocabulary">(
    method: M,
    params: StoreMethods[M]["params"],
    options?: CallControl,
  ): Promise<StoreMethods[M]["result"]> {
    if (this.closed) throw new TraceError("closed", "The database was closed. Open it again.");
    clearTimeout(this.resting);
    this.asked += 1;
    this.client ??= new WorkerClient<StoreMethods>(workerFile, this.data);
    try {
      return await this.client.call(method, params, options);
    } finally {
      this.asked -= 1;
      if (this.asked === 0 && !this.closed) this.rest();
    }
  }

  private rest(): void {
    this.resting = setTimeout(() => {
      void this.client?.close();
      this.client = undefined;
    }, REST);
    this.resting.unref();
  }
}
