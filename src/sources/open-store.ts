import { formatBytes } from "../format/numbers.ts";
import { openTraceStore, type TraceStore } from "../store/store.ts";
import { isTraceFile, openTraceFile } from "./trace-file.ts";

/**
 * Opens a database, or a file with traces in another form. Says so when it had to be copied into memory: then it takes as much memory as the file is large.
 * Rejects as `openTraceStore` does.
 */
export async function openStore(
  file: string,
  say: (sentence: string) => void,
  open: (file: string) => Promise<TraceStore> = (path) => openTraceStore(path),
): Promise<TraceStore> {
  if (isTraceFile(file)) return openTraceFile(file, say);
  const store = await open(file);
  const { access, size } = store.opened;
  if (access === "copy") {
    say(
      `Reading ${file} piece by piece does not work with this build of SQLite, so all ${formatBytes(size)} of it are copied into memory. Reinstall Flujo Lens to mend this.`,
    );
  }
  return store;
}
