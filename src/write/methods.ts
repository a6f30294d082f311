import type { RunRow } from "./new-database.ts";
import type { Recovery } from "./recover.ts";
import type { Remark, WriteReport } from "./report.ts";
import type { SpanToSave } from "./span-rows.ts";

/** What the writer's worker answers. One worker makes one file. */
export interface WriterMethods {
  /** Copies all of a database into the new one, in place of what it holds. */
  copyFrom: { params: { path: string }; result: WriteReport };
  /** Saves what can be read of a damaged database. `rows` names a file for the time being. */
  salvage: { params: { path: string; rows: string }; result: Recovery };
  /** Writes what can be read of a damaged database as it is, instead of a database of traces; {@link finish} is not called. */
  recover: { params: { path: string }; result: Recovery };
  /** Saves the spans of a run; facts about the run that are not given are kept, or taken from the spans. */
  saveTrace: {
    params: { runId: string; run: Partial<RunRow>; spans: readonly SpanToSave[]; refused: readonly Remark[] };
    result: null;
  };
  /** Saves the traces in a file of another form. */
  importFile: { params: { path: string }; result: { notes: readonly string[] } };
  report: { params: Record<string, never>; result: WriteReport };
  /** Makes the file whole and flushes it. */
  finish: { params: Record<string, never>; result: WriteReport };
}
