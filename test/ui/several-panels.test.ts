import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { FrameLocator } from "playwright-core";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { Workbench } from "./support/workbench.ts";

describe("several panels at once", () => {
  let sample: Sample;
  let code: Workbench;
  /** The two newest failed runs. */
  let ids: string[];

  before(async () => {
    sample = await makeSample();
    ids = sample
      .rows("SELECT run_id FROM runs WHERE status = 'failed' ORDER BY created_at DESC LIMIT 2")
      .map(({ run_id }) => String(run_id));
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
      viewport: { width: 1800, height: 900 },
    });
    await code.openView("Flujo Lens");
    await code
      .tree("Runs")
      .row(/support_triage/)
      .waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  /** The page that shows this run, wherever its panel is. */
  async function panelOf(runId: string): Promise<FrameLocator> {
    const frames = code.page.locator('iframe.webview:not([src*="purpose="])');
    for (let attempt = 0; attempt < 60; attempt += 1) {
      for (let at = 0; at < (await frames.count()); at += 1) {
        const page = frames.nth(at).contentFrame().locator("#active-frame").contentFrame();
        const header = page.locator(".run-header", { hasText: shortId(runId) });
        if (await header.isVisible().catch(() => false)) return page;
      }
      await code.page.waitForTimeout(300);
    }
    throw new Error(`No panel shows ${runId}.`);
  }

  async function showTrace(runId: string): Promise<void> {
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.chooseOnly(shortId(runId));
    await panelOf(runId);
    // Its page takes the keyboard when it is there, which would close what asks for the next run.
    await code.page.waitForFunction(() => document.activeElement?.matches("iframe.webview"));
  }

  const box = (page: FrameLocator) => page.getByRole("combobox", { name: "Filter spans" });

  it("each show their own run, side by side, and keep their own filter", async () => {
    await showTrace(ids[0]!);
    await showTrace(ids[1]!);
    await code.command("View: Move Editor into Next Group");
    const [first, second] = [await panelOf(ids[0]!), await panelOf(ids[1]!)];
    await box(first).fill("status = failed");
    await box(first).press("Enter");
    await first
      .locator(".match-count")
      .getByText(/\d+ of \d+/)
      .waitFor();
    assert.equal(await box(second).inputValue(), "");
    assert.equal((await second.locator(".match-count").textContent())?.trim(), "");
    await code.screenshot("several-panels");
  });

  it("all come back when the window is loaded again", async () => {
    // The page writes down what it shows a moment after it shows it.
    await code.page.waitForTimeout(1_000);
    await code.reload();
    const first = await panelOf(ids[0]!);
    await panelOf(ids[1]!);
    await first
      .locator(".match-count")
      .getByText(/\d+ of \d+/)
      .waitFor();
    assert.equal(await box(first).inputValue(), "status = failed");
  });
});
