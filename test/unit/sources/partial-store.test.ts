import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { Databases } from "../../../src/sources/databases.ts";
import { type Damage, openPartialStore } from "../../../src/sources/partial-store.ts";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { fixture, fixtureCopy, freshFolder } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

const PAGE = 4096;
const open: { close?(): Promise<void>; dispose?(): Promise<void> }[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const one of open.splice(0)) await (one.close?.() ?? one.dispose?.());
});

/** Overwrites leaves of the table of spans. */
async function damageSpans(file: string): Promise<void> {
  const database = await stockDatabase(file);
  const [row] = rowsOf(database, "SELECT rootpage FROM sqlite_schema WHERE name = 'spans'");
  database.close();
  const root = (Number(row!.rootpage) - 1) * PAGE;
  const bytes = readFileSync(file);
  const handle = openSync(file, "r+");
  for (const cell of [3, 9]) {
    const page = bytes.readUInt32BE(root + bytes.readUInt16BE(root + 12 + 2 * cell));
    writeSync(handle, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  }
  closeSync(handle);
}

async function partial(file: string): Promise<{ store: TraceStore; damages: (Damage | undefined)[] }> {
  const damages: (Damage | undefined)[] = [];
  const store = await openPartialStore(
    file,
    () => openTraceStore(file),
    (damage) => damages.push(damage),
  );
  open.push(store);
  return { store, damages };
}

it("answers from the file as long as nothing meets the damage, then from what can be read, and says what is lost", async () => {
  const file = fixtureCopy("v0.6.11");
  await damageSpans(file);
  const temporary = freshFolder();
  vi.stubEnv("TMPDIR", temporary);
  const { store, damages } = await partial(file);
  expect(store.path).toBe(file);
  expect((await store.info()).runs).toBe(300);
  expect(damages).toEqual([]);
  const { total_spans } = await store.getSpanStatistics();
  expect(total_spans).toBeGreaterThan(2000);
  expect(total_spans).toBeLessThan(2935);
  expect(damages).toEqual([
    {
      partial: true,
      sentence: `${path.basename(file)} is damaged. Some rows of spans (2 pages) could not be read.`,
    },
  ]);
  expect((await store.listRuns()).length).toBe(300);
  expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
  expect(readdirSync(temporary).length).toBe(1);
  await store.close();
  expect(readdirSync(temporary)).toEqual([]);
});

it("asks a file that was put right again", async () => {
  const file = fixtureCopy("v0.4.32");
  truncateSync(file, PAGE * 100);
  const { store, damages } = await partial(file);
  expect(damages.length).toBe(1);
  expect(await store.countRuns()).toBeLessThan(300);
  copyFileSync(fixture("v0.4.32"), file);
  expect((await store.getSpanStatistics()).total_spans).toBe(2935);
  expect(damages.at(-1)).toBeUndefined();
  expect(await store.countRuns()).toBe(300);
});

it("gives the sentence about the file where nothing of it can be read", async () => {
  const file = path.join(freshFolder(), "x.db");
  writeFileSync(file, "SQLite, but not quite\n".repeat(1000));
  await expect(partial(file)).rejects.toMatchObject({
    kind: "not_a_database",
    message: expect.stringContaining("Choose another file"),
  });
});

it.each([0, 100])("opens a database whose first page is lost from byte %i on", async (from) => {
  const file = fixtureCopy("v0.4.32");
  const handle = openSync(file, "r+");
  writeSync(handle, Buffer.alloc(PAGE - from, 0xa5), 0, PAGE - from, from);
  closeSync(handle);
  const { store, damages } = await partial(file);
  expect((await store.getSpanStatistics()).total_spans).toBe(2935);
  expect(await store.countRuns()).toBe(300);
  expect(damages).toEqual([
    {
      partial: true,
      sentence: `${path.basename(file)} is damaged. Some rows of the list of tables (1 page) could not be read. Rows of workflow_state, runs, steps, spans were recognised by their shape.`,
    },
  ]);
});

it("makes a database partial, which whoever shows it hears of, and live again when it is restored", async () => {
  const file = fixtureCopy("v0.6.11");
  await damageSpans(file);
  const databases = new Databases((name, onDamage) =>
    openPartialStore(name, () => openTraceStore(name), onDamage),
  );
  open.push(databases);
  const database = databases.get(file);
  const changes = vi.fn();
  database.onChange(changes);
  const hold = database.hold();
  const store = await database.store();
  await store.info();
  expect(database.health.kind).toBe("live");
  await store.getSpanStatistics();
  expect(database.health).toMatchObject({
    kind: "partial",
    reason: expect.stringContaining("spans (2 pages)"),
  });
  expect(database.damage?.partial).toBe(true);
  expect(changes).toHaveBeenCalled();
  copyFileSync(fixture("v0.6.11"), file);
  expect((await store.getSpanStatistics()).total_spans).toBe(2935);
  expect(database.health.kind).toBe("live");
  expect(database.damage).toBeUndefined();
  hold.dispose();
});
