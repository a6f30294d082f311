import { TraceError } from "../engine/errors.ts";
import { levelsOf } from "../format/walk.ts";
import type { Run, Span, SpanNode } from "../store/model.ts";

/** The forms in which `--json` prints things: these keys, in this order, and no others. */

export function runShape(run: Run) {
  return {
    run_id: run.run_id,
    pipeline_name: run.pipeline_name,
    pipeline_version: run.pipeline_version,
    status: run.status,
    start_time: run.start_time,
    end_time: run.end_time,
    total_cost: run.total_cost,
    span_count: run.span_count,
    failed_count: run.failed_count,
  };
}

export function spanShape(span: Omit<Span, "run_id"> & { readonly run_id: string | null }) {
  return {
    span_id: span.span_id,
    parent_span_id: span.parent_span_id,
    run_id: span.run_id,
    name: span.name,
    status: span.status,
    start_time: span.start_time,
    end_time: span.end_time,
    attributes: span.attributes,
  };
}

/** What a nested trace is printed from. */
export type NestedSpan = Pick<
  SpanNode,
  "span_id" | "name" | "status" | "start_time" | "end_time" | "attributes"
> & { readonly children: readonly NestedSpan[] };

/** Levels of spans that one nested JSON value may have: most readers of JSON give up somewhere beyond. */
export const MAX_NESTED_LEVELS = 1000;

/** A trace as nested JSON: the root, or an array of them when there is not exactly one. Children are shaped as they are written. */
export function nestedShape(roots: readonly NestedSpan[]): unknown {
  checkLevels(levelsOf(roots));
  return roots.length === 1 ? nodeShape(roots[0]!) : shaped(roots, nodeShape);
}

/** Rejects more levels than nested JSON may have. */
export function checkLevels(levels: number): void {
  if (levels <= MAX_NESTED_LEVELS) return;
  throw new TraceError(
    "too_many_rows",
    `This trace is ${levels.toLocaleString("en-US")} levels deep and nested JSON ends at ` +
      `${MAX_NESTED_LEVELS.toLocaleString("en-US")}: add --flat to get its spans as a flat array with parent ids.`,
  );
}

function nodeShape(node: NestedSpan): unknown {
  return {
    span_id: node.span_id,
    name: node.name,
    status: node.status,
    start_time: node.start_time,
    end_time: node.end_time,
    attributes: node.attributes,
    children: shaped(node.children, nodeShape),
  };
}

/** Shapes the elements one at a time, while they are written. */
export function* shaped<From, To>(items: Iterable<From>, shape: (item: From) => To): Generator<To> {
  for (const item of items) yield shape(item);
}
