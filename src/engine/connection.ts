import type { Database, FileContents, SqlJs, Statement } from "sql.js/dist/sql-wasm.js";
import { TraceError } from "./errors.ts";
import type { ScalarFunction, SqlParams, SqlValue } from "./reader.ts";

const keptStatements = 200;
/** Everything that SQLite wants to put aside stays in memory, and 32 MiB of pages are kept between statements. */
export const setUpConnection =
  "PRAGMA temp_store = memory; PRAGMA main.journal_mode = memory; PRAGMA main.cache_size = -32768; PRAGMA trusted_schema = off";
const defaultRowLimit = 100_000;

/** A handle of SQLite with its prepared statements. Every method may throw what SQLite throws. */
export class Connection {
  private readonly database: Database;
  /** Statements at rest by their text, least recently used first. */
  private readonly statements = new Map<string, Statement>();
  private functionFailure: unknown;

  constructor(sqlJs: SqlJs, contents: FileContents) {
    this.database = new sqlJs.Database(contents);
  }

  /** Runs all statements of the text. */
  run(sql: string): void {
    this.database.run(sql);
  }

  define(name: string, implementation: ScalarFunction): void {
    const guarded = (...args: SqlValue[]) => {
      try {
        return implementation(...args);
      } catch (thrown) {
        // SQLite keeps only the message.
        this.functionFailure ??= thrown;
        throw thrown;
      }
    };
    // sql.js takes the number of arguments from here; a function that names none takes any number.
    Object.defineProperty(guarded, "length", { value: implementation.length || -1 });
    this.database.create_function(name, guarded);
  }

  /** What a scalar function threw since the last call, if one did. */
  takeFailure(): unknown {
    const failure = this.functionFailure;
    this.functionFailure = undefined;
    return failure;
  }

  all<R extends object>(sql: string, params: SqlParams = [], limit = defaultRowLimit): R[] {
    const rows: R[] = [];
    let names: readonly string[] | undefined;
    this.use(sql, params, (statement) => {
      names ??= statement.getColumnNames();
      if (rows.length === limit) {
        throw new TraceError(
          "too_many_rows",
          `There are more than ${limit} rows. Narrow the question or raise its limit.`,
        );
      }
      rows.push(toObject(names, statement.get()) as R);
      return true;
    });
    return rows;
  }

  get<R extends object>(sql: string, params: SqlParams = []): R | undefined {
    let row: R | undefined;
    this.use(sql, params, (statement) => {
      row = toObject(statement.getColumnNames(), statement.get()) as R;
      return false;
    });
    return row;
  }

  columns(sql: string): readonly string[] {
    const statement = this.database.prepare(sql);
    try {
      return statement.getColumnNames();
    } finally {
      statement.free();
    }
  }

  each(sql: string, params: SqlParams, visit: (row: readonly SqlValue[]) => unknown): void {
    this.use(sql, params, (statement) => visit(statement.get()) !== false);
  }

  close(): void {
    this.statements.clear();
    // Frees the statements too.
    this.database.close();
  }

  /** Steps through a statement until `onRow` returns false. */
  private use(sql: string, params: SqlParams, onRow: (statement: Statement) => boolean): void {
    // Taken out while it runs: a visitor may run the same text again.
    const statement = this.statements.get(sql) ?? this.database.prepare(sql);
    this.statements.delete(sql);
    let intact = false;
    try {
      statement.bind(params);
      while (statement.step() && onRow(statement));
      intact = true;
    } finally {
      if (intact) this.keep(sql, statement);
      else statement.free();
    }
  }

  private keep(sql: string, statement: Statement): void {
    statement.reset();
    this.statements.get(sql)?.free();
    this.statements.set(sql, statement);
    if (this.statements.size <= keptStatements) return;
    const [oldest] = this.statements;
    if (oldest === undefined) return;
    this.statements.delete(oldest[0]);
    oldest[1].free();
  }
}

function toObject(names: readonly string[], values: readonly SqlValue[]): Record<string, SqlValue> {
  const row: Record<string, SqlValue> = {};
  for (let index = 0; index < names.length; index++) row[names[index]!] = values[index]!;
  return row;
}
