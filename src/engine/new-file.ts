import { randomBytes } from "node:crypto";
import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { TraceError } from "./errors.ts";

/** A name beside `target` for what will be there when it is whole. */
export function temporaryBeside(target: string): string {
  return path.join(path.dirname(target), `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`);
}

export interface PublishOptions {
  /** Take the place of a file that is there. */
  readonly overwrite: boolean;
  /** Keep that file beside the new one, under another name. */
  readonly backup?: boolean;
}

/**
 * Gives a finished file its name, in one step: at no moment is there half a file or none. Returns where the file that was
 * there is kept. Throws `exists` and `unwritable`; then the target is as it was.
 */
export function publishFile(
  temporary: string,
  target: string,
  { overwrite, backup = false }: PublishOptions,
): string | undefined {
  let kept: string | undefined;
  try {
    if (!overwrite) rename(temporary, target);
    else {
      if (backup && existsSync(target)) kept = keep(target);
      renameSync(temporary, target);
    }
    syncFolder(path.dirname(target));
    return kept;
  } catch (thrown) {
    if (kept !== undefined) rmSync(kept, { force: true });
    throw writeFailure(target, thrown);
  }
}

/** The `TraceError` for what went wrong while `target` was written. */
export function writeFailure(target: string, thrown: unknown): TraceError {
  if (thrown instanceof TraceError) return thrown;
  const cause = { cause: thrown };
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  switch (code) {
    case "EEXIST":
      return new TraceError(
        "exists",
        `There is a file at ${target} already. Add --force to replace it.`,
        cause,
      );
    case "ENOENT":
    case "ENOTDIR":
      return new TraceError(
        "unwritable",
        `There is no folder ${path.dirname(target)}. Make it first, or choose another place.`,
        cause,
      );
    case "EISDIR":
      return new TraceError("unwritable", `${target} is a folder. Choose another name.`, cause);
    case "ENOSPC":
    case "EDQUOT":
    case "EFBIG":
      return new TraceError(
        "unwritable",
        `${target} could not be written because the disk is full. Make room, or choose another place.`,
        cause,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new TraceError("unwritable", `${target} may not be written. Choose another place.`, cause);
    default: {
      const why = code === "" ? (thrown instanceof Error ? thrown.message : String(thrown)) : code;
      return new TraceError(
        "unwritable",
        `${target} could not be written (${why}). Choose another place.`,
        cause,
      );
    }
  }
}

/** Renames, unless something has that name already. */
function rename(temporary: string, target: string): void {
  try {
    // A link does not replace what somebody else may have put there meanwhile, as a rename would.
    linkSync(temporary, target);
  } catch (thrown) {
    const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
    const hasNoLinks = code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS" || code === "EOPNOTSUPP";
    if (!hasNoLinks || existsSync(target)) throw thrown;
    renameSync(temporary, target);
    return;
  }
  rmSync(temporary);
}

/** A second name for the file at `target`: it stays what it is when the first one goes to another file. */
function keep(target: string): string {
  for (let number = 1; ; number += 1) {
    const name = `${target}.backup${number === 1 ? "" : `-${number}`}`;
    if (existsSync(name)) continue;
    try {
      linkSync(target, name);
    } catch {
      copyFileSync(target, name);
    }
    return name;
  }
}

/** Makes the new name survive a power cut, where the system lets folders be flushed. */
function syncFolder(folder: string): void {
  try {
    const handle = openSync(folder, "r");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch {
    // Windows has no such thing.
  }
}
