import type { FileContents } from "sql.js/dist/sql-wasm.js";
import { TraceError } from "./errors.ts";

/** Where a lazy file gets its bytes. */
export interface ByteSource {
  /** Fills `target` with the bytes at `position`, or throws. */
  read(target: Uint8Array, position: number): void;
}

/** A file for sql.js that remembers why a read failed. */
export interface LazyContents extends FileContents {
  /** What the source threw since the last call, if it did. */
  takeFailure(): unknown;
}

/**
 * What to throw through SQLite's file layer: it sees a failed system call, reports "disk I/O error" and stays usable.
 * Any other exception would unwind its frames and leave its page cache broken. The names of an error's fields are
 * shortened in the release build of sql.js, so every field but the name answers with the error number (bad descriptor).
 */
export const failedCall = new Proxy({}, { get: (_target, key) => (key === "name" ? "ErrnoError" : 8) });

/**
 * Looks enough like a Uint8Array for sql.js to keep it as the content of a file, but reads on demand and refuses writes.
 * It is never grown or cut: it is mounted with a size larger than any database.
 */
export class LazyFile implements LazyContents {
  /** Not a view of anything; sql.js compares it with its own memory. */
  readonly buffer = undefined;
  private mounted = false;
  private failure: { readonly thrown: unknown } | undefined;
  private scratch = new Uint8Array(65_536);

  /** @param size Bytes that SQLite is told the file has. */
  constructor(
    private readonly source: ByteSource,
    private readonly size: number,
  ) {}

  /** The size while sql.js takes the file over; afterwards a capacity that never needs to grow. */
  get length(): number {
    return this.mounted ? Number.MAX_SAFE_INTEGER : this.size;
  }

  /** sql.js copies what it is given once, and gets the file itself. */
  slice(): this {
    this.mounted = true;
    return this;
  }

  /** Valid until the next call. */
  subarray(start: number, end: number): Uint8Array {
    const length = end - start;
    if (length > this.scratch.length) this.scratch = new Uint8Array(length);
    const target = this.scratch.subarray(0, length);
    try {
      this.source.read(target, start);
    } catch (thrown) {
      this.fail(thrown);
    }
    return target;
  }

  set(): never {
    this.fail(
      new TraceError("internal", "A statement tried to change a database that is open for reading only."),
    );
  }

  takeFailure(): unknown {
    const failure = this.failure;
    this.failure = undefined;
    return failure?.thrown;
  }

  private fail(thrown: unknown): never {
    this.failure ??= { thrown };
    throw failedCall;
  }
}
