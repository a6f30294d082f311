// New databases of many spans: import from OTLP JSON, and migration, beside native SQLite that copies the same rows.
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { root } from "../tools/paths.mjs";
import { run } from "../tools/processes.mjs";
import { benchDatabase, nativeNode, warm } from "./databases.mjs";
import { megabytes, table, times } from "./table.mjs";

const here = path.dirname(fileURLToPath(import.meta.url));
const store = path.join(root, "dist", "store.js");
const SPANS_PER_TRACE = 25;

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
      writeTraces(traces, spans);
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

/**
 * One OTLP JSON value with so many spans, written piece by piece.
 *
 * @param {string} file
 * @param {number} spans
 */
function writeTraces(file, spans) {
  const handle = openSync(file, "w");
  const hex = (/** @type {number} */ value, /** @type {number} */ digits) =>
    value.toString(16).padStart(digits, "0");
  try {
    writeSync(
      handle,
      '{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"bench"}}]},"scopeSpans":[{"spans":[',
    );
    let block = "";
    for (let at = 0; at < spans; at += 1) {
      const first = at - (at % SPANS_PER_TRACE);
      block += `${at === 0 ? "" : ","}${JSON.stringify({
        traceId: hex(1 + first, 32),
        spanId: hex(1 + at, 16),
        ...(at === first ? {} : { parentSpanId: hex(1 + first, 16) }),
        name: `step_${at % SPANS_PER_TRACE}`,
        kind: 1,
        startTimeUnixNano: `${1_760_000_000 + at}000000000`,
        endTimeUnixNano: `${1_760_000_001 + at}500000000`,
        attributes: [
          { key: "gen_ai.request.model", value: { stringValue: "model-1" } },
          { key: "gen_ai.usage.input_tokens", value: { intValue: String(at % 500) } },
          { key: "gen_ai.usage.cost", value: { doubleValue: 0.001 } },
        ],
        status: { code: at % 50 === 7 ? 2 : 1 },
      })}`;
      if (block.length < 1 << 20) continue;
      writeSync(handle, block);
      block = "";
    }
    writeSync(handle, `${block}]}]}]}\n`);
  } finally {
    closeSync(handle);
  }
}
