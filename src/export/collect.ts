import { TraceError } from "../engine/errors.ts";
import type { CallOptions, SpanNode } from "../store/model.ts";
import type { TraceStore } from "../store/store.ts";
import { type ExportedRun, selectSpans, selectSubtree } from "./exported.ts";

/** Which spans of a run leave; all when nothing is said. */
export interface Selection {
  /** A filter in the filter language. */
  readonly filter?: string;
  /** Id of a span: it and everything below it. */
  readonly spanId?: string;
}

/**
 * Reads what an export holds. `id` is a run's id or a part that only one run has.
 * Rejects as the store does, and with `invalid_argument` when the run has no span of that id.
 */
export async function collectRun(
  store: TraceStore,
  id: string,
  { filter, spanId }: Selection = {},
  options: CallOptions = {},
): Promise<ExportedRun> {
  const { run, steps } = await store.getRunDetail(id, options);
  const trace = await store.getTrace(run.run_id, options);
  let exported: ExportedRun = {
    run,
    steps,
    roots: trace.roots,
    spans: trace.spans,
    selected: false,
  };
  if (spanId !== undefined) exported = selectSubtree(exported, findSpan(trace.spans, spanId));
  if (filter !== undefined) {
    const taken = await store.getSpans(run.run_id, { filter }, options);
    // Ids need not be unique: each occurrence is told apart by its times and name.
    const identities = new Set(taken.map(identity));
    exported = selectSpans(exported, (span) => identities.has(identity(span)));
  }
  return exported;
}

function findSpan(spans: readonly SpanNode[], spanId: string): SpanNode {
  const found = spans.find(({ span_id }) => span_id === spanId);
  if (found) return found;
  const starts = spans.filter(({ span_id }) => span_id.startsWith(spanId));
  if (starts.length === 1) return starts[0]!;
  throw new TraceError(
    "invalid_argument",
    starts.length === 0
      ? "This run has no span with that id."
      : "Several spans of this run have ids that begin so; give more of it.",
  );
}

function identity(span: Pick<SpanNode, "span_id" | "name" | "start_time" | "end_time">): string {
  return JSON.stringify([span.span_id, span.name, span.start_time, span.end_time]);
}
