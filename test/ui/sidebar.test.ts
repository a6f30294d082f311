import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { formatDuration } from "../../src/format/numbers.ts";
import { percentileBySort } from "../unit/support/figures.ts";
import { fingerprints } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

const icons: Record<string, string> = {
  completed: "pass",
  failed: "error",
  paused: "debug-pause",
  running: "play-circle",
};

describe("the Runs view", () => {
  let sample: Sample;
  let files: Record<string, string>;
  let code: Workbench;
  let runs: TreeView;

  before(async () => {
    sample = await makeSample();
    files = fingerprints(sample.folder);
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    await code.openView("Flujo Lens");
    await code.setSideBarWidth(460);
    runs = code.tree("Runs");
    await runs.row(/support_triage/).waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  /** A failed run whose failure lies in the step that `step` names. */
  function failedRun() {
    const [run] = sample.rows(`
      SELECT r.run_id, r.pipeline_name, s.name AS step, s.end_time - s.start_time AS duration, s.attributes
      FROM runs r JOIN spans s USING (run_id)
      WHERE s.status = 'failed' AND s.parent_span_id IS NOT NULL ORDER BY r.created_at DESC LIMIT 1`);
    assert.ok(run);
    const text = (column: string) => String(run[column]);
    return {
      run_id: text("run_id"),
      id: shortId(run.run_id),
      pipeline_name: text("pipeline_name"),
      step: text("step"),
      duration: Number(run.duration),
      attributes: text("attributes"),
    };
  }

  it("lists the runs from new to old, each with its state, age, duration, cost and failures", async () => {
    await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
    const expected = sample.rows("SELECT run_id, pipeline_name, status FROM runs ORDER BY created_at DESC");
    const shown = await runs.rows();
    assert.ok(shown.length > 20, "a screen full of runs");
    assert.deepEqual(
      shown.map(({ label, icon, description }) => [label, icon, description.slice(-8)]),
      expected
        .slice(0, shown.length)
        .map(({ pipeline_name, status, run_id }) => [pipeline_name, icons[String(status)], shortId(run_id)]),
    );
    const failed = shown.find(({ icon }) => icon === "error");
    assert.match(failed?.description ?? "", /^2 failed · \d+ (min|h) ago · [\d.]+ m?s · /);
    assert.match(failed?.description ?? "", / · \$0\.\d+/);
    assert.match(failed?.spoken ?? "", /^Run \w+ \w{8}, failed, /);
    await code.screenshot("sidebar-runs");
  });

  it("loads a hundred runs at a time, until all 300 are there", async () => {
    // A page, and the row that loads the next.
    await runs.waitForRoots(101);
    for (const [left, rows] of [
      [200, 201],
      [100, 300],
    ] as const) {
      await runs.clickLast(`Load 100 more (${left} left)`);
      await runs.waitForRoots(rows);
    }
    await runs.scrollTo("bottom");
    const [oldest] = sample.rows("SELECT run_id FROM runs ORDER BY created_at LIMIT 1");
    await runs.row(shortId(oldest?.run_id)).waitFor();
    assert.equal(await runs.row(/Load/).count(), 0);
    await runs.scrollTo("top");
  });

  it("unfolds a run to its spans, level by level in order of start", async () => {
    const { run_id, id, step } = failedRun();
    await runs.expand(id);
    await runs.expand("pipeline_run");
    const children = sample.rows(`
      SELECT name, status FROM spans WHERE run_id = '${run_id}' AND parent_span_id IS NOT NULL
      ORDER BY start_time, id`);
    const shown = (await runs.rows()).filter(({ level }) => level > 1);
    assert.deepEqual(
      shown.map(({ level, label, icon }) => [level, label, icon]),
      [[2, "pipeline_run", "error"], ...children.map(({ name, status }) => [3, name, icons[String(status)]])],
    );
    assert.ok(children.some(({ name }) => name === step));
  });

  it("explains a failed span on hover: error, attempt, duration beside the usual one, cost, parents, input", async () => {
    const { step, duration, pipeline_name, attributes } = failedRun();
    const facts = JSON.parse(attributes);
    const tooltip = await runs.tooltip(step, facts.feedback);
    const lines = (await tooltip.allInnerTexts())
      .join("\n")
      .split("\n")
      .filter((line) => line !== "");
    const usual = percentileBySort(
      sample
        .rows(
          `SELECT s.end_time - s.start_time AS duration FROM spans s JOIN runs r USING (run_id)
          WHERE s.name = '${step}' AND s.status = 'completed' AND r.pipeline_name = '${pipeline_name}'`,
        )
        .map((row) => Number(row.duration)),
      0.5,
    );
    assert.deepEqual(lines.slice(0, 3), [
      `${facts.error_type}: ${facts.feedback}`,
      `${step} · failed · attempt 1`,
      `${formatDuration(duration)} · ${Number((duration / usual).toFixed(1))}x its usual ${formatDuration(usual)}`,
    ]);
    assert.match(lines[3] ?? "", /^\$0\.\d+ · [\d,]+ tokens$/);
    assert.deepEqual(lines.slice(4), ["in pipeline_run", "Input", facts.step_input]);
    await code.screenshot("tooltip-failed-span");
  });

  it("copies a run's id, a span's id, and both as JSON", async () => {
    const { run_id, id, step } = failedRun();
    const [span] = sample.rows(
      `SELECT span_id FROM spans WHERE run_id = '${run_id}' AND name = '${step}' AND status = 'failed'`,
    );
    await runs.contextMenu(id, "Copy Run Id");
    await code.statusBarItem("Run id copied").waitFor();
    assert.equal(await code.clipboard(), run_id);

    await runs.contextMenu(step, "Copy Span Id");
    await code.statusBarItem("Span id copied").waitFor();
    assert.equal(await code.clipboard(), span?.span_id);

    await runs.contextMenu(id, "Copy as JSON");
    await code.statusBarItem("JSON copied").waitFor();
    const trace = JSON.parse(await code.clipboard());
    const spans = sample.rows(`SELECT name FROM spans WHERE run_id = '${run_id}'`);
    assert.equal(trace.name, "pipeline_run");
    assert.equal(trace.children.length + 1, spans.length);
  });

  it("filters by status, pipeline and text, says so, and shows all again when the filter is cleared", async () => {
    const matching = (where: string) =>
      sample.rows(`SELECT run_id FROM runs WHERE ${where}`).map(({ run_id }) => shortId(run_id));
    await code.command("Flujo Lens: Filter Runs by Status…");
    await code.quickPick.toggle("failed");
    await code.quickPick.accept();
    await runs.message.getByText("filter: failed").waitFor();
    const failed = matching("status = 'failed'");
    await runs.waitForRoots(failed.length);
    await runs.message.getByText(`${failed.length} of 300 runs`).waitFor();

    await code.command("Flujo Lens: Filter Runs by Pipeline…");
    await code.quickPick.choose("code_review");
    const both = matching("status = 'failed' AND pipeline_name = 'code_review'");
    await runs.waitForRoots(both.length);
    assert.ok((await runs.rows()).every(({ label, level }) => level > 1 || label === "code_review"));

    await code.command("Flujo Lens: Filter Runs by Text…");
    await code.quickPick.type(both[3] ?? "");
    await code.quickPick.accept();
    await runs.waitForRoots(1);
    await runs.row(both[3] ?? "").waitFor();
    await runs.message.getByText(`filter: failed · pipeline code_review · with "${both[3]}"`).waitFor();
    await code.screenshot("sidebar-filtered");

    await runs.titleAction("Clear Filter");
    await runs.waitForRoots(101);
    await runs.message.getByText("filter").waitFor({ state: "detached" });
  });

  it("filters in the filter language: completes, marks a mistake, saves, and offers what was used", async () => {
    const filter = "status = failed and error_type in (timeout, rate_limit)";
    const expected = sample.rows(`
      SELECT DISTINCT r.run_id FROM runs r JOIN spans s USING (run_id)
      WHERE r.status = 'failed' AND json_extract(s.attributes, '$.error_type') IN ('timeout', 'rate_limit')`);
    await code.command("Flujo Lens: Filter Runs by Expression…");
    await code.quickPick.type("status = failed and error_ty");
    await code.quickPick.options("error_type").first().waitFor();
    await code.screenshot("sidebar-filter-completion");
    await code.quickPick.choose("error_type");
    // The extension puts the completion into the box, a moment after it was chosen.
    await code.page.waitForFunction(
      () =>
        document.querySelector<HTMLInputElement>(".quick-input-widget input.input")?.value ===
        "status = failed and error_type ",
    );
    await code.quickPick.type("duration > soon");
    await code.quickPick
      .options(/"soon" is not a duration/)
      .first()
      .waitFor();
    await code.screenshot("sidebar-filter-mistake");
    await code.quickPick.type(filter);
    await code.page.locator(".quick-input-widget").getByRole("button", { name: "Save This Filter…" }).click();
    await code.page.locator(".quick-input-widget").getByText("A name for this filter.").waitFor();
    await code.quickPick.type("Slow services");
    await code.quickPick.accept();
    await code.quickPick.options("Slow services").first().waitFor();
    await code.quickPick.accept();
    await runs.waitForRoots(expected.length);
    await runs.message.getByText(`${expected.length} of 300 runs`).waitFor();

    await code.command("Flujo Lens: Clear Filter");
    await runs.waitForRoots(101);
    await code.command("Flujo Lens: Filter Runs by Expression…");
    await code.quickPick
      .options(/^status = failed and error_type/)
      .first()
      .waitFor();
    await code.screenshot("sidebar-filter-kept");
    await code.quickPick.choose("Slow services");
    await runs.waitForRoots(expected.length);
    await code.command("Flujo Lens: Clear Filter");
    await runs.waitForRoots(101);
  });

  it("shows failures, age and duration of a run in a side bar of usual width", async () => {
    await code.setSideBarWidth(300);
    await code.screenshot("sidebar-usual-width");
    await code.setSideBarWidth(460);
  });

  it("says so when nothing matches the filter", async () => {
    await code.command("Flujo Lens: Filter Runs by Text…");
    await code.quickPick.type("no run is called so");
    await code.quickPick.accept();
    await runs.row("No run matches the filter.").waitFor();
    await code.command("Flujo Lens: Clear Filter");
    await runs.waitForRoots(101);
  });

  it("groups runs by pipeline and by day", async () => {
    await code.command("Flujo Lens: Group Runs…");
    await code.quickPick.choose("By pipeline");
    await runs.waitForRoots(3);
    const groups = sample.rows(
      "SELECT pipeline_name, count(*) || ' runs' AS runs FROM runs GROUP BY 1 ORDER BY 1",
    );
    assert.deepEqual(
      (await runs.rows()).map(({ label, description }) => [label, description]).sort(),
      groups.map(({ pipeline_name, runs }) => [pipeline_name, runs]),
    );
    await runs.expand("code_review");
    assert.equal((await runs.rows()).find(({ level }) => level === 2)?.label, "code_review");
    await code.screenshot("sidebar-by-pipeline");

    await code.command("Flujo Lens: Group Runs…");
    await code.quickPick.choose("By day");
    await runs.row(/^(Today|Yesterday)/).waitFor();
    await code.screenshot("sidebar-by-day");
  });

  it("remembers filter and grouping when the window is loaded again", async () => {
    await code.command("Flujo Lens: Group Runs…");
    await code.quickPick.choose("By pipeline");
    await code.command("Flujo Lens: Filter Runs by Status…");
    await code.quickPick.toggle("paused");
    await code.quickPick.accept();
    await runs.message.getByText("filter: paused").waitFor();
    const paused = sample.rows("SELECT DISTINCT pipeline_name FROM runs WHERE status = 'paused'");
    await runs.waitForRoots(paused.length);

    await code.reload();
    await runs.message.getByText("filter: paused").waitFor();
    await runs.waitForRoots(paused.length);

    await code.command("Flujo Lens: Clear Filter");
    await code.command("Flujo Lens: Group Runs…");
    await code.quickPick.choose("Not grouped");
    await runs.waitForRoots(101);
  });

  it("shows the log", async () => {
    await code.command("Flujo Lens: Show Log");
    const channel = code.page.locator(".part.panel .composite.title").getByLabel("Switch Output");
    assert.equal(await channel.inputValue(), "Flujo Lens");
  });

  it("changes no byte of the database, and leaves nothing beside it", () => {
    assert.deepEqual(fingerprints(sample.folder), files);
  });
});
