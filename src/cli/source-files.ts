import { readdir, readFile, stat } from "node:fs/promises";
import path from "node:path";
import { TraceError } from "../engine/errors.ts";

/** Folders that hold other people's code, or none. A name with a dot in front counts, too. */
const SKIPPED = new Set(["node_modules", "site-packages", "venv", "env", "__pycache__", "build", "dist"]);
/** Larger files are data. Bytes. */
const MAX_SIZE = 1_000_000;
/** What one call looks at, at most. */
export const MAX_FILES = 50_000;

export interface SourceFile {
  /** From the folder, with `/`. */
  readonly path: string;
  read(): Promise<string>;
}

/**
 * The files of a folder and of those below it that `wanted` takes, in order of their paths; links are not followed, and
 * virtual environments are left out. A file itself gives itself. Rejects with `not_found` or `unreadable` for the folder;
 * what cannot be read inside of it is left out.
 */
export async function* sourceFiles(
  folder: string,
  wanted: (file: string) => boolean,
): AsyncGenerator<SourceFile> {
  const facts = await stat(folder).catch((thrown: unknown) => {
    throw new TraceError("not_found", `There is no folder at ${folder}; name one that exists.`, {
      cause: thrown,
    });
  });
  if (facts.isFile()) {
    yield sourceFile(path.dirname(folder), path.basename(folder));
    return;
  }
  let count = 0;
  const waiting = [""];
  while (waiting.length > 0) {
    const at = waiting.pop()!;
    const entries = await readdir(path.join(folder, at), { withFileTypes: true }).catch((thrown: unknown) => {
      if (at !== "") return [];
      throw new TraceError("unreadable", `The folder ${folder} cannot be read; check its permissions.`, {
        cause: thrown,
      });
    });
    if (entries.some((entry) => entry.name === "pyvenv.cfg")) continue;
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    const folders: string[] = [];
    for (const entry of entries) {
      const inside = at === "" ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        if (!entry.name.startsWith(".") && !SKIPPED.has(entry.name)) folders.push(inside);
      } else if (entry.isFile() && wanted(entry.name)) {
        count += 1;
        if (count > MAX_FILES) return;
        yield sourceFile(folder, inside);
      }
    }
    waiting.push(...folders.reverse());
  }
}

function sourceFile(folder: string, inside: string): SourceFile {
  const file = path.join(folder, inside);
  return {
    path: inside,
    read: async () => {
      const facts = await stat(file).catch(() => undefined);
      if (facts === undefined || facts.size > MAX_SIZE) return "";
      const text = await readFile(file, "utf8").catch(() => "");
      return text.startsWith("\uFEFF") ? text.slice(1) : text;
    },
  };
}
