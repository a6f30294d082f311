import type { SpanNode, Trace } from "../store/model.ts";

/** The spans of a trace whose ids are given, with their parents. */
export function filterTrace(trace: Trace, ids: ReadonlySet<string>): Trace {
  const parents = new Map<SpanNode, SpanNode>();
  for (const span of trace.spans) for (const child of span.children) parents.set(child, span);
  const kept = new Map<SpanNode, SpanNode & { children: SpanNode[] }>();
  for (const span of trace.spans) {
    if (!ids.has(span.span_id)) continue;
    let at: SpanNode | undefined = span;
    while (at !== undefined && !kept.has(at)) {
      kept.set(at, { ...at, children: [] });
      at = parents.get(at);
    }
  }
  // In reading order, so that children keep theirs.
  const spans = trace.spans.flatMap((span) => kept.get(span) ?? []);
  const roots: SpanNode[] = [];
  for (const span of trace.spans) {
    const copy = kept.get(span);
    if (copy === undefined) continue;
    const parent = parents.get(span);
    if (parent === undefined) roots.push(copy);
    else kept.get(parent)!.children.push(copy);
  }
  return { ...trace, roots, spans };
}
