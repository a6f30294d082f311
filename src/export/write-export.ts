import { open, rm } from "node:fs/promises";
import { TraceError } from "../engine/errors.ts";
import { publishFile, temporaryBeside, writeFailure } from "../engine/new-file.ts";

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
  const temporary = temporaryBeside(target);
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
    publishFile(temporary, target, { overwrite });
  } catch (thrown) {
    await rm(temporary, { force: true });
    throw writeFailure(target, thrown);
  }
  return { bytes };
}
