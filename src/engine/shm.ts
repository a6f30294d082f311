import type { ReadOnlyFile } from "./read-only-file.ts";

/**
 * The start of the shared wal-index (`-shm`), by which writers and checkpointers tell each other what they do.
 * Numbers are in the byte order of the machine.
 */
export interface SharedIndex {
  /** Last committed frame of the log, 0 after the log was restarted. */
  readonly lastFrame: number;
  /** The log's two salts, 16 hexadecimal digits. */
  readonly salts: string;
  /** Highest frame that a checkpoint may have begun to copy into the main file. Raised before the copying begins. */
  readonly backfillAttempted: number;
}

const headerSize = 48;
const checkpointOffset = 96;
const locksOffset = 120;
const attemptedOffset = 128;
const walVersion = 3_007_000;
const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;

/** Undefined when the index is not initialised, or when both copies of its header never agreed while it was looked at. */
export function readSharedIndex(file: ReadOnlyFile): SharedIndex | undefined {
  const bytes = new Uint8Array(attemptedOffset + 4);
  const view = new DataView(bytes.buffer);
  for (let attempt = 0; attempt < 20; attempt++) {
    // The mark before the salts: a restart changes the salts first and takes the mark back afterwards, so old salts prove
    // that the mark was the highest one so far. Bytes 120 to 127 carry locks, and Windows refuses to read locked ranges.
    if (file.read(bytes.subarray(attemptedOffset), 4, attemptedOffset) < 4) return undefined;
    if (file.read(bytes, locksOffset, 0) < locksOffset) return undefined;
    if (view.getUint32(0, littleEndian) !== walVersion || bytes[12] !== 1) return undefined;
    // A writer changes the second copy first; they differ only while it does.
    if (!Buffer.from(bytes.buffer, 0, headerSize).equals(bytes.subarray(headerSize, checkpointOffset)))
      continue;
    return {
      lastFrame: view.getUint32(16, littleEndian),
      salts: Buffer.from(bytes.buffer, 32, 8).toString("hex"),
      backfillAttempted: view.getUint32(attemptedOffset, littleEndian),
    };
  }
  return undefined;
}
