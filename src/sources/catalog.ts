import path from "node:path";
import type { Source } from "./address.ts";
import { type DiscoveryFiles, type Environment, findDatabases, nodeFiles } from "./discovery.ts";
import { type Folder, resolveSetting, unique } from "./setting.ts";

/** What the window knows about where databases may be. */
export interface CatalogInput {
  readonly folders: readonly Folder[];
  /** Folders inside the workspace that hold a `flujo.toml` of their own, absolute. */
  readonly projects: readonly string[];
  /** Entries of the setting `flujoLens.databases`; when there are any, nothing is searched for. */
  readonly setting: readonly unknown[];
  /** Files that the user opened by hand, absolute. */
  readonly opened: readonly string[];
  readonly environment: Environment;
}

/** The databases of a window: what the setting names, else what is found in every folder, and what was opened by hand. */
export async function listSources(input: CatalogInput, files: DiscoveryFiles = nodeFiles): Promise<Source[]> {
  const named =
    input.setting.length > 0
      ? await resolveSetting(input.setting, input.folders, files)
      : await searchFolders(input, files);
  const opened = input.opened.map(
    (file): Source => ({ kind: "file", path: path.resolve(file), origin: "opened" }),
  );
  return unique([...named, ...opened]);
}

async function searchFolders(input: CatalogInput, files: DiscoveryFiles): Promise<Source[]> {
  const folders = [...new Set([...input.folders.map((folder) => folder.path), ...input.projects])];
  const found = await Promise.all(folders.map((folder) => findDatabases(folder, input.environment, files)));
  return found.flat();
}
