import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { openDatabase } from "../../../src/engine/database.ts";
import { statisticsReport } from "../../../src/store/report.ts";
import { reportPreview } from "../../../src/store/report-preview.ts";
import { StoreSession } from "../../../src/store/session.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { fixture, freshFolder } from "../support/fixtures.ts";
import { expectSame } from "../support/same-figures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

/** Seconds since the epoch; after all runs. */
const NOW = 1_760_000_000;

test.each(["v1.0", "v0.4.32", "v0.6.11"] as const)(
  "a preview of %s counts the newest runs as SQL does",
  async (layout) => {
    const file = fixture(layout);
    const session = new StoreSession(await openDatabase(file), file);
    const stock = await stockDatabase(file);
    const [all] = rowsOf(stock, "SELECT count(*) AS runs FROM runs");
    session.read((reader) => {
      const preview = reportPreview(reader, {}, NOW, { runs: 40, spans: 10_000 })!;
      expect([preview.runs, preview.of]).toEqual([40, all!.runs]);
      expect(preview.report.runs.total).toBe(40);
      const [spans] = reader.all<{ finished: number }>(
        `SELECT count(*) AS finished FROM lens_spans WHERE end_raw IS NOT NULL AND run_id IN
        (SELECT run_id FROM lens_runs ORDER BY start_text DESC, row DESC LIMIT 40)`,
      );
      expect(preview.report.statistics.total_spans).toBe(spans!.finished);
      const whole = statisticsReport(reader, { timeRange: [undefined, NOW] }, NOW);
      const every = reportPreview(reader, { timeRange: [undefined, NOW] }, NOW)!;
      expectSame(every.report, { ...whole, before: null });
      // Too many spans for a moment, and none that is asked for.
      expect(reportPreview(reader, {}, NOW, { runs: 40, spans: 100 })!.runs).toBeLessThan(40);
      expect(reportPreview(reader, { names: ["no such name"] }, NOW)).toBeUndefined();
    });
    session.database.close();
    stock.close();
  },
);

test("a store gives a preview only while millions of spans are still to be read", async () => {
  const database = await stockDatabase(fixture("v0.6.11"));
  const small = path.join(freshFolder(), "small.db");
  writeFileSync(small, database.export());
  // What is still to be read is told from the numbers of the rows.
  database.run("UPDATE spans SET id = id + 1000000 WHERE id > 1");
  const large = path.join(freshFolder(), "large.db");
  writeFileSync(large, database.export());
  database.close();
  const [few, many] = [await openTraceStore(small), await openTraceStore(large)];
  expect(await few.getReportPreview()).toBeNull();
  const preview = await many.getReportPreview();
  expect(preview?.report.statistics.snapshot.stale).toBe(false);
  expect(preview?.report.runs.total).toBe(preview?.runs);
  const report = await many.getStatisticsReport();
  expect(report.runs.total).toBe(preview?.of);
  expect(await many.getReportPreview()).toBeNull();
  await Promise.all([few.close(), many.close()]);
});
