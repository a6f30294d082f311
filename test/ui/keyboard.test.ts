// biome-ignore-all lint/performance/useDomNodeTextContent: these are Playwright's locators, not DOM nodes.
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { Keyboard } from "./support/keyboard.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { Workbench } from "./support/workbench.ts";

interface Failure {
  run_id: string;
  name: string;
  type: string;
  message: string;
  /** The same failure in older runs of the pipeline. */
  before: number;
  /** The run of the last one of them. */
  last: string;
}

describe("with the keyboard alone", () => {
  let sample: Sample;
  let code: Workbench;
  let keyboard: Keyboard;
  let page: TracePage;
  let failure: Failure;

  before(async () => {
    sample = await makeSample();
    const failures = sample.rows(`
      SELECT s.run_id, s.name, r.pipeline_name, r.created_at, json_extract(s.attributes, '$.error_type') AS type,
        json_extract(s.attributes, '$.feedback') AS message
      FROM spans s JOIN runs r USING (run_id) WHERE s.status = 'failed' AND s.parent_span_id IS NOT NULL
      ORDER BY r.created_at DESC`);
    const found = failures.flatMap((one, index) => {
      const older = failures
        .slice(index + 1)
        .filter(
          ({ name, type, pipeline_name }) =>
            name === one.name && type === one.type && pipeline_name === one.pipeline_name,
        );
      return older.length > 1 ? [{ ...one, before: older.length, last: String(older[0]!.run_id) }] : [];
    });
    failure = found[0] as unknown as Failure;
    assert.ok(failure, "the sample has a failure that happened before");
    code = await Workbench.open({ folder: sample.folder });
    keyboard = new Keyboard(code);
    page = new TracePage(code);
    // The palette knows the commands from then on.
    await code.activityBarItem("Flujo Lens").waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  it("opens the run that failed", async () => {
    await keyboard.command("Flujo Lens: Show Trace");
    await code.page.getByPlaceholder("Run id or pipeline").waitFor();
    await code.quickPick.options(/^\w+$/).first().waitFor();
    await keyboard.type(shortId(failure.run_id));
    await keyboard.chooseFirst(shortId(failure.run_id));
    await page.waterfall.waitFor();
    await page.header.getByText(shortId(failure.run_id)).waitFor();
  });

  it("finds the failure", async () => {
    // Away from it first: the panel opens where the run failed.
    await keyboard.tabTo(({ role, name }) => role === "treegrid" && name === "Spans of the run");
    await keyboard.press("Home");
    await page.details.getByRole("heading", { name: "pipeline_run" }).waitFor();
    await keyboard.press("F8");
    await page.details.getByRole("heading", { name: failure.name }).waitFor();
    await page.waterfall.getByRole("row", { selected: true }).filter({ hasText: failure.name }).waitFor();
  });

  it("sees why", async () => {
    await page.details.getByText(failure.type).first().waitFor();
    await page.details.getByText(failure.message.split("\n")[0]!).first().waitFor();
    await keyboard.press("Enter");
    const { name } = await keyboard.tabTo((focused) => focused.name === "Details");
    assert.equal(name, "Details");
    const error = await keyboard.tabTo((focused) => focused.name === "Error");
    assert.ok(error.text.startsWith(failure.message.split("\n")[0]!));
  });

  it("sees whether it happened before, and goes there", async () => {
    await page.details.getByText(`Happened before: ${failure.before} times`).waitFor();
    await code.screenshot("keyboard-happened-before");
    const link = await keyboard.tabTo(({ text }) => text.startsWith("last "));
    assert.ok(link.text.endsWith(`in ${shortId(failure.last)}`), link.text);
    await keyboard.press("Enter");
    await page.header.getByText(shortId(failure.last)).waitFor();
    await page.details.getByRole("heading", { name: failure.name }).waitFor();
    await page.details.getByText(failure.type).first().waitFor();
    const again = failure.before - 1;
    await page.details.getByText(`Happened before: ${again === 1 ? "once" : `${again} times`}`).waitFor();
  });

  it("looks for an attribute and copies its value and its path", async () => {
    await keyboard.tabTo(({ name }) => name === "Search Attributes");
    await keyboard.type("error_ty");
    await page.details.getByText("1 match", { exact: true }).waitFor();
    await keyboard.press("ArrowDown", "Control+c");
    await code.panel().getByText("Copied").waitFor();
    assert.equal(await code.clipboard(), failure.type);
    await keyboard.press("Control+Shift+c");
    await waitForClipboard("error_type");
  });

  it("asks for all failures and goes to the span of one", async () => {
    await keyboard.press("Alt+PageDown", "Alt+PageDown");
    await code.panel().getByRole("tab", { name: "Query", selected: true }).waitFor();
    await keyboard.press("Control+Enter");
    const grid = code.panel().getByRole("grid", { name: "Rows of failed-spans" });
    await grid.waitFor();
    await keyboard.tabTo(({ role }) => role === "grid");
    await keyboard.press("ArrowDown");
    const cell = code.panel().locator("[role=gridcell][aria-selected=true]");
    const row = grid.getByRole("row").filter({ has: cell });
    const name = await row.getByRole("gridcell").first().innerText();
    await keyboard.press("Enter");
    await code.panel().getByRole("tab", { name: "Trace", selected: true }).waitFor();
    await page.details.getByRole("heading", { name }).waitFor();
  });

  async function waitForClipboard(text: string): Promise<void> {
    for (let attempt = 0; (await code.clipboard()) !== text; attempt++) {
      assert.ok(attempt < 50, `the clipboard holds ${await code.clipboard()}`);
      await code.page.waitForTimeout(100);
    }
  }
});
