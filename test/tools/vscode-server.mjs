// A real VS Code without the desktop: the server build on 127.0.0.1, to be opened in a browser.
//
//   const server = await startServer({ dataDir, settings: { "workbench.colorTheme": "Default Light Modern" } });
//   await installExtension(dataDir, vsixPath);      // before or after the start
//   server.url("/path/of/a/folder");                // open this
//   await server.stop();
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { cleanEnvironment, freePort, run, ToolError } from "./processes.mjs";
import { installVsCode } from "./vscode-install.mjs";

/** Settings that keep VS Code from welcoming, asking, updating and reporting. */
export const quietSettings = {
  "chat.commandCenter.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": "off",
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "git.openRepositoryInParentFolders": "never",
  "security.workspace.trust.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "workbench.enableExperiments": false,
  "workbench.hover.delay": 200,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

/**
 * @typedef {object} Server
 * @property {number} port
 * @property {string} dataDir
 * @property {(folder: string, payload?: readonly (readonly [string, string])[]) => string} url
 *   the address that opens a folder or a `.code-workspace` file; `payload` are the workbench's own options.
 * @property {(program: string) => string} remote an absolute path as the workbench names files of this server.
 * @property {(settings: Record<string, unknown>) => void} setSettings changes user settings, which the next
 *   window reads; undefined takes one back.
 * @property {() => number} killExtensionHosts kills them as a crash would; how many there were, 0 where Linux's /proc is not.
 * @property {Promise<void>} ended resolves when the server is gone.
 * @property {() => Promise<void>} stop ends the server and everything it started.
 */

/**
 * Starts the server and resolves when it answers.
 *
 * @param {object} options
 * @param {string} options.dataDir settings, extensions and logs live here; reuse it to keep them.
 * @param {Record<string, unknown>} [options.settings] user settings on top of the quiet ones.
 * @param {NodeJS.ProcessEnv} [options.env] what extensions find in their environment besides this process's own.
 * @param {boolean} [options.testDriver] lets a page run tests in the extension host.
 * @param {number} [options.port] taken when it is free, else another one is.
 * @returns {Promise<Server>}
 * @throws {ToolError} when the server ends at once; the message says where its log is.
 */
export async function startServer({ dataDir, settings = {}, env = {}, testDriver = false, port: preferred }) {
  const { node, server } = await installVsCode();
  const port = await freePort(preferred);
  const folders = serverFolders(dataDir);
  mkdirSync(folders.user, { recursive: true });
  mkdirSync(folders.extensions, { recursive: true });
  let allSettings = { ...quietSettings };
  /** @param {Record<string, unknown>} changes */
  const setSettings = (changes) => {
    allSettings = { ...allSettings, ...changes };
    writeFileSync(path.join(folders.user, "settings.json"), JSON.stringify(allSettings, undefined, 2));
  };
  setSettings(settings);

  const log = path.join(dataDir, "server.log");
  const output = openSync(log, "w");
  const args = [server, "--accept-server-license-terms", "--without-connection-token"];
  args.push(
    "--host",
    "127.0.0.1",
    "--port",
    String(port),
    "--telemetry-level",
    "off",
    ...folderArguments(dataDir),
  );
  if (testDriver) args.push("--enable-smoke-test-driver");
  // Its own process group, so that ending the group ends the extension hosts too.
  const child = spawn(node, args, {
    detached: true,
    stdio: ["ignore", output, output],
    env: cleanEnvironment({ ...noGallery, ...env }),
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => child.once("exit", () => resolve()));
  const end = () => endGroup(child.pid);
  process.once("exit", end);

  while (!(await answers(port))) {
    if (child.exitCode !== null) {
      process.off("exit", end);
      throw new ToolError(`The VS Code server ended at once:\n${readFileSync(log, "utf8").trim()}`);
    }
    await sleep(50);
  }
  return {
    port,
    dataDir,
    url: (folder, payload) => {
      const query = new URLSearchParams({
        [folder.endsWith(".code-workspace") ? "workspace" : "folder"]: folder,
      });
      if (payload !== undefined) query.set("payload", JSON.stringify(payload));
      return `http://127.0.0.1:${port}/?${query}`;
    },
    remote: (file) => `vscode-remote://127.0.0.1:${port}${file}`,
    setSettings,
    killExtensionHosts: () => {
      const hosts = extensionHosts(child.pid);
      for (const host of hosts) process.kill(host, "SIGKILL");
      return hosts.length;
    },
    ended,
    stop: async () => {
      process.off("exit", end);
      end();
      await ended;
    },
  };
}

/**
 * Installs a packaged extension for the server with this data folder.
 *
 * @param {string} dataDir
 * @param {string} vsix
 */
export async function installExtension(dataDir, vsix) {
  const { node, server } = await installVsCode();
  await run(node, [server, "--install-extension", vsix, "--force", ...folderArguments(dataDir)], {
    env: cleanEnvironment(noGallery),
  });
}

const noGallery = { EXTENSIONS_GALLERY: JSON.stringify({ serviceUrl: "" }) };

/** @param {string} dataDir */
function serverFolders(dataDir) {
  const data = path.join(dataDir, "data");
  return { data, user: path.join(data, "data", "User"), extensions: path.join(dataDir, "extensions") };
}

/** @param {string} dataDir */
function folderArguments(dataDir) {
  const { data, extensions } = serverFolders(dataDir);
  return ["--server-data-dir", data, "--extensions-dir", extensions];
}

/** @param {number} port */
async function answers(port) {
  try {
    return (await fetch(`http://127.0.0.1:${port}/version`)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

/** @param {number | undefined} leader of the group of processes that they belong to. */
function extensionHosts(leader) {
  if (!existsSync("/proc/self/stat")) return [];
  const read = (/** @type {number} */ id, /** @type {string} */ what) => {
    try {
      return readFileSync(`/proc/${id}/${what}`, "utf8");
    } catch {
      // It has ended meanwhile.
      return "";
    }
  };
  const ids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return ids.filter((id) => {
    // After the name, which may hold anything: state, parent, group.
    const group = read(id, "stat").split(") ").at(-1)?.split(" ")[2];
    return Number(group) === leader && read(id, "cmdline").includes("--type=extensionHost");
  });
}

/** @param {number | undefined} leader */
function endGroup(leader) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, "SIGTERM");
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "ESRCH") throw error;
  }
}
