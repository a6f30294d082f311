import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { wasmFile } from "../../../src/engine/assets.ts";
import { type OpenOptions, openDatabase } from "../../../src/engine/database.ts";
import { TraceError } from "../../../src/engine/errors.ts";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { freshFolder } from "../support/fixtures.ts";
import { stockDatabase } from "../support/stock-sqlite.ts";

export const stockWasm = createRequire(import.meta.url).resolve("sql.js/dist/sql-wasm.wasm");

/** Opens without a build: puts the WASM file where the build would. */
export async function open(file: string, options?: OpenOptions): Promise<EngineDatabase> {
  if (!existsSync(wasmFile)) {
    mkdirSync(path.dirname(wasmFile), { recursive: true });
    copyFileSync(stockWasm, wasmFile);
  }
  return openDatabase(file, options);
}

/** The error of a promise or function that must fail with a `TraceError`. */
export async function failureOf(action: () => unknown): Promise<TraceError> {
  try {
    await action();
  } catch (thrown) {
    if (thrown instanceof TraceError) return thrown;
    throw thrown;
  }
  throw new Error("It did not fail");
}

/** A file of its own in a new folder: table `numbers` with `n` from 1 to `rows`, and `text` of 100 letters. */
export async function numbersDatabase(rows: number, pageSize = 4096): Promise<string> {
  const file = path.join(freshFolder(), "numbers.db");
  writeFileSync(file, await numbersBytes(rows, pageSize));
  return file;
}

export async function numbersBytes(rows: number, pageSize = 4096, before = ""): Promise<Uint8Array> {
  const database = await stockDatabase();
  database.run(`PRAGMA page_size = ${pageSize}; ${before}; CREATE TABLE numbers (n INTEGER PRIMARY KEY, text TEXT);
    WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ${rows})
    INSERT INTO numbers SELECT n, printf('%.100c', 'x') FROM counter`);
  const bytes = database.export();
  database.close();
  return bytes;
}

export function countNumbers(database: EngineDatabase): unknown {
  return database.read((reader) => reader.get("SELECT count(*) AS count FROM numbers")?.count).value;
}

/** Names, bytes and times of all files beside this one. */
export function folderState(file: string): unknown {
  const folder = path.dirname(file);
  return readdirSync(folder).map((name) => {
    const { mtimeMs, size } = statSync(path.join(folder, name));
    const hash = createHash("sha256")
      .update(readFileSync(path.join(folder, name)))
      .digest("hex");
    return { name, hash, size, mtimeMs };
  });
}

/** Python with its own SQLite, where there is one: an independent writer. */
export const python = spawnSync("python3", ["-c", "import sqlite3"]).status === 0 ? "python3" : undefined;
