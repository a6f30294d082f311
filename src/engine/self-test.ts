import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import { patchDatabaseHeader } from "./database-header.ts";
import { type ByteSource, type LazyContents, LazyFile } from "./lazy-file.ts";

/** Makes the file that sql.js reads through. */
export type LazyFileFactory = (source: ByteSource, size: number) => LazyContents;

/** Bytes that every lazy file pretends to have: beyond any database, within the 2^32 pages that SQLite can count at any page size. */
export const mountedSize = 512 * 0xfffffff0;

export const makeLazyFile: LazyFileFactory = (source, size) => new LazyFile(source, size);

/**
 * Proves with a small database that this sql.js reads through a lazy file as the engine needs it:
 * right rows, writes kept from the source, a new generation seen, and a failed read survived.
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
  const first = sample(sqlJs, 500);
  const second = sample(sqlJs, 700, "; CREATE TABLE other (n)");
  const untouched = first.slice();
  let bytes = first;
  let generation = 1;
  let broken = false;
  const source: ByteSource = {
    read(target, position) {
      if (broken) throw new Error("broken on purpose");
      target.fill(0);
      target.set(bytes.subarray(position, position + target.length));
      patchDatabaseHeader(target, position, bytes.length / pageSize, generation);
    },
  };
  const contents = make(source, mountedSize);
  const database = new sqlJs.Database(contents);
  try {
    const sum = () =>
      database.exec("SELECT count(*), sum(n), sum(length(text)) FROM sample")[0]?.values[0]?.join();
    const expected = (rows: number) => `${rows},${(rows * (rows + 1)) / 2},${rows * 100}`;
    if (sum() !== expected(500)) return false;

    broken = true;
    if (!fails(sum) || contents.takeFailure() === undefined) return false;
    broken = false;
    if (sum() !== expected(500)) return false;

    bytes = second;
    generation++;
    if (sum() !== expected(700)) return false;
    if (database.exec("SELECT count(*) FROM other")[0]?.values[0]?.[0] !== 0) return false;

    bytes = first;
    generation++;
    database.run("DELETE FROM sample WHERE n = 1");
    return sum() === `499,${(500 * 501) / 2 - 1},49900` && Buffer.from(first).equals(untouched);
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
