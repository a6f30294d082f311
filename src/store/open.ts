import path from "node:path";
import { workerFile } from "../engine/assets.ts";
import { WorkerClient } from "../engine/client.ts";
import { TraceError } from "../engine/errors.ts";
import type { StoreMethods } from "./methods.ts";
import type { StoreInfo } from "./model.ts";
import { received } from "./shared-texts.ts";
import { SqlWorker } from "./sql-worker.ts";
import type { TraceStore } from "./store.ts";
import { growPage, growSpans, growTrace } from "./trace.ts";
import type { StoreWorkerData } from "./worker.ts";

export interface StoreOptions {
  /**
   * MiB that the summary of all spans may take, by which statistics are answered; 512 by default, about 50 a million spans.
   * Where it does not fit, SQL gives the same answers, many times slower. 0 never makes one.
   */
  summaryMemory?: number;
}

/**
 * Opens the trace database at `file` for reading. Nothing is ever written to it or beside it.
 * Rejects with `not_found`, `unreadable`, `not_a_database`, `unsupported_layout`, `corrupt`, `busy` or `unsupported_source`.
 * Close the store to end its worker.
 */
export async function openTraceStore(file: string, options: StoreOptions = {}): Promise<TraceStore> {
  if (/^postgres(ql)?(\+\w+)?:/i.test(file)) {
    throw new TraceError(
      "unsupported_source",
      "Flujo Lens cannot read traces from PostgreSQL yet. Choose a SQLite database instead.",
    );
  }
  const absolute = path.resolve(file);
  const data: StoreWorkerData = {
    path: absolute,
    summaryMemory: options.summaryMemory === undefined ? undefined : options.summaryMemory * 2 ** 20,
  };
  const client = new WorkerClient<StoreMethods>(workerFile, data, { resourceLimits });
  try {
    return new WorkerStore(absolute, client, await client.call("info", {}));
  } catch (thrown) {
    await client.close();
    throw thrown;
  }
}

/**
 * The smaller the limit, the smaller the steps in which V8 lets its heap grow. A run of five million spans takes 800 MB;
 * a worker that needs more than there is ends with a sentence.
 */
const resourceLimits = { maxOldGenerationSizeMb: 1024 };

/** The store of one worker. Trees are rebuilt here, because nested ones cannot cross a thread. */
class WorkerStore implements TraceStore {
  private readonly questions: SqlWorker;

  constructor(
    readonly path: string,
    private readonly client: WorkerClient<StoreMethods>,
    readonly opened: StoreInfo,
  ) {
    this.questions = new SqlWorker(path);
  }

  info: TraceStore["info"] = (options) => this.client.call("info", {}, options);

  listRuns: TraceStore["listRuns"] = (query = {}, options) => {
    const after = query.after;
    const last = typeof after === "object" ? { run_id: after.run_id, start_time: after.start_time } : after;
    return this.client.call("listRuns", { ...query, after: last }, options);
  };

  countRuns: TraceStore["countRuns"] = ({ limit, after, ...query } = {}, options) =>
    this.client.call("countRuns", query, options);

  getRun: TraceStore["getRun"] = async (id, options) => {
    const runs = await this.client.call("getRun", { id }, options);
    return runs.length === 1 ? runs[0]! : { candidates: runs };
  };

  getRunDetail: TraceStore["getRunDetail"] = (id, options) =>
    this.client.call("getRunDetail", { id }, options);

  getTrace: TraceStore["getTrace"] = async (id, options) =>
    growTrace(await this.client.call("getTrace", { id }, options));

  getTracePage: TraceStore["getTracePage"] = async (id, query = {}, options) =>
    growPage(await this.client.call("getTracePage", { ...query, from: query.from ?? 0, id }, options));

  getOutline: TraceStore["getOutline"] = (runId, query = {}, options) =>
    this.client.call("getOutline", { ...query, runId }, options);

  getOutlineColumns: TraceStore["getOutlineColumns"] = (runId, query = {}, options) =>
    this.client.call("getOutlineColumns", { ...query, runId }, options);
  getLevel: TraceStore["getLevel"] = (runId, query = {}, options) =>
    this.client.call("getLevel", { ...query, runId }, options);

  getSpanDetail: TraceStore["getSpanDetail"] = (runId, key, options) =>
    this.client.call("getSpanDetail", { runId, key }, options).then(received);

  getStepHistory: TraceStore["getStepHistory"] = (runId, key, query = {}, options) =>
    this.client.call("getStepHistory", { ...query, runId, key }, options);

  getStepSummaries: TraceStore["getStepSummaries"] = (query, options) =>
    this.client.call("getStepSummaries", query, options);

  getStepNames: TraceStore["getStepNames"] = (query = {}, options) =>
    this.client.call("getStepNames", query, options);

  getStepSpans: TraceStore["getStepSpans"] = (name, query = {}, options) =>
    this.client.call("getStepSpans", { ...query, name }, options);

  compareRuns: TraceStore["compareRuns"] = (a, b, options) =>
    this.client.call("compareRuns", { a, b }, options);

  getSpans: TraceStore["getSpans"] = async (id, query = {}, options) =>
    growSpans(await this.client.call("getSpans", { ...query, id }, options));

  getMatches: TraceStore["getMatches"] = (runId, filter, options) =>
    this.client.call("getMatches", { runId, filter }, options);

  getFilterVocabulary: TraceStore["getFilterVocabulary"] = (runId, options) =>
    this.client.call("getFilterVocabulary", { runId }, options);

  getSpanStatistics: TraceStore["getSpanStatistics"] = (query = {}, options) =>
    this.client.call("getSpanStatistics", query, options);

  compareStatistics: TraceStore["compareStatistics"] = (query, options) =>
    this.client.call("compareStatistics", query, options);

  getReportPreview: TraceStore["getReportPreview"] = (query = {}, options) =>
    this.client.call("getReportPreview", query, options);
  getStatisticsReport: TraceStore["getStatisticsReport"] = (query = {}, options) =>
    this.client.call("getStatisticsReport", query, options);

  listSpans: TraceStore["listSpans"] = (query = {}, options) => this.client.call("listSpans", query, options);

  listCountedRuns: TraceStore["listCountedRuns"] = (query = {}, options) =>
    this.client.call("listCountedRuns", query, options);

  listPipelines: TraceStore["listPipelines"] = (options) => this.client.call("listPipelines", {}, options);

  query: TraceStore["query"] = (name, params = {}, options) =>
    this.client.call("query", { name, params }, options);

  sql: TraceStore["sql"] = (query, limits = {}, options = {}) =>
    this.questions.ask("sql", query, limits, options);

  sqlPacked: TraceStore["sqlPacked"] = (query, limits = {}, options = {}) =>
    this.questions.ask("sqlPacked", query, limits, options);

  getSqlVocabulary: TraceStore["getSqlVocabulary"] = (options) => this.questions.vocabulary(options);

  saveTrace: TraceStore["saveTrace"] = async () => {
    throw new TraceError(
      "read_only",
      `${this.path} is open for reading only. Make a new database with createTraceStore(out, { from }).`,
    );
  };

  close: TraceStore["close"] = async () => {
    await Promise.all([this.client.close(), this.questions.close()]);
  };
}
