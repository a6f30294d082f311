import { realpathSync } from "node:fs";
import { type DatabaseHeader, databaseHeaderSize, parseDatabaseHeader } from "./database-header.ts";
import { TraceError } from "./errors.ts";
import {
  type FileState,
  fileError,
  isMissing,
  type ReadableBytes,
  ReadOnlyFile,
  sameState,
  stateOf,
} from "./read-only-file.ts";
import type { PagesMark, SharedPages } from "./reader.ts";
import { hasOpenJournal, RollbackJournal } from "./rollback-journal.ts";
import { readSharedIndex, type SharedIndex } from "./shm.ts";
import { type LogChange, readWalHeader, type WalIndex } from "./wal.ts";

/**
 * How it is proven that no writer touched what was read.
 * `index`: writers share their state in `-shm`, so reads pass beside commits.
 * `quiet`: a log without a usable index; nothing may have been written at all.
 * `journal`: no log; no transaction may have begun or ended.
 * `hot`: no log, but a journal whose transaction has not ended; it and the file may not have been written at all.
 */
type Rule =
  | { kind: "index"; index: SharedIndex }
  | { kind: "quiet" }
  | { kind: "journal" }
  | { kind: "hot"; journal: RollbackJournal };

/** A change of a file shows in its time of change only when the last change is older than a tick of that clock. */
const tick = 20_000_000n;

/** Counts snapshots that equal no other, because the file had just been changed. */
let unsettled = 0;

/** What the files look like after reading; compared with what they looked like before. */
interface Evidence {
  readonly main: FileState | undefined;
  readonly log: FileState | undefined;
  readonly index: FileState | undefined;
  readonly logHeader: Buffer | undefined;
  readonly shared: SharedIndex | undefined;
  /** Not looked at when the shared index tells all; so is what follows. */
  readonly mainHeader: Buffer | undefined;
  readonly openJournal: boolean;
  /** Looked at only when its pages were laid over the file. */
  readonly journal: FileState | undefined;
  readonly at: bigint;
}

interface OpenFiles {
  readonly path: string;
  readonly main: ReadOnlyFile;
  readonly log: ReadOnlyFile | undefined;
  readonly index: ReadOnlyFile | undefined;
}

/**
 * One state of a database that others may be writing: main file and write-ahead log, up to the last commit.
 * No lock is taken; read first, then ask {@link proven} whether all of it belonged together.
 * Its descriptors are open until {@link close}, so that no other file can get their inodes meanwhile.
 */
export class LiveSnapshot {
  readonly header: DatabaseHeader | undefined;
  readonly pageSize: number;
  readonly pageCount: number;
  /** Equal for two snapshots only when all pages are equal. */
  readonly key: string;
  /** Names this state for {@link changedSince} of a later one. */
  readonly mark: PagesMark;
  readonly mainState: FileState;
  readonly logState: FileState | undefined;
  /** Last commit frame of the log that is part of the snapshot; 0 when all pages come from the main file. */
  readonly lastFrame: number;
  /** What was committed to the log since the snapshot before, as {@link WalIndex.refresh} tells it. */
  readonly logChange: LogChange | undefined;
  private readonly indexState: FileState | undefined;
  private readonly mainHeader: Buffer;
  private readonly rule: Rule;
  private readonly startedAt = now();
  private readonly startedInJournal: boolean;
  /** Whether the log has frames that were not announced when the index was looked at, or that are all in the main file. */
  private readonly passedOver: boolean;
  /** The transaction to be undone, when there is no log. */
  private readonly journal: RollbackJournal | undefined;

  private constructor(
    private readonly files: OpenFiles,
    private readonly wal: WalIndex,
    trustIndex: (path: string) => boolean,
  ) {
    const { path, main, log, index } = files;
    // The order matters: states, then the journal, then the shared index, then the log that it describes, then pages.
    this.mainState = main.state();
    this.logState = log?.state();
    this.indexState = index?.state();
    this.startedInJournal = hasOpenJournal(path);
    this.journal =
      this.startedInJournal && log === undefined && index === undefined
        ? RollbackJournal.read(path)
        : undefined;
    const shared = index && trustIndex(path) ? readSharedIndex(index) : undefined;
    this.logChange = wal.refresh(log);
    const salts = wal.header?.salts;
    const restarted = shared?.lastFrame === 0 && salts !== undefined && shared.salts !== salts;
    this.passedOver = restarted;
    this.lastFrame = restarted ? 0 : wal.lastFrame;
    this.mainHeader = readHeader(main);
    this.header = parseDatabaseHeader(this.firstBytes());
    const undone = this.journal?.pageSize;
    this.pageSize =
      this.lastFrame > 0 ? (wal.header?.pageSize ?? 0) : (undone ?? this.header?.pageSize ?? 512);
    if (this.lastFrame > 0) this.pageCount = wal.pageCount;
    else if (this.journal !== undefined && undone !== undefined) this.pageCount = this.journal.pageCount;
    else this.pageCount = this.header?.pageCount ?? Math.floor(this.mainState.size / this.pageSize);
    if (this.journal !== undefined) {
      this.rule = { kind: "hot", journal: this.journal };
    } else if (log === undefined && index === undefined && this.header?.journalMode !== "wal") {
      this.rule = { kind: "journal" };
    } else if (
      shared !== undefined &&
      (restarted || salts === undefined || salts === shared.salts) &&
      shared.backfillAttempted <= this.lastFrame
    ) {
      this.rule = { kind: "index", index: shared };
    } else {
      this.rule = { kind: "quiet" };
    }
    this.key = this.describe();
    this.mark = this.markNow();
  }

  /**
   * Opens the database and what lies beside it.
   * Throws `not_found` and `unreadable`; what else is wrong with the file is found by reading it.
   * @param wal Kept from snapshot to snapshot, so that only new frames are read.
   * @param trustIndex Whether `-shm` can be read coherently where this file lies.
   */
  static open(path: string, wal: WalIndex, trustIndex: (path: string) => boolean): LiveSnapshot {
    const real = realPath(path);
    const main = ReadOnlyFile.open(real);
    if (main === undefined) throw notFound(path);
    const opened = [main];
    const open = (suffix: string) => {
      const file = ReadOnlyFile.open(real + suffix);
      if (file !== undefined) opened.push(file);
      return file;
    };
    try {
      return new LiveSnapshot({ path: real, main, log: open("-wal"), index: open("-shm") }, wal, trustIndex);
    } catch (thrown) {
      for (const file of opened) file.close();
      throw thrown;
    }
  }

  /**
   * Bytes of the main file by now. The state was taken before the log was looked at: until then a checkpoint may have made
   * the file longer, and have begun the log anew.
   */
  get mainSize(): number {
    return this.files.main.size;
  }

  /** When it was taken, seconds since the epoch. */
  get takenAt(): number {
    return Number(this.startedAt / 1_000_000n) / 1000;
  }

  /**
   * Whether the shared index proves it, so that the {@link logChange} of the next one tells all that commits may have changed
   * since. Not so where the log was passed over: what it holds already is not told again.
   */
  get usesIndex(): boolean {
    return this.rule.kind === "index" && !this.passedOver;
  }

  /** Whether a transaction stands in the journal that cannot be undone here, so that nothing can be proven until it ends. */
  get blocked(): boolean {
    return this.startedInJournal && (this.rule.kind === "journal" || this.rule.kind === "quiet");
  }

  /** Whether it is of the same files as an earlier one that is still open. */
  isOfFilesOf(earlier: LiveSnapshot): boolean {
    return (
      this.files.log !== undefined &&
      this.mainState.identity === earlier.mainState.identity &&
      this.logState?.identity === earlier.logState?.identity &&
      this.indexState?.identity === earlier.indexState?.identity
    );
  }

  /** Whether a page comes from the log rather than from the main file. */
  isInLog(page: number): boolean {
    return this.lastFrame > 0 && this.files.log !== undefined && this.wal.frameOf(page) !== undefined;
  }

  get journalMode(): "wal" | "rollback" {
    return this.lastFrame > 0 ? "wal" : (this.header?.journalMode ?? "rollback");
  }

  /** Reads from `offset` within a page, counted from 1, until `target` is full. Returns the bytes that there were. */
  read(target: Uint8Array, page: number, offset: number): number {
    const before = this.journal?.read(page, offset);
    if (before !== undefined) {
      target.set(before.subarray(0, target.length));
      return Math.min(before.length, target.length);
    }
    const frame = this.lastFrame > 0 ? this.wal.frameOf(page) : undefined;
    if (frame === undefined || this.files.log === undefined) {
      return this.files.main.read(target, target.length, (page - 1) * this.pageSize + offset);
    }
    return this.files.log.read(target, target.length, this.wal.positionOf(frame) + offset);
  }

  /**
   * Reads whole pages that follow each other, from `first` on, until `target` is full. Stretches that no log or journal
   * has newer versions of are read at once. Returns false when a page is missing.
   */
  readPages(target: Uint8Array, first: number): boolean {
    const { pageSize } = this;
    const count = target.length / pageSize;
    const apart = (page: number) =>
      (this.journal !== undefined && this.journal.read(page, 0) !== undefined) || this.isInLog(page);
    for (let at = 0; at < count; ) {
      let end = at + 1;
      if (!apart(first + at)) while (end < count && !apart(first + end)) end += 1;
      const part = target.subarray(at * pageSize, end * pageSize);
      const read =
        end - at === 1
          ? this.read(part, first + at, 0)
          : this.files.main.read(part, part.length, (first + at - 1) * pageSize);
      if (read < part.length) return false;
      at = end;
    }
    return true;
  }

  /** For reading from another thread; undefined when pages come from a journal. */
  share(): SharedPages | undefined {
    if (this.journal !== undefined) return undefined;
    const { main, log } = this.files;
    const logged = this.lastFrame > 0 && log !== undefined;
    return {
      pageSize: this.pageSize,
      pageCount: this.pageCount,
      main: main.descriptor,
      log: logged ? log.descriptor : undefined,
      logged: logged ? this.wal.places() : new Float64Array(0),
    };
  }

  /** Pages that may differ between a state marked before and this one; undefined when any may. */
  changedSince(marked: PagesMark): ReadonlySet<number> | undefined {
    const { mark } = this;
    const { log } = this.files;
    if (this.journal !== undefined || mark.identity !== marked.identity || mark.pageSize !== marked.pageSize)
      return undefined;
    if (marked.log !== undefined) return log && this.wal.pagesAfter(marked.log, log);
    if (mark.main === undefined || mark.main !== marked.main) return undefined;
    return mark.log === undefined ? new Set() : log && this.wal.pagesAfter({ ...mark.log, frame: 0 }, log);
  }

  private markNow(): PagesMark {
    const { identity, size, changed } = this.mainState;
    const { header, lastFrame, lastChecksum } = this.wal;
    return {
      identity,
      pageSize: this.pageSize,
      main:
        this.startedAt - changed > tick ? `${size} ${changed} ${this.mainHeader.toString("hex")}` : undefined,
      // All frames of a log that is going to begin anew are in the main file.
      log: header && { header: header.bytes.toString("hex"), frame: lastFrame, checksum: lastChecksum },
    };
  }

  /** Milliseconds to wait before a snapshot taken then can be proven; 0 when this one can. */
  get settlesIn(): number {
    if (this.rule.kind !== "quiet" && this.rule.kind !== "hot") return 0;
    const waits = this.states
      .flatMap((state) => (state ? [this.startedAt - state.changed] : []))
      .filter((age) => age >= -tick && age <= tick)
      .map((age) => Number(tick - age) / 1e6 + 1);
    return Math.max(0, ...waits);
  }

  /** Whether a transaction that has not ended is undone in this snapshot, so that the file may be shorter than it was. */
  get undoes(): boolean {
    return this.journal !== undefined;
  }

  /** True when a transaction stands in a rollback journal, so that the main file alone means nothing. */
  get hasOpenJournal(): boolean {
    return this.rule.kind !== "index" && hasOpenJournal(this.files.path);
  }

  /** Whether everything that was read until now belongs to one committed state. False says nothing about the data. */
  proven(): boolean {
    const after = this.gather(this.rule.kind !== "index");
    if (after.main?.identity !== this.mainState.identity) return false;
    if (after.log?.identity !== this.logState?.identity) return false;
    if (after.index?.identity !== this.indexState?.identity) return false;
    switch (this.rule.kind) {
      case "index":
        // A checkpoint raises its mark before it writes, and new salts are announced before old frames are written over.
        return (
          this.logStands(after) &&
          after.shared?.salts === this.rule.index.salts &&
          after.shared.backfillAttempted <= this.lastFrame
        );
      case "quiet":
        return (
          !this.startedInJournal &&
          !after.openJournal &&
          this.logStands(after) &&
          this.filesStand(after) &&
          this.timesCount(after)
        );
      case "journal":
        return !this.startedInJournal && !after.openJournal && this.filesStand(after);
      case "hot":
        return (
          after.openJournal &&
          sameState(after.journal, this.rule.journal.state) &&
          this.filesStand(after) &&
          this.timesCount(after)
        );
    }
  }

  close(): void {
    this.files.main.close();
    this.files.log?.close();
    this.files.index?.close();
  }

  /** What may not have changed when only times can tell. */
  private get states(): readonly (FileState | undefined)[] {
    return [this.mainState, this.logState, this.journal?.state];
  }

  private gather(all: boolean): Evidence {
    const { path, main, log, index } = this.files;
    return {
      shared: index && readSharedIndex(index),
      logHeader: log && readWalHeader(log),
      // The journal before the file: it is there before the first page is written and until the last one is.
      openJournal: all && hasOpenJournal(path),
      journal: all && this.journal ? stateOf(`${path}-journal`) : undefined,
      mainHeader: all ? readHeader(main) : undefined,
      main: stateOf(path),
      log: stateOf(`${path}-wal`),
      index: stateOf(`${path}-shm`),
      at: now(),
    };
  }

  private logStands({ logHeader }: Evidence): boolean {
    if (!this.wal.headerIs(logHeader)) return false;
    return this.files.log === undefined || this.wal.lastFrameStands(this.files.log);
  }

  private filesStand(after: Evidence): boolean {
    return (
      sameState(after.main, this.mainState) &&
      sameState(after.log, this.logState) &&
      after.mainHeader?.equals(this.mainHeader) === true
    );
  }

  private timesCount({ at }: Evidence): boolean {
    return this.states.every(
      (state) => state === undefined || this.startedAt - state.changed > tick || state.changed - at > tick,
    );
  }

  /** Of page 1, wherever it is. */
  private firstBytes(): Buffer {
    const before = this.journal?.read(1, 0);
    if (before !== undefined) return Buffer.from(before.subarray(0, databaseHeaderSize));
    const frame = this.lastFrame > 0 ? this.wal.frameOf(1) : undefined;
    if (frame === undefined || this.files.log === undefined) return this.mainHeader;
    return readHeader(this.files.log, this.wal.positionOf(frame));
  }

  private describe(): string {
    const { identity, size, changed } = this.mainState;
    if (this.lastFrame > 0) {
      return `${identity} log ${this.wal.header?.bytes.toString("hex")} ${this.lastFrame} ${this.wal.lastChecksum}`;
    }
    if (this.journal !== undefined) {
      const { state } = this.journal;
      return `${identity} undone ${size} ${changed} ${state.identity} ${state.size} ${state.changed}`;
    }
    const salts = this.rule.kind === "index" ? this.rule.index.salts : "";
    // Without a journal the change counter need not move, and the time does not where two changes share a tick: a log that
    // is made, moved into the file and removed in between leaves no other trace.
    const settled = this.rule.kind === "journal" || this.startedAt - changed > tick;
    return `${identity} main ${size} ${changed} ${this.header?.changeCounter} ${salts} ${settled ? "" : ++unsettled}`;
  }
}

function readHeader(bytes: ReadableBytes, position = 0): Buffer {
  const header = Buffer.alloc(databaseHeaderSize);
  return header.subarray(0, bytes.read(header, header.length, position));
}

function notFound(path: string): TraceError {
  return new TraceError(
    "not_found",
    `There is no file at ${path}. Check the path, or run the pipeline once.`,
  );
}

/** SQLite puts log and journal beside the file itself, not beside a link to it. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (thrown) {
    if (isMissing(thrown)) throw notFound(path);
    throw fileError(path, thrown);
  }
}

/** Nanoseconds since the epoch, as precise as milliseconds. */
function now(): bigint {
  return BigInt(Date.now()) * 1_000_000n;
}
