import type {
  CallOptions,
  Comparison,
  CountedRuns,
  CountedRunsQuery,
  FilterVocabulary,
  Level,
  Matches,
  NamedQuery,
  Outline,
  OutlineColumns,
  PackedSqlAnswer,
  PipelineSummary,
  QueryRow,
  ReportPreview,
  ReportQuery,
  Run,
  RunDetail,
  RunQuery,
  Span,
  SpanDetail,
  SpanList,
  SpanListQuery,
  SpanStatistics,
  SpanStatisticsQuery,
  SqlAnswer,
  SqlLimits,
  SqlVocabulary,
  StatisticsComparison,
  StatisticsGroup,
  StatisticsQuery,
  StatisticsReport,
  StepHistory,
  StepSpans,
  StepSummaries,
  StepSummariesQuery,
  StoreInfo,
  Trace,
  TracePage,
} from "./model.ts";

/**
 * Reads the traces of one flujo database. Every answer is proven to come from one state of the file.
 * Calls reject with a `TraceError`; its `kind` tells a face what happened, its message tells a person.
 */
export interface TraceStore {
  /** Absolute path of the database. */
  readonly path: string;

  /** What {@link info} told when the store was opened. */
  readonly opened: StoreInfo;

  info(options?: CallOptions): Promise<StoreInfo>;

  /** Runs, newest first. */
  listRuns(query?: RunQuery, options?: CallOptions): Promise<Run[]>;

  /** How many runs a query takes, its limit and place left aside. With a filter of the language, every run is looked at. */
  countRuns(query?: RunQuery, options?: CallOptions): Promise<number>;

  /**
   * Finds a run by exact id, else unique prefix, else unique substring.
   * Several matches give `{candidates}`, newest first; none rejects with `unknown_run`.
   */
  getRun(id: string, options?: CallOptions): Promise<Run | { candidates: Run[] }>;

  /** A run with its steps and its error. `id` as in {@link getRun}; several matches reject with `ambiguous_run`. */
  getRunDetail(id: string, options?: CallOptions): Promise<RunDetail>;

  /**
   * The whole trace with attributes. `id` as in {@link getRunDetail}. Rejects with `too_many_rows` for more than 250,000 spans
   * or 64 million characters of attributes, which are for {@link getTracePage}.
   */
  getTrace(id: string, options?: CallOptions): Promise<Trace>;

  /**
   * The next spans of a trace of any size, in reading order, from the place `from` on. With the `revision` of the first page, and
   * `id` exactly as it names the run, it rejects with `busy` when the database has changed since, because pages of two states make no trace.
   */
  getTracePage(
    id: string,
    query?: { from?: number; revision?: string },
    options?: CallOptions,
  ): Promise<TracePage>;

  /**
   * The run's spans as drawn, in reading order; `limit` cuts after so many. `id` must be exact.
   * Rejects with `too_many_rows` when these are more than 250,000.
   */
  getOutline(runId: string, query?: { limit?: number }, options?: CallOptions): Promise<Outline>;

  /** As {@link getOutline}, in typed arrays: for runs of any size. */
  getOutlineColumns(
    runId: string,
    query?: { limit?: number },
    options?: CallOptions,
  ): Promise<OutlineColumns>;

  /** One level of the tree: the children of the span `parent`, or the roots. `runId` must be exact. */
  getLevel(runId: string, query?: { parent?: number; limit?: number }, options?: CallOptions): Promise<Level>;

  /** Everything about one span. `key` from an outline or level of the same run. */
  getSpanDetail(runId: string, key: number, options?: CallOptions): Promise<SpanDetail>;

  /**
   * How spans of this span's name did over the newest `runs` runs of its pipeline (default 200), and where it stands among them.
   * Looking back ends after about two seconds; `complete` tells.
   */
  getStepHistory(
    runId: string,
    key: number,
    query?: { runs?: number },
    options?: CallOptions,
  ): Promise<StepHistory>;

  /** How some steps did, and their latest spans. */
  getStepSummaries(query: StepSummariesQuery, options?: CallOptions): Promise<StepSummaries>;

  /** The names of all spans in the newest `runs` runs of each pipeline (default all), sorted. */
  getStepNames(query?: { runs?: number }, options?: CallOptions): Promise<string[]>;

  /**
   * The newest spans of a step, at most `limit` (default 500): those in runs of `pipelines`, or in all runs when none of
   * these pipelines has one. Looking back ends after about two seconds.
   */
  getStepSpans(
    name: string,
    query?: { pipelines?: readonly string[]; limit?: number },
    options?: CallOptions,
  ): Promise<StepSpans>;

  /** Two runs aligned by the paths of their spans. Ids as in {@link getRunDetail}. */
  compareRuns(a: string, b: string, options?: CallOptions): Promise<Comparison>;

  /**
   * Spans of a run by start, with raw status and name matched exactly; none while its spans are not written.
   * `id` as in {@link getRunDetail}. Rejects with `too_many_rows` as {@link getTrace}, counting only the spans that are asked for.
   */
  getSpans(
    id: string,
    query?: { status?: string; name?: string; filter?: string },
    options?: CallOptions,
  ): Promise<Span[]>;

  /** The spans of a run that a filter takes. `runId` must be exact. A mistake in the filter rejects with `invalid_argument`. */
  getMatches(runId: string, filter: string, options?: CallOptions): Promise<Matches>;

  /** Keys and values for the completion of filters: of one run, or of the newest ones. */
  getFilterVocabulary(runId?: string, options?: CallOptions): Promise<FilterVocabulary>;

  /** Counts, averages and percentiles per name. All time when no range is given. */
  getSpanStatistics(query?: SpanStatisticsQuery, options?: CallOptions): Promise<SpanStatistics>;

  /** Two sets of spans side by side, such as two time ranges or two versions; by name unless `groupBy` is given. */
  compareStatistics(
    query: { a: StatisticsQuery; b: StatisticsQuery; groupBy?: StatisticsGroup },
    options?: CallOptions,
  ): Promise<StatisticsComparison>;

  /** All of the Statistics tab, from one snapshot. */
  getStatisticsReport(query?: ReportQuery, options?: CallOptions): Promise<StatisticsReport>;

  /**
   * The same of the newest runs alone, within a moment, while the whole report would have to read millions of spans first; null
   * when that takes no time, or when these runs have nothing of what is asked for.
   */
  getReportPreview(query?: ReportQuery, options?: CallOptions): Promise<ReportPreview | null>;

  /** The spans that a statistics report of the same query counts, newest first, a page at a time. */
  listSpans(query?: SpanListQuery, options?: CallOptions): Promise<SpanList>;

  /** The runs that a statistics report of the same query counts, newest first, a page at a time. */
  listCountedRuns(query?: CountedRunsQuery, options?: CallOptions): Promise<CountedRuns>;

  /** Pipelines with their versions and numbers of runs, by name. */
  listPipelines(options?: CallOptions): Promise<PipelineSummary[]>;

  /** One of the named queries. `spans-by-attribute` takes `key` and `value`; all take `limit` (default 1,000). */
  query(
    name: NamedQuery,
    params?: Readonly<Record<string, string | number>>,
    options?: CallOptions,
  ): Promise<QueryRow[]>;

  /**
   * Runs one statement of SQL that only reads, over the file's tables and the canonical views (see `src/store/layout.ts`).
   * A statement that would write, and one that SQLite does not understand, reject with `invalid_argument` and, where it can
   * be told, the place of the mistake. Runs beside the other calls: a long question holds up none of them.
   */
  sql(query: string, limits?: SqlLimits, options?: CallOptions): Promise<SqlAnswer>;

  /** As {@link sql}, for faces that pass the rows on to another thread or process. */
  sqlPacked(query: string, limits?: SqlLimits, options?: CallOptions): Promise<PackedSqlAnswer>;

  /** The names that a statement of SQL can use, for completion. */
  getSqlVocabulary(options?: CallOptions): Promise<SqlVocabulary>;

  /**
   * Rejects with `read_only`, always: a database that is opened here is never written. `createTraceStore` makes a new one,
   * which may begin with what this one holds.
   */
  saveTrace(runId: string, trace: unknown): Promise<never>;

  /** Ends the worker and closes every descriptor. Calls under way reject with `closed`. */
  close(): Promise<void>;
}

export { TraceError } from "../engine/errors.ts";
export type * from "./model.ts";
export { openTraceStore, type StoreOptions } from "./open.ts";
