import type { Attributes } from "../store/model.ts";

/** A span of an imported trace. Times are seconds since the epoch; null while unknown. */
export interface ImportedSpan {
  readonly span_id: string;
  readonly parent_span_id: string | null;
  readonly name: string;
  /** One of flujo's words; a foreign word stays as it is. */
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly attributes: Attributes;
}

/** A run as a file tells it. */
export interface ImportedRun {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string | null;
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  /** US dollars. */
  readonly total_cost: number | null;
  readonly spans: readonly ImportedSpan[];
}

/** What a file holds. */
export interface Imported {
  readonly format: "flujo" | "otlp" | "jaeger";
  readonly runs: readonly ImportedRun[];
  /** What was mended or left out, one sentence each. */
  readonly notes: readonly string[];
}
