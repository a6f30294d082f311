import type { SpanNode } from "../store/model.ts";
import type { ExportedRun } from "./exported.ts";

/**
 * A run as flujo's own debug exports have it: `trace_tree` is the root, or an array where there is not exactly one; beside it
 * stand the run's row and its steps. Spans are shaped while they are written.
 */
export function flujoShape({ run, steps, roots, selected }: ExportedRun): unknown {
  return {
    run,
    steps,
    selection: selected ? true : undefined,
    trace_tree: roots.length === 1 ? nodeShape(roots[0]!) : nodes(roots),
  };
}

function nodeShape(span: SpanNode): unknown {
  return {
    span_id: span.span_id,
    name: span.name,
    start_time: span.start_time,
    end_time: span.end_time,
    parent_span_id: span.parent_span_id,
    attributes: span.attributes,
    status: span.status,
    children: nodes(span.children),
  };
}

function* nodes(spans: readonly SpanNode[]): Generator<unknown> {
  for (const span of spans) yield nodeShape(span);
}
