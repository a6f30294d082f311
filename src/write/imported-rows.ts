import type { ImportedRun } from "../import/model.ts";
import { namedParents } from "../store/span-ids.ts";
import { linkSpans } from "../store/tree.ts";
import type { RunRow } from "./new-database.ts";
import type { SpanToSave } from "./span-rows.ts";
import { timeText } from "./time-text.ts";

/** The row of an imported run. */
export function importedRow(run: ImportedRun): RunRow {
  return {
    run_id: run.run_id,
    pipeline_name: run.pipeline_name,
    pipeline_version: run.pipeline_version ?? "",
    status: run.status,
    start_time: timeText(run.start_time ?? 0),
    end_time: run.end_time === null ? null : timeText(run.end_time),
    total_cost: run.total_cost,
    final_context_blob: null,
  };
}

/** The spans of an imported run with their parents found; loops are cut, and parents that are not there stay named. */
export function importedSpans({ spans }: ImportedRun): SpanToSave[] {
  const { parent } = linkSpans({
    ids: namedParents(
      spans.map(({ span_id }) => span_id),
      spans.map(({ parent_span_id }) => parent_span_id),
    ),
    starts: spans.map(({ start_time }) => start_time ?? Number.NaN),
  });
  return spans.map((span, at) => ({
    ...span,
    parent: parent[at]!,
    attributes: typeof span.attributes === "string" ? span.attributes : JSON.stringify(span.attributes),
  }));
}
