// Makes the sample workspace: flujo pipelines, flujo.toml and a real trace database whose newest run is of just now.
//
//   node test/tools/sample-workspace.mjs FOLDER [VERSION]      the flujo version that wrote the database: 0.4.32 or 0.6.11
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { fixtureDir } from "./paths.mjs";
import { main, ToolError } from "./processes.mjs";
import { sampleDatabase } from "./sample-database.mjs";

/** Where the sample keeps its traces, from the workspace's folder. */
export const sampleDatabasePath = path.join(".flujo", "flujo_ops.db");

/**
 * Fills the folder afresh and resolves to its path.
 *
 * @param {string} folder
 * @param {{ version?: import("./sample-database.mjs").FlujoVersion, now?: Date }} [options] `now`: when the newest run ends.
 * @returns {Promise<string>}
 */
export async function makeSampleWorkspace(folder, { version = "0.6.11", now = new Date() } = {}) {
  const database = path.join(folder, sampleDatabasePath);
  cpSync(path.join(fixtureDir, "sample-workspace"), folder, { recursive: true });
  mkdirSync(path.dirname(database), { recursive: true });
  // A log or an index of an earlier database would be taken for this one's.
  for (const suffix of ["-wal", "-shm"]) rmSync(database + suffix, { force: true });
  writeFileSync(database, await sampleDatabase(version, now));
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main(async () => {
    const [folder, version = "0.6.11"] = process.argv.slice(2);
    if (folder === undefined || (version !== "0.4.32" && version !== "0.6.11")) {
      throw new ToolError("Usage: node test/tools/sample-workspace.mjs FOLDER [0.4.32 | 0.6.11]");
    }
    console.log(await makeSampleWorkspace(path.resolve(folder), { version }));
  });
}
