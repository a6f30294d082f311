import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import type { Database, SqlJs, Statement } from "sql.js/dist/sql-wasm.js";
import { TraceError } from "../engine/errors.ts";
import { writeFailure } from "../engine/new-file.ts";
import type { SqlValue } from "../engine/reader.ts";
import { DiskContents } from "./disk-contents.ts";

const SET_UP =
  "PRAGMA journal_mode = off; PRAGMA synchronous = off; PRAGMA locking_mode = exclusive; PRAGMA cache_size = -65536; BEGIN";

/**
 * A database on disk that is being made. All of it is one transaction that nobody else can see.
 * Methods throw `unwritable` when the disk refuses; then only {@link close} makes sense.
 */
export class DiskDatabase {
  private readonly descriptor: number;
  private readonly contents: DiskContents;
  private readonly database: Database;
  private readonly statements = new Map<string, Statement>();
  private open = true;

  /**
   * @param file A file that does not exist yet.
   * @param tables Statements that make the tables.
   */
  constructor(
    sqlJs: SqlJs,
    private readonly file: string,
    tables: string,
  ) {
    this.descriptor = openNew(file);
    this.contents = new DiskContents(this.descriptor);
    try {
      const first = emptyDatabase(sqlJs, tables);
      this.guard(() => writeSync(this.descriptor, first));
      this.database = new sqlJs.Database(this.contents);
      this.run(SET_UP);
    } catch (thrown) {
      closeSync(this.descriptor);
      throw thrown;
    }
  }

  /** Runs a statement, which is kept for the next time; its first row, if there is one. */
  execute(sql: string, values: readonly SqlValue[]): SqlValue[] | undefined {
    return this.guard(() => {
      let statement = this.statements.get(sql);
      if (statement === undefined) {
        statement = this.database.prepare(sql);
        this.statements.set(sql, statement);
      }
      statement.bind(values);
      try {
        return statement.step() ? statement.get() : undefined;
      } finally {
        statement.reset();
      }
    });
  }

  /** Runs all statements of the text. */
  run(sql: string): void {
    this.guard(() => this.database.run(sql));
  }

  /** All rows of a query. */
  all(sql: string): SqlValue[][] {
    return this.guard(() => this.database.exec(sql)[0]?.values ?? []);
  }

  /** Ends the transaction and closes the file, which then is whole; flushed to the disk unless it is for now only. */
  commit({ flush }: { readonly flush: boolean }): void {
    this.run("COMMIT");
    this.end(() => {
      if (flush) fsyncSync(this.descriptor);
    });
  }

  /** Closes the file, whole or not. */
  close(): void {
    this.end(() => undefined);
  }

  private end(last: () => void): void {
    if (!this.open) return;
    try {
      for (const statement of this.statements.values()) statement.free();
      this.database.close();
      this.guard(last);
    } finally {
      this.open = false;
      closeSync(this.descriptor);
    }
  }

  private guard<T>(action: () => T): T {
    if (!this.open) throw new TraceError("closed", `${this.file} was published or given up already.`);
    try {
      const value = action();
      const failure = this.contents.takeFailure();
      if (failure !== undefined) throw failure;
      return value;
    } catch (thrown) {
      const failure = this.contents.takeFailure() ?? thrown;
      const isDisk = failure instanceof Error && "code" in failure;
      throw isDisk ? writeFailure(this.file, failure) : failure;
    }
  }
}

function openNew(file: string): number {
  try {
    return openSync(file, "wx+");
  } catch (thrown) {
    throw writeFailure(file, thrown);
  }
}

function emptyDatabase(sqlJs: SqlJs, tables: string): Uint8Array {
  const database = new sqlJs.Database();
  try {
    database.run(tables);
    return database.export();
  } finally {
    database.close();
  }
}
