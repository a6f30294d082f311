import { readFileSync } from "node:fs";
import initSqlJs, { type SqlJs } from "sql.js/dist/sql-wasm.js";
import { wasmFile } from "./assets.ts";
import { TraceError } from "./errors.ts";

let loading: Promise<SqlJs> | undefined;

/** SQLite for this thread, loaded at the first call. Rejects with `internal` when the WASM file is not there. */
export function loadSqlJs(): Promise<SqlJs> {
  loading ??= load();
  return loading;
}

async function load(): Promise<SqlJs> {
  try {
    // Given as bytes, because a bundle breaks the way in which sql.js looks for the file itself.
    return await initSqlJs({ wasmBinary: readFileSync(wasmFile) });
  } catch (cause) {
    loading = undefined;
    throw new TraceError("internal", `SQLite could not be loaded from ${wasmFile}. Reinstall Flujo Lens.`, {
      cause,
    });
  }
}
