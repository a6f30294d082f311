import { type HeaderPatch, patchDatabaseHeader, schemaVersionOf } from "./database-header.ts";
import { TraceError } from "./errors.ts";
import { HeldSnapshot, lockByte } from "./held-snapshot.ts";
import type { ByteSource } from "./lazy-file.ts";
import type { LiveSnapshot } from "./live-snapshot.ts";
import { LiveView } from "./live-view.ts";
import { PageSet } from "./page-set.ts";
import type { DatabaseFile, Pages, PagesMark, SharedPages } from "./reader.ts";

/**
 * How the pages of a snapshot are read: all of them from the files when they are asked for (`direct`), or those that the
 * attempts before were found to need (`needed`), or `all` of them, from copies that were made first. See {@link HeldSnapshot}.
 */
type Way = "direct" | "needed" | "all";

/** So often a question is asked with few pages copied first, or none, before all of them are. */
const lightAttempts = 3;

/** Bytes of pages that may be copied. */
const copyLimit = 256 << 20;
/** Milliseconds for which copying is tried. */
const copyPatience = 3_000;

/**
 * The bytes of a database as SQLite should see them, one snapshot after the other:
 * newest committed pages from the log, the others from the main file.
 */
export class LiveSource implements ByteSource, Pages {
  /** Counts up when a snapshot differs from the last proven one. */
  generation = 0;
  file: Omit<DatabaseFile, "access"> = { size: 0, walSize: 0, journalMode: "rollback" };
  private readonly view: LiveView;
  private held: HeldSnapshot | undefined;
  private way: Way = "direct";
  private patch: HeaderPatch | undefined;
  /** Of the last snapshot, if it was proven. */
  private lastKey: string | undefined;
  private doubts = 0;
  /** Pages that any attempt at the question needed, and those that were seen to move meanwhile. */
  private needed = new PageSet();
  private moving = new PageSet();
  /** Of the first attempt at the question. */
  private firstPageCount = 0;
  /** Whether all pages were tried to be copied, and moved too fast. */
  private outrun = false;

  /** @param checkCancelled Called at every read; what it throws ends the read. */
  constructor(
    readonly path: string,
    private readonly checkCancelled: () => void,
  ) {
    this.view = new LiveView(path);
  }

  /** Which file the snapshot is of; it changes when another file takes over the path. */
  get identity(): string {
    return this.current.mainState.identity;
  }

  /** Bytes of main file and log together. */
  get size(): number {
    return this.file.size + this.file.walSize;
  }

  /** When the snapshot was taken, seconds since the epoch. */
  get takenAt(): number {
    return this.current.takenAt;
  }

  /** Forgets which pages were needed: another question begins. */
  forget(): void {
    this.needed = new PageSet();
    this.moving = new PageSet();
    this.firstPageCount = 0;
    this.outrun = false;
  }

  /**
   * Takes a snapshot, which must be ended. False when the writers leave no time for it. Throws `not_found` and `unreadable`.
   * @param attempt How often the question has been asked, this time included: more is copied when reading alone was too slow.
   */
  begin(attempt: number): boolean {
    const way = this.wayOf(attempt);
    this.way = way;
    this.held = way === "direct" ? HeldSnapshot.direct(this.view) : this.copied();
    if (this.held === undefined) {
      this.outrun ||= way === "all";
      return false;
    }
    const { snapshot } = this.held;
    if (this.firstPageCount === 0) this.firstPageCount = snapshot.pageCount;
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
    return true;
  }

  /**
   * Throws `not_a_database`, or `corrupt` when the file is shorter than its header says. Of one that is known to be `damaged`
   * nothing is asked but that there is something.
   */
  check(damaged = false): void {
    const { current } = this;
    const { header, mainState, pageSize, pageCount, lastFrame, undoes } = current;
    if ((mainState.size === 0 && current.mainSize === 0) || (undoes && pageCount === 0)) {
      throw new TraceError(
        "not_a_database",
        `${this.path} is empty (0 bytes). Run the pipeline once to fill it.`,
      );
    }
    if (damaged) return;
    if (header === undefined) {
      throw new TraceError("not_a_database", `${this.path} is not a SQLite database. Choose another file.`);
    }
    if (header.pageSize !== pageSize) throw this.corrupt("its log has pages of another size");
    // With a log, pages beyond the end of the main file may be free ones that were never written. A transaction that is
    // undone may have cut the file.
    const whole = pageCount * pageSize;
    if (lastFrame === 0 && !undoes && whole > mainState.size && whole > current.mainSize)
      throw this.corrupt(`it should have ${whole} bytes and has ${current.mainSize}`);
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
    const { held } = this;
    if (held === undefined) return false;
    const proven = held.proven();
    this.moving.addAll(held.writtenPages);
    if (proven) this.lastKey = held.snapshot.key;
    return proven;
  }

  /** Whether the snapshot cannot be read because of a transaction in a rollback journal. */
  get hasOpenJournal(): boolean {
    return this.view.snapshot.hasOpenJournal;
  }

  /** Whether there was no use in reading, because such a transaction cannot be undone in memory. */
  get isBlocked(): boolean {
    return this.view.snapshot.blocked;
  }

  /** Whether anything tells how long pages are: page 1, the log, or the journal. */
  get knowsPageSize(): boolean {
    const { header, lastFrame, undoes } = this.current;
    return header !== undefined || lastFrame > 0 || undoes;
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
    const count = target.length / this.pageSize;
    for (let page = first; page < first + count; page++) this.needed.add(page);
    const complete = this.holding.readPages(target, first);
    this.giveUpWhenLost();
    if (!complete) throw this.corrupt(`a page from ${first} on is missing`);
  }

  share(): SharedPages | undefined {
    return this.holding.share();
  }

  mark(): PagesMark {
    return this.current.mark;
  }

  changedSince(mark: PagesMark): ReadonlySet<number> | undefined {
    // The files of an older view are closed.
    return this.view.snapshot.changedSince(mark);
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
      this.readFrom(copy.subarray(start, start + pageSize), page, 0);
    }
    this.patchHeader(copy.subarray(0, pageSize), 0);
    return copy;
  }

  /** Closes the files. */
  end(): void {
    this.view.close();
    this.held = undefined;
  }

  private get holding(): HeldSnapshot {
    if (this.held === undefined) throw new Error("No snapshot has begun");
    return this.held;
  }

  private get current(): LiveSnapshot {
    return this.holding.snapshot;
  }

  /** Whether all pages can be copied. */
  private get fits(): boolean {
    return this.size <= copyLimit;
  }

  private wayOf(attempt: number): Way {
    if (attempt === 1) return "direct";
    const needsFew = 8 * this.needed.size < this.firstPageCount;
    if (!this.fits || (attempt <= lightAttempts && needsFew)) return "needed";
    // All pages may be too many to be copied while a writer rests, and those known to be needed too few.
    return attempt % 2 === 0 ? "all" : "needed";
  }

  private copied(): HeldSnapshot | undefined {
    const { checkCancelled } = this;
    const options = { limit: copyLimit, patience: copyPatience, checkCancelled };
    return HeldSnapshot.copied(this.view, (snapshot) => this.wanted(snapshot), options);
  }

  /**
   * What to copy, as far as there is room: what moved first, because it will move again; what was added, because tables
   * grow at their end; then what was needed before.
   */
  private wanted({ pageSize, pageCount }: LiveSnapshot): PageSet {
    const wanted = new PageSet();
    const room = copyLimit / pageSize;
    const add = (page: number) => {
      if (wanted.size < room && page <= pageCount && (page - 1) * pageSize !== lockByte) wanted.add(page);
    };
    add(1);
    for (const page of this.moving) add(page);
    const old = this.way === "all" ? 0 : this.firstPageCount;
    for (let page = old + 1; page <= pageCount && wanted.size < room; page++) add(page);
    for (const page of this.needed) add(page);
    return wanted;
  }

  private readFrom(target: Uint8Array, page: number, offset: number): number {
    this.needed.add(page);
    const read = this.holding.read(target, page, offset);
    this.giveUpWhenLost();
    return read;
  }

  /** Reading on would only teach which pages are needed. That need not be known where all can be copied. */
  private giveUpWhenLost(): void {
    if (this.fits && !this.outrun && this.holding.lost)
      throw new TraceError("busy", `${this.path} changed while it was read. Try again.`);
  }

  private makePatch(): HeaderPatch {
    const { pageSize, pageCount } = this.current;
    const firstPage = new Uint8Array(pageSize);
    this.needed.add(1);
    this.holding.read(firstPage, 1, 0);
    return { pageCount, generation: this.generation, schemaVersion: schemaVersionOf(firstPage, this.doubts) };
  }

  private patchHeader(target: Uint8Array, offset: number): void {
    if (this.patch !== undefined) patchDatabaseHeader(target, offset, this.patch);
  }

  private readPart(target: Uint8Array, page: number, offset: number): void {
    const { pageSize, pageCount } = this.current;
    if (this.readFrom(target, page, offset) < target.length) {
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
