import { rmSync, statSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import type { Measured } from "../../bench/case-frame.mjs";
import { workerFlags } from "../../tools/node-flags.mjs";
import { writeOtlpFile } from "../../tools/otlp-file.mjs";
import { run } from "../../tools/processes.mjs";
import { freshFolder } from "../support/fixtures.ts";

const program = path.join(import.meta.dirname, "../../bench/files-case.mjs");

it("an import holds little more of a large file than of a small one", async () => {
  const folder = freshFolder();
  const traces = path.join(folder, "traces.json");
  const out = path.join(folder, "new.db");
  const peak = async (spans: number) => {
    rmSync(out, { force: true });
    writeOtlpFile(traces, spans);
    const store = path.join(__ENGINE_DIR__, "store.js");
    const done: Measured = JSON.parse(
      await run(process.execPath, [...workerFlags, program, "import", traces, out, store]),
    );
    expect(done.answer).toBe(spans);
    return { held: done.peakMemory, bytes: statSync(traces).size };
  };
  const small = await peak(10_000);
  const large = await peak(250_000);
  // Parsed as a whole, these spans take more than three times the bytes of their file; here they may take up to 64 MB
  // of the new database and what is not collected yet.
  expect(large.held - small.held).toBeLessThan(1.75 * (large.bytes - small.bytes));
}, 300_000);
