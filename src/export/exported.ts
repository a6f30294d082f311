import type { Attributes, Run, SpanNode, Step } from "../store/model.ts";
import { errorFromAttributes, mergeErrors } from "../store/span-error.ts";
import { stateOfRun } from "../store/status.ts";

/** What leaves with an export: a run, its steps, and its spans or some of them. */
export interface ExportedRun {
  readonly run: Run;
  readonly steps: readonly Step[];
  /** The tops of what is exported: the run's roots, or those of a selection. */
  readonly roots: readonly SpanNode[];
  /** Every span below the roots, parents before children. */
  readonly spans: readonly SpanNode[];
  /** True when spans were left out, so that no reader takes the export for the whole run. */
  readonly selected: boolean;
}

/** Why a span failed, from its attributes; undefined when it did not. */
export function errorOf(span: { status: string; attributes: Attributes }) {
  if (stateOfRun(span.status) !== "failed") return undefined;
  return mergeErrors(errorFromAttributes(span.attributes));
}

/** Seconds from start to end; undefined while one of them is not known. */
export function durationOf(span: { start_time: number | null; end_time: number | null }): number | undefined {
  return span.start_time === null || span.end_time === null ? undefined : span.end_time - span.start_time;
}

/**
 * The spans that `keep` takes with their ancestors left out: a kept span hangs on its nearest kept ancestor.
 * Copies nodes; the trace stays as it is.
 */
export function selectSpans(exported: ExportedRun, keep: (span: SpanNode) => boolean): ExportedRun {
  const spans: SpanNode[] = [];
  const roots: SpanNode[] = [];
  const open = exported.roots.map((span) => ({ span, above: undefined as SpanNode | undefined })).reverse();
  while (open.length > 0) {
    const { span, above } = open.pop()!;
    const kept = keep(span)
      ? { ...span, parent_span_id: above?.span_id ?? null, children: [] as SpanNode[] }
      : undefined;
    if (kept) {
      spans.push(kept);
      (above?.children ?? roots).push(kept);
    }
    for (let at = span.children.length - 1; at >= 0; at -= 1) {
      open.push({ span: span.children[at]!, above: kept ?? above });
    }
  }
  return { ...exported, roots, spans, selected: exported.selected || spans.length < exported.spans.length };
}

/** Spans with everything below them. One that lies below another of them is no top of its own. */
export function selectSubtrees(exported: ExportedRun, tops: readonly SpanNode[]): ExportedRun {
  const wanted = new Set(tops);
  const spans: SpanNode[] = [];
  const roots: SpanNode[] = [];
  const open = exported.roots.map((span) => ({ span, inside: false })).reverse();
  while (open.length > 0) {
    const { span, inside } = open.pop()!;
    const kept = inside || wanted.has(span);
    if (kept) spans.push(span);
    if (kept && !inside) roots.push(span);
    for (let at = span.children.length - 1; at >= 0; at -= 1) {
      open.push({ span: span.children[at]!, inside: kept });
    }
  }
  return { ...exported, roots, spans, selected: spans.length < exported.spans.length };
}
