import type { FileSpan, FileTrace } from "../import/flujo-file.ts";
import type { State } from "../store/model.ts";
import { errorFromAttributes, mergeErrors } from "../store/span-error.ts";
import { stateOfSpan } from "../store/status.ts";
import { asNumber, isObject } from "../store/values.ts";
import type { TraceRow } from "./trace-view.ts";

/** The rows that the tree of an exported trace is drawn from, in reading order. */
export function traceRows({ spans, parents }: FileTrace): TraceRow[] {
  const rows: TraceRow[] = [];
  for (const [index, span] of spans.entries()) {
    const parent = parents[index]!;
    const state = stateOfSpan(span.status, span.end_time !== null);
    rows.push({
      parent,
      depth: parent < 0 ? 0 : rows[parent]!.depth + 1,
      child_count: span.children.length,
      name: span.name,
      state,
      status: span.status,
      duration: span.start_time === null || span.end_time === null ? null : span.end_time - span.start_time,
      cost: attribute(span, "flujo.budget.actual_cost_usd"),
      tokens: attribute(span, "flujo.budget.actual_tokens"),
      attempt: attribute(span, "flujo.attempt_number"),
      ...errorOf(span, state),
    });
  }
  return rows;
}

function errorOf(span: FileSpan, state: State): Pick<TraceRow, "error"> {
  return state === "failed" ? { error: mergeErrors(errorFromAttributes(span.attributes)) } : {};
}

function attribute({ attributes }: FileSpan, key: string): number | null {
  if (!isObject(attributes)) return null;
  const value = attributes[key];
  return typeof value === "number" || typeof value === "string" ? asNumber(value) : null;
}
