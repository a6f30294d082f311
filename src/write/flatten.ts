import { TraceError } from "../engine/errors.ts";
import { jsonPieces } from "../format/json-writer.ts";
import { isObject } from "../store/values.ts";
import type { SpanToSave } from "./span-rows.ts";

/** A nested span, as flujo's tracing and `getTrace` have it. Everything may be missing. */
export interface NestedSpan {
  readonly span_id?: string;
  readonly parent_span_id?: string | null;
  readonly name?: string;
  readonly status?: string;
  /** Seconds since the epoch. */
  readonly start_time?: number | null;
  readonly end_time?: number | null;
  readonly attributes?: unknown;
  readonly children?: readonly NestedSpan[] | null;
}

export type TraceToSave =
  | NestedSpan
  | readonly NestedSpan[]
  | { readonly trace_tree: NestedSpan | readonly NestedSpan[] }
  | { readonly roots: readonly NestedSpan[] };

/**
 * The spans of a nested trace, parents before children, without recursion. A span that is met again, and what is no span,
 * are left out and told. Throws `invalid_argument` when there is no span.
 */
export function flattenTrace(
  trace: TraceToSave,
  leftOut: (parentId: string, reason: string) => void = () => {},
): SpanToSave[] {
  const spans: SpanToSave[] = [];
  const seen = new Set<object>();
  const open: { node: unknown; parent: number }[] = rootsOf(trace)
    .map((node) => ({ node, parent: -1 }))
    .toReversed();
  while (open.length > 0) {
    const { node, parent } = open.pop()!;
    if (!isObject(node) || seen.has(node)) {
      const reason = isObject(node) ? "A span came again" : "A child of it is no span";
      leftOut(spans[parent]?.span_id ?? "", `${reason}; it was left out there.`);
      continue;
    }
    seen.add(node);
    const at = spans.length;
    spans.push({
      span_id: text(node.span_id) ?? "",
      parent,
      parent_span_id: parent < 0 ? text(node.parent_span_id) : spans[parent]!.span_id,
      name: text(node.name) ?? "",
      status: text(node.status) ?? "unknown",
      start_time: number(node.start_time),
      end_time: number(node.end_time),
      attributes: attributesText(node.attributes),
    });
    const children = Array.isArray(node.children) ? node.children : [];
    for (let child = children.length - 1; child >= 0; child -= 1)
      open.push({ node: children[child], parent: at });
  }
  if (spans.length === 0) throw new TraceError("invalid_argument", "There is no span in this trace.");
  return spans;
}

function rootsOf(trace: TraceToSave): readonly unknown[] {
  const tree: unknown = isObject(trace) && "trace_tree" in trace ? trace.trace_tree : trace;
  if (isObject(tree) && Array.isArray(tree.roots)) return tree.roots;
  return Array.isArray(tree) ? tree : [tree];
}

function attributesText(attributes: unknown): string | null {
  if (attributes === undefined || attributes === null) return null;
  return typeof attributes === "string" ? attributes : [...jsonPieces(attributes)].join("");
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
