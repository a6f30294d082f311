import type { Reader } from "../../engine/reader.ts";
import { asText } from "../values.ts";
import type { SpanColumns } from "./span-columns.ts";

/** The id of a run of the columns. */
export function runIdOf(reader: Reader, { runs }: SpanColumns, run: number): string {
  const row = reader.get<{ run_id: string | null }>("SELECT run_id FROM lens_spans WHERE key = ?", [
    runs.firstKey[run]!,
  ]);
  return asText(row?.run_id ?? null) ?? "";
}

/** The key of a span of a run. */
export function keyOf(reader: Reader, columns: SpanColumns, run: number, span: number): number {
  const { runs } = columns;
  const place = span - runs.first[run]!;
  if (runs.dense[run] === 1) return runs.firstKey[run]! + place;
  const row = reader.get<{ key: number }>(
    "SELECT key FROM lens_spans WHERE run_id = ? ORDER BY key LIMIT 1 OFFSET ?",
    [runIdOf(reader, columns, run), place],
  );
  return row?.key ?? -1;
}
