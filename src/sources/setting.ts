import path from "node:path";
import { oneLine } from "../format/text.ts";
import { resolveStateUri, type Source } from "./address.ts";
import { type DiscoveryFiles, nodeFiles } from "./discovery.ts";

/** A folder of the workspace. */
export interface Folder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * Resolves the entries of the setting `flujoLens.databases`: absolute paths, paths relative to a workspace folder,
 * `${workspaceFolder}`, `${workspaceFolder:name}`, and addresses as flujo writes them.
 * With several folders, an entry means the file in every folder that has it, or in the first folder when none has.
 */
export async function resolveSetting(
  entries: readonly unknown[],
  folders: readonly Folder[],
  files: DiscoveryFiles = nodeFiles,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const entry of entries) {
    if (typeof entry === "string" && entry.trim() !== "") {
      sources.push(...(await resolveEntry(entry, folders, files)));
    } else {
      sources.push(problem("An entry of the setting flujoLens.databases is not a path; write each as text."));
    }
  }
  return unique(sources);
}

async function resolveEntry(
  entry: string,
  folders: readonly Folder[],
  files: DiscoveryFiles,
): Promise<Source[]> {
  if (folders.length === 0) return [withoutFolder(entry)];
  const candidates = unique(
    folders.map((folder) => resolveStateUri(expand(entry, folder, folders), folder.path, "setting")),
  );
  if (candidates.length < 2) return candidates;
  const existing: Source[] = [];
  for (const source of candidates) {
    if (source.kind === "file" && (await files.isFile(source.path).catch(() => false))) existing.push(source);
  }
  return existing.length > 0 ? existing : candidates.slice(0, 1);
}

function withoutFolder(entry: string): Source {
  const source = resolveStateUri(entry, path.resolve("/"), "setting");
  const elsewhere = resolveStateUri(entry, path.resolve("/elsewhere"), "setting");
  if (source.kind !== "file" || elsewhere.kind !== "file") return source;
  if (source.path === elsewhere.path && !entry.includes("${workspaceFolder")) return source;
  return problem(
    `"${oneLine(entry)}" in the setting flujoLens.databases is relative to a folder, and no folder is open.`,
  );
}

/** A folder that is named but not open leaves its variable standing: the path that is not found then says why. */
function expand(entry: string, folder: Folder, folders: readonly Folder[]): string {
  return entry.replace(/\$\{workspaceFolder(?::([^}]*))?\}/g, (variable, name: string | undefined) => {
    if (name === undefined) return folder.path;
    return folders.find((candidate) => candidate.name === name)?.path ?? variable;
  });
}

function problem(sentence: string): Source {
  return { kind: "problem", sentence };
}

/** The sources without repeats, in their order. */
export function unique(sources: readonly Source[]): Source[] {
  const seen = new Map<string, Source>();
  for (const source of sources) {
    const key = source.kind === "file" ? `file:${source.path}` : `${source.kind}:${source.sentence}`;
    if (!seen.has(key)) seen.set(key, source);
  }
  return [...seen.values()];
}
