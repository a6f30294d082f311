import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

/** The part of stock sql.js that tests use: whole files in memory, independent of the project's own reading. */
export interface StockDatabase {
  run(sql: string, params?: readonly unknown[]): void;
  exec(sql: string, params?: readonly unknown[]): { columns: string[]; values: unknown[][] }[];
  export(): Uint8Array;
  close(): void;
}

const initSqlJs = createRequire(import.meta.url)("sql.js") as () => Promise<{
  Database: new (bytes?: Uint8Array) => StockDatabase;
}>;

/** A database in memory: a copy of a file without a log, or a new one. */
export async function stockDatabase(file?: string): Promise<StockDatabase> {
  const { Database } = await initSqlJs();
  if (file === undefined) return new Database();
  const bytes = readFileSync(file);
  // An in-memory file has no log beside it, so the copy must not say that it has one.
  bytes[18] = 1;
  bytes[19] = 1;
  return new Database(bytes);
}

/** Writes a new database file. */
export async function writeDatabase(file: string, fill: (database: StockDatabase) => void): Promise<string> {
  const database = await stockDatabase();
  fill(database);
  writeFileSync(file, database.export());
  database.close();
  return file;
}

/** All rows of a query as objects. */
export function rowsOf(
  database: StockDatabase,
  sql: string,
  params: readonly unknown[] = [],
): Record<string, unknown>[] {
  const [result] = database.exec(sql, params);
  if (!result) return [];
  return result.values.map((values) =>
    Object.fromEntries(result.columns.map((column, at) => [column, values[at]])),
  );
}
