/** A value as SQLite stores it. Integers beyond 2^53 arrive rounded. */
export type SqlValue = string | number | Uint8Array | null;

/** Positional (`?`) or named (`:name`, keys with the colon) parameters. Always bound, never pasted into SQL. */
export type SqlParams = readonly SqlValue[] | Readonly<Record<string, SqlValue>>;

/** Says how fresh an answer is. */
export interface Snapshot {
  /** Of which moment the rows are, all of them, in seconds since the epoch. */
  readonly at: number;
  /**
   * True for an answer that is kept on screen, or handed out again, because a newer one could not be proven. What the
   * engine answers is never older than its question: where nothing can be proven, it throws `busy`.
   */
  readonly stale: boolean;
}

/** Pages of a snapshot as SQLite sees them, counted from 1. */
export interface Pages {
  /** Bytes. */
  readonly pageSize: number;
  readonly pageCount: number;
  /** Fills `target`, a whole number of pages long, with the pages from `first` on. Throws `corrupt` and `cancelled`. */
  readPages(target: Uint8Array, first: number): void;
  /** For another thread to read the same pages, as long as the snapshot lasts; undefined where it cannot. */
  share?(): SharedPages | undefined;
  /** Names the state that the pages are of, for {@link changedSince}. */
  mark?(): PagesMark;
  /**
   * The pages that may differ from a state marked before, even one that was never proven; undefined when the log no longer
   * tells, so that any page may. Nothing is said of pages beyond the end.
   */
  changedSince?(mark: PagesMark): ReadonlySet<number> | undefined;
}

/** A state of a database's pages. */
export interface PagesMark {
  /** Which file it is. */
  readonly identity: string;
  readonly pageSize: number;
  /** State of the main file; undefined when the file was too fresh for another change to show. */
  readonly main: string | undefined;
  /** The log's header, in hexadecimal digits, and its last commit frame; undefined where there was no log. */
  readonly log: { readonly header: string; readonly frame: number; readonly checksum: string } | undefined;
}

/** Where another thread finds the pages of a snapshot. What it read counts only when the snapshot is proven afterwards. */
export interface SharedPages {
  readonly pageSize: number;
  readonly pageCount: number;
  /** Descriptor of the main file. */
  readonly main: number;
  /** Descriptor of the log; undefined where no page comes from it. */
  readonly log: number | undefined;
  /** Pages that the log has, each followed by its place in it, bytes. */
  readonly logged: Float64Array;
}

/**
 * Reads one snapshot of the database. Handed to the callback of `EngineDatabase.read`, and valid only there.
 * Every method may throw; the caller must let it pass, because the engine decides from it whether to read again.
 */
export interface Reader {
  /** All rows as objects. Throws `too_many_rows` when there are more than `limit` (default 100,000). */
  all<R extends object = Record<string, SqlValue>>(sql: string, params?: SqlParams, limit?: number): R[];
  /** The first row, or undefined. */
  get<R extends object = Record<string, SqlValue>>(sql: string, params?: SqlParams): R | undefined;
  /** Names of a statement's columns, in order; two may have the same name. */
  columns(sql: string): readonly string[];
  /** Streams rows as arrays in column order, without keeping them. Return false to stop. */
  each(sql: string, params: SqlParams, visit: (row: readonly SqlValue[]) => unknown): void;
  /** The snapshot's pages, for those who read tables without SQLite; undefined where SQLite has a copy. */
  readonly pages: Pages | undefined;
  /** Throws `cancelled` if the caller gave up. Call it in long loops that read nothing. */
  checkCancelled(): void;
  /** Reports how far a long read has come, 0 to 1; reaches the caller's `onProgress`. */
  progress(fraction: number): void;
}

/** A scalar SQL function in JavaScript. Must be deterministic. */
export type ScalarFunction = (...args: SqlValue[]) => SqlValue;

/** What is known about the file behind a database. */
export interface DatabaseFile {
  /** Bytes of the main file. */
  readonly size: number;
  /** Bytes of the write-ahead log, 0 when there is none. */
  readonly walSize: number;
  readonly journalMode: "wal" | "rollback";
  /** How pages reach SQLite: on demand, or from a copy in memory when the self-test failed. */
  readonly access: "lazy" | "copy";
}

/** An open database inside the worker. Synchronous: it blocks its own thread only. */
export interface EngineDatabase {
  /** Registers a scalar function for use in SQL. */
  define(name: string, implementation: ScalarFunction): void;
  /** Runs statements that make TEMP objects. Never changes the file. */
  setUp(sql: string): void;
  /**
   * Runs `work` against one snapshot, proves afterwards that nothing moved while it read, and only then returns its value.
   * When something moved, the value (or whatever was thrown) is discarded and `work` runs again, so it must have no side effects.
   * Throws `busy` when nothing could be proven within the bound.
   */
  read<T>(work: (reader: Reader) => T): { value: T; snapshot: Snapshot };
  /** Counts up whenever a read saw the database changed since the read before. Key for caches of derived data. */
  readonly generation: number;
  readonly file: DatabaseFile;
  close(): void;
}
