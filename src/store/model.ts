import type { Snapshot, SqlValue } from "../engine/reader.ts";

/** The status vocabulary of the project. The raw text is kept beside it; `unknown` is any word that is not listed. */
export type State = "running" | "completed" | "failed" | "paused" | "cancelled" | "unknown";

/** One run, as lists show it. Times are seconds since the epoch on the wall clock; missing facts are null. */
export interface Run {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string | null;
  /** Raw text from the database. */
  readonly status: string;
  readonly state: State;
  readonly start_time: number | null;
  readonly end_time: number | null;
  /** Seconds from start to end; null while it runs. */
  readonly duration: number | null;
  /** US dollars. */
  readonly total_cost: number | null;
  readonly total_tokens: number | null;
  /** Rows in `spans`; 0 for a run whose trace is not written yet. */
  readonly span_count: number;
  /** Spans whose state is failed. */
  readonly failed_count: number;
}

export interface RunQuery {
  /** Raw status, exact; several mean any of them. */
  status?: string | readonly string[];
  /** Pipeline name, exact; several mean any of them. */
  pipeline?: string | readonly string[];
  /** Text looked for in run id and pipeline name, any case. */
  search?: string;
  /** A filter about runs, in the filter language; see `src/filter/grammar.md`. */
  filter?: string;
  /** At most so many runs; all when undefined. */
  limit?: number;
  /** The last run of the page before: its id, or the run itself. */
  after?: string | { readonly run_id: string; readonly start_time: number | null };
}

/** Parsed attributes; the raw string when it is not a JSON object; an empty object when there are none. */
export type Attributes = Readonly<Record<string, unknown>> | string;

/** One row of `spans`, in canonical units. */
export interface Span {
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly run_id: string;
  readonly name: string;
  readonly status: string;
  /** Seconds since the epoch; monotonic clocks are anchored at the run's own creation time. */
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly attributes: Attributes;
}

/** A span in its tree. */
export interface SpanNode extends Span {
  readonly children: SpanNode[];
}

/** The trace of one run as a tree. Walk it with a loop: depth is unbounded, recursion overflows. */
export interface Trace {
  readonly run_id: string;
  /** True when the tree was built from `steps` and `workflow_state`, because the run has no spans yet. */
  readonly provisional: boolean;
  /** Children stand in order of start, then row order. More than one for broken traces. */
  readonly roots: SpanNode[];
  /** Every span, parents before children, in the order a tree is read. */
  readonly spans: SpanNode[];
  /** What was mended, one sentence each: orphans hung at the top, cycles cut, a blob that is not JSON. */
  readonly warnings: readonly string[];
  readonly snapshot: Snapshot;
}

/** A span of a {@link TracePage}. */
export interface PagedSpan extends Span {
  /** See {@link OutlineSpan.key}. */
  readonly key: number;
  /** Place of the parent in the whole trace, -1 at the top. */
  readonly parent: number;
  /** 0 at the top. */
  readonly depth: number;
}

/** Part of a trace, in the order a tree is read. */
export interface TracePage {
  readonly run_id: string;
  readonly provisional: boolean;
  readonly warnings: readonly string[];
  readonly spans: readonly PagedSpan[];
  /** Place of the first of these spans in the whole trace. */
  readonly from: number;
  /** Spans, levels and roots of the whole trace. */
  readonly total: number;
  readonly levels: number;
  readonly roots: number;
  /** Equal for pages of one state of the database. */
  readonly revision: string;
  readonly snapshot: Snapshot;
}

/**
 * One span as drawn: no attributes, everything a row, bar or tooltip needs at a glance.
 * Rows stand in reading order (parents before children); `parent` is an index into the same array.
 */
export interface OutlineSpan {
  /** Identity inside the run, stable while the run's rows stay: `span_id` need not be unique. */
  readonly key: number;
  readonly span_id: string;
  /** Index of the parent in the outline, -1 at the top. */
  readonly parent: number;
  readonly depth: number;
  readonly child_count: number;
  readonly name: string;
  readonly status: string;
  readonly state: State;
  readonly start_time: number | null;
  readonly end_time: number | null;
  /** Seconds; null while unfinished. */
  readonly duration: number | null;
  /** Seconds in this span and in none of its children; null while unfinished. */
  readonly self_time: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
  readonly attempt: number | null;
  /** Present on failed spans. */
  readonly error?: SpanError;
}

/** Why a span failed. */
export interface SpanError {
  /** `attributes.error_type`, an exception class, a leading `word:`, or "unknown". */
  readonly type: string;
  /** Whole text in a detail, cut at 300 characters in an outline. Empty when nothing was written. */
  readonly message: string;
}

/** A run with the outline of its spans. */
export interface Outline {
  readonly run: Run;
  readonly provisional: boolean;
  readonly spans: readonly OutlineSpan[];
  /** All spans of the run; more than `spans.length` when `limit` cut the outline. */
  readonly total: number;
  readonly warnings: readonly string[];
  readonly snapshot: Snapshot;
}

/** Which spans of a run a filter takes. */
export interface Matches {
  /** Keys, in row order. */
  readonly keys: Float64Array;
  readonly snapshot: Snapshot;
}

/** The children of one span (or the top of the run), for views that unfold level by level. */
export interface Level {
  readonly items: readonly OutlineSpan[];
  /** How many children there are in all. */
  readonly total: number;
  readonly provisional: boolean;
  readonly snapshot: Snapshot;
}

/** A row of `steps`, whatever its layout. */
export interface Step {
  readonly run_id: string;
  readonly step_name: string;
  readonly step_index: number;
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly duration_ms: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
  /** Text as stored, usually JSON; null when the layout or the row has none. */
  readonly input: string | null;
  readonly output: string | null;
  readonly raw_response: string | null;
  readonly error: string | null;
}

export interface Evaluation {
  readonly step_name: string | null;
  readonly score: number | null;
  readonly feedback: string | null;
  readonly metadata: string | null;
  readonly created_at: number | null;
}

/** How long completed spans of one name usually take, over the newest 200 runs of the same pipeline. Seconds. */
export interface UsualDuration {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
}

/** Everything about one span. */
export interface SpanDetail {
  readonly span: OutlineSpan;
  readonly run: Run;
  readonly attributes: Attributes;
  /** Attributes exactly as stored; null when the row has none. */
  readonly attributes_text: string | null;
  readonly error: SpanError | null;
  /** Names of the parents, root first. */
  readonly parents: readonly string[];
  readonly input: string | null;
  readonly output: string | null;
  readonly step: Step | null;
  readonly evaluations: readonly Evaluation[];
  /** Null for fewer than two completed spans of the name. */
  readonly usual: UsualDuration | null;
  readonly provisional: boolean;
  readonly snapshot: Snapshot;
}

export interface RunDetail {
  readonly run: Run;
  readonly steps: readonly Step[];
  /** Null when the run did not fail. */
  readonly error: SpanError | null;
  readonly snapshot: Snapshot;
}

/** `[from, to]`, seconds since the epoch, inclusive; either end may be open. */
export type TimeRange = readonly [from: number | undefined, to: number | undefined];

/** `[from, to]`, seconds, inclusive; either end may be open. */
export type DurationRange = readonly [from: number | undefined, to: number | undefined];

/** Which spans count. What is left out takes all; several values of one filter mean any of them. */
export interface StatisticsQuery {
  pipelineName?: string;
  /** Exact; null means runs without a version. */
  pipelineVersion?: string | null;
  /** Of the span's start. */
  timeRange?: TimeRange;
  states?: readonly State[];
  /** Names of spans, exact. */
  names?: readonly string[];
  /** From start to end. An unfinished span has no duration and is not taken. */
  durationRange?: DurationRange;
  /** Types of the errors of failed spans, as {@link SpanError} has them; null stands for spans without an error. */
  errorTypes?: readonly (string | null)[];
}

/** What spans can be grouped by, besides their name. */
export const statisticsGroups = ["name", "state", "pipeline", "version", "error_type"] as const;
export type StatisticsGroup = (typeof statisticsGroups)[number];

export interface SpanStatisticsQuery extends StatisticsQuery {
  /** Adds `groups` to the answer. */
  groupBy?: StatisticsGroup;
  /** In the filter language, about spans; a mistake in it rejects with `invalid_argument`. */
  filter?: string;
}

export interface ReportQuery extends StatisticsQuery {
  /** Seconds to add to UTC for the clock by which days and hours of {@link StatisticsReport.timeline} begin. Default 0. */
  utcOffset?: number;
  /** What the timeline covers, when that is more than `timeRange`. */
  axis?: TimeRange;
  /** Adds `groups` to the statistics, and makes `series` by the same groups. */
  groupBy?: StatisticsGroup;
}

/** Which spans a list holds: the same ones that a report of the same query counts. */
export interface SpanListQuery extends StatisticsQuery {
  /** Of one group of errors, see {@link ErrorGroup}. */
  fingerprint?: string;
  /** Spans without an end, which no duration counts; instead of those that have one. */
  unfinished?: boolean;
  /** Skips so many of the newest ones. Default 0. */
  offset?: number;
  /** Default 100. */
  limit?: number;
}

/** A span in a list over all runs. */
export interface ListedSpan {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly key: number;
  readonly span_id: string;
  readonly name: string;
  readonly state: State;
  readonly start_time: number | null;
  /** Seconds; null while unfinished. */
  readonly duration: number | null;
  /** Message cut at 300 characters; present on failed spans. */
  readonly error?: SpanError;
}

/** One page of a list. */
export interface SpanList {
  /** Newest first; spans without a start are last. */
  readonly items: readonly ListedSpan[];
  /** How many spans there are in all. */
  readonly total: number;
  /** How many of them, the newest, pages can be asked of. */
  readonly reachable: number;
  readonly snapshot: Snapshot;
}

/** The runs behind the figures of a report. */
export interface CountedRunsQuery extends StatisticsQuery {
  /** States of the run itself, any of them. */
  runStates?: readonly State[];
  /** Only runs that took at least so many seconds. */
  atLeast?: number;
  /** Skips so many of the newest ones. Default 0. */
  offset?: number;
  /** Default 100. */
  limit?: number;
}

/** A run as a report counts it. */
export interface CountedRunItem {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string | null;
  readonly state: State;
  readonly start_time: number | null;
  readonly duration: number | null;
  readonly cost: number | null;
}

export interface CountedRuns {
  /** Newest first. */
  readonly items: readonly CountedRunItem[];
  readonly total: number;
  readonly snapshot: Snapshot;
}

/** Seconds, US dollars, tokens. Percentiles by nearest rank. */
export interface DurationStatistics {
  readonly count: number;
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  /** Spans whose state is failed. */
  readonly failed: number;
  /** Sum of self times. */
  readonly self_total: number;
  /** Sums; null when no span of the name carries the attribute. */
  readonly cost: number | null;
  readonly tokens: number | null;
}

/** Exactly what `stats --json` prints. A span counts when it has an end time and its run is known. */
export interface SpanStatistics {
  readonly total_spans: number;
  readonly unfinished_spans: number;
  /** Raw status text to count. */
  readonly by_status: Readonly<Record<string, number>>;
  readonly by_name: Readonly<Record<string, number>>;
  readonly by_pipeline: Readonly<Record<string, number>>;
  readonly avg_duration_by_name: Readonly<
    Record<string, { readonly total: number; readonly count: number; readonly average: number }>
  >;
  readonly durations: Readonly<Record<string, DurationStatistics>>;
  /** Present when the query asked for groups; most frequent first. */
  readonly groups?: readonly GroupStatistics[];
  /** Present when SQL answered because the summary of all spans would take more memory than it may. */
  readonly shortage?: SummaryShortage;
  readonly snapshot: Snapshot;
}

/** Why there is no summary of all spans. */
export interface SummaryShortage {
  readonly spans: number;
  /** Bytes. */
  readonly needed: number;
  readonly allowed: number;
}

export interface GroupStatistics extends DurationStatistics {
  /** The name, state, pipeline, version or error type; null for a run without a version and a span without an error. */
  readonly group: string | null;
}

/** Two sets of spans side by side: two time ranges, two versions, or any other two queries. One snapshot. */
export interface StatisticsComparison {
  /** All spans of each side; null for a side without any. */
  readonly total: ComparedFigures;
  /** By name, or as asked; names of the first side first, most frequent first. */
  readonly groups: readonly (ComparedFigures & { readonly group: string | null })[];
  readonly snapshot: Snapshot;
}

export interface ComparedFigures {
  readonly a: DurationStatistics | null;
  readonly b: DurationStatistics | null;
}

/** Counts of finished spans per bucket of duration. Bucket i holds durations from edges[i] to below edges[i + 1], in seconds. */
export interface DurationHistogram {
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly failed: readonly number[];
}

/** Figures of one stretch of time. Runs count by their start, spans by theirs. Seconds, US dollars; null without any. */
export interface PeriodFigures extends Performance {
  readonly tokens: number | null;
}

/** Stretches of equal length, in order. Stretch i goes from `edges[i]` to below `edges[i + 1]`, seconds since the epoch. */
export interface Timeline {
  /** Seconds. 0 when there is nothing to lay out. */
  readonly width: number;
  readonly edges: readonly number[];
  /** Runs that began in each stretch, for every state that occurs. */
  readonly runs: Readonly<Partial<Record<State, readonly number[]>>>;
}

/** Finished spans of one name over the stretches of the timeline. */
export interface NameSeries {
  readonly counts: readonly number[];
  /** Seconds; null where the stretch holds no span of the name. */
  readonly p50: readonly (number | null)[];
}

/** The Statistics tab in one answer, one snapshot. */
/** Without what `durations` tells too: names may be long. */
export type ReportStatistics = Omit<SpanStatistics, "by_name" | "avg_duration_by_name">;

export interface StatisticsReport {
  readonly statistics: ReportStatistics;
  readonly runs: {
    readonly total: number;
    readonly by_state: Readonly<Partial<Record<State, number>>>;
    readonly cost: number | null;
    readonly tokens: number | null;
    /** Seconds, of whole runs that have ended. */
    readonly p50: number | null;
    readonly p95: number | null;
  };
  /** The stretch of the same length right before the time range; null when the range has no beginning. */
  readonly before: (PeriodFigures & { readonly range: readonly [from: number, to: number] }) | null;
  readonly timeline: Timeline;
  /** By span name, or by group where groups were asked for ("" for null), for the 1,000 most frequent ones. */
  readonly series: Readonly<Record<string, NameSeries>>;
  readonly pipelines: readonly PipelinePerformance[];
  readonly errors: readonly ErrorGroup[];
  readonly histogram: DurationHistogram;
  /** Start of the earliest and the latest span in the answer; null without spans. */
  readonly covered: readonly [from: number, to: number] | null;
}

/** A report of the newest runs alone, for the time in which all are read. */
export interface ReportPreview {
  /** Says nothing of the period before. */
  readonly report: StatisticsReport;
  /** How many runs were read for it, and of how many. */
  readonly runs: number;
  readonly of: number;
}

/** Seconds are of whole runs that have ended. */
export interface Performance {
  readonly runs: number;
  readonly failed_runs: number;
  readonly total_spans: number;
  readonly failed_spans: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly cost: number | null;
}

export interface PipelinePerformance extends Performance {
  readonly pipeline_name: string;
  /** The version of the newest run first. */
  readonly versions: readonly VersionPerformance[];
}

export interface VersionPerformance extends Performance {
  readonly pipeline_version: string | null;
}

/** Deepest failed spans with the same type and shape of message, whatever their names. */
export interface ErrorGroup {
  /** Names the group: its type and the shape of its message. */
  readonly fingerprint: string;
  readonly error_type: string;
  /** The newest message of the group, cut at 300 characters. */
  readonly message: string;
  readonly count: number;
  /** Names of the spans, most frequent first. */
  readonly names: readonly string[];
  readonly last_time: number | null;
  readonly last_run_id: string;
  readonly last_key: number;
}

/** Deepest failed spans of one name that look alike. */
export interface ErrorPattern {
  readonly name: string;
  readonly error_type: string;
  /** The newest message of the group, cut at 300 characters. */
  readonly message: string;
  readonly count: number;
  readonly last_time: number | null;
  readonly last_run_id: string;
  readonly last_key: number;
}

/** What `pipelines()` lists for pickers. */
export interface PipelineSummary {
  readonly pipeline_name: string;
  readonly runs: number;
  /** The version of the newest run first; null stands for runs without one. */
  readonly versions: readonly { readonly pipeline_version: string | null; readonly runs: number }[];
}

export interface StoreInfo {
  readonly path: string;
  /** "v1.0", "v2.0" or "v3.0": blobs, the design document's schema, 0.4.36 and newer. */
  readonly layout: LayoutName;
  readonly size: number;
  readonly walSize: number;
  readonly access: "lazy" | "copy";
  readonly runs: number;
  readonly snapshot: Snapshot;
}

export type LayoutName = "v1.0" | "v2.0" | "v3.0";

export type { SqlTable, SqlVocabulary } from "../sql/suggest.ts";

/** What a query in SQL found. */
export interface SqlAnswer {
  /** In order; two may have the same name. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly SqlValue[])[];
  /** True when the limit cut the rows. */
  readonly more: boolean;
  readonly snapshot: Snapshot;
}

/** What bounds a query in SQL. */
export interface SqlLimits {
  /** At most so many rows; 1,000 by default. */
  readonly limit?: number;
  /** After so long it rejects with `timed_out`; 30 by default. */
  readonly seconds?: number;
  /** Gives how SQLite would run the statement (`EXPLAIN QUERY PLAN`) in place of its rows. */
  readonly plan?: boolean;
}

/** As {@link SqlAnswer}, with rows packed so that a thread which only passes them on never unfolds them. */
export interface PackedSqlAnswer {
  readonly columns: readonly string[];
  /** JSON in UTF-8: an array of rows, each an array of values; bytes as `{"bytes": LENGTH}`, infinities as text. */
  readonly rows: Uint8Array;
  readonly more: boolean;
  readonly snapshot: Snapshot;
}

export type QueryRow = Readonly<Record<string, SqlValue>>;

/** Names of the seed design's queries. */
export const namedQueries = [
  "failed-spans",
  "duration-by-name",
  "spans-by-attribute",
  "pipeline-performance",
  "error-patterns",
] as const;
export type NamedQuery = (typeof namedQueries)[number];

export interface CallOptions {
  signal?: AbortSignal;
  /** How far a long call has come, 0 to 1. */
  onProgress?: (fraction: number) => void;
}

export type { PackedTexts } from "../arrays/packed-texts.ts";
export type { Change, ComparedStep, Comparison } from "./compare.ts";
export type { FilterVocabulary } from "./filtering.ts";
export type { OutlineColumns, SpanColumns } from "./outline-columns.ts";
export type {
  PipelineFigures,
  SameError,
  StepHistory,
  StepOccurrence,
  StepSpans,
  StepSummaries,
  StepSummariesQuery,
  StepSummary,
  WantedStep,
} from "./step-model.ts";
export type { StepSiblings } from "./step-siblings.ts";
