import type { Pages, Reader } from "../../engine/reader.ts";
import { leafPages, scanTable, UnreadableTable } from "../../engine/table-scan.ts";
import { readKnownRuns } from "./known-runs.ts";
import { settle } from "./settle.ts";
import { BYTES_PER_SPAN, type SpanColumns } from "./span-columns.ts";
import { type StoredTable, storedTable } from "./stored-table.ts";
import { SPAN_COLUMNS, type Stretch, StretchReader } from "./stretch.ts";

/**
 * Reads all spans into columns; undefined where only SQL can read them, or where they would take more than `budget` bytes.
 * What it throws besides `cancelled` and `corrupt` does not leave it.
 */
export function buildColumns(reader: Reader, budget: number): SpanColumns | undefined {
  const { pages } = reader;
  const table = pages && storedTable(reader, "spans", SPAN_COLUMNS);
  if (pages === undefined || table === undefined) return undefined;
  try {
    const leaves = leafPages(pages, table.root);
    const expected = estimateSpans(reader);
    if ((expected || 1) * BYTES_PER_SPAN > budget) return undefined;
    const known = readKnownRuns(reader, pages);
    const spans = readStretch(pages, table, leaves, expected, (fraction) =>
      reader.progress(Math.min(0.99, fraction)),
    );
    return settle(reader, spans, known).columns;
  } catch (thrown) {
    // What is odd to the scan may be plain to SQLite: it has the last word. Torn pages look odd too, and are read again.
    if (thrown instanceof UnreadableTable || thrown instanceof RangeError || thrown instanceof TypeError)
      return undefined;
    throw thrown;
  }
}

/** Reads the spans of some leaves. */
export function readStretch(
  pages: Pages,
  table: StoredTable,
  leaves: Uint32Array,
  expected: number,
  progress: (fraction: number) => void,
): Stretch {
  const stretch = new StretchReader(table, expected);
  scanTable(pages, leaves, {
    columns: table.columns,
    visit: stretch.visit,
    leaf: stretch.leaf,
    progress,
  });
  return stretch.result();
}

/** An upper bound where rows are numbered from 1, as flujo's are. */
function estimateSpans(reader: Reader): number {
  const ends = reader.get<{ first: number | null; last: number | null }>(
    "SELECT (SELECT min(key) FROM lens_spans_scan) AS first, (SELECT max(key) FROM lens_spans_scan) AS last",
  );
  return ends?.first == null || ends.last == null ? 0 : ends.last - ends.first + 1;
}
