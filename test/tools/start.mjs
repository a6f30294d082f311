// `npm start`: builds the extension and opens the sample workspace with it, on a machine with nothing but Node.
//
//   npm start                    the sample workspace
//   npm start -- FILE            this trace database
//   npm start -- --server        the VS Code server and a browser, even where the desktop's `code` command is
//   npm start -- --port 8000     the server's port; another one is taken when it is in use
//   npm start -- --no-open       only print the server's address
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { installDependencies } from "./dependencies.mjs";
import { cacheDir, root } from "./paths.mjs";
import { cleanEnvironment, execute, main, ToolError, which } from "./processes.mjs";

const defaultPort = 7423;

await main(async () => {
  const { file, server, port, open } = readArguments();
  const code = server ? undefined : which("code");
  if (code === undefined && (process.platform !== "linux" || process.arch !== "x64")) {
    throw new ToolError(
      "No `code` command was found: install VS Code from https://code.visualstudio.com, then choose `Shell Command: Install 'code' command in PATH` in its palette.",
    );
  }
  await installDependencies();
  // Only now are the dependencies there that these import.
  const { buildExtension, packageExtension } = await import("./package.mjs");
  console.log("Building the extension ...");
  await buildExtension();
  const folder = file === undefined ? await sampleFolder() : folderFor(file);
  if (code !== undefined) return openDesktop(code, folder);

  const vsix = await packageExtension();
  // The sample's README says what to try; a workspace made for one file has none.
  const settings = { "workbench.startupEditor": file === undefined ? "readme" : "none" };
  return openServer(folder, { vsix, port, open, settings });
});

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        server: { type: "boolean", default: false },
        port: { type: "string", default: String(defaultPort) },
        "no-open": { type: "boolean", default: false },
      },
    });
    if (positionals.length > 1) throw new Error("One database at a time.");
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`${values.port} is no port.`);
    // npm changes into the package's folder; a relative name is meant from where the user stands.
    const from = process.env.INIT_CWD ?? process.cwd();
    const file = positionals[0] === undefined ? undefined : path.resolve(from, positionals[0]);
    if (file !== undefined && !existsSync(file)) throw new Error(`There is no file ${file}.`);
    if (file !== undefined && !statSync(file).isFile()) throw new Error(`${file} is no file.`);
    return { file, port, server: values.server, open: !values["no-open"] };
  } catch (error) {
    const usage = "Usage: npm start -- [FILE] [--server] [--port N] [--no-open]";
    throw new ToolError(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}

async function sampleFolder() {
  const { makeSampleWorkspace } = await import("./sample-workspace.mjs");
  return makeSampleWorkspace(path.join(cacheDir, "sample"));
}

/**
 * A workspace that shows one database, wherever that lies.
 *
 * @param {string} file
 */
function folderFor(file) {
  const folder = path.join(
    mkdtempSync(path.join(tmpdir(), "flujo-lens-")),
    path.basename(file, path.extname(file)),
  );
  mkdirSync(path.join(folder, ".vscode"), { recursive: true });
  writeFileSync(
    path.join(folder, ".vscode", "settings.json"),
    JSON.stringify({ "flujoLens.databases": [file] }, undefined, 2),
  );
  process.once("exit", () => rmSync(path.dirname(folder), { recursive: true, force: true }));
  return folder;
}

/**
 * Waits until the window is closed, so that Ctrl+C and the workspace's clean-up have their moment.
 *
 * @param {string} code
 * @param {string} folder
 */
async function openDesktop(code, folder) {
  console.log(`Opening ${folder} in desktop VS Code. Click the Flujo Lens icon in its activity bar.`);
  const args = ["--new-window", "--wait", `--extensionDevelopmentPath=${root}`, folder];
  // The command needs VS Code's own variables when it is called from a terminal inside VS Code.
  const { FLUJO_STATE_URI: _, ...env } = process.env;
  return (await execute(code, args, { env, show: true })).code;
}

/**
 * @param {string} folder
 * @param {{ vsix: string, port: number, open: boolean, settings: Record<string, unknown> }} options
 */
async function openServer(folder, { vsix, port, open, settings }) {
  const { installExtension, startServer } = await import("./vscode-server.mjs");
  // Windows that were open the last time are no help: a newcomer gets what the README describes.
  const dataDir = mkdtempSync(path.join(tmpdir(), "flujo-lens-server-"));
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));
  await installExtension(dataDir, vsix);
  const server = await startServer({ dataDir, port, settings });
  const address = server.url(folder);
  const line = "=".repeat(Math.max(address.length, 60) + 4);
  console.log(
    `\n${line}\n  VS Code with Flujo Lens is at\n\n  ${address}\n\n  Open it in a browser. Ctrl+C ends it.\n${line}\n`,
  );
  if (open) openBrowser(address);
  await server.ended;
}

/** @param {string} address */
function openBrowser(address) {
  const opener = which("xdg-open");
  const hasScreen = process.env.DISPLAY !== undefined || process.env.WAYLAND_DISPLAY !== undefined;
  if (opener === undefined || !hasScreen) return;
  const child = spawn(opener, [address], { detached: true, stdio: "ignore", env: cleanEnvironment() });
  // The address stands in the terminal: a browser that does not come is no failure.
  child.once("error", () => {});
  child.unref();
}
