import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { openTraceStore, type TraceStore } from "../store/store.ts";
import { createTraceStore } from "../write/create.ts";

/** Endings of files that hold traces in another form than a database. */
export const traceFileEndings = ["json", "jsonl", "ndjson"] as const;

const TRACE_FILE = new RegExp(`\\.(?:${traceFileEndings.join("|")})$`, "i");

/** Whether a file is opened by reading its traces out of it, by its name. */
export function isTraceFile(file: string): boolean {
  return TRACE_FILE.test(file);
}

/**
 * Opens the traces of a debug export, OTLP or Jaeger file as if they stood in a database: they do, in the system's folder
 * for temporary files, until the store is closed. `say` gets what was left out or mended. Rejects with a `TraceError`.
 */
export async function openTraceFile(file: string, say: (sentence: string) => void): Promise<TraceStore> {
  const folder = await mkdtemp(path.join(tmpdir(), "flujo-lens-"));
  const forget = () => rm(folder, { recursive: true, force: true });
  try {
    const writer = await createTraceStore(path.join(folder, `${path.basename(file)}.db`));
    try {
      for (const note of await writer.importFile(file)) say(note);
      const { report, file: made } = await writer.close();
      const { mended } = report.counts;
      if (mended > 0) say(`${mended} spans of ${path.basename(file)} were mended: import it to see which.`);
      const store = await openTraceStore(made);
      return Object.assign(Object.create(store) as TraceStore, {
        path: path.resolve(file),
        close: async () => {
          await store.close();
          await forget();
        },
      });
    } finally {
      await writer.discard();
    }
  } catch (thrown) {
    await forget();
    throw thrown;
  }
}
