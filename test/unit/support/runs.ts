import type { Run, SpanNode } from "../../../src/store/model.ts";

/** A completed run with the facts that a test gives. */
export function makeRun(run_id: string, facts: Partial<Run> = {}): Run {
  return {
    run_id,
    pipeline_name: "support_triage",
    pipeline_version: null,
    status: "completed",
    state: "completed",
    start_time: 1_760_000_000,
    end_time: 1_760_000_004,
    duration: 4,
    total_cost: null,
    total_tokens: null,
    span_count: 3,
    failed_count: 0,
    ...facts,
  };
}

/** A span with its children. */
export function makeSpan(
  span_id: string,
  children: SpanNode[] = [],
  facts: Partial<SpanNode> = {},
): SpanNode {
  return {
    span_id,
    parent_span_id: null,
    run_id: "run_1",
    name: span_id,
    status: "completed",
    start_time: 1,
    end_time: 2,
    attributes: {},
    children,
    ...facts,
  };
}
