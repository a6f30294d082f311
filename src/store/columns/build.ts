import type { Reader } from "../../engine/reader.ts";
import { leafPages, UnreadableTable } from "../../engine/table-scan.ts";
import { readKnownRuns } from "./known-runs.ts";
import { readSpans } from "./read-spans.ts";
import { settle } from "./settle.ts";
import { BYTES_PER_SPAN, type SpanColumns } from "./span-columns.ts";
import { storedTable } from "./stored-table.ts";
import { SPAN_COLUMNS } from "./stretch.ts";

/**
 * Reads all spans into columns; undefined where only SQL can read them, or where they would take more than `budget` bytes.
 * What it throws besides `cancelled` and `corrupt` does not leave it.
 * @param leavesForTwo From so many pages of spans on, two threads read them.
 */
export function buildColumns(reader: Reader, budget: number, leavesForTwo?: number): SpanColumns | undefined {
  const { pages } = reader;
  const table = pages && storedTable(reader, "spans", SPAN_COLUMNS);
  if (pages === undefined || table === undefined) return undefined;
  try {
    const leaves = leafPages(pages, table.root);
    const expected = estimateSpans(reader);
    if ((expected || 1) * BYTES_PER_SPAN > budget) return undefined;
    const spans = readSpans(reader, pages, table, leaves, expected, leavesForTwo);
    return settle(reader, spans, readKnownRuns(reader, pages)).columns;
  } catch (thrown) {
    // What is odd to the scan may be plain to SQLite: it has the last word. Torn pages look odd too, and are read again.
    if (thrown instanceof UnreadableTable || thrown instanceof RangeError || thrown instanceof TypeError)
      return undefined;
    throw thrown;
  }
}

/** An upper bound where rows are numbered from 1, as flujo's are. */
function estimateSpans(reader: Reader): number {
  const ends = reader.get<{ first: number | null; last: number | null }>(
    "SELECT (SELECT min(key) FROM lens_spans_scan) AS first, (SELECT max(key) FROM lens_spans_scan) AS last",
  );
  return ends?.first == null || ends.last == null ? 0 : ends.last - ends.first + 1;
}
