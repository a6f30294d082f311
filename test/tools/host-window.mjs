// Opens a window of the VS Code server whose extension host runs a bundle of tests or of measurements.
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { outDir, root } from "./paths.mjs";

/**
 * Runs `entry` inside the extension host and resolves when it has ended: undefined when it ended well, else what VS Code
 * says against it. The server must have been started with `testDriver`.
 *
 * @param {object} options
 * @param {import("./vscode-server.mjs").Server} options.server
 * @param {import("playwright-core").Browser} options.browser
 * @param {string} options.workspace a folder, or a `.code-workspace` file
 * @param {string} options.entry a bundle that exports `run(): Promise<void>`
 * @param {number} options.patience milliseconds after which a silent VS Code is given up
 * @param {string[]} options.log gets what the window's console says
 * @returns {Promise<string | undefined>}
 */
export async function runInHostWindow({ server, browser, workspace, entry, patience, log }) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  try {
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
    await page.close();
  }
}
