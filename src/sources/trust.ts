import { realpath } from "node:fs/promises";
import path from "node:path";
import type { Source } from "./address.ts";

/** Where a link leads. Rejects when there is nothing at the path. */
export type RealPath = (file: string) => Promise<string>;

/**
 * Whether a database may be opened without a question. In a trusted workspace everything may; otherwise only what lies in
 * one of its folders, with links followed, and what the user picked by hand: an untrusted folder must not reach out by itself.
 */
export async function mayOpen(
  source: Extract<Source, { kind: "file" }>,
  workspace: {
    readonly trusted: boolean;
    readonly folders: readonly string[];
    readonly allowed: readonly string[];
  },
  follow: RealPath = realpath,
): Promise<boolean> {
  if (workspace.trusted || source.origin === "opened") return true;
  if (workspace.allowed.includes(source.path)) return true;
  const file = await resolved(source.path, follow);
  const folders = await Promise.all(workspace.folders.map((folder) => resolved(folder, follow)));
  return folders.some((folder) => isInside(file, folder));
}

/** The path with links followed as far as there is something to follow. */
async function resolved(file: string, follow: RealPath): Promise<string> {
  try {
    return await follow(file);
  } catch {
    const parent = path.dirname(file);
    return parent === file ? file : path.join(await resolved(parent, follow), path.basename(file));
  }
}

function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== "" &&
    !relative.startsWith(`..${path.sep}`) &&
    relative !== ".." &&
    !path.isAbsolute(relative)
  );
}
