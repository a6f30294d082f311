import { type HeaderPatch, patchDatabaseHeader, schemaVersionOf } from "./database-header.ts";
import { TraceError } from "./errors.ts";
import { sharesMemory } from "./file-system.ts";
import type { ByteSource } from "./lazy-file.ts";
import { LiveSnapshot } from "./live-snapshot.ts";
import type { DatabaseFile, Pages, SharedPages } from "./reader.ts";
import { blockFor } from "./wait.ts";
import { WalIndex } from "./wal.ts";

/** SQLite never uses the page at this byte; its locks are there, and on Windows it cannot be read. */
const lockByte = 0x40000000;

/**
 * The bytes of a database as SQLite should see them, one snapshot after the other:
 * newest committed pages from the log, the others from the main file.
 */
export class LiveSource implements ByteSource, Pages {
  /** Counts up when a snapshot differs from the last proven one. */
  generation = 0;
  file: Omit<DatabaseFile, "access"> = { size: 0, walSize: 0, journalMode: "rollback" };
  private readonly wal = new WalIndex();
  private snapshot: LiveSnapshot | undefined;
  private patch: HeaderPatch | undefined;
  /** Of the last snapshot, if it was proven. */
  private lastKey: string | undefined;
  private doubts = 0;
  private memoryShared: { readonly path: string; readonly answer: boolean } | undefined;

  /** @param checkCancelled Called at every read; what it throws ends the read. */
  constructor(
    readonly path: string,
    private readonly checkCancelled: () => void,
  ) {}

  /** Which file the snapshot is of; it changes when another file takes over the path. */
  get identity(): string {
    return this.current.mainState.identity;
  }

  /** Bytes of main file and log together. */
  get size(): number {
    return this.file.size + this.file.walSize;
  }

  /**
   * Takes a snapshot, which must be ended. Throws `not_found` and `unreadable`.
   * @param whole Copies both files into memory first: a writer that never rests leaves time for that when it leaves none
   * for a query.
   */
  begin(whole: boolean): void {
    let snapshot = this.open(whole);
    for (let attempt = 0; attempt < 5 && snapshot.settlesIn > 0; attempt++) {
      blockFor(snapshot.settlesIn);
      this.end();
      snapshot = this.open(whole);
    }
    // After an unproven read SQLite's cache may hold pages of two states, and its schema may come from them.
    if (this.lastKey === undefined) this.doubts++;
    if (snapshot.key !== this.lastKey) {
      this.generation++;
      this.patch = this.makePatch();
    }
    this.lastKey = undefined;
    this.file = {
      size: snapshot.mainState.size,
      walSize: snapshot.logState?.size ?? 0,
      journalMode: snapshot.journalMode,
    };
  }

  /** Throws `not_a_database`, or `corrupt` when the file is shorter than its header says, unless it is known to be `damaged`. */
  check(damaged = false): void {
    const { header, mainState, pageSize, pageCount, lastFrame, undoes } = this.current;
    if (mainState.size === 0 || (undoes && pageCount === 0)) {
      throw new TraceError(
        "not_a_database",
        `${this.path} is empty (0 bytes). Run the pipeline once to fill it.`,
      );
    }
    if (header === undefined) {
      throw new TraceError("not_a_database", `${this.path} is not a SQLite database. Choose another file.`);
    }
    if (header.pageSize !== pageSize) throw this.corrupt("its log has pages of another size");
    // With a log, pages beyond the end of the main file may be free ones that were never written. A transaction that is
    // undone may have cut the file.
    if (!damaged && lastFrame === 0 && !undoes && pageCount * pageSize > mainState.size) {
      throw this.corrupt(`it should have ${pageCount * pageSize} bytes and has ${mainState.size}`);
    }
  }

  read(target: Uint8Array, position: number): void {
    this.checkCancelled();
    const { pageSize, pageCount } = this.current;
    let done = 0;
    while (done < target.length) {
      const page = Math.floor((position + done) / pageSize) + 1;
      const offset = position + done - (page - 1) * pageSize;
      const count = Math.min(pageSize - offset, target.length - done);
      const part = count === target.length ? target : target.subarray(done, done + count);
      if (page > pageCount) part.fill(0);
      else this.readPart(part, page, offset);
      done += count;
    }
  }

  /**
   * Whether all that was read since {@link begin} belongs together. Must be asked before anything read is believed,
   * errors included.
   */
  proven(): boolean {
    const snapshot = this.current;
    if (!snapshot.proven()) return false;
    this.lastKey = snapshot.key;
    return true;
  }

  /** Whether the snapshot cannot be read because of a transaction in a rollback journal. */
  get hasOpenJournal(): boolean {
    return this.current.hasOpenJournal;
  }

  get pageSize(): number {
    return this.current.pageSize;
  }

  get pageCount(): number {
    return this.current.pageCount;
  }

  /** Fills `target` with whole pages from `first` (counted from 1) on. Throws `corrupt` when one is missing. */
  readPages(target: Uint8Array, first: number): void {
    this.checkCancelled();
    if (!this.current.readPages(target, first)) throw this.corrupt(`a page from ${first} on is missing`);
  }

  share(): SharedPages | undefined {
    return this.current.share();
  }

  /** All pages, as SQLite should see them. */
  copyPages(): Uint8Array {
    const { pageSize, pageCount } = this.current;
    const copy = new Uint8Array(pageSize * pageCount);
    for (let page = 1; page <= pageCount; page++) {
      const start = (page - 1) * pageSize;
      if (start === lockByte) continue;
      this.checkCancelled();
      // What is missing stays zero, and is noticed when it is read.
      this.current.read(copy.subarray(start, start + pageSize), page, 0);
    }
    this.patchHeader(copy.subarray(0, pageSize), 0);
    return copy;
  }

  /** Closes the files. */
  end(): void {
    this.snapshot?.close();
    this.snapshot = undefined;
  }

  private get current(): LiveSnapshot {
    if (this.snapshot === undefined) throw new Error("No snapshot has begun");
    return this.snapshot;
  }

  private open(whole: boolean): LiveSnapshot {
    const trustIndex = (path: string) => {
      if (this.memoryShared?.path !== path) this.memoryShared = { path, answer: sharesMemory(path) };
      return this.memoryShared.answer;
    };
    this.snapshot = LiveSnapshot.open(this.path, this.wal, { whole, trustIndex });
    return this.snapshot;
  }

  private makePatch(): HeaderPatch {
    const { pageSize, pageCount } = this.current;
    const firstPage = new Uint8Array(pageSize);
    this.current.read(firstPage, 1, 0);
    return { pageCount, generation: this.generation, schemaVersion: schemaVersionOf(firstPage, this.doubts) };
  }

  private patchHeader(target: Uint8Array, offset: number): void {
    if (this.patch !== undefined) patchDatabaseHeader(target, offset, this.patch);
  }

  private readPart(target: Uint8Array, page: number, offset: number): void {
    const { pageSize, pageCount } = this.current;
    if (this.current.read(target, page, offset) < target.length) {
      throw this.corrupt(`page ${page} of ${pageCount} is missing`);
    }
    if (page === 1) {
      this.patchHeader(target, offset);
    } else if (target.length === pageSize && isZero(target)) {
      // SQLite notices this in a tree's page, but takes it for text at the end of a long value.
      throw this.corrupt(`page ${page} of ${pageCount} holds nothing but zeros`);
    }
  }

  private corrupt(reason: string): TraceError {
    return new TraceError("corrupt", `${this.path} is damaged: ${reason}. Restore it from a backup.`);
  }
}

function isZero(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== 0) return false;
  return true;
}
