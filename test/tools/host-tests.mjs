// Runs test/host inside VS Code's extension host, from dist/test/host.js.
//
//   npm test -- host                         in the VS Code server from npm, with Chromium (Linux x64)
//   FLUJO_LENS_ELECTRON=1 npm test -- host   in desktop VS Code by @vscode/test-electron, which downloads it
//   FLUJO_LENS_ELECTRON=/path/to/code        in that desktop VS Code
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchBrowser } from "./browser.mjs";
import { cacheDir, outDir, root } from "./paths.mjs";
import { cleanEnvironment, ToolError } from "./processes.mjs";
import { count, show } from "./results.mjs";
import { makeSampleWorkspace } from "./sample-workspace.mjs";
import { startServer } from "./vscode-server.mjs";

/** Milliseconds after which a silent VS Code is given up. */
const patience = 180_000;

const entry = path.join(root, "dist", "test", "host.js");

/**
 * @typedef {object} Place
 * @property {string} folder of its own for this run
 * @property {string} workspace the folder that VS Code opens
 * @property {NodeJS.ProcessEnv} env for the extension host
 */

/** @returns {Promise<import("./results.mjs").Outcome>} */
export async function runHostTests() {
  if (!existsSync(entry)) throw new ToolError("dist/test/host.js is missing: run `npm run build` first.");
  // Spaces and letters beyond English ones, because users have them in their paths.
  const folder = mkdtempSync(path.join(tmpdir(), "flujo lens äß 観 "));
  const resultFile = path.join(folder, "result.json");
  try {
    const workspace = await makeSampleWorkspace(path.join(folder, "sample wörkspace"));
    const place = { folder, workspace, env: { FLUJO_LENS_TEST_RESULT: resultFile } };
    const complaint = await (wantsElectron() ? runInDesktop(place) : runInServer(place));
    return judge(resultFile, complaint);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function wantsElectron() {
  const choice = process.env.FLUJO_LENS_ELECTRON;
  if (choice !== undefined) return choice !== "0";
  return process.platform !== "linux" || process.arch !== "x64";
}

/**
 * @param {string} resultFile
 * @param {string | undefined} complaint what VS Code said against the run as a whole
 */
function judge(resultFile, complaint) {
  const result = existsSync(resultFile)
    ? JSON.parse(readFileSync(resultFile, "utf8"))
    : { finished: false, tests: [] };
  show(result.tests);
  const outcome = count(result.tests);
  if (result.finished && (complaint === undefined || outcome.failed > 0)) return outcome;
  const last = result.tests.at(-1)?.title;
  console.log(
    `  ✗ The run did not end well. ${complaint ?? "VS Code ended early."} Last test: ${last ?? "none"}.`,
  );
  return { ...outcome, failed: outcome.failed + 1 };
}

/**
 * @param {Place} place
 * @returns {Promise<string | undefined>}
 */
async function runInDesktop({ folder, workspace, env }) {
  const { runTests } = await import("@vscode/test-electron");
  const named = process.env.FLUJO_LENS_ELECTRON;
  try {
    await runTests({
      extensionDevelopmentPath: root,
      extensionTestsPath: entry,
      extensionTestsEnv: { ...cleanEnvironment(), ...env },
      cachePath: path.join(cacheDir, "desktop"),
      vscodeExecutablePath: named !== undefined && path.isAbsolute(named) ? named : undefined,
      launchArgs: [
        workspace,
        "--user-data-dir",
        path.join(folder, "user data"),
        "--extensions-dir",
        path.join(folder, "extensions"),
        "--disable-workspace-trust",
        "--skip-welcome",
      ],
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * @param {Place} place
 * @returns {Promise<string | undefined>}
 */
async function runInServer({ folder, workspace, env }) {
  const server = await startServer({ dataDir: path.join(folder, "server"), env, testDriver: true });
  const browser = await launchBrowser();
  /** @type {string[]} */
  const log = [];
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.exposeFunction(
      "codeAutomationLog",
      (/** @type {string} */ type, /** @type {unknown[]} */ args) => {
        log.push(`${type} ${args.join(" ")}`);
      },
    );
    /** @type {Promise<number>} */
    const exited = new Promise((resolve) => page.exposeFunction("codeAutomationExit", resolve));
    await page.goto(
      server.url(workspace, [
        ["extensionDevelopmentPath", server.remote(root)],
        ["extensionTestsPath", server.remote(entry)],
        ["enableProposedApi", ""],
        ["skipWelcome", "true"],
      ]),
    );
    const code = await Promise.race([exited, sleep(patience, undefined, { ref: false })]);
    if (code === undefined) {
      const picture = path.join(outDir, "host-tests.png");
      await page.screenshot({ path: picture });
      return `VS Code was silent for ${patience / 1000} s, see ${picture}.`;
    }
    return code === 0 ? undefined : `VS Code ended with exit code ${code}.`;
  } finally {
    mkdirSync(outDir, { recursive: true });
    writeFileSync(path.join(outDir, "host-tests.log"), log.join("\n"));
    await browser.close();
    await server.stop();
  }
}
