import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openTraceStore } from "../../../src/store/store.ts";
import { recoverDatabase } from "../../../src/write/recovery.ts";
import { type FixtureName, fixture, fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

const PAGE = 4096;
const layouts: readonly FixtureName[] = ["v1.0", "v0.4.32", "v0.6.11"];
const tables = ["runs", "spans", "steps", "traces", "workflow_state", "evaluations"];

type Rows = Map<string, Set<string>>;

/** All rows of the known tables as text, by table. */
async function contentOf(file: string): Promise<Rows> {
  const database = await stockDatabase(file);
  const rows: Rows = new Map();
  for (const { name } of rowsOf(database, "SELECT name FROM sqlite_schema WHERE type = 'table'")) {
    if (!tables.includes(String(name))) continue;
    rows.set(
      String(name),
      new Set(
        rowsOf(database, `SELECT rowid AS "the row", * FROM ${name}`).map((row) => JSON.stringify(row)),
      ),
    );
  }
  database.close();
  return rows;
}

function overwrite(file: string, pages: readonly number[], bytes: Buffer): void {
  const handle = openSync(file, "r+");
  for (const page of pages) writeSync(handle, bytes, 0, PAGE, (page - 1) * PAGE);
  closeSync(handle);
}

async function rootOf(file: string, name: string): Promise<number> {
  const database = await stockDatabase(file);
  const [row] = rowsOf(database, "SELECT rootpage FROM sqlite_schema WHERE name = ?", [name]);
  database.close();
  return Number(row!.rootpage);
}

async function recovered(file: string) {
  const out = path.join(freshFolder(), "recovered.db");
  const recovery = await recoverDatabase(file, out);
  return { out, ...recovery };
}

describe("recovery", () => {
  it.each(layouts)("of a sound %s database gives every row", async (name) => {
    const { out, lost, madeRuns } = await recovered(fixture(name));
    expect([lost, madeRuns]).toEqual([[], []]);
    expect(await contentOf(out)).toEqual(await contentOf(fixture(name)));
  });

  it.each(layouts)(
    "of a %s database whose biggest table lost the top of its tree gives every row",
    async (name) => {
      const file = fixtureCopy(name);
      const sound = await contentOf(file);
      const biggest = name === "v1.0" ? "traces" : "spans";
      overwrite(file, [await rootOf(file, biggest)], Buffer.alloc(PAGE, 0xa5));
      const { out, lost } = await recovered(file);
      // Nobody can know that these were all.
      expect(lost).toEqual([{ table: biggest, pages: 1, rows: 0 }]);
      expect(await contentOf(out)).toEqual(sound);
    },
  );

  it.each(layouts)("of a %s database without any index gives every row", async (name) => {
    const file = fixtureCopy(name);
    const sound = await contentOf(file);
    const database = await stockDatabase(file);
    const roots = rowsOf(database, "SELECT rootpage FROM sqlite_schema WHERE type = 'index'");
    database.close();
    overwrite(
      file,
      roots.map(({ rootpage }) => Number(rootpage)),
      Buffer.alloc(PAGE),
    );
    const { out, lost } = await recovered(file);
    expect(lost).toEqual([]);
    expect(await contentOf(out)).toEqual(sound);
  });

  it("keeps the spans of runs whose rows are lost, under runs that are made for them", async () => {
    const file = fixtureCopy("v0.6.11");
    const sound = await contentOf(file);
    const database = await stockDatabase(file);
    const [count] = rowsOf(database, "SELECT count(DISTINCT run_id) AS runs FROM spans");
    database.close();
    const root = await rootOf(file, "runs");
    const bytes = readFileSync(file);
    const child = bytes.readUInt32BE((root - 1) * PAGE + 8);
    overwrite(file, [child], Buffer.alloc(PAGE, 0xa5));
    const { out, lost, madeRuns } = await recovered(file);
    expect(lost).toEqual([{ table: "runs", pages: 1, rows: 0 }]);
    expect(madeRuns.length).toBeGreaterThan(0);
    expect((await contentOf(out)).get("spans")).toEqual(sound.get("spans"));
    const store = await openTraceStore(out);
    try {
      expect(store.opened.runs).toBeGreaterThanOrEqual(Number(count!.runs));
      const run = await store.getRun(madeRuns[0]!);
      expect(run).toMatchObject({ run_id: madeRuns[0], state: "unknown" });
      expect((await store.getTrace(madeRuns[0]!)).spans.length).toBeGreaterThan(0);
    } finally {
      await store.close();
    }
  });

  const lostStarts: readonly [what: string, bytes: number, fill: (size: number) => Buffer][] = [
    ["nothing but zeros at its start", PAGE, (size) => Buffer.alloc(size)],
    ["another first page", PAGE, (size) => Buffer.alloc(size, 0xa5)],
    ["another header", 100, (size) => Buffer.alloc(size, 0xa5)],
    ["its name overwritten", 16, (size) => Buffer.alloc(size, 0x20)],
  ];
  it.each(layouts.flatMap((name) => lostStarts.map((start) => [name, ...start] as const)))(
    "of a %s database with %s gives every row",
    async (name, _what, bytes, fill) => {
      const file = fixtureCopy(name);
      const sound = await contentOf(file);
      const handle = openSync(file, "r+");
      writeSync(handle, fill(bytes), 0, bytes, 0);
      closeSync(handle);
      const { out, lost, recognised } = await recovered(file);
      const found = await contentOf(out);
      for (const [table, rows] of sound)
        expect([table, found.get(table) ?? new Set()]).toEqual([table, rows]);
      const listIsLost = bytes === PAGE;
      expect(lost).toEqual(listIsLost ? [{ table: "the list of tables", pages: 1, rows: 0 }] : []);
      expect(recognised.length > 0).toBe(listIsLost);
      if (listIsLost) expect(recognised).toContain("runs");
    },
  );

  it("of a database with a list of tables that is lost leaves out what was deleted", async () => {
    const file = fixtureCopy("v0.6.11");
    const database = await stockDatabase(file);
    database.run("DELETE FROM spans WHERE id % 3 <> 0 OR id > 1500; DELETE FROM steps");
    writeFileSync(file, database.export());
    database.close();
    const sound = await contentOf(file);
    overwrite(file, [1], Buffer.alloc(PAGE));
    const found = await contentOf((await recovered(file)).out);
    expect(found.get("spans")).toEqual(sound.get("spans"));
    expect(found.get("runs")).toEqual(sound.get("runs"));
    expect(found.get("steps") ?? new Set()).toEqual(new Set());
  });

  it.each([512, 1024, 8192, 65_536])(
    "finds rows on pages of %i bytes when the start is lost",
    async (size) => {
      const file = fixtureCopy("v0.4.32");
      const database = await stockDatabase(file);
      database.run(`PRAGMA page_size = ${size}; VACUUM`);
      writeFileSync(file, database.export());
      database.close();
      const sound = await contentOf(file);
      const handle = openSync(file, "r+");
      writeSync(handle, Buffer.alloc(size), 0, size, 0);
      closeSync(handle);
      const found = await contentOf((await recovered(file)).out);
      for (const table of ["runs", "spans", "steps", "workflow_state"])
        expect(found.get(table)).toEqual(sound.get(table));
    },
  );

  it("says that a file in which nothing is like a page is no database, and that one without flujo's tables has nothing", async () => {
    const folder = freshFolder();
    const text = path.join(folder, "text.db");
    writeFileSync(text, "no database\n".repeat(10_000));
    await expect(recovered(text)).rejects.toMatchObject({ kind: "not_a_database" });
    const other = path.join(folder, "other.db");
    const database = await stockDatabase();
    database.run("CREATE TABLE notes (a TEXT, b INTEGER, c REAL)");
    for (let row = 0; row < 500; row += 1)
      database.run("INSERT INTO notes VALUES (?, ?, 1.5)", ["x".repeat(50), row]);
    writeFileSync(other, database.export());
    database.close();
    overwrite(other, [1], Buffer.alloc(PAGE));
    await expect(recovered(other)).rejects.toMatchObject({ kind: "corrupt" });
  });

  it("invents nothing and loses nothing that stands on sound pages, whatever is damaged", async () => {
    const sound = new Map(
      await Promise.all(layouts.map(async (name) => [name, await contentOf(fixture(name))] as const)),
    );
    const damage = fc.record({
      name: fc.constantFrom(...layouts),
      pages: fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), {
        minLength: 1,
        maxLength: 8,
      }),
      fill: fc.constantFrom(0xa5, 0, 0xff, 13, 5),
      cut: fc.option(fc.double({ min: 0.1, max: 1, noNaN: true }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, pages, fill, cut }) => {
        const file = fixtureCopy(name);
        const count = readFileSync(file).length / PAGE;
        const numbers = pages.map((share) => 2 + Math.floor(share * (count - 1)));
        overwrite(file, numbers, Buffer.alloc(PAGE, fill));
        if (cut !== undefined) {
          const handle = openSync(file, "r+");
          ftruncateSync(handle, Math.max(1, Math.floor(count * cut)) * PAGE);
          closeSync(handle);
        }
        const { out, lost, madeRuns } = await recovered(file);
        const found = await contentOf(out);
        const whole = sound.get(name)!;
        for (const [table, rows] of found) {
          const strange = [...rows].filter((row) => !whole.get(table)!.has(row));
          // A run that is made says so, and the end of a long value cannot be told from other bytes.
          const expected = table === "runs" ? madeRuns.length : numbers.length;
          expect(strange.length).toBeLessThanOrEqual(expected);
        }
        const lacking = [...whole].some(([table, rows]) =>
          [...rows].some((row) => !found.get(table)?.has(row)),
        );
        if (lacking && cut !== undefined) expect(lost.length).toBeGreaterThan(0);
      }),
      { numRuns: 8 },
    );
  }, 180_000);
});
