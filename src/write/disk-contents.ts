import { readSync, writeSync } from "node:fs";
import type { FileContents } from "sql.js/dist/sql-wasm.js";
import { failedCall } from "../engine/lazy-file.ts";
import { mountedSize } from "../engine/self-test.ts";

/**
 * A file on disk that sql.js takes for bytes in memory: a database of any size can be written without its size in memory.
 * The file must hold a valid database before sql.js gets it, because SQLite takes the number of pages from its header.
 */
export class DiskContents implements FileContents {
  readonly buffer = undefined;
  private mounted = false;
  private scratch = new Uint8Array(65_536);
  private failure: unknown;

  /** @param descriptor Open for reading and writing. */
  constructor(private readonly descriptor: number) {}

  /** The size while sql.js takes the file over; afterwards a capacity that never needs to grow. */
  get length(): number {
    return this.mounted ? Number.MAX_SAFE_INTEGER : mountedSize;
  }

  slice(): this {
    this.mounted = true;
    return this;
  }

  /** Valid until the next call. Zeros beyond the end. */
  subarray(start: number, end: number): Uint8Array {
    const length = end - start;
    if (length > this.scratch.length) this.scratch = new Uint8Array(length);
    const target = this.scratch.subarray(0, length);
    this.guard(() => {
      let done = 0;
      while (done < length) {
        const count = readSync(this.descriptor, target, done, length - done, start + done);
        if (count === 0) break;
        done += count;
      }
      target.fill(0, done);
    });
    return target;
  }

  set(bytes: Uint8Array, position: number): void {
    this.guard(() => {
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(this.descriptor, bytes, done, bytes.length - done, position + done);
      }
    });
  }

  /** Why a statement failed, when it was the disk's fault. */
  takeFailure(): unknown {
    const { failure } = this;
    this.failure = undefined;
    return failure;
  }

  private guard(action: () => void): void {
    try {
      action();
    } catch (thrown) {
      this.failure ??= thrown;
      throw failedCall;
    }
  }
}
