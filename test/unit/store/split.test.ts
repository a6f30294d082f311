import { writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/engine/database.ts";
import { leafPages, scanTable } from "../../../src/engine/table-scan.ts";
import { splitBetweenRuns } from "../../../src/store/columns/split.ts";
import { storedTable, textLength } from "../../../src/store/columns/stored-table.ts";
import { SPAN_COLUMNS } from "../../../src/store/columns/stretch.ts";
import { StoreSession } from "../../../src/store/session.ts";
import { freshFolder } from "../support/fixtures.ts";
import { stockDatabase } from "../support/stock-sqlite.ts";

/** Of runs of so many spans, written one after the other: where they are split, and the run of each row, leaf by leaf. */
async function split(sizes: readonly number[]): Promise<{ place: number; leaves: string[][] }> {
  const database = await stockDatabase();
  database.run("PRAGMA page_size = 512");
  database.run(`CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT, created_at TEXT);
    CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
      start_time REAL, end_time REAL, status TEXT, attributes TEXT)`);
  for (const [run, size] of sizes.entries())
    database.run(
      `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
      INSERT INTO spans SELECT NULL, ?1, 's' || i, NULL, 'n', i, i + 1, 'completed', '{}' FROM n`,
      [`run_${run}`, size],
    );
  const file = path.join(freshFolder(), "runs.db");
  writeFileSync(file, database.export());
  database.close();
  const session = new StoreSession(await openDatabase(file), file);
  const { value } = session.read((reader) => {
    const pages = reader.pages!;
    const table = storedTable(reader, "spans", SPAN_COLUMNS)!;
    const numbers = leafPages(pages, table.root);
    const leaves: string[][] = [[]];
    scanTable(pages, numbers, {
      columns: table.columns,
      visit: ({ bytes, offsets, types }) => {
        const from = offsets[table.places[0]!]!;
        leaves.at(-1)!.push(bytes.toString("utf8", from, from + textLength(types[table.places[0]!]!)));
      },
      leaf: () => leaves.push([]),
      progress: () => {},
    });
    return { place: splitBetweenRuns(pages, table, numbers), leaves: leaves.slice(0, -1) };
  });
  session.database.close();
  return value;
}

test("a table of one run is not split", async () => {
  const { place, leaves } = await split([500]);
  expect(leaves.length).toBeGreaterThan(10);
  expect([0, leaves.length]).toContain(place);
});

test("small runs are split in the middle", async () => {
  const { place, leaves } = await split(Array.from({ length: 200 }, () => 5));
  expect(Math.abs(place - leaves.length / 2)).toBeLessThanOrEqual(2);
});

test("the run in the middle stays whole, and its nearer end is where the table is split", {
  timeout: 60_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(3, 12, 80, 400), { minLength: 1, maxLength: 6 }),
      async (sizes) => {
        const { place, leaves } = await split(sizes);
        if (leaves.length < 2) return;
        const middle = leaves.length >> 1;
        const run = leaves[middle]![0]!;
        const holds = (some: string[][]) => some.some((leaf) => leaf.includes(run));
        expect(holds(leaves.slice(0, place)) && holds(leaves.slice(place))).toBe(false);
        const first = leaves.findIndex((leaf) => leaf.includes(run));
        const last = leaves.findLastIndex((leaf) => leaf.includes(run));
        expect(Math.abs(place - middle)).toBeLessThanOrEqual(Math.min(middle - first, last - middle) + 1);
      },
    ),
    { numRuns: 60 },
  );
});
