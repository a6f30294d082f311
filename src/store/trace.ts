import type { Snapshot } from "../engine/reader.ts";
import type { PagedSpan, Span, SpanNode, Trace, TracePage } from "./model.ts";
import type { FlatSpan, FlatTrace } from "./spans.ts";
import type { FlatPage } from "./trace-page.ts";
import { parseAttributes } from "./values.ts";

/** How long attributes are parsed before others get a turn on this thread, in milliseconds. */
const SLICE = 15;

/** Rebuilds a trace from flat rows on the caller's thread, letting go of the thread every few milliseconds. */
export async function growTrace(flat: FlatTrace & { snapshot: Snapshot }): Promise<Trace> {
  const spans: SpanNode[] = [];
  const roots: SpanNode[] = [];
  await inSlices(flat.spans, (span) => {
    const node: SpanNode = { ...toSpan(flat.run_id, span), children: [] };
    spans.push(node);
    if (span.parent < 0) roots.push(node);
    else spans[span.parent]!.children.push(node);
  });
  const { run_id, provisional, warnings, snapshot } = flat;
  return { run_id, provisional, roots, spans, warnings, snapshot };
}

/** A page with its attributes parsed. */
export async function growPage(flat: FlatPage & { snapshot: Snapshot }): Promise<TracePage> {
  const spans: PagedSpan[] = [];
  await inSlices(flat.spans, (span) => {
    const { key, parent, depth } = span;
    spans.push({ ...toSpan(flat.run_id, span), key, parent, depth });
  });
  return { ...flat, spans };
}

/** Spans without their tree, in the order of the flat rows. */
export async function growSpans(flat: FlatTrace): Promise<Span[]> {
  const spans: Span[] = [];
  await inSlices(flat.spans, (span) => spans.push(toSpan(flat.run_id, span)));
  return spans;
}

function toSpan(run_id: string, span: FlatSpan): Span {
  return {
    span_id: span.span_id,
    parent_span_id: span.parent_span_id,
    run_id,
    name: span.name,
    status: span.status,
    start_time: span.start_time,
    end_time: span.end_time,
    attributes: parseAttributes(span.attributes),
  };
}

async function inSlices<T>(items: readonly T[], visit: (item: T) => void): Promise<void> {
  let until = performance.now() + SLICE;
  for (const item of items) {
    visit(item);
    if (performance.now() > until) {
      await new Promise((resolve) => setImmediate(resolve));
      until = performance.now() + SLICE;
    }
  }
}
