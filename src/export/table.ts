import { csvLine, type TableValue } from "../format/csv.ts";
import { jsonPieces } from "../format/json-writer.ts";
import { walk } from "../format/walk.ts";
import { attributeNumbersOf } from "../store/attribute-numbers.ts";
import { durationOf, type ExportedRun, errorOf } from "./exported.ts";

const titles = [
  "run_id",
  "pipeline_name",
  "span_id",
  "parent_span_id",
  "depth",
  "name",
  "status",
  "start_time",
  "end_time",
  "duration_s",
  "cost_usd",
  "tokens",
  "attempt",
  "error_type",
  "error_message",
  "attributes",
];

/** The spans as comma-separated values, parents before children. Times are seconds since the epoch. */
export function* csvLines(runs: readonly ExportedRun[]): Generator<string> {
  yield csvLine(titles);
  for (const exported of runs) yield* spanLines(exported);
}

function* spanLines({ run, roots }: ExportedRun): Generator<string> {
  for (const { node, depth } of walk(roots)) {
    const error = errorOf(node);
    const { cost, tokens, attempt } = attributeNumbersOf(node.attributes);
    const row: TableValue[] = [
      run.run_id,
      run.pipeline_name,
      node.span_id,
      node.parent_span_id,
      depth,
      node.name,
      node.status,
      node.start_time,
      node.end_time,
      durationOf(node) ?? null,
      Number.isNaN(cost) ? null : cost,
      Number.isNaN(tokens) ? null : tokens,
      Number.isNaN(attempt) ? null : attempt,
      error?.type ?? null,
      error?.message ?? null,
      typeof node.attributes === "string" ? node.attributes : [...jsonPieces(node.attributes)].join(""),
    ];
    yield csvLine(row);
  }
}
