import { stateOfRun } from "../store/status.ts";
import type { ImportedRun, ImportedSpan } from "./model.ts";

/** What a file says of a run besides its spans. */
export interface RunFacts {
  readonly pipelineName?: string;
  readonly pipelineVersion?: string;
  readonly status?: string;
  readonly startTime?: number;
  readonly endTime?: number;
  readonly totalCost?: number;
}

/** A run out of its spans; what is not told is taken from them. The status is that of the roots. */
export function runOf(runId: string, spans: readonly ImportedSpan[], facts: RunFacts): ImportedRun {
  const ids = new Set(spans.map(({ span_id }) => span_id));
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  let unfinished = false;
  let cost = Number.NaN;
  let status: string | undefined;
  let name: string | undefined;
  for (const span of spans) {
    if (span.start_time !== null) start = Math.min(start, span.start_time);
    if (span.end_time === null) unfinished = true;
    else end = Math.max(end, span.end_time);
    const spent =
      typeof span.attributes === "string" ? undefined : span.attributes["flujo.budget.actual_cost_usd"];
    if (typeof spent === "number") cost = (Number.isNaN(cost) ? 0 : cost) + spent;
    if (span.parent_span_id !== null && ids.has(span.parent_span_id)) continue;
    name ??= span.name;
    if (status === undefined || stateOfRun(span.status) === "failed") status = span.status;
  }
  return {
    run_id: runId,
    pipeline_name: facts.pipelineName ?? name ?? "",
    pipeline_version: facts.pipelineVersion ?? null,
    status: facts.status ?? status ?? "unknown",
    start_time: facts.startTime ?? (Number.isFinite(start) ? start : null),
    end_time: facts.endTime ?? (unfinished || !Number.isFinite(end) ? null : end),
    total_cost: facts.totalCost ?? (Number.isNaN(cost) ? null : cost),
    spans,
  };
}
