import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { link, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { TraceError } from "../engine/errors.ts";

/** UTF-16 units gathered before they are written. */
const BLOCK = 1 << 18;

/**
 * Writes the pieces to a new file: under a temporary name beside it first, so that what stands there is whole or absent.
 * Rejects with `exists` when there is a file and `overwrite` is not set, with `unwritable` when it cannot be written, and
 * with `cancelled`; then the target is as it was.
 */
export async function writeExport(
  target: string,
  pieces: Iterable<string>,
  { overwrite = false, signal }: { overwrite?: boolean; signal?: AbortSignal } = {},
): Promise<{ readonly bytes: number }> {
  const temporary = path.join(
    path.dirname(target),
    `.${path.basename(target)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  let bytes = 0;
  try {
    const file = await open(temporary, "wx");
    try {
      let block = "";
      const flush = async () => {
        bytes += (await file.write(block)).bytesWritten;
        block = "";
      };
      for (const piece of pieces) {
        block += piece;
        if (block.length < BLOCK) continue;
        await flush();
        if (signal?.aborted) throw new TraceError("cancelled", "Cancelled.");
      }
      await flush();
      await file.sync();
    } finally {
      await file.close();
    }
    if (overwrite) await rename(temporary, target);
    else await publish(temporary, target);
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw failure(target, thrown);
  }
  return { bytes };
}

/** Gives the file its name, unless something has that name already. */
async function publish(temporary: string, target: string): Promise<void> {
  try {
    // A link does not replace what somebody else may have put there meanwhile.
    await link(temporary, target);
    await rm(temporary);
  } catch (thrown) {
    // Some file systems have no links.
    if (existsSync(target)) throw Object.assign(new Error(`${target} exists`), { code: "EEXIST" });
    if (!isRefusal(thrown)) throw thrown;
    await rename(temporary, target);
  }
}

function isRefusal(thrown: unknown): boolean {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS" || code === "EOPNOTSUPP";
}

function failure(target: string, thrown: unknown): TraceError {
  if (thrown instanceof TraceError) return thrown;
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  if (code === "EEXIST") {
    return new TraceError("exists", `There is a file at ${target} already. Add --force to replace it.`, {
      cause: thrown,
    });
  }
  const why = code === "ENOSPC" ? "the disk is full" : code === "" ? String(thrown) : code;
  return new TraceError("unwritable", `${target} could not be written (${why}). Choose another place.`, {
    cause: thrown,
  });
}
