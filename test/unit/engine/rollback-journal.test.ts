import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { freshFolder } from "../support/fixtures.ts";
import { folderState, open, python } from "./support.ts";

const script = path.join(path.dirname(fileURLToPath(import.meta.url)), "make_hot_journal.py");

/** A database whose writer was killed in the middle of a transaction, and its rows before that. */
function killed(seed: number, pageSize: number, synchronous: string): { file: string; rows: unknown } {
  const folder = freshFolder();
  const { stdout } = spawnSync(python!, [script, folder, String(seed), String(pageSize), synchronous], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { file: path.join(folder, "killed.db"), rows: JSON.parse(stdout) };
}

function rowsOf(database: EngineDatabase): unknown {
  const { value } = database.read((reader) =>
    reader.all<{ id: number; text: string }>("SELECT id, text FROM entry ORDER BY id"),
  );
  return value.map(({ id, text }) => [id, text]);
}

describe.skipIf(python === undefined)("a database whose writer was killed in a transaction", () => {
  it.each([
    [512, "full"],
    [1024, "normal"],
    [4096, "off"],
    [4096, "full"],
    [8192, "off"],
    [65_536, "full"],
  ] as const)(
    "in pages of %i bytes, synchronous %s, shows what was committed, and stays as it is",
    async (pageSize, synchronous) => {
      for (let seed = 1; seed <= 2; seed++) {
        const { file, rows } = killed(seed, pageSize, synchronous);
        expect(existsSync(`${file}-journal`)).toBe(true);
        const before = folderState(file);
        const database = await open(file);
        expect(rowsOf(database)).toEqual(rows);
        const indexed = database.read((reader) =>
          reader.get("SELECT count(*) AS count FROM entry WHERE text > ''"),
        );
        expect(indexed.value).toEqual({ count: 300 });
        database.close();
        expect(folderState(file)).toEqual(before);
      }
    },
    // The writer waits for the disk.
    120_000,
  );

  it("would show something else without its journal, so that the test tests something", async () => {
    const { file, rows } = killed(1, 4096, "off");
    rmSync(`${file}-journal`);
    let shown: unknown;
    try {
      const database = await open(file);
      shown = rowsOf(database);
      database.close();
    } catch {
      shown = "damaged";
    }
    expect(shown).not.toEqual(rows);
  });

  it("shows what was committed up to a record that was not written whole, as SQLite does", async () => {
    const { file } = killed(2, 4096, "off");
    const journal = readFileSync(`${file}-journal`);
    // A journal that ends early means that the file was not changed beyond it; SQLite then plays back what there is.
    writeFileSync(`${file}-journal`, journal.subarray(0, journal.length - 10));
    const twin = path.join(freshFolder(), "killed.db");
    writeFileSync(twin, readFileSync(file));
    writeFileSync(`${twin}-journal`, readFileSync(`${file}-journal`));
    const code =
      "import sqlite3,sys,json; d=sqlite3.connect(sys.argv[1]); print(json.dumps(d.execute('SELECT id, text FROM entry ORDER BY id').fetchall()))";
    const native = spawnSync(python!, ["-c", code, twin], { encoding: "utf8", maxBuffer: 1 << 28 });
    const database = await open(file);
    try {
      expect(rowsOf(database)).toEqual(JSON.parse(native.stdout));
    } finally {
      database.close();
    }
    expect(statSync(`${file}-journal`).size).toBe(journal.length - 10);
  });
});
