/** Answers to statements as a database would give them, without one: rows that count to the limit, a plan, a mistake. */
import type {
  ErrorValue,
  PackedSqlAnswer,
  PanelMethods,
  SqlVocabulary,
} from "../../../src/protocol/messages.ts";
import { NOW, outlines } from "./samples.ts";

export const sampleNames: SqlVocabulary = {
  tables: [
    {
      name: "lens_runs",
      kind: "lens",
      columns: ["row", "run_id", "pipeline_name", "pipeline_version", "status", "start_text", "total_cost"],
    },
    {
      name: "lens_spans",
      kind: "lens",
      columns: ["key", "run_id", "span_id", "parent_span_id", "name", "status", "start_raw", "end_raw"],
    },
    { name: "spans", kind: "table", columns: ["id", "run_id", "span_id", "name", "status"] },
    { name: "odd <b>table</b>\u202Etxt", kind: "table", columns: ["a b"] },
  ],
  functions: ["avg", "count", "json_extract", "lens_time"],
};

/** A statement with the word `nope` is not understood. */
export function mistakeIn(query: string): ErrorValue | undefined {
  const from = query.indexOf("nope");
  if (from < 0) return undefined;
  return {
    kind: "invalid_argument",
    message: "SQLite does not understand this: no such column: nope (line 1, column 8).",
    place: { from, to: from + 4 },
  };
}

export function sampleAnswer(
  { plan, limit }: PanelMethods["sql"]["params"],
  hostile: boolean,
): PackedSqlAnswer {
  const pack = (rows: unknown[]) => new TextEncoder().encode(JSON.stringify(rows));
  const snapshot = { at: NOW, stale: false };
  if (plan) {
    const rows = [
      [2, 0, 0, "CO-ROUTINE slow"],
      [7, 2, 0, "SCAN spans"],
      [21, 2, 0, "USE TEMP B-TREE FOR GROUP BY"],
      [40, 0, 0, "SCAN slow"],
      [47, 0, 0, "SEARCH runs USING INDEX idx_runs_run_id (run_id=?)"],
      [60, 0, 0, "USE TEMP B-TREE FOR ORDER BY"],
    ];
    return { columns: ["id", "parent", "notused", "detail"], rows: pack(rows), more: false, snapshot };
  }
  const { run, spans } = outlines.triage();
  const text = hostile ? '=cmd|"/c calc"!A1 <img src=x onerror=alert(1)>\u202E' : "classify the ticket";
  const rows = Array.from({ length: limit }, (_, at) => [
    run.run_id,
    spans[at % spans.length]!.span_id,
    spans[at % spans.length]!.name,
    at % 3 === 0 ? null : at * 1.5,
    at % 5 === 0 ? "x'89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a…' (2,048 bytes)" : "",
    `${text} ${at}`.repeat(at % 4 === 0 ? 20 : 1),
  ]);
  return {
    columns: ["run_id", "span_id", "name", "cost", "1", "input"],
    rows: pack(rows),
    more: limit < 2000,
    snapshot,
  };
}
