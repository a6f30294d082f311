import { TraceError } from "../engine/errors.ts";
import type { CallOptions, SpanNode } from "../store/model.ts";
import type { TraceStore } from "../store/store.ts";
import { type ExportedRun, selectSpans, selectSubtrees } from "./exported.ts";

/** Which spans of a run leave; all when nothing is said. */
export interface Selection {
  /** A filter in the filter language. */
  readonly filter?: string;
  /** Id of a span: it and everything below it. */
  readonly spanId?: string;
  /** As `spanId`, for several of them. */
  readonly spanIds?: readonly string[];
}

/** A run in its database, and what of it leaves. */
export interface ExportPick {
  readonly store: TraceStore;
  readonly runId: string;
  readonly selection: Selection;
}

/** Spans that an export may hold: it stands in memory, so that it can be looked at before it leaves. */
export const MOST_SPANS = 2_000_000;

/**
 * Reads several runs, one after the other. Those in which a filter takes nothing are left out.
 * Rejects as {@link collectRun}, and with `too_many_rows` past {@link MOST_SPANS}.
 */
export async function collectRuns(
  picks: readonly ExportPick[],
  options: CallOptions = {},
): Promise<ExportedRun[]> {
  const runs: ExportedRun[] = [];
  const taken = new Map<TraceStore, Set<string>>();
  let spans = 0;
  for (const [at, { store, runId, selection }] of picks.entries()) {
    const exported = await collectRun(store, runId, selection, { signal: options.signal });
    const known = taken.get(store) ?? new Set<string>();
    // Two parts of ids may mean the same run.
    if (known.has(exported.run.run_id)) continue;
    taken.set(store, known.add(exported.run.run_id));
    spans += exported.spans.length;
    if (spans > MOST_SPANS) {
      throw new TraceError(
        "too_many_rows",
        "These runs have more spans than one export holds; choose fewer of them.",
      );
    }
    if (selection.filter === undefined || exported.spans.length > 0) runs.push(exported);
    options.onProgress?.((at + 1) / picks.length);
  }
  return runs;
}

/**
 * Reads what an export holds. `id` is a run's id or a part that only one run has.
 * Rejects as the store does, and with `invalid_argument` when the run has no span of that id.
 */
export async function collectRun(
  store: TraceStore,
  id: string,
  { filter, spanId, spanIds = spanId === undefined ? undefined : [spanId] }: Selection = {},
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
  if (spanIds !== undefined) {
    exported = selectSubtrees(
      exported,
      spanIds.map((wanted) => findSpan(trace.spans, wanted)),
    );
  }
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
