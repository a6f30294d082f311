import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { emptyFolder } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
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
    await code.quickPick.options("..").waitFor();
    await code.quickPick.type(target);
    // The first Enter goes to the folder, another one takes the name there.
    const dialogInput = code.quickPick.input;
    while (await dialogInput.isVisible()) {
      await dialogInput.press("Enter");
      await code.page.waitForTimeout(500);
    }
    await code.toast(/Exported .* to report\.md/).waitFor();
    const written = readFileSync(target, "utf8");
    assert.match(written, /## Failures/);
    assert.match(written, /\[redacted\]/);
    assert.ok(written.includes(shortId(runId)));
    assert.deepEqual(readdirSync(path.dirname(target)), ["report.md"], "nothing is left beside it");
  });
});
