import { rmSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { openDatabase } from "../engine/database.ts";
import { TraceError } from "../engine/errors.ts";
import { readPageSnapshot } from "../engine/recovery/page-snapshot.ts";
import { serve } from "../engine/serve.ts";
import { loadSqlJs } from "../engine/sqljs.ts";
import { withTraces } from "../import/read-file.ts";
import { StoreSession } from "../store/session.ts";
import { copyDatabase } from "./copy-database.ts";
import { importedRow, importedSpans } from "./imported-rows.ts";
import type { WriterMethods } from "./methods.ts";
import { NewDatabase, type RunRow } from "./new-database.ts";
import { recoverTables } from "./recover.ts";
import type { SpanToSave } from "./span-rows.ts";
import { firstStartText, timeText } from "./time-text.ts";

/** What a writer's worker is started with. */
export interface WriterWorkerData {
  /** Absolute path of the file to make; it must not exist. */
  readonly file: string;
}

if (!parentPort) throw new TraceError("internal", "The writer's worker was started outside a worker thread.");

serve<WriterMethods, WriterWorkerData>(parentPort, async ({ data, cancelled, progress }) => {
  const sqlJs = await loadSqlJs();
  let made: NewDatabase | undefined;
  const begun = () => {
    made ??= new NewDatabase(sqlJs, data.file);
    return made;
  };
  const copy = async (path: string, share: (fraction: number) => void) => {
    const database = await openDatabase(path, { cancelled, progress: share, patience: 60_000 });
    try {
      copyDatabase(new StoreSession(database, path), begun());
    } finally {
      database.close();
    }
  };
  const recover = (path: string, to: string, share: (fraction: number) => void) =>
    readPageSnapshot(path, { cancelled }, (pages) => {
      rmSync(to, { force: true });
      return recoverTables(sqlJs, pages, to, share);
    });
  return {
    copyFrom: async ({ path }) => {
      await copy(path, progress);
      return begun().report();
    },
    recover: ({ path }) => recover(path, data.file, progress),
    salvage: async ({ path, rows }) => {
      try {
        const recovery = recover(path, rows, (fraction) => progress(fraction / 2));
        await copy(rows, (fraction) => progress(0.5 + fraction / 2));
        for (const id of recovery.madeRuns) begun().mend(id, "Its row could not be found; one was made.");
        return recovery;
      } finally {
        rmSync(rows, { force: true });
      }
    },
    saveTrace: ({ runId, run, spans, refused }) => {
      for (const { span_id, reason } of refused) begun().refuse(runId, reason, span_id);
      begun().saveRun({ ...rowFor(runId, spans, begun()), ...run, run_id: runId }, [], spans);
      return null;
    },
    importFile: ({ path }) => {
      const told = (fraction: number) => {
        progress(fraction);
        if (cancelled()) throw new TraceError("cancelled", "Cancelled.");
      };
      return withTraces(path, told, (traces) => {
        for (const run of traces.runs()) begun().saveRun(importedRow(run), [], importedSpans(run));
        return { notes: traces.notes() };
      });
    },
    report: () => begun().report(),
    finish: () => begun().finish(progress),
  };
});

/** The run's row as it is, or one made from its spans. */
function rowFor(runId: string, spans: readonly SpanToSave[], target: NewDatabase): RunRow {
  const known = target.findRun(runId);
  if (known !== undefined) return known;
  const root = spans.find(({ parent }) => parent < 0);
  return {
    run_id: runId,
    pipeline_name: root?.name ?? "",
    pipeline_version: "",
    status: root?.status ?? "unknown",
    start_time: firstStartText(spans),
    end_time: root?.end_time === null || root === undefined ? null : timeText(root.end_time),
    total_cost: null,
    final_context_blob: null,
  };
}
