// Makes a workspace of several folders: two with a trace database of their own, one with none.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fixtureDir } from "./paths.mjs";
import { makeSampleWorkspace } from "./sample-workspace.mjs";

const DAY = 86_400_000;

/**
 * All folders have the same sources. The newest run of `new` is of just now, that of `old` of two days before;
 * `bare` has no database.
 *
 * @param {string} folder
 * @returns {Promise<string>} the `.code-workspace` file
 */
export async function makeSeveralFolders(folder) {
  const now = new Date();
  await makeSampleWorkspace(path.join(folder, "new"), { now });
  await makeSampleWorkspace(path.join(folder, "old ä"), {
    version: "0.4.32",
    now: new Date(now.getTime() - 2 * DAY),
  });
  mkdirSync(path.join(folder, "bare"));
  cpSync(path.join(fixtureDir, "sample-workspace", "pipelines"), path.join(folder, "bare", "pipelines"), {
    recursive: true,
  });
  const file = path.join(folder, "several.code-workspace");
  writeFileSync(file, JSON.stringify({ folders: [{ path: "new" }, { path: "old ä" }, { path: "bare" }] }));
  return file;
}
