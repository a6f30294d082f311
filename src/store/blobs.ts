import type { SqlValue } from "../engine/reader.ts";
import { isObject } from "./values.ts";

/** One span out of a v1.0 blob: id, parent's id, name, start, end, status, attributes as JSON text. */
export type BlobSpan = readonly [
  span_id: string,
  parent_span_id: string | null,
  name: string,
  start_time: number | null,
  end_time: number | null,
  status: string,
  attributes: string | null,
];

/**
 * Flattens a trace tree, parents before children, without recursion. Nesting decides who is whose parent;
 * a node without an id gets one from its position. Source: the v1.0 backend's `traces.trace_json`.
 */
export function flattenTree(root: unknown): BlobSpan[] {
  const spans: BlobSpan[] = [];
  const open: { node: unknown; parent: string | null }[] = [{ node: root, parent: null }];
  while (open.length > 0) {
    const { node, parent } = open.pop()!;
    if (!isObject(node)) continue;
    const id = text(node.span_id) ?? `#${spans.length}`;
    spans.push([
      id,
      parent ?? text(node.parent_span_id),
      text(node.name) ?? "",
      number(node.start_time),
      number(node.end_time),
      text(node.status) ?? "unknown",
      node.attributes === undefined || node.attributes === null ? null : JSON.stringify(node.attributes),
    ]);
    if (!Array.isArray(node.children)) continue;
    for (let index = node.children.length - 1; index >= 0; index -= 1) {
      open.push({ node: node.children[index], parent: id });
    }
  }
  return spans;
}

/** The SQL function `lens_flatten`: a blob in, a flat JSON array of {@link BlobSpan} out. A blob that is not JSON gives none. */
export function flattenBlob(blob: SqlValue | undefined): string {
  if (typeof blob !== "string") return "[]";
  try {
    return JSON.stringify(flattenTree(JSON.parse(blob)));
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return "[]";
    throw thrown;
  }
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
