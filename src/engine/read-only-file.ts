import { type BigIntStats, closeSync, constants, fstatSync, openSync, readSync, statSync } from "node:fs";
import { TraceError } from "./errors.ts";

/** What tells one state of a file from another. */
export interface FileState {
  /** Device and inode: which file it is, whatever its name. */
  readonly identity: string;
  /** Bytes. */
  readonly size: number;
  /** Last change, nanoseconds since the epoch. */
  readonly changed: bigint;
}

/** Bytes that can be read at any position. */
export interface ReadableBytes {
  /** Bytes. */
  readonly size: number;
  /** Reads `length` bytes at `position` to the front of `target`; fewer only at the end. Throws `unreadable`. */
  read(target: Uint8Array, length: number, position: number): number;
}

/** An open file that cannot be written. It must be closed. */
export class ReadOnlyFile implements ReadableBytes {
  private constructor(
    private readonly path: string,
    /** Valid until it is closed, in all threads of the process. */
    readonly descriptor: number,
  ) {}

  /** Undefined when there is no such file. Throws `unreadable` for folders and files without permission. */
  static open(path: string): ReadOnlyFile | undefined {
    try {
      const stats = statSync(path);
      if (stats.isDirectory())
        throw new TraceError("unreadable", `${path} is a folder. Choose a database file.`);
      // Opening a pipe would block for ever.
      if (!stats.isFile())
        throw new TraceError("unreadable", `${path} is not a regular file. Choose a database file.`);
      return new ReadOnlyFile(path, openSync(path, constants.O_RDONLY));
    } catch (thrown) {
      if (isMissing(thrown)) return undefined;
      throw fileError(path, thrown);
    }
  }

  get size(): number {
    return this.state().size;
  }

  read(target: Uint8Array, length: number, position: number): number {
    let done = 0;
    try {
      while (done < length) {
        const count = readSync(this.descriptor, target, done, length - done, position + done);
        if (count === 0) break;
        done += count;
      }
    } catch (thrown) {
      throw fileError(this.path, thrown);
    }
    return done;
  }

  state(): FileState {
    return toState(fstatSync(this.descriptor, { bigint: true }));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** State of the file that bears this name now; undefined when none does. Throws `unreadable`. */
export function stateOf(path: string): FileState | undefined {
  try {
    return toState(statSync(path, { bigint: true }));
  } catch (thrown) {
    if (isMissing(thrown)) return undefined;
    throw fileError(path, thrown);
  }
}

export function sameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.identity === b?.identity && a?.size === b?.size && a?.changed === b?.changed;
}

export function isMissing(thrown: unknown): boolean {
  const code = errorCode(thrown);
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The `TraceError` for a failed system call. */
export function fileError(path: string, thrown: unknown): TraceError {
  if (thrown instanceof TraceError) return thrown;
  const code = errorCode(thrown);
  const options = { cause: thrown };
  switch (code) {
    case "EACCES":
    case "EPERM":
      return new TraceError(
        "unreadable",
        `You have no permission to read ${path}. Ask its owner for it.`,
        options,
      );
    case "EISDIR":
      return new TraceError("unreadable", `${path} is a folder. Choose a database file.`, options);
    case "EBUSY":
    case "EAGAIN":
      return new TraceError("busy", `${path} is held by another program. Try again.`, options);
    case "EMFILE":
    case "ENFILE":
      return new TraceError(
        "unreadable",
        `Too many files are open to read ${path}. Close some programs.`,
        options,
      );
    default: {
      const reason = code ?? (thrown instanceof Error ? thrown.message : String(thrown));
      return new TraceError(
        "unreadable",
        `${path} could not be read (${reason}). Check the disk it is on.`,
        options,
      );
    }
  }
}

function toState(stats: BigIntStats): FileState {
  return { identity: `${stats.dev}:${stats.ino}`, size: Number(stats.size), changed: stats.mtimeNs };
}

function errorCode(thrown: unknown): string | undefined {
  return thrown instanceof Error && "code" in thrown && typeof thrown.code === "string"
    ? thrown.code
    : undefined;
}
