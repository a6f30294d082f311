// What is told of steps over many runs.
import type { Snapshot } from "../engine/reader.ts";
import type { DurationHistogram, OutlineSpan, Run, State } from "./model.ts";
import type { StepSiblings } from "./step-siblings.ts";

/** How spans of one name did over the newest runs of their pipeline, and where one of them stands among them. */
export interface StepHistory {
  readonly name: string;
  readonly pipeline_name: string;
  /** Runs that were looked at, the newest of the pipeline. */
  readonly runs: number;
  /** False when time or room ran out before all runs asked for were looked at. */
  readonly complete: boolean;
  /** Whether the span's own run is one of them. */
  readonly includes_run: boolean;
  /** Spans with a start and an end, the end not before the start. */
  readonly count: number;
  /** Those of them that failed. */
  readonly failed: number;
  /** Seconds. All of {@link count}. */
  readonly histogram: DurationHistogram;
  /** Seconds, of those that completed; null when none did. Percentiles by nearest rank. */
  readonly completed: { readonly count: number; readonly p50: number; readonly p95: number } | null;
  /** How many other completed spans took less time than this one; null while it is unfinished or when there is no other. */
  readonly rank: { readonly slower_than: number; readonly of: number } | null;
  /** Spans of the name in other runs, newest first, cut at `OCCURRENCES_LISTED`. */
  readonly others: readonly StepOccurrence[];
  readonly others_total: number;
  /** Those of all of them that failed, newest first, cut at `FAILURES_LISTED`. */
  readonly failures: readonly StepOccurrence[];
  readonly failures_total: number;
  /** The newest completed one in a run older than this one; null when none is known. */
  readonly completed_before: StepOccurrence | null;
  /** The same failure in other runs; null unless this span failed. */
  readonly same_error: SameError | null;
  readonly siblings: StepSiblings;
  readonly snapshot: Snapshot;
}

/** One span of the same name in another run. */
export interface StepOccurrence {
  readonly run_id: string;
  readonly key: number;
  readonly state: State;
  /** Seconds since the epoch. */
  readonly start_time: number | null;
  /** Seconds; null while unfinished. */
  readonly duration: number | null;
  /** Present on failed spans, as in {@link SpanError}. */
  readonly error_type?: string;
}

/** Failures of the same name and error type in other runs. */
export interface SameError {
  readonly error_type: string;
  /** In runs older than this one. */
  readonly before: number;
  /** In newer ones. */
  readonly after: number;
  /** Newest first, cut at `SAME_ERRORS_LISTED`. */
  readonly occurrences: readonly StepOccurrence[];
  /** The newest one that was before; null when there was none. */
  readonly last_before: StepOccurrence | null;
}

/** How some steps and some pipelines did lately. */
export interface StepSummaries {
  /** One for each that was wanted, in that order; undefined for a step without a span. */
  readonly steps: readonly (StepSummary | undefined)[];
  /** Those that have a run. */
  readonly pipelines: readonly PipelineFigures[];
  readonly snapshot: Snapshot;
}

/** A step as its source tells of it. */
export interface WantedStep {
  /** Exact. */
  readonly name: string;
  /** The pipelines that it stands in; none when the source does not tell. */
  readonly pipelines?: readonly string[];
}

export interface StepSummariesQuery {
  steps: readonly WantedStep[];
  /** Names of pipelines, exact. */
  pipelines?: readonly string[];
  /** Only the newest so many runs of each pipeline; all when undefined. */
  runs?: number;
}

/** All spans of one step, over the runs that were asked for. Seconds, US dollars. */
export interface StepSummary {
  readonly name: string;
  /** Of the runs that have such a span, by name. */
  readonly pipelines: readonly string[];
  /**
   * Whether only runs of the pipelines count that the step stands in. Otherwise those of all pipelines do, because the
   * step's own are not told or have no run here.
   */
  readonly narrowed: boolean;
  /** Runs with at least one span of the name. */
  readonly runs: number;
  /** Spans with a start and an end; percentiles by nearest rank are over them, and `failed` counts among them. */
  readonly spans: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  /** The sum; null when no span carries a cost. */
  readonly cost: number | null;
  /** The latest span of the newest run. */
  readonly last: { readonly run: Run; readonly span: OutlineSpan };
}

/** The newest runs of one pipeline; percentiles are of whole runs that have ended. */
export interface PipelineFigures {
  readonly pipeline_name: string;
  readonly runs: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly cost: number | null;
  readonly last: Run;
}

/** Spans of one name, newest first. */
export interface StepSpans {
  readonly name: string;
  readonly spans: readonly (StepOccurrence & { readonly pipeline_name: string })[];
  /** Spans found; more than `spans.length` when the list was cut. */
  readonly total: number;
  /** Runs that were looked at; `complete` is false when older ones were not. */
  readonly runs: number;
  readonly complete: boolean;
  /** As in {@link StepSummary}. */
  readonly narrowed: boolean;
  readonly snapshot: Snapshot;
}
