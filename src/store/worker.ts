import { parentPort, workerData } from "node:worker_threads";
import { openDatabase } from "../engine/database.ts";
import { TraceError } from "../engine/errors.ts";
import { serve } from "../engine/serve.ts";
import { scanRun } from "./columns/scan-rows.ts";
import { isStretchOrder, readOrderedStretch } from "./columns/second-reader.ts";
import { storeHandlers } from "./handlers.ts";
import type { StoreMethods } from "./methods.ts";
import { StoreSession } from "./session.ts";

/** What a store's worker is started with. */
export interface StoreWorkerData {
  /** Absolute path of the database. */
  readonly path: string;
  /** Bytes; the default when undefined. */
  readonly summaryMemory?: number;
}

if (!parentPort) throw new TraceError("internal", "The store's worker was started outside a worker thread.");

if (isStretchOrder(workerData)) readOrderedStretch(workerData);
else
  serve<StoreMethods, StoreWorkerData>(parentPort, async ({ data, cancelled, progress }) => {
    const database = await openDatabase(data.path, { cancelled, progress });
    return storeHandlers(new StoreSession(database, data.path, data.summaryMemory, scanRun), data.path);
  });
