import { parentPort } from "node:worker_threads";
import { openDatabase } from "../engine/database.ts";
import { TraceError } from "../engine/errors.ts";
import { serve } from "../engine/serve.ts";
import { loadSqlJs } from "../engine/sqljs.ts";
import { readTraces } from "../import/read-file.ts";
import { StoreSession } from "../store/session.ts";
import { copyDatabase } from "./copy-database.ts";
import { importedRow, importedSpans } from "./imported-rows.ts";
import type { WriterMethods } from "./methods.ts";
import { NewDatabase, type RunRow } from "./new-database.ts";
import { salvageDatabase } from "./salvage.ts";
import type { SpanToSave } from "./span-rows.ts";
import { firstStartText, timeText } from "./time-text.ts";

/** What a writer's worker is started with. */
export interface WriterWorkerData {
  /** Absolute path of the file to make; it must not exist. */
  readonly file: string;
}

if (!parentPort) throw new TraceError("internal", "The writer's worker was started outside a worker thread.");

serve<WriterMethods, WriterWorkerData>(parentPort, async ({ data, cancelled, progress }) => {
  const target = new NewDatabase(await loadSqlJs(), data.file);
  return {
    copyFrom: async ({ path }) => {
      const database = await openDatabase(path, { cancelled, progress, patience: 60_000 });
      try {
        copyDatabase(new StoreSession(database, path), target);
      } finally {
        database.close();
      }
      return target.report();
    },
    salvage: async ({ path }) => {
      const database = await openDatabase(path, { cancelled, progress, patience: 60_000, damaged: true });
      try {
        return { lost: salvageDatabase(new StoreSession(database, path), target) };
      } finally {
        database.close();
      }
    },
    saveTrace: ({ runId, run, spans }) => {
      target.saveRun({ ...rowFor(runId, spans, target), ...run, run_id: runId }, [], spans);
      return null;
    },
    importFile: async ({ path }) => {
      const abort = new AbortController();
      const onProgress = (fraction: number) => {
        progress(fraction / 2);
        if (cancelled()) abort.abort();
      };
      const { runs, notes } = await readTraces(path, { signal: abort.signal, onProgress });
      for (const [done, run] of runs.entries()) {
        progress(0.5 + done / runs.length / 2);
        if (cancelled()) throw new TraceError("cancelled", "Cancelled.");
        target.saveRun(importedRow(run), [], importedSpans(run));
      }
      return { notes };
    },
    report: () => target.report(),
    finish: () => target.finish(progress),
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
