// The index of 2,000 Python files and the cost of typing, measured inside VS Code's extension host.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launchBrowser } from "../tools/browser.mjs";
import { runInHostWindow } from "../tools/host-window.mjs";
import { outDir, root } from "../tools/paths.mjs";
import { ToolError } from "../tools/processes.mjs";
import { makeSampleWorkspace } from "../tools/sample-workspace.mjs";
import { startServer } from "../tools/vscode-server.mjs";
import { makeFiles, sourceText } from "./steps-files.mjs";
import { table } from "./table.mjs";

const patience = 300_000;
/** As `sourceText` writes them, with 12 steps each. */
const PARTS_OF_BIG = 40;
const entry = path.join(root, "dist", "test", "steps-in-host.js");

/** @returns {Promise<string>} */
export async function measureStepsInHost() {
  if (!existsSync(entry)) throw new ToolError("dist/test is missing: run `npm run build` first.");
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-steps-host-"));
  const resultFile = path.join(folder, "result.json");
  mkdirSync(outDir, { recursive: true });
  try {
    const workspace = await makeSampleWorkspace(path.join(folder, "workspace"));
    makeFiles(workspace);
    const big = path.join(workspace, "big.py");
    const parts = Array.from({ length: PARTS_OF_BIG }, (_one, index) => sourceText(10_000 + index));
    parts.splice(PARTS_OF_BIG / 2, 0, "\n# Type here: \n");
    // A step that has runs, and one that failed last, so that there is something to show.
    parts.unshift('from flujo import Step\nStep(name="classify_ticket")\nStep(name="policy_check")\n');
    writeFileSync(big, parts.join("\n"));
    const server = await startServer({
      dataDir: path.join(folder, "server"),
      env: { FLUJO_LENS_TEST_RESULT: resultFile },
      testDriver: true,
    });
    const browser = await launchBrowser();
    try {
      const complaint = await runInHostWindow({ server, browser, workspace, entry, patience, log: [] });
      if (complaint !== undefined) throw new ToolError(complaint);
    } finally {
      await browser.close();
      await server.stop();
    }
    return describe(JSON.parse(readFileSync(resultFile, "utf8")), readFileSync(big).length);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {import("./steps-in-host.ts").HostFigures} figures
 * @param {number} bigBytes
 */
function describe(
  { files, steps, seconds, reading, problems, idle, indexing, typing, typingSection },
  bigBytes,
) {
  const ms = (/** @type {number} */ value) => value.toFixed(1);
  return `Inside the extension host, milliseconds:
${files.toLocaleString("en-US")} files with ${steps.toLocaleString("en-US")} steps indexed in ${seconds.toFixed(1)} s; longest section of its own, ms of CPU: reading ${ms(reading)}, problems ${ms(problems)}, either while typing ${ms(typingSection)}
${table(
  ["event loop late", "p99", "max"],
  [
    ["idle, 10 s", ms(idle.p99), ms(idle.max)],
    ["while the index is built", ms(indexing.p99), ms(indexing.max)],
    ["typing, all on", ms(typing.on.delay.p99), ms(typing.on.delay.max)],
    ["typing, all off", ms(typing.off.delay.p99), ms(typing.off.delay.max)],
  ],
  1,
)}
${table(
  [`a key in ${(bigBytes / 1000).toFixed(0)} kB of Python`, "median", "p95", "CPU of the host"],
  [
    ["all on", ms(typing.on.median), ms(typing.on.p95), ms(typing.on.busy)],
    ["all off", ms(typing.off.median), ms(typing.off.p95), ms(typing.off.busy)],
  ],
  1,
)}`;
}
