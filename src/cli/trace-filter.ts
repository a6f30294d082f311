import type { OutlineSpan, SpanNode, Trace } from "../store/model.ts";

/** The rows of an outline whose keys are given, with their parents; again an outline in reading order. */
export function filterOutline(spans: readonly OutlineSpan[], keys: Iterable<number>): OutlineSpan[] {
  const wanted = new Set(keys);
  const keep = new Uint8Array(spans.length);
  for (let index = spans.length - 1; index >= 0; index -= 1) {
    const { key, parent } = spans[index]!;
    if (wanted.has(key)) keep[index] = 1;
    if (keep[index] && parent >= 0) keep[parent] = 1;
  }
  const places = new Int32Array(spans.length).fill(-1);
  const kept: OutlineSpan[] = [];
  const children = new Int32Array(spans.length);
  for (const [index, span] of spans.entries()) {
    if (!keep[index]) continue;
    places[index] = kept.length;
    const parent = span.parent < 0 ? -1 : places[span.parent]!;
    if (parent >= 0) children[parent]! += 1;
    kept.push({ ...span, parent });
  }
  return kept.map((span, index) => ({ ...span, child_count: children[index]! }));
}

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
