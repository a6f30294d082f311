import assert from "node:assert/strict";
import { renameSync } from "node:fs";
import { after, afterEach, before, describe, it } from "mocha";
import { DatabaseWriter } from "./support/database-writer.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

const runId = "run_1111aaaa2222bbbb";

describe("a database that is written while it is looked at", () => {
  let sample: Sample;
  let writer: DatabaseWriter;
  let code: Workbench;
  let runs: TreeView;
  let page: TracePage;
  const delays: number[] = [];

  before(async () => {
    sample = await makeSample();
    writer = await DatabaseWriter.start(sample.file);
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern", "flujoLens.notifyOnFailure": true },
    });
    page = new TracePage(code);
    await code.openView("Flujo Lens");
    await code.setSideBarWidth(460);
    runs = code.tree("Runs");
    await runs.message.getByText("300 runs").waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(async () => {
    if (delays.length > 0)
      console.log(`      from commit to screen: ${delays.map((delay) => `${delay} ms`).join(", ")}`);
    await writer?.close();
    await code?.close();
  });

  /** Writes, and waits until it is on the screen. How long that took is told, not judged: machines differ. */
  async function sees(sql: string, appears: () => Promise<unknown>): Promise<void> {
    await writer.run(sql);
    const committed = Date.now();
    await appears();
    delays.push(Date.now() - committed);
  }

  function insertRun(id: string, status: string): string {
    return `INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
      VALUES ('${id}', 'nightly', 'nightly', '1', '${status}', datetime('now'), datetime('now'))`;
  }

  function insertStep(index: number, name: string): string {
    return `INSERT INTO steps (run_id, step_name, step_index, status, execution_time_ms, created_at)
      VALUES ('${runId}', '${name}', ${index}, 'completed', 40, datetime('now'))`;
  }

  function insertSpan(id: string, parent: string | undefined, name: string, status: string): string {
    return `INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at)
      VALUES ('${runId}', '${id}', ${parent === undefined ? "NULL" : `'${parent}'`}, '${name}', 100.0, 100.5, '${status}',
        '{"feedback": "ValueError: no page left"}', datetime('now'))`;
  }

  /** Marks the elements of rows on the screen, to tell later whether they are the same ones. */
  async function markRows(): Promise<void> {
    await runs.pane.getByRole("treeitem").evaluateAll((rows) => {
      for (const row of rows) row.setAttribute("data-marked", "yes");
    });
  }

  it("shows a new run by itself, and keeps what is unfolded, selected and scrolled", async () => {
    const [old] = sample.rows(
      "SELECT run_id FROM runs WHERE status = 'failed' ORDER BY created_at DESC LIMIT 1",
    );
    const id = shortId(old?.run_id);
    await runs.expand(id);
    await runs.select("pipeline_run");
    await sees(insertRun(runId, "running"), () =>
      runs.pane.getByRole("treeitem", { name: /nightly 1111aaaa, running/ }).waitFor(),
    );
    await runs.message.getByText("301 runs").waitFor();
    const selected = runs.pane.locator('[role="treeitem"][aria-selected="true"]');
    assert.match((await selected.getAttribute("aria-label")) ?? "", /pipeline_run/);
    assert.equal(await runs.row(id).getAttribute("aria-expanded"), "true");
    await code.screenshot("live-new-run");
  });

  it("draws only the row that changed: the others stay the very same elements", async () => {
    await markRows();
    await sees(`UPDATE runs SET status = 'paused' WHERE run_id = '${runId}'`, () =>
      runs.pane.getByRole("treeitem", { name: /nightly 1111aaaa, paused/ }).waitFor(),
    );
    const [all, marked] = await runs.pane
      .getByRole("treeitem")
      .evaluateAll((rows) => [rows.length, rows.filter((row) => row.hasAttribute("data-marked")).length]);
    assert.ok(marked! >= all! - 1, `${marked} of ${all} rows stayed`);
    await writer.run(`UPDATE runs SET status = 'running' WHERE run_id = '${runId}'`);
    await runs.pane.getByRole("treeitem", { name: /nightly 1111aaaa, running/ }).waitFor();
  });

  it("draws a run in progress from its steps as they come", async () => {
    await writer.run(insertStep(0, "fetch_page"));
    await runs.row("1111aaaa").locator(".label-name").first().click({ button: "right" });
    await code.page.keyboard.press("Escape");
    await runs.inlineAction("1111aaaa", "Show Trace");
    await page.row("fetch_page").waitFor();
    await page.row("fetch_page").click();
    await sees(insertStep(1, "parse_page"), () => page.row("parse_page").waitFor());
    const selected = (await page.rows()).find((row) => row.selected);
    assert.equal(selected?.name, "fetch_page", "the selection stays");
    await code.screenshot("live-provisional");
  });

  it("replaces the steps by the spans when the trace is saved, and tells that the run failed", async () => {
    const transaction = [
      "BEGIN",
      insertSpan("r", undefined, "pipeline_run", "failed"),
      insertSpan("a", "r", "fetch_page", "completed"),
      insertSpan("b", "r", "read_rows", "failed"),
      `UPDATE runs SET status = 'failed' WHERE run_id = '${runId}'`,
      "COMMIT",
    ];
    await sees(transaction.join(";"), () => page.row("read_rows").waitFor());
    const kept = page.row("fetch_page").and(code.panel().locator('[aria-selected="true"]'));
    await kept.waitFor();
    const toast = code.toast("nightly 1111aaaa failed");
    await toast.waitFor();
    await code.screenshot("live-failed");
    await code.command("View: Close All Editors");
    await toast.getByRole("button", { name: "Show Failed Span" }).click();
    const failed = page.row("read_rows");
    await failed.waitFor();
    await failed.and(code.panel().locator('[aria-selected="true"]')).waitFor();
    await page.details.getByText("no page left").first().waitFor();
  });

  it("counts new runs in the statistics that are open", async () => {
    await page.openTab("Statistics");
    await code.panel().getByText("301").first().waitFor();
    await sees(insertRun("run_2222", "completed"), () => code.panel().getByText("302").first().waitFor());
  });

  it("can be paused and resumed, and the status bar tells", async () => {
    const item = code.statusBarItem("Flujo:");
    await code.statusBarItem("Flujo: live").waitFor();
    await code.command("Flujo Lens: Pause Live Updates");
    await code.statusBarItem("Flujo: paused").waitFor();
    await code.screenshot("status-paused");
    await writer.run(insertRun("run_3333", "completed"));
    // Longer than a change takes to appear.
    await code.page.waitForTimeout(2_000);
    await runs.message.getByText("302 runs").waitFor();
    await item.click();
    await code.quickPick.choose("Resume Live Updates");
    await runs.message.getByText("303 runs").waitFor();
    await code.statusBarItem("Flujo: live").waitFor();
  });

  it("goes on by itself after the extension host was killed: sidebar, panel and status bar", async function () {
    await code.command("Flujo Lens: Show Statistics");
    const counted = code.panel().locator("lens-statistics").getByText("Runs", { exact: true }).first();
    await counted.waitFor();
    await runs.expand("1111aaaa");
    if (!code.killExtensionHost()) return this.skip();
    await runs.pane.getByRole("treeitem", { name: /nightly 1111aaaa/ }).waitFor();
    await code.statusBarItem("Flujo: live").waitFor();
    const id = "run_3333cccc4444dddd";
    await sees(insertRun(id, "running"), () =>
      runs.pane.getByRole("treeitem", { name: /nightly 3333cccc, running/ }).waitFor(),
    );
    await code.panel().getByText("304").first().waitFor();
    await code.screenshot("live-restarted");
  });

  it("is unreadable with a reason while its file is away, and live again when it is back", async () => {
    await writer.close();
    renameSync(sample.file, `${sample.file}.corrupt.1`);
    await code.statusBarItem("Flujo: unreadable").waitFor();
    await code.screenshot("status-unreadable");
    renameSync(`${sample.file}.corrupt.1`, sample.file);
    await code.statusBarItem("Flujo: live").waitFor();
    await runs.message.getByText("304 runs").waitFor();
  });
});
