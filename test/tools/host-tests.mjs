// Runs test/host inside VS Code's extension host, from dist/test/host.js.
//
//   npm test -- host                         in the VS Code server from npm, with Chromium (Linux x64)
//   FLUJO_LENS_ELECTRON=1 npm test -- host   in desktop VS Code by @vscode/test-electron, which downloads it
//   FLUJO_LENS_ELECTRON=/path/to/code        in that desktop VS Code
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { launchBrowser } from "./browser.mjs";
import { runInHostWindow } from "./host-window.mjs";
import { cacheDir, outDir, root } from "./paths.mjs";
import { cleanEnvironment, ToolError } from "./processes.mjs";
import { add, count, nothing, show } from "./results.mjs";
import { makeSampleWorkspace } from "./sample-workspace.mjs";
import { makeSeveralFolders } from "./several-folders.mjs";
import { startServer } from "./vscode-server.mjs";

/** Milliseconds after which a silent VS Code is given up. */
const patience = 180_000;
/** Now and then VS Code shows a workspace of several folders without them, until it is opened again. */
const attempts = 3;

const entry = path.join(root, "dist", "test", "host.js");

/**
 * @typedef {object} Place
 * @property {string} folder of its own for this run
 * @property {readonly string[]} workspaces what VS Code opens, one window after the other: a folder, then several folders
 * @property {NodeJS.ProcessEnv} env for the extension host
 * @property {(complaint: string | undefined, attempt: number) => boolean} ended hears of every window what VS Code said against it;
 *   false when it has to be opened again
 */

/** @returns {Promise<import("./results.mjs").Outcome>} */
export async function runHostTests() {
  if (!existsSync(entry)) throw new ToolError("dist/test/host.js is missing: run `npm run build` first.");
  // Spaces and letters beyond English ones, because users have them in their paths.
  const folder = mkdtempSync(path.join(tmpdir(), "flujo lens äß 観 "));
  const resultFile = path.join(folder, "result.json");
  let outcome = nothing;
  try {
    const workspaces = [
      await makeSampleWorkspace(path.join(folder, "sample wörkspace")),
      await makeSeveralFolders(path.join(folder, "several")),
    ];
    await (wantsElectron() ? runInDesktop : runInServer)({
      folder,
      workspaces,
      env: { FLUJO_LENS_TEST_RESULT: resultFile },
      ended: (complaint, attempt) => {
        const again = attempt < attempts && isFolderless(resultFile);
        if (!again) outcome = add(outcome, judge(resultFile, complaint));
        rmSync(resultFile, { force: true });
        return !again;
      },
    });
    return outcome;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {string} resultFile */
function isFolderless(resultFile) {
  return existsSync(resultFile) && JSON.parse(readFileSync(resultFile, "utf8")).folderless === true;
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

/** @param {Place} place */
async function runInDesktop({ folder, workspaces, env, ended }) {
  const { runTests } = await import("@vscode/test-electron");
  const named = process.env.FLUJO_LENS_ELECTRON;
  for (const workspace of workspaces) {
    let attempt = 1;
    while (!ended(await complaintOf(workspace), attempt)) attempt += 1;
  }

  /** @param {string} workspace */
  async function complaintOf(workspace) {
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
}

/** @param {Place} place */
async function runInServer({ folder, workspaces, env, ended }) {
  const server = await startServer({ dataDir: path.join(folder, "server"), env, testDriver: true });
  const browser = await launchBrowser();
  /** @type {string[]} */
  const log = [];
  try {
    for (const workspace of workspaces) {
      let attempt = 1;
      while (!ended(await runInHostWindow({ server, browser, workspace, entry, patience, log }), attempt))
        attempt += 1;
    }
  } finally {
    mkdirSync(outDir, { recursive: true });
    writeFileSync(path.join(outDir, "host-tests.log"), log.join("\n"));
    await browser.close();
    await server.stop();
  }
}
