// The measured databases, made once and kept in the cache.
import { closeSync, openSync, readSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { installOnce } from "../tools/install-once.mjs";
import { run } from "../tools/processes.mjs";
import { installVsCode } from "../tools/vscode-install.mjs";

/** Part of the cache key: raise it when what is written changes. */
const recipe = 1;
const maker = path.join(path.dirname(fileURLToPath(import.meta.url)), "make-database.mjs");

/** @typedef {"v0.4.32" | "v0.6.11"} Layout the flujo version whose database it imitates. */

/**
 * A Node with SQLite of its own, built natively: this one, or the one that VS Code's server runs on.
 *
 * @returns {Promise<string>} path of the program.
 */
export async function nativeNode() {
  const major = Number(process.versions.node.split(".")[0]);
  return major >= 24 ? process.execPath : (await installVsCode()).node;
}

/**
 * A database with so many spans, making it when it is absent.
 *
 * @param {Layout} layout
 * @param {number} spans
 * @returns {Promise<string>} its path.
 */
export async function benchDatabase(layout, spans) {
  const node = await nativeNode();
  const folder = await installOnce(`bench-${layout}-${spans}-${recipe}`, async (unfinished) => {
    console.log(
      `Making a database with ${spans.toLocaleString("en")} spans as flujo ${layout} writes it ...`,
    );
    await run(node, ["--no-warnings", maker, layout, String(spans), path.join(unfinished, "flujo_ops.db")]);
  });
  return path.join(folder, "flujo_ops.db");
}

/**
 * Reads a file once, so that every measured case finds it in the system's cache.
 *
 * @param {string} file
 */
export function warm(file) {
  const buffer = Buffer.alloc(4 << 20);
  const descriptor = openSync(file, "r");
  try {
    while (readSync(descriptor, buffer) > 0);
  } finally {
    closeSync(descriptor);
  }
}
