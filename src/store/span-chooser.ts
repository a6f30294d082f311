import type { Reader } from "../engine/reader.ts";
import { filterSpans, type SpanFilter } from "./filtering.ts";
import { readRunSpans } from "./run-spans.ts";
import { findRun } from "./runs.ts";

/** Tells of any run which of its spans, by key, a filter takes. */
export function spanChooser(reader: Reader, filter: SpanFilter): (runId: string) => ReadonlySet<number> {
  return (runId) => {
    const run = findRun(reader, runId);
    if (run === undefined) return new Set();
    const spans = readRunSpans(reader, run);
    return new Set(filterSpans(reader, spans, filter).map((row) => spans.rows.keys[row]!));
  };
}
