import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
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
