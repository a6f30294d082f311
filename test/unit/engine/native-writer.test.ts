import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { TraceError } from "../../../src/engine/errors.ts";
import type { EngineDatabase } from "../../../src/engine/reader.ts";
import { freshFolder } from "../support/fixtures.ts";
import { open, python } from "./support.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const writers: ChildProcess[] = [];

if (python === undefined)
  console.warn("Tests against a native writer are skipped: there is no python3 with sqlite3.");

afterEach(async () => {
  for (const writer of writers.splice(0)) {
    const ended = once(writer, "exit");
    writer.kill("SIGKILL");
    await ended;
  }
});

async function startWriter(file: string, mode: string): Promise<void> {
  const script = path.join(here, "writer.py");
  const writer = spawn(python!, [script, file, mode], { stdio: ["ignore", "pipe", "inherit"] });
  writers.push(writer);
  await once(writer.stdout, "data");
}

/** Opening takes its chances with the writer like any other read. */
async function openBesideWriter(file: string): Promise<EngineDatabase> {
  for (;;) {
    try {
      return await open(file, { patience: 1000 });
    } catch (thrown) {
      if (!(thrown instanceof TraceError) || thrown.kind !== "busy") throw thrown;
    }
  }
}

describe.skipIf(python === undefined)("beside a native writer", () => {
  it.each([
    ["random", 300],
    ["busy", 1],
    ["delete", 100],
    ["truncate", 100],
    ["persist", 100],
  ] as const)(
    "in mode %s no answer mixes two states, and answers come",
    async (mode, wanted) => {
      const file = path.join(freshFolder(), "accounts.db");
      await startWriter(file, mode);
      const database = await openBesideWriter(file);
      const generations = new Set<number>();
      let answers = 0;
      while (answers < wanted || generations.size < 2) {
        try {
          const { value } = database.read((reader) =>
            reader.get(
              "SELECT count(*) AS rows, sum(value) AS total, max(length(filler)) AS longest FROM account",
            ),
          );
          expect(value).toMatchObject({ rows: 3000, total: 300_000 });
          generations.add(database.generation);
          answers++;
        } catch (thrown) {
          expect(thrown).toMatchObject({ kind: "busy" });
        }
      }
      database.close();
    },
    120_000,
  );
});

describe.skipIf(python === undefined)("a log that SQLite wrote", () => {
  it.each([512, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536])(
    "in pages of %i bytes gives the rows that SQLite gives, with and without shared index",
    async (pageSize) => {
      for (let seed = 1; seed <= 2; seed++) {
        const folder = freshFolder();
        const made = spawnSync(
          python!,
          [path.join(here, "make_log.py"), folder, String(seed), String(pageSize)],
          { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "inherit"] },
        );
        const expected: unknown = JSON.parse(made.stdout);
        for (const name of ["seen.db", "copy.db"]) {
          const database = await open(path.join(folder, name));
          const rows = database.read((reader) =>
            reader.all<{ id: number; text: string }>("SELECT id, text FROM entry ORDER BY id"),
          );
          expect(rows.value.map(({ id, text }) => [id, text])).toEqual(expected);
          const byIndex = database.read((reader) =>
            reader.get("SELECT count(*) AS c FROM entry WHERE text > ''"),
          );
          expect(byIndex.value).toEqual({ c: rows.value.length });
          database.close();
        }
      }
    },
  );
});
