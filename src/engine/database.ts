import path from "node:path";
import type { FileContents, SqlJs } from "sql.js/dist/sql-wasm.js";
import { Connection, setUpConnection } from "./connection.ts";
import { TraceError } from "./errors.ts";
import type { LazyContents } from "./lazy-file.ts";
import { LiveSource } from "./live-source.ts";
import type { DatabaseFile, EngineDatabase, Reader, ScalarFunction, Snapshot } from "./reader.ts";
import { type LazyFileFactory, lazyFileWorks, makeLazyFile, mountedSize } from "./self-test.ts";
import { fromSqlite } from "./sqlite-errors.ts";
import { loadSqlJs } from "./sqljs.ts";
import { blockFor } from "./wait.ts";

export interface OpenOptions {
  /** Asked at every page and by `checkCancelled`; true ends the read with `cancelled`. */
  cancelled?: () => boolean;
  /** Gets what the work passes to `Reader.progress`. */
  progress?: (fraction: number) => void;
  /** Milliseconds for which a read that cannot be proven is repeated before it ends with `busy`; 5,000 by default. */
  patience?: number;
  /** Replaces the lazy file in tests. */
  makeLazyFile?: LazyFileFactory;
}

/** Above this the copy that stands in for the lazy file would not fit into memory. */
const memoryLimit = 2 ** 31 - 1;
/** So often a question is asked at least, however long it takes: the pages that it needs are known after the first time. */
const leastAttempts = 3;
/** Milliseconds after which a transaction that cannot be undone in memory is taken for one that goes on. */
const blockedPatience = 1_000;

/**
 * Bytes that SQLite may use beside a database of so many: a small one has no right to much, a large one may need it for
 * sorting. SQLite only ever lowers this limit.
 */
function heapLimit(size: number): number {
  return Math.min(1 << 30, Math.max(384 << 20, 2 * size));
}

const selfTests = new Map<LazyFileFactory, boolean>();

/**
 * Opens a SQLite database for reading, while others may write it. Nothing is locked, written or created.
 * Rejects with `not_found`, `unreadable`, `not_a_database`, `corrupt` and `busy`.
 */
export async function openDatabase(file: string, options: OpenOptions = {}): Promise<EngineDatabase> {
  const database = new LiveDatabase(await loadSqlJs(), path.resolve(file), options);
  try {
    // Meets a bad file here rather than in the first question.
    database.read((reader) => reader.get("SELECT count(*) FROM sqlite_schema"));
  } catch (thrown) {
    database.close();
    throw thrown;
  }
  return database;
}

type Outcome<T> = { kind: "done"; value: T } | { kind: "failed"; error: TraceError };

/** `at`: when the snapshot was taken, seconds since the epoch. */
type Attempt<T> =
  | { kind: "done"; value: T; at: number }
  | { kind: "failed"; error: TraceError }
  | { kind: "torn"; openJournal: boolean; blocked: boolean };

interface OpenConnection {
  readonly handle: Connection;
  /** Undefined over a copy. */
  readonly contents: LazyContents | undefined;
  /** Identity of the file; for a copy the generation. */
  readonly madeFor: string;
  /** How many of the set-ups were run. */
  setUps: number;
  /** False until a read was proven after the last set-up. */
  settled: boolean;
}

class LiveDatabase implements EngineDatabase {
  private readonly source: LiveSource;
  private readonly makeLazyFile: LazyFileFactory;
  private readonly lazy: boolean;
  private readonly patience: number;
  private readonly functions = new Map<string, ScalarFunction>();
  private readonly setUps: string[] = [];
  private readonly reader: Reader;
  private connection: OpenConnection | undefined;
  private state: "idle" | "reading" | "closed" = "idle";

  constructor(
    private readonly sqlJs: SqlJs,
    file: string,
    options: OpenOptions,
  ) {
    const checkCancelled = () => {
      if (options.cancelled?.()) throw new TraceError("cancelled", "The request was cancelled.");
    };
    this.source = new LiveSource(file, checkCancelled);
    this.patience = options.patience ?? 5_000;
    this.makeLazyFile = options.makeLazyFile ?? makeLazyFile;
    let works = selfTests.get(this.makeLazyFile);
    if (works === undefined) {
      works = lazyFileWorks(sqlJs, this.makeLazyFile);
      selfTests.set(this.makeLazyFile, works);
    }
    this.lazy = works;
    this.reader = {
      all: (sql, params, limit) => this.handle.all(sql, params, limit),
      get: (sql, params) => this.handle.get(sql, params),
      columns: (sql) => this.handle.columns(sql),
      each: (sql, params, visit) => this.handle.each(sql, params, visit),
      pages: this.lazy ? this.source : undefined,
      checkCancelled,
      progress: (fraction) => options.progress?.(fraction),
    };
  }

  get generation(): number {
    return this.source.generation;
  }

  get file(): DatabaseFile {
    return { ...this.source.file, access: this.lazy ? "lazy" : "copy" };
  }

  define(name: string, implementation: ScalarFunction): void {
    this.functions.set(name, implementation);
    this.connection?.handle.define(name, implementation);
  }

  setUp(sql: string): void {
    this.setUps.push(sql);
    try {
      this.read(() => undefined);
    } catch (thrown) {
      this.setUps.pop();
      throw thrown;
    }
  }

  read<T>(work: (reader: Reader) => T): { value: T; snapshot: Snapshot } {
    if (this.state === "closed")
      throw new TraceError("closed", `${this.source.path} was closed. Open it again.`);
    if (this.state === "reading") throw new TraceError("internal", "A read began inside another one.");
    this.state = "reading";
    try {
      const begun = performance.now();
      let blocked = true;
      for (let attempt = 1; ; attempt++) {
        const outcome = this.attempt(work, attempt);
        if (outcome.kind === "failed") throw outcome.error;
        if (outcome.kind === "done")
          return { value: outcome.value, snapshot: { at: outcome.at, stale: false } };
        this.reader.checkCancelled();
        blocked &&= outcome.blocked;
        const patience = blocked ? Math.min(blockedPatience, this.patience) : this.patience;
        if (attempt >= leastAttempts && performance.now() - begun > patience)
          throw this.busy(outcome.openJournal);
        // Uneven, so as not to fall into step with the writer.
        blockFor(Math.min(20, 2 ** attempt) * Math.random());
      }
    } finally {
      this.source.forget();
      this.state = "idle";
    }
  }

  close(): void {
    this.disconnect();
    this.state = "closed";
  }

  private get handle(): Connection {
    if (this.connection === undefined)
      throw new TraceError("internal", "A reader was used outside its read.");
    return this.connection.handle;
  }

  /** One snapshot, one run of the work, one proof. */
  private attempt<T>(work: (reader: Reader) => T, attempt: number): Attempt<T> {
    try {
      if (!this.source.begin(attempt)) return this.torn();
      if (!this.lazy) {
        const copied = this.guard(() => this.copy());
        if (!this.proves(copied)) return this.torn();
        if (copied.kind === "failed") return copied;
      }
      const outcome = this.guard(() => {
        this.connect();
        return work(this.reader);
      });
      // A copy was proven before it was asked.
      const proven = !this.lazy || this.proves(outcome);
      if (proven && outcome.kind === "done") this.connection!.settled = true;
      // A handle that was set up by what turned out as torn is made again.
      if (this.connection?.settled === false) this.disconnect();
      if (!proven) return this.torn();
      return outcome.kind === "done" ? { ...outcome, at: this.source.takenAt } : outcome;
    } finally {
      this.source.end();
    }
  }

  /** Giving up needs no proof; everything else does, errors included. */
  private proves(outcome: Outcome<unknown>): boolean {
    return (outcome.kind === "failed" && outcome.error.kind === "cancelled") || this.source.proven();
  }

  private torn(): Attempt<never> {
    return { kind: "torn", openJournal: this.source.hasOpenJournal, blocked: this.source.isBlocked };
  }

  private guard<T>(action: () => T): Outcome<T> {
    try {
      this.source.check();
      const value = action();
      const failure = this.takeFailure();
      // The action, or SQLite, went on without some pages.
      if (failure !== undefined) return { kind: "failed", error: fromSqlite(this.source.path, failure) };
      return { kind: "done", value };
    } catch (thrown) {
      // A trap in the WASM code leaves its memory in any state: nothing can be answered any more.
      if (thrown instanceof Error && thrown.name === "RuntimeError") throw thrown;
      return { kind: "failed", error: fromSqlite(this.source.path, this.takeFailure() ?? thrown) };
    }
  }

  private takeFailure(): unknown {
    const reading = this.connection?.contents?.takeFailure();
    const computing = this.connection?.handle.takeFailure();
    return reading ?? computing;
  }

  /** Opens a handle on a copy of all pages, unless there is one of this state. */
  private copy(): void {
    const madeFor = String(this.generation);
    if (this.connection?.madeFor === madeFor) return;
    if (this.source.size > memoryLimit) {
      throw new TraceError(
        "unreadable",
        `${this.source.path} is too large to be read into memory. Restart the editor.`,
      );
    }
    this.disconnect();
    this.open(this.source.copyPages(), undefined, madeFor);
  }

  /** Brings the handle up to date with the file and with what was defined and set up. */
  private connect(): void {
    if (this.lazy && this.connection?.madeFor !== this.source.identity) {
      this.disconnect();
      const contents = this.makeLazyFile(this.source, mountedSize);
      this.open(contents, contents, this.source.identity);
    }
    const connection = this.connection!;
    if (connection.setUps === this.setUps.length && connection.settled) return;
    connection.settled = false;
    const { handle } = connection;
    handle.run(setUpConnection);
    handle.run(`PRAGMA hard_heap_limit = ${heapLimit(this.source.size)}`);
    for (const sql of this.setUps.slice(connection.setUps)) handle.run(sql);
    connection.setUps = this.setUps.length;
  }

  private open(contents: FileContents, lazy: LazyContents | undefined, madeFor: string): void {
    const handle = new Connection(this.sqlJs, contents);
    this.connection = { handle, contents: lazy, madeFor, setUps: 0, settled: false };
    for (const [name, implementation] of this.functions) handle.define(name, implementation);
  }

  private disconnect(): void {
    this.connection?.handle.close();
    this.connection = undefined;
  }

  private busy(openJournal: boolean): TraceError {
    const reason = openJournal
      ? "has an unfinished transaction. If nothing writes it, open it once with the program that did, then try again."
      : "changes faster than it can be read. Try again when less is being written.";
    return new TraceError("busy", `${this.source.path} ${reason}`);
  }
}
