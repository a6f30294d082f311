import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import { setUpConnection } from "./connection.ts";
import { patchDatabaseHeader } from "./database-header.ts";
import { type ByteSource, type LazyContents, LazyFile } from "./lazy-file.ts";

/** Makes the file that sql.js reads through. */
export type LazyFileFactory = (source: ByteSource, size: number) => LazyContents;

/** Bytes that every lazy file pretends to have: beyond any database, within the 2^32 pages that SQLite can count at any page size. */
export const mountedSize = 512 * 0xfffffff0;

export const makeLazyFile: LazyFileFactory = (source, size) => new LazyFile(source, size);

/**
 * Proves with a small database that this sql.js reads through a lazy file as the engine needs it:
 * right rows, a new generation seen, and failed reads and writes survived.
 */
export function lazyFileWorks(sqlJs: SqlJs, make: LazyFileFactory): boolean {
  try {
    return check(sqlJs, make);
  } catch {
    // However it fails, the answer is the same: do not rely on it.
    return false;
  }
}

/** What SQLite makes when nobody asks for another size. */
const pageSize = 4096;

function check(sqlJs: SqlJs, make: LazyFileFactory): boolean {
  const first = sample(sqlJs, 60);
  const second = sample(sqlJs, 90, "; CREATE TABLE other (n)");
  let bytes = first;
  let generation = 1;
  let broken = false;
  const source: ByteSource = {
    read(target, position) {
      if (broken) throw new Error("broken on purpose");
      target.fill(0);
      target.set(bytes.subarray(position, position + target.length));
      const pageCount = bytes.length / pageSize;
      patchDatabaseHeader(target, position, { pageCount, generation, schemaVersion: generation });
    },
  };
  const contents = make(source, mountedSize);
  const database = new sqlJs.Database(contents);
  try {
    const sum = () =>
      database.exec("SELECT count(*), sum(n), sum(length(text)) FROM sample")[0]?.values[0]?.join();
    const expected = (rows: number) => `${rows},${(rows * (rows + 1)) / 2},${rows * 100}`;
    if (sum() !== expected(60)) return false;

    broken = true;
    if (!fails(sum) || contents.takeFailure() === undefined) return false;
    broken = false;
    if (sum() !== expected(60)) return false;

    bytes = second;
    generation++;
    if (sum() !== expected(90)) return false;
    if (database.exec("SELECT count(*) FROM other")[0]?.values[0]?.[0] !== 0) return false;

    database.run(setUpConnection);
    if (!fails(() => database.run("DELETE FROM sample"))) return false;
    if (contents.takeFailure() === undefined || sum() !== expected(90)) return false;
    database.run("CREATE TEMP VIEW seen AS SELECT n FROM sample");
    return database.exec("SELECT count(*) FROM seen")[0]?.values[0]?.[0] === 90;
  } finally {
    database.close();
  }
}

function sample(sqlJs: SqlJs, rows: number, more = ""): Uint8Array {
  const database = new sqlJs.Database();
  try {
    database.run(`CREATE TABLE sample (n INTEGER PRIMARY KEY, text)${more};
      WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ${rows})
      INSERT INTO sample SELECT n, printf('%.100c', 'x') FROM counter`);
    return database.export();
  } finally {
    database.close();
  }
}

function fails(action: () => unknown): boolean {
  try {
    action();
    return false;
  } catch (thrown) {
    return thrown instanceof Error && thrown.message === "disk I/O error";
  }
}
