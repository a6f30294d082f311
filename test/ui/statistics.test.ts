// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { formatCount, formatDuration, formatPercent } from "../../src/format/numbers.ts";
import { percentileBySort } from "../unit/support/figures.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
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

  /** Chooses a time range, and waits for its figures. */
  async function choose(range: "All time" | "Last 24 hours"): Promise<void> {
    await page.select("Time range", range);
    await code
      .panel()
      .getByText(new RegExp(`^${range}: spans started`))
      .waitFor();
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
    const row = await figures("Durations by name", "load_pdf");
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
    await code.panel().locator(".tile-figure").first().getByText(String(runs), { exact: true }).waitFor();
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

  it("tells each figure's change against the period before", async () => {
    await choose("Last 24 hours");
    const changes = code.panel().locator(".tile-change");
    await changes.first().waitFor();
    // What the page says it compared with is asked of SQL.
    const title = String(await changes.first().getAttribute("title"));
    const [, from, to, runs] = title.match(/(\d{4}-\S+ \S+) … (\d{4}-\S+ \S+): ([\d,]+)/) ?? [];
    const seconds = (time: string | undefined) => new Date(String(time)).getTime() / 1000;
    assert.ok(Math.abs(seconds(to) - seconds(from) - 86_400) <= 1, title);
    const expected = count(
      `runs WHERE unixepoch(created_at, 'subsec') >= ${seconds(from)} AND unixepoch(created_at, 'subsec') < ${seconds(to) + 1}`,
    );
    assert.ok(Math.abs(Number(runs) - expected) <= 1, `${title}, where SQL counts ${expected}`);
    assert.match(await changes.first().innerText(), /more|less|as before/);
    await code.screenshot("statistics-change");
  });

  it("leads from the failed runs to a list of them, as many as SQL counts", async () => {
    await choose("All time");
    const failed = count("runs WHERE status = 'failed'");
    await code
      .panel()
      .getByRole("button", { name: /^Failed runs: / })
      .click();
    const list = code.panel().getByRole("listbox", { name: "Failed runs" });
    await list.getByRole("option").first().waitFor();
    await code.panel().getByText(`${failed} runs, newest first`).waitFor();
    const [newest] = sample.rows(
      "SELECT run_id FROM runs WHERE status = 'failed' ORDER BY created_at DESC LIMIT 1",
    );
    const text = await list.getByRole("option").first().innerText();
    assert.ok(text.includes(shortId(newest?.run_id)), `${text} is not ${newest?.run_id}`);
    await code.screenshot("statistics-list");
    await list.press("Escape");
  });

  it("leads from a duration to the spans that took at least so long", async () => {
    const durations = sample
      .rows("SELECT end_time - start_time AS duration FROM spans WHERE name = 'load_pdf'")
      .map(({ duration }) => Number(duration));
    const p95 = percentileBySort(durations, 0.95);
    const region = code.panel().locator('section[aria-label="Durations by name"]');
    const row = region
      .getByRole("row")
      .filter({ has: code.panel().getByRole("rowheader", { name: "load_pdf" }) });
    const columns = (await region.getByRole("columnheader").allInnerTexts()).map((text) => text.trim());
    await row
      .getByRole("cell")
      .nth(columns.indexOf("p95") - 1)
      .getByRole("button")
      .click();
    const most = durations.filter((duration) => duration >= p95).length;
    await code.panel().getByText(`${most} spans, newest first`).waitFor();
    await code
      .panel()
      .getByRole("button", { name: /^Close the list/ })
      .click();
  });

  it("narrows all figures to what is dragged over in the distribution, as SQL does", async () => {
    const chart = code.panel().getByRole("listbox", { name: /^Latency\./ });
    const box = await chart.boundingBox();
    const bars = await chart.getByRole("option").count();
    assert.ok(box);
    const x = (bar: number) => box.x + ((bar + 0.5) / bars) * box.width;
    const [first, last] = [Math.floor(bars / 2), bars - 2];
    await code.page.mouse.move(x(first), box.y + 50);
    await code.page.mouse.down();
    await code.page.mouse.move(x(last), box.y + 50, { steps: 5 });
    await code.page.mouse.up();
    await code.panel().locator(".brush-chip").waitFor();
    assert.equal(await chart.getByRole("option", { selected: true }).count(), last - first + 1);
    // Five bars a decade: their edges are powers of ten.
    const durations = sample
      .rows(
        "SELECT run_id, name, status, end_time - start_time AS duration FROM spans WHERE end_time IS NOT NULL",
      )
      .map(({ run_id, name, status, duration }) => ({ run_id, name, status, duration: Number(duration) }));
    const shortest = Math.min(...durations.map(({ duration }) => duration));
    const firstBucket = Math.floor(Math.log10(shortest) * 5 + 1e-9);
    const from = 10 ** ((firstBucket + first) / 5);
    const below = 10 ** ((firstBucket + last + 1) / 5);
    const taken = durations.filter(({ duration }) => duration >= from && duration < below);
    assert.ok(taken.length > 0 && taken.length < durations.length);
    const spans = formatCount(taken.length);
    await code.panel().locator(".tile-figure").getByText(spans, { exact: true }).waitFor();
    assert.equal((await tile("Runs"))[0], String(new Set(taken.map(({ run_id }) => run_id)).size));
    assert.equal(
      (await tile("Failed spans"))[1],
      String(taken.filter(({ status }) => status === "failed").length),
    );
    const row = await figures("Durations by name", "pipeline_run");
    assert.equal(row.Count, String(taken.filter(({ name }) => name === "pipeline_run").length));
    await code.screenshot("statistics-brushed");
    await code
      .panel()
      .getByRole("button", { name: /^No longer only/ })
      .click();
    await code.panel().locator(".brush-chip").waitFor({ state: "detached" });
  });

  it("narrows to a stretch of time with the keyboard alone, and lists its runs", async () => {
    const chart = code.panel().getByRole("listbox", { name: /^Runs over time\./ });
    await chart.focus();
    await chart.press("End");
    for (let step = 0; step < 5; step += 1) await chart.press("Shift+ArrowLeft");
    const chip = code.panel().locator(".brush-chip");
    await chip.waitFor();
    await chart.press("Enter");
    const listed = code.panel().locator(".list-head [role=status]");
    await listed.getByText(/newest first/).waitFor();
    const [, from] = (await chip.innerText()).match(/Started (\S+ \S+) …/) ?? [];
    const expected = count(`runs WHERE unixepoch(created_at) >= ${new Date(String(from)).getTime() / 1000}`);
    assert.equal((await tile("Runs"))[0], String(expected));
    assert.equal(await listed.innerText(), `${expected} runs, newest first`);
    await code.page.keyboard.press("Escape");
    await code.page.keyboard.press("Escape");
    await chip.waitFor({ state: "detached" });
  });

  it("follows the drag over the runs over time, before the button is let go", async () => {
    const chart = code.panel().getByRole("listbox", { name: /^Runs over time\./ });
    const box = await chart.boundingBox();
    const bars = await chart.getByRole("option").count();
    assert.ok(box);
    const x = (bar: number) => box.x + ((bar + 0.5) / bars) * box.width;
    const middle = Math.floor(bars / 2);
    await code.page.mouse.move(x(middle), box.y + 50);
    await code.page.mouse.down();
    await code.page.mouse.move(x(bars - 1), box.y + 50, { steps: 12 });
    const chip = code.panel().locator(".brush-chip");
    await chip.waitFor();
    const [, from] = (await chip.innerText()).match(/Started (\S+ \S+) …/) ?? [];
    const since = `unixepoch(created_at) >= ${new Date(String(from)).getTime() / 1000}`;
    const runs = String(count(`runs WHERE ${since}`));
    await code.panel().locator(".tile-figure").first().getByText(runs, { exact: true }).waitFor();
    await code.page.mouse.up();
    await code
      .panel()
      .getByRole("button", { name: /^No longer only/ })
      .click();
    await chip.waitFor({ state: "detached" });
  });

  it("counts only a status and a name, as SQL does, and lists spans without an error", async () => {
    await page.select("Status of spans", "failed");
    await code.panel().getByRole("button", { name: "Count only pipeline_run" }).click();
    await code.panel().locator(".brush-chip").getByText("Name: pipeline_run").waitFor();
    const only = "spans WHERE status = 'failed' AND name = 'pipeline_run'";
    const spans = formatCount(count(only));
    await code.panel().locator(".tile-figure").nth(2).getByText(spans, { exact: true }).waitFor();
    assert.deepEqual(await tile("Failed spans"), [formatPercent(1), spans]);
    await code.screenshot("statistics-narrowed");
    await code.panel().getByRole("button", { name: "No longer only: Name: pipeline_run" }).click();
    await page.select("Status of spans", "Any status");
    await page.select("Group by", "By error type");
    const fine = count("spans WHERE status <> 'failed' AND end_time IS NOT NULL");
    await code.panel().locator(".durations").getByRole("button", { name: "no error", exact: true }).click();
    await code
      .panel()
      .getByText(`${formatCount(fine)} spans, newest first`)
      .waitFor();
    await code
      .panel()
      .getByRole("button", { name: /^Close the list/ })
      .click();
    await page.select("Group by", "By name");
  });

  it("lists the runs of one state behind a bar, from the chart's table", async () => {
    const section = code.panel().locator('section[aria-label="Runs over time"]');
    await section.locator("summary").click();
    const columns = (await section.locator("thead th").allInnerTexts()).map((text) => text.trim());
    const column = columns.indexOf("failed");
    const button = code.panel().locator(`td:nth-child(${column + 1}) .figure-link`);
    const row = section.locator("tbody tr").filter({ has: button });
    const [range = "", failed] = await row
      .first()
      .locator("td")
      .allInnerTexts()
      .then((texts) => [texts[0], texts[column]]);
    await row.first().locator("td").nth(column).getByRole("button").click();
    const [from, to] = range.split(" … ").map((time) => new Date(time).getTime() / 1000);
    const expected = count(
      `runs WHERE status = 'failed' AND unixepoch(created_at) >= ${from} AND unixepoch(created_at) < ${to}`,
    );
    assert.equal(Number(failed), expected);
    await code
      .panel()
      .locator(".list-head [role=status]")
      .getByText(new RegExp(`^${expected} runs?,`))
      .waitFor();
    await code
      .panel()
      .getByRole("button", { name: /^Close the list/ })
      .click();
    await section.locator("summary").click();
  });

  it("puts two time ranges of one's own side by side, as SQL counts them", async () => {
    const [ends] = sample.rows(
      "SELECT min(unixepoch(created_at)) AS a, max(unixepoch(created_at)) AS b FROM runs",
    );
    const [first, last] = [Number(ends?.a), Number(ends?.b)];
    const third = (last - first) / 3;
    /** What a date field holds: minutes of the local clock. */
    const field = (time: number) => {
      const date = new Date(Math.floor(time / 60) * 60_000);
      return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
    };
    const seconds = (text: string) => new Date(text).getTime() / 1000;
    const [a, b, c] = [field(first + third), field(first + 2 * third), field(last)];
    const runs = (from: string, to: string) =>
      formatCount(count(`runs WHERE unixepoch(created_at) BETWEEN ${seconds(from)} AND ${seconds(to)}`));
    await page.select("Time range", "Custom range");
    const toolbar = code.panel().locator('.toolbar input[type="datetime-local"]');
    await toolbar.nth(0).fill(b);
    await toolbar.nth(1).fill(c);
    await toolbar.nth(1).press("Tab");
    await code.panel().locator(".tile-figure").first().getByText(runs(b, c), { exact: true }).waitFor();
    await page.select("Compare with", "Another time range…");
    const choice = code.panel().locator('.compare-choice input[type="datetime-local"]');
    await choice.nth(0).fill(a);
    await choice.nth(1).fill(b);
    await choice.nth(1).press("Tab");
    const row = code
      .panel()
      .locator('section[aria-label="Compare"]')
      .getByRole("row", { name: new RegExp(`^Runs ${runs(b, c)} ${runs(a, b)} `) })
      .first();
    await row.waitFor();
    await code.panel().locator('section[aria-label="Compare"]').scrollIntoViewIfNeeded();
    await code.screenshot("statistics-two-ranges");
    await page.select("Time range", "All time");
    await code
      .panel()
      .getByText(/^All time: spans started/)
      .waitFor();
  });

  it("groups by pipeline, with as many spans as SQL counts", async () => {
    await page.select("Group by", "By pipeline");
    const where =
      "spans JOIN runs USING (run_id) WHERE spans.end_time IS NOT NULL AND pipeline_name = 'code_review'";
    await code
      .panel()
      .locator('section[aria-label="Durations by pipeline"]')
      .getByRole("rowheader", { name: "code_review" })
      .waitFor();
    const row = await figures("Durations by pipeline", "code_review");
    assert.equal(row.Count, formatCount(count(where)));
    await page.select("Group by", "By name");
  });

  it("puts two versions side by side, with the change between them", async () => {
    const versions = sample.rows(
      "SELECT pipeline_name AS pipeline, pipeline_version AS version, count(*) AS runs FROM runs GROUP BY 1, 2 ORDER BY 1, 3 DESC",
    );
    const [one, other] = versions.filter(
      ({ pipeline }, _, all) => all.filter((each) => each.pipeline === pipeline).length > 1,
    );
    assert.ok(one && other && one.pipeline === other.pipeline, "the sample has a pipeline with two versions");
    await page.select("Pipeline", new RegExp(`^${one.pipeline} `));
    await page.select("Version", new RegExp(`^v?${one.version} `));
    await code
      .panel()
      .locator(".tile-figure")
      .first()
      .getByText(formatCount(Number(one.runs)), { exact: true })
      .waitFor();
    await page.select("Compare with", new RegExp(`${one.pipeline} v?${other.version}$`));
    const row = code
      .panel()
      .locator('section[aria-label="Compare"]')
      .getByRole("row", { name: /^Runs / })
      .first();
    await row.waitFor();
    const texts = (await row.getByRole("cell").allInnerTexts()).map((text) => text.trim());
    assert.deepEqual(texts.slice(0, 2), [formatCount(Number(one.runs)), formatCount(Number(other.runs))]);
    assert.match(texts[2] ?? "", /more|less|as before/);
    await code.panel().locator('section[aria-label="Compare"]').scrollIntoViewIfNeeded();
    await code.screenshot("statistics-compare");
    await page.select("Pipeline", "All pipelines");
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
    const pattern = row.first().getByRole("button", { name: /tool_error/ });
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
    await code.panel().getByLabel("From", { exact: true }).fill("2001-01-01T00:00");
    await code.panel().getByLabel("To", { exact: true }).fill("2001-01-02T00:00");
    await code.panel().getByLabel("To", { exact: true }).press("Tab");
    await code.panel().getByText("Nothing was found for All pipelines, ").waitFor();
    await code.screenshot("statistics-empty");
    await code.panel().getByRole("button", { name: "Show all pipelines, all time" }).click();
    assert.equal((await tile("Runs"))[0], "300");
  });
});
