// Builds all of dist: the extension, its worker, the store for plain Node, the command line and the panel's page.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const root = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
const watch = process.argv.includes("--watch");
const dist = path.join(root, "dist");

const common = {
  absWorkingDir: root,
  bundle: true,
  minify: !watch,
  sourcemap: watch ? "linked" : false,
  legalComments: "none",
  logLevel: "warning",
  charset: "utf8",
};

const node = {
  ...common,
  platform: "node",
  target: "node20",
  format: "cjs",
  external: ["vscode"],
  // The worker and the WASM file lie beside the bundle.
  define: { __ENGINE_DIR__: "__dirname", __VERSION__: JSON.stringify(version) },
};

const page = { ...common, platform: "browser", target: "es2022", format: "iife", loader: { ".ttf": "file" } };

export const bundles = [
  { ...node, entryPoints: { extension: "src/extension.ts" }, outdir: "dist" },
  {
    ...node,
    entryPoints: { worker: "src/store/worker.ts", writer: "src/write/worker.ts", store: "src/library.ts" },
    outdir: "dist",
  },
  { ...node, entryPoints: { cli: "src/cli/cli.ts" }, outdir: "dist", banner: { js: "#!/usr/bin/env node" } },
  {
    ...page,
    entryPoints: { main: "webview/main.ts" },
    outdir: "dist/webview",
    tsconfig: "webview/tsconfig.json",
  },
  {
    ...node,
    entryPoints: { host: "test/host/run.ts", "steps-in-host": "test/bench/steps-in-host.ts" },
    outdir: "dist/test",
    minify: false,
    external: ["vscode", "mocha"],
  },
];

mkdirSync(dist, { recursive: true });
copyFileSync(require.resolve("sql.js/dist/sql-wasm.wasm"), path.join(dist, "sql-wasm.wasm"));

/** Declarations for those who import the store from plain Node. */
function emitTypes() {
  const tsc = path.join(path.dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [tsc, "-p", "src/tsconfig.library.json"], { cwd: root, stdio: "inherit" });
}

if (watch) {
  for (const bundle of bundles) await (await esbuild.context(bundle)).watch();
} else {
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
  emitTypes();
}
