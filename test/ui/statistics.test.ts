import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import { percentileBySort } from "../unit/support/figures.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { Workbench } from "./support/workbench.ts";

describe("Show Statistics", () => {
  let sample: Sample;
  let code: Workbench;
  let page: TracePage;

  before(async () => {
    sample = await makeSample();
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    await code.openView("Flujo Lens");
    await code
      .tree("Runs")
      .row(/support_triage/)
      .waitFor();
    page = new TracePage(code);
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  /** A figure above the tables by its label. */
  async function tile(label: string): Promise<string[]> {
    const tile = code
      .panel()
      .locator(".tile")
      .filter({ hasText: new RegExp(`^\\s*${label}`) });
    await tile.waitFor();
    return (await tile.locator("dd").allInnerTexts()).map((text) => text.trim());
  }

  /** The figures in the row of a table that begins with `head`, by their columns. */
  async function figures(table: string, head: string): Promise<Record<string, string>> {
    const region = code.panel().locator(`section[aria-label="${table}"]`);
    const row = region.getByRole("row").filter({ has: code.panel().getByRole("rowheader", { name: head }) });
    const texts = async (of: Locator, role: "columnheader" | "cell") =>
      (await of.getByRole(role).allInnerTexts()).map((text) => text.trim());
    const columns = (await texts(region, "columnheader")).slice(1);
    const values = await texts(row.first(), "cell");
    return Object.fromEntries(columns.map((column, index) => [column, values[index] ?? ""]));
  }

  function count(sql: string): number {
    return Number(sample.rows(`SELECT count(*) AS n FROM ${sql}`)[0]?.n);
  }

  it("counts what SQL counts, over all time", async () => {
    await code.command("Flujo Lens: Show Statistics");
    await code.editorTab("Statistics of flujo_ops.db").waitFor();
    const failedRuns = count("runs WHERE status = 'failed'");
    const spans = count("spans WHERE end_time IS NOT NULL");
    const failedSpans = count("spans WHERE status = 'failed'");
    assert.equal(spans, 2935);
    assert.deepEqual(await tile("Runs"), ["300", "7 paused, 1 running"]);
    assert.deepEqual(await tile("Failed runs"), [formatPercent(failedRuns / 300), String(failedRuns)]);
    assert.deepEqual((await tile("Spans"))[0], formatCount(spans));
    assert.deepEqual(await tile("Failed spans"), [formatPercent(failedSpans / spans), String(failedSpans)]);
    await code
      .panel()
      .getByText(/^All time: spans started \d{4}-/)
      .waitFor();
    await code.screenshot("statistics-tab");
  });

  it("gives the percentiles that a sort gives", async () => {
    const durations = sample
      .rows("SELECT end_time - start_time AS duration FROM spans WHERE name = 'load_pdf'")
      .map(({ duration }) => Number(duration));
    const row = await figures("Durations by span name", "load_pdf");
    assert.equal(row.Count, String(durations.length));
    for (const [column, share] of [
      ["p50", 0.5],
      ["p90", 0.9],
      ["p95", 0.95],
      ["p99", 0.99],
      ["Max", 1],
    ] as const) {
      assert.equal(row[column], formatDuration(percentileBySort(durations, share)), column);
    }
  });

  it("compares pipelines, and narrows everything to one of them", async () => {
    const where = "pipeline_name = 'support_triage'";
    const runs = count(`runs WHERE ${where}`);
    const failed = count(`runs WHERE status = 'failed' AND ${where}`);
    const spans = count(`spans JOIN runs USING (run_id) WHERE ${where}`);
    const row = await figures("Performance by pipeline", "support_triage");
    assert.equal(row.Runs, String(runs));
    assert.equal(row["Failed runs"], String(failed));
    assert.equal(row.Spans, formatCount(spans));

    await page.select("Pipeline", /support_triage/);
    await code.panel().locator(".tile").getByText("Run p95").waitFor();
    assert.equal((await tile("Runs"))[0], String(runs));
    assert.equal((await tile("Spans"))[0], formatCount(spans));
  });

  it("narrows to a time range, and says which", async () => {
    await page.select("Pipeline", "All pipelines");
    await page.select("Time range", "Last 24 hours");
    await code
      .panel()
      .getByText(/^Last 24 hours: spans started/)
      .waitFor();
    const [runs] = await tile("Runs");
    // The newest run ends when the sample is made, so only the seconds since then are in doubt: one run at most.
    const expected = count("runs WHERE unixepoch(created_at) >= unixepoch('now') - 86400");
    assert.ok(Math.abs(Number(runs) - expected) <= 1, `${runs} runs, where SQL counts ${expected}`);
    await page.select("Time range", "Last hour");
    await code
      .panel()
      .getByText(/^Last hour: spans started/)
      .waitFor();
    assert.ok(Number((await tile("Runs"))[0]) < 20);
  });

  it("keeps its choices when the window is loaded again", async () => {
    await page.select("Time range", "Last 24 hours");
    await code
      .panel()
      .getByText(/^Last 24 hours: spans started/)
      .waitFor();
    await code.reload();
    await code.editorTab("Statistics of flujo_ops.db").waitFor();
    await code
      .panel()
      .getByText(/^Last 24 hours: spans started/)
      .waitFor();
    await page.select("Time range", "All time");
    await code
      .panel()
      .getByText(/^All time: spans started/)
      .waitFor();
  });

  it("leads from an error pattern to the newest span that failed so", async () => {
    const errors = code.panel().locator('section[aria-label="Error patterns"]');
    const row = errors.getByRole("row", { name: /tool_error .*KeyError.*classify_ticket/s });
    const pattern = row.first().getByRole("button");
    await pattern.click();
    await page.details.getByText("Tool 'search' raised KeyError: 'results'").first().waitFor();
    const [newest] = sample.rows(`
      SELECT s.span_id, s.name FROM spans s JOIN runs r USING (run_id)
      WHERE s.status = 'failed' AND s.name <> 'pipeline_run'
        AND json_extract(s.attributes, '$.error_type') = 'tool_error' ORDER BY r.created_at DESC LIMIT 1`);
    await page.details.getByText(String(newest?.span_id)).waitFor();
    assert.equal((await page.rows()).find(({ selected }) => selected)?.name, newest?.name);
    await code.screenshot("statistics-to-trace");
  });

  it("tells why it is empty", async () => {
    await page.openTab("Statistics");
    await page.select("Time range", "Custom range");
    await code.panel().getByLabel("From").fill("2001-01-01T00:00");
    await code.panel().getByLabel("To", { exact: true }).fill("2001-01-02T00:00");
    await code.panel().getByLabel("To", { exact: true }).press("Tab");
    await code.panel().getByText("Nothing was found for All pipelines, ").waitFor();
    await code.screenshot("statistics-empty");
    await code.panel().getByRole("button", { name: "Show all pipelines, all time" }).click();
    assert.equal((await tile("Runs"))[0], "300");
  });
});
