import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

let parent: string | undefined;
let count = 0;

/** A new empty folder, in a path with a space and a letter that English lacks. All go when this process ends. */
export function emptyFolder(): string {
  if (parent === undefined) {
    const made = mkdtempSync(path.join(tmpdir(), "flujo lens wörkspaces "));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    parent = made;
  }
  count += 1;
  const folder = path.join(parent, `folder ${count}`);
  mkdirSync(folder);
  return folder;
}

/** Writes the settings of the workspace in `folder`. */
export function writeWorkspaceSettings(folder: string, settings: Record<string, unknown>): void {
  mkdirSync(path.join(folder, ".vscode"), { recursive: true });
  writeFileSync(path.join(folder, ".vscode", "settings.json"), JSON.stringify(settings));
}

/** The files below a folder by their paths, each with a digest of its bytes. */
export function fingerprints(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const entries = files.map(({ parentPath, name }): [string, string] => {
    const file = path.join(parentPath, name);
    return [path.relative(folder, file), createHash("sha256").update(readFileSync(file)).digest("hex")];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
