import { copyFileSync, existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { freshFolder } from "../support/fixtures.ts";
import { LogWriter, sharedIndex } from "./log-writer.ts";
import { countNumbers, failureOf, folderState, numbersBytes, numbersDatabase, open } from "./support.ts";

/** Something that happens to the file of an open database, and the count of rows that it has afterwards. */
type Case = readonly [what: string, change: (file: string) => Promise<void> | void, rows: number];

const cases: readonly Case[] = [
  ["replaced by another one", async (file) => replace(file, await numbersBytes(70)), 70],
  ["vacuumed into smaller pages", async (file) => replace(file, await numbersBytes(10, 512)), 10],
  [
    "vacuumed into larger pages in place",
    async (file) => writeFileSync(file, await numbersBytes(10, 16_384)),
    10,
  ],
  ["restored from a backup with fewer rows", async (file) => writeFileSync(file, await numbersBytes(3)), 3],
  [
    "moved away as flujo moves one that it thinks corrupt, and started anew",
    async (file) => {
      renameSync(file, `${file}.corrupt.20251001`);
      writeFileSync(file, await numbersBytes(1));
    },
    1,
  ],
  [
    "given a log, whose index is not there",
    async (file) => {
      const before = wal(await numbersBytes(10));
      writeFileSync(file, before);
      writeFileSync(`${file}-wal`, new LogWriter(4096).commit(before, wal(await numbersBytes(500))).bytes());
    },
    500,
  ],
  [
    "given a log that was restarted",
    async (file) => {
      const before = wal(await numbersBytes(10));
      writeFileSync(file, before);
      writeFileSync(
        `${file}-wal`,
        new LogWriter(4096, [1, 2]).commit(before, wal(await numbersBytes(500))).bytes(),
      );
      writeFileSync(`${file}-shm`, sharedIndex({ salts: [2, 3], lastFrame: 0 }));
    },
    10,
  ],
];

const wal = (bytes: Uint8Array) => Buffer.from(bytes).fill(2, 18, 20);

function replace(file: string, bytes: Uint8Array): void {
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

async function opened(): Promise<{ file: string; database: EngineDatabase }> {
  const file = await numbersDatabase(10);
  const database = await open(file);
  expect(countNumbers(database)).toBe(10);
  return { file, database };
}

describe("an open database", () => {
  it.each(cases)(
    "that is %s shows what is there now, and nothing is written",
    async (_what, change, rows) => {
      const { file, database } = await opened();
      await change(file);
      const state = folderState(file);
      expect(countNumbers(database)).toBe(rows);
      expect(folderState(file)).toEqual(state);
      database.close();
    },
  );

  it.each(cases)(
    "that is %s in the middle of an answer shows one or the other whole",
    async (_what, change, rows) => {
      const { file, database } = await opened();
      // All that takes time first, so that the change itself fits into the answer.
      const twin = path.join(freshFolder(), "twin.db");
      copyFileSync(file, twin);
      await change(twin);
      let changed = false;
      const { value } = database.read((reader) => {
        const first = reader.get("SELECT count(*) AS count FROM numbers")?.count;
        if (!changed) {
          changed = true;
          for (const suffix of ["-shm", "-wal", ""])
            if (existsSync(twin + suffix)) renameSync(twin + suffix, file + suffix);
        }
        const second = reader.get("SELECT max(n) AS most FROM numbers")?.most;
        return [first, second];
      });
      expect(value).toEqual([rows, rows]);
      database.close();
    },
  );

  it("that is deleted is not found, and is read again when it is back", async () => {
    const { file, database } = await opened();
    const kept = await numbersBytes(20);
    rmSync(file);
    expect((await failureOf(() => countNumbers(database))).kind).toBe("not_found");
    writeFileSync(file, kept);
    expect(countNumbers(database)).toBe(20);
    database.close();
  });
});
