// Activation figures: the packaged extension in a real VS Code, on a folder with a large database.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser } from "../tools/browser.mjs";
import { vsixPath } from "../tools/paths.mjs";
import { ToolError } from "../tools/processes.mjs";
import { installExtension, startServer } from "../tools/vscode-server.mjs";
import { table } from "./table.mjs";

const probe = path.join(path.dirname(fileURLToPath(import.meta.url)), "probe");

/**
 * Milliseconds by which timers were late; 5 is what the meter itself adds.
 *
 * @typedef {object} Delays
 * @property {number} p50
 * @property {number} p99
 * @property {number} max
 */

/**
 * @typedef {object} ActivationFigures
 * @property {boolean} isActiveAtStart whether it ran before anyone asked for it.
 * @property {number} load milliseconds to load its code.
 * @property {number} activate milliseconds from its code's call to its end.
 * @property {Delays} idle before it is activated.
 * @property {Delays} listing while the view is shown for the first time.
 * @property {Delays} listingAgain while the view is refreshed.
 */

/**
 * Starts VS Code with the packaged extension, shows the runs of a database and measures inside the extension host.
 *
 * @param {string} database
 * @returns {Promise<{ figures: ActivationFigures, text: string }>}
 * @throws {ToolError} when the package is not there or VS Code does not end well.
 */
export async function measureActivation(database) {
  if (!existsSync(vsixPath)) {
    throw new ToolError("There is no package to activate: run `npm run package` first.");
  }
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-activation-"));
  try {
    const workspace = path.join(folder, "workspace");
    await mkdir(workspace);
    symlinkSync(database, path.join(workspace, "flujo_ops.db"));
    const resultFile = path.join(folder, "result.json");
    await runProbe(folder, workspace, resultFile);
    /** @type {ActivationFigures} */
    const figures = JSON.parse(readFileSync(resultFile, "utf8"));
    return { figures, text: describe(figures) };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/**
 * @param {string} folder
 * @param {string} workspace
 * @param {string} resultFile
 */
async function runProbe(folder, workspace, resultFile) {
  const dataDir = path.join(folder, "server");
  await installExtension(dataDir, vsixPath);
  const env = { FLUJO_LENS_PROBE_RESULT: resultFile };
  const server = await startServer({ dataDir, env, testDriver: true });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.exposeFunction("codeAutomationLog", () => {});
    /** @type {Promise<number>} */
    const exited = new Promise((resolve) => page.exposeFunction("codeAutomationExit", resolve));
    await page.goto(
      server.url(workspace, [
        ["extensionDevelopmentPath", server.remote(probe)],
        ["extensionTestsPath", server.remote(path.join(probe, "probe.js"))],
        ["skipWelcome", "true"],
      ]),
    );
    // Otherwise the figures would be those of a view without runs.
    await page
      .getByRole("treeitem", { name: /completed|failed/ })
      .first()
      .waitFor({ timeout: 120_000 });
    const code = await exited;
    if (code !== 0)
      throw new ToolError(`VS Code ended with exit code ${code} in the activation measurement.`);
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** @param {ActivationFigures} figures */
function describe({ isActiveAtStart, load, activate, idle, listing, listingAgain }) {
  const one = (/** @type {number} */ value) => value.toFixed(1);
  const row = (/** @type {string} */ name, /** @type {Delays} */ { p50, p99, max }) => [
    ...[name, one(p50), one(p99), one(max)],
  ];
  const start = isActiveAtStart ? "It was active at start" : "It is not active before its view is shown";
  return `Activation in VS Code's extension host: ${one(load)} ms to load the code, ${one(activate)} ms to activate. ${start}.
How late the host's timers are, in ms (5 is what the meter adds):
${table(
  ["", "median", "99 %", "most"],
  [
    row("idle, before it is activated", idle),
    row("showing the view: activation, opening, first 100 runs", listing),
    row("refreshing the view", listingAgain),
  ],
  1,
)}`;
}
