import { realpathSync } from "node:fs";
import { type DatabaseHeader, databaseHeaderSize, parseDatabaseHeader } from "./database-header.ts";
import { TraceError } from "./errors.ts";
import { type FileState, fileError, isMissing, ReadOnlyFile, sameState, stateOf } from "./read-only-file.ts";
import { hasOpenJournal } from "./rollback-journal.ts";
import { readSharedIndex, type SharedIndex } from "./shm.ts";
import type { WalIndex } from "./wal.ts";

/**
 * How it is proven that no writer touched what was read.
 * `index`: writers share their state in `-shm`, so reads pass beside commits.
 * `quiet`: a log without a usable index; nothing may have been written at all.
 * `journal`: no log; no transaction may have begun or ended.
 */
type Rule = { kind: "index"; index: SharedIndex } | { kind: "quiet" } | { kind: "journal" };

/** A change of a file shows in its time of change only when the last change is older than a tick of that clock. */
const tick = 20_000_000n;

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
  readonly mainState: FileState;
  readonly logState: FileState | undefined;
  /** Last commit frame of the log that is part of the snapshot; 0 when all pages come from the main file. */
  readonly lastFrame: number;
  private readonly indexState: FileState | undefined;
  private readonly mainHeader: Buffer;
  private readonly rule: Rule;
  private readonly startedAt = now();

  private constructor(
    private readonly path: string,
    private readonly main: ReadOnlyFile,
    private readonly log: ReadOnlyFile | undefined,
    private readonly index: ReadOnlyFile | undefined,
    private readonly wal: WalIndex,
    trustIndex: boolean,
  ) {
    // The order matters: states first, then the shared index, then the log that it describes.
    this.mainState = main.state();
    this.logState = log?.state();
    this.indexState = index?.state();
    const shared = index && trustIndex ? readSharedIndex(index) : undefined;
    wal.refresh(log);
    const salts = wal.header?.salts;
    const restarted = shared?.lastFrame === 0 && salts !== undefined && shared.salts !== salts;
    this.lastFrame = restarted ? 0 : wal.lastFrame;
    this.mainHeader = this.readMainHeader();
    this.header = parseDatabaseHeader(this.lastFrame > 0 ? this.readHeader() : this.mainHeader);
    this.pageSize = this.lastFrame > 0 ? (wal.header?.pageSize ?? 0) : (this.header?.pageSize ?? 512);
    this.pageCount =
      this.lastFrame > 0
        ? wal.pageCount
        : (this.header?.pageCount ?? Math.floor(this.mainState.size / this.pageSize));
    if (log === undefined && index === undefined && this.header?.journalMode !== "wal") {
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
  }

  /**
   * Opens the database and what lies beside it.
   * Throws `not_found` and `unreadable`; what else is wrong with the file is found by reading it.
   * @param wal Kept from snapshot to snapshot, so that only new frames are read.
   * @param trustIndex Whether `-shm` can be read coherently where it lies.
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
      const log = open("-wal");
      const index = open("-shm");
      return new LiveSnapshot(real, main, log, index, wal, index !== undefined && trustIndex(real));
    } catch (thrown) {
      for (const file of opened) file.close();
      throw thrown;
    }
  }

  get journalMode(): "wal" | "rollback" {
    return this.lastFrame > 0 ? "wal" : (this.header?.journalMode ?? "rollback");
  }

  /** Reads from `offset` within a page, counted from 1, until `target` is full. Returns the bytes that there were. */
  read(target: Uint8Array, page: number, offset: number): number {
    const frame = this.lastFrame > 0 ? this.wal.frameOf(page) : undefined;
    if (frame === undefined || this.log === undefined) {
      return this.main.read(target, target.length, (page - 1) * this.pageSize + offset);
    }
    return this.log.read(target, target.length, this.wal.positionOf(frame) + offset);
  }

  /** Milliseconds to wait before a snapshot taken then can be proven; 0 when this one can. */
  get settlesIn(): number {
    if (this.rule.kind !== "quiet") return 0;
    const waits = [this.mainState, this.logState]
      .flatMap((state) => (state ? [this.startedAt - state.changed] : []))
      .filter((age) => age >= 0n && age <= tick)
      .map((age) => Number(tick - age) / 1e6 + 1);
    return Math.max(0, ...waits);
  }

  /** True when a transaction stands in a rollback journal, so that the main file alone means nothing. */
  get hasOpenJournal(): boolean {
    return this.rule.kind !== "index" && hasOpenJournal(this.path);
  }

  /** Whether everything that was read until now belongs to one committed state. False says nothing about the data. */
  proven(): boolean {
    if (stateOf(this.path)?.identity !== this.mainState.identity) return false;
    if (stateOf(`${this.path}-wal`)?.identity !== this.logState?.identity) return false;
    if (stateOf(`${this.path}-shm`)?.identity !== this.indexState?.identity) return false;
    switch (this.rule.kind) {
      case "index":
        return this.wal.stands(this.log) && this.indexStands(this.rule.index);
      case "quiet":
        return this.wal.stands(this.log) && !this.hasOpenJournal && this.filesStand() && this.timesCount();
      case "journal":
        // The journal first: it is there before the first page is written and until the last one is.
        return !this.hasOpenJournal && this.filesStand();
    }
  }

  close(): void {
    this.main.close();
    this.log?.close();
    this.index?.close();
  }

  /** A checkpoint raises its mark before it writes, and new salts are announced before old frames are written over. */
  private indexStands(before: SharedIndex): boolean {
    const after = this.index && readSharedIndex(this.index);
    return after?.salts === before.salts && after.backfillAttempted <= this.lastFrame;
  }

  private filesStand(): boolean {
    return (
      sameState(this.main.state(), this.mainState) &&
      sameState(this.log?.state(), this.logState) &&
      this.readMainHeader().equals(this.mainHeader)
    );
  }

  private timesCount(): boolean {
    const end = now();
    return [this.mainState, this.logState].every(
      (state) => state === undefined || this.startedAt - state.changed > tick || state.changed - end > tick,
    );
  }

  private readMainHeader(): Buffer {
    const bytes = Buffer.alloc(databaseHeaderSize);
    return bytes.subarray(0, this.main.read(bytes, bytes.length, 0));
  }

  private readHeader(): Buffer {
    const frame = this.wal.frameOf(1);
    if (frame === undefined || this.log === undefined) return this.mainHeader;
    const bytes = Buffer.alloc(databaseHeaderSize);
    return bytes.subarray(0, this.log.read(bytes, bytes.length, this.wal.positionOf(frame)));
  }

  private describe(): string {
    const { identity, size, changed } = this.mainState;
    if (this.lastFrame > 0) {
      return `${identity} log ${this.wal.header?.bytes.toString("hex")} ${this.lastFrame} ${this.wal.lastChecksum}`;
    }
    const salts = this.rule.kind === "index" ? this.rule.index.salts : "";
    return `${identity} main ${size} ${changed} ${this.header?.changeCounter} ${salts}`;
  }
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
