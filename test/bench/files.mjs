// New databases of many spans: import from OTLP JSON, and migration, beside native SQLite that copies the same rows.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeOtlpFile } from "../tools/otlp-file.mjs";
import { root } from "../tools/paths.mjs";
import { run } from "../tools/processes.mjs";
import { benchDatabase, nativeNode, warm } from "./databases.mjs";
import { megabytes, table, times } from "./table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const store = path.join(root, "dist", "store.js");

/**
 * @param {readonly number[]} sizes spans.
 * @returns {Promise<string>} a table.
 */
export async function measureFiles(sizes) {
  const node = await nativeNode();
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-bench-"));
  const out = path.join(folder, "new.db");
  /** @type {(program: string, args: string[]) => Promise<import("./case-frame.mjs").Measured>} */
  const once = async (program, args) => {
    rmSync(out, { force: true });
    return JSON.parse(await run(program, args));
  };
  /** @type {string[][]} */
  const rows = [];
  try {
    for (const spans of sizes) {
      const database = await benchDatabase("v0.6.11", spans);
      const traces = path.join(folder, "traces.json");
      writeOtlpFile(traces, spans);
      for (const file of [database, traces]) warm(file);
      const native = await once(node, ["--no-warnings", path.join(here, "native-files.mjs"), database, out]);
      const add = (
        /** @type {string} */ title,
        /** @type {string} */ source,
        /** @type {import("./case-frame.mjs").Measured} */ one,
      ) => {
        rows.push([
          `${title}, ${spans.toLocaleString("en")} spans`,
          megabytes(statSync(source).size),
          megabytes(statSync(out).size),
          `${(one.milliseconds / 1000).toFixed(1)} s`,
          megabytes(one.peakMemory),
          times(one.milliseconds / native.milliseconds),
        ]);
      };
      add("native copy", database, native);
      add(
        "migrate",
        database,
        await once(process.execPath, [path.join(here, "files-case.mjs"), "migrate", database, out, store]),
      );
      add(
        "import of OTLP JSON",
        traces,
        await once(process.execPath, [path.join(here, "files-case.mjs"), "import", traces, out, store]),
      );
      rmSync(traces);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return table(["", "from", "to", "time", "peak memory", "native"], rows, 1);
}
