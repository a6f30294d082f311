import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { emptyFolder } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { Workbench } from "./support/workbench.ts";

describe("Export", () => {
  let sample: Sample;
  let code: Workbench;
  let runId: string;

  before(async () => {
    sample = await makeSample();
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    await code.openView("Flujo Lens");
    runId = String(
      sample.rows("SELECT run_id FROM runs WHERE status = 'failed' ORDER BY created_at DESC LIMIT 1")[0]
        ?.run_id,
    );
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  it("writes a run for a bug report, after a look at what leaves", async () => {
    await code.tree("Runs").contextMenu(shortId(runId), "Export…");
    assert.deepEqual(
      (await code.quickPick.texts()).map(({ label }) => label),
      ["JSON", "OTLP JSON", "Chrome trace events", "CSV", "Markdown", "HTML"],
    );
    await code.screenshot("export-formats");
    await code.quickPick.choose("Markdown");
    await code.quickPick.type("step_input");
    await code.quickPick.accept();

    const dialog = code.page.locator(".monaco-dialog-box");
    const [{ spans } = { spans: 0 }] = sample.rows(
      `SELECT count(*) AS spans FROM spans WHERE run_id = '${runId}'`,
    );
    await dialog.getByText(`${spans} spans will leave.`).waitFor();
    await dialog.getByText(/^Left out: step_input \(\d+\)\.$/).waitFor();
    await code.screenshot("export-review");
    await dialog.getByRole("button", { name: "Preview" }).click();
    await code.editorTab(/\.md/).waitFor();
    const question = code.toast("This is what the export holds.");
    await question.waitFor();
    await code.screenshot("export-preview");

    await question.getByRole("button", { name: "Save…" }).click();
    const target = path.join(emptyFolder(), "report.md");
    await saveAs(target);
    await code.toast(/Exported .* to report\.md/).waitFor();
    const written = readFileSync(target, "utf8");
    assert.match(written, /## Failures/);
    assert.match(written, /\[redacted\]/);
    assert.ok(written.includes(shortId(runId)));
    assert.deepEqual(readdirSync(path.dirname(target)), ["report.md"], "nothing is left beside it");
  });

  it("writes several selected runs into one file", async () => {
    const chosen = sample
      .rows("SELECT run_id FROM runs WHERE status = 'completed' ORDER BY created_at DESC LIMIT 3")
      .map(({ run_id }) => String(run_id));
    const tree = code.tree("Runs");
    await tree.select(shortId(chosen[0]));
    for (const other of chosen.slice(1)) {
      await tree
        .row(shortId(other))
        .locator(".label-name")
        .first()
        .click({ modifiers: ["Control"] });
    }
    await tree.contextMenu(shortId(chosen[1]), "Export…");
    await code.quickPick.choose(/^JSON$/);
    await code.quickPick.type("");
    await code.quickPick.accept();
    const ids = chosen.map((id) => `'${id}'`).join(", ");
    const [{ spans } = { spans: 0 }] = sample.rows(
      `SELECT count(*) AS spans FROM spans WHERE run_id IN (${ids})`,
    );
    await review(`3 runs with ${spans} spans will leave.`, "export-several");
    const target = path.join(emptyFolder(), "runs.json");
    await saveAs(target);
    await code.toast(/Exported .* to runs\.json/).waitFor();
    const { runs } = JSON.parse(readFileSync(target, "utf8"));
    assert.deepEqual(runs.map(({ run }: { run: { run_id: string } }) => run.run_id).sort(), chosen.sort());
  });

  it("writes every run that the view's filter takes", async () => {
    await code.command("Flujo Lens: Filter Runs by Status…");
    await code.quickPick.toggle("failed");
    await code.quickPick.accept();
    await code
      .tree("Runs")
      .message.filter({ hasText: /filter: failed/ })
      .waitFor();
    await code.command("Flujo Lens: Export Runs…");
    await code.quickPick.choose(/^CSV$/);
    await code.quickPick.type("");
    await code.quickPick.accept();
    const expected = sample.rows(
      "SELECT span_id FROM spans WHERE run_id IN (SELECT run_id FROM runs WHERE status = 'failed')",
    );
    const [{ n } = { n: 0 }] = sample.rows("SELECT count(*) AS n FROM runs WHERE status = 'failed'");
    await review(`${n} runs with ${expected.length} spans will leave.`);
    const target = path.join(emptyFolder(), "failed.csv");
    await saveAs(target);
    await code.toast(/Exported .* to failed\.csv/).waitFor();
    const written = readFileSync(target, "utf8");
    for (const { span_id } of expected) assert.ok(written.includes(`,${span_id},`), String(span_id));
    await code.command("Flujo Lens: Clear Filter");
  });

  it("writes what the panel's filter takes of its run", async () => {
    await code.tree("Runs").contextMenu(shortId(runId), "Show Trace");
    const page = new TracePage(code);
    await page.waterfall.waitFor();
    await page.filter("status = failed");
    await code.panel().getByRole("button", { name: "Export the spans that the filter takes…" }).click();
    await code.quickPick.choose(/^CSV$/);
    await code.quickPick.type("");
    await code.quickPick.accept();
    const [{ n } = { n: 0 }] = sample.rows(
      `SELECT count(*) AS n FROM spans WHERE run_id = '${runId}' AND status = 'failed'`,
    );
    await review(`${n} spans will leave.`, "export-matches");
    const target = path.join(emptyFolder(), "matches.csv");
    await saveAs(target);
    await code.toast(/Exported .* to matches\.csv/).waitFor();
    assert.ok(readFileSync(target, "utf8").startsWith("run_id,"));
  });

  it("writes the figures of the Statistics tab", async () => {
    await new TracePage(code).openTab("Statistics");
    await code.panel().getByRole("button", { name: "Export these figures…" }).click();
    await code.quickPick.options("Markdown").waitFor();
    await code.screenshot("export-statistics");
    await code.quickPick.choose(/^CSV$/);
    const [{ n } = { n: 0 }] = sample.rows("SELECT count(*) AS n FROM spans WHERE end_time IS NOT NULL");
    await review(
      `Figures of ${Number(n).toLocaleString("en-US")} spans will leave, and the messages of their errors.`,
    );
    const target = path.join(emptyFolder(), "figures.csv");
    await saveAs(target);
    await code.toast(/Exported .* to figures\.csv/).waitFor();
    const counts = readFileSync(target, "utf8")
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(",").slice(0, 2).join(","));
    const expected = sample.rows(
      "SELECT name, count(*) AS n FROM spans WHERE end_time IS NOT NULL GROUP BY name",
    );
    assert.deepEqual(counts.sort(), expected.map(({ name, n }) => `${name},${n}`).sort());
  });

  /** Reads what is said to leave, and goes on. */
  async function review(sentence: string, picture?: string): Promise<void> {
    const dialog = code.page.locator(".monaco-dialog-box");
    await dialog.getByText(sentence).waitFor();
    if (picture !== undefined) await code.screenshot(picture);
    await dialog.getByRole("button", { name: "Save…" }).click();
  }

  async function saveAs(target: string): Promise<void> {
    await code.quickPick.options("..").waitFor();
    await code.quickPick.type(target);
    // The first Enter goes to the folder, another one takes the name there.
    const dialogInput = code.quickPick.input;
    while (await dialogInput.isVisible()) {
      await dialogInput.press("Enter");
      await code.page.waitForTimeout(500);
    }
  }
});
