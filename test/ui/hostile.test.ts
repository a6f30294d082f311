import assert from "node:assert/strict";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { hostileDatabase, hostileNames } from "../unit/support/bad-databases.ts";
import { steering } from "../unit/support/inert.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { TracePage } from "./support/trace-page.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

/** Elements that only trace text taken for markup could bring into these places. */
const markup = "img, script, a[href], a[data-href], em, h1 b, table, iframe, .codicon-quit";

describe("trace text that attacks", () => {
  let code: Workbench;
  let runs: TreeView;
  let page: TracePage;
  const dialogs: string[] = [];

  before(async () => {
    code = await Workbench.open({
      folder: path.dirname(await hostileDatabase()),
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    code.page.on("dialog", async (dialog) => {
      dialogs.push(dialog.message());
      await dialog.dismiss();
    });
    await code.openView("Flujo Lens");
    await code.setSideBarWidth(600);
    runs = code.tree("Runs");
    page = new TracePage(code);
    await runs.row("hostile").waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  async function textOf(place: Locator): Promise<string> {
    return (await place.allInnerTexts()).join("\n");
  }

  it("stands as text in the rows", async () => {
    await runs.expand("hostile");
    const spans = (await runs.rows()).filter(({ level }) => level === 2);
    assert.equal(spans.length, hostileNames.length + 1);
    for (const { label } of spans) assert.doesNotMatch(label, steering);
    assert.ok(spans.some(({ label }) => label.includes("**bold**")));
    assert.equal(await runs.pane.locator(".monaco-list").locator(markup).count(), 0);
    await code.screenshot("hostile-rows");
  });

  it("stands as text in tooltips: no link, no image, no emphasis of its own", async () => {
    for (const part of ["<img src=x", "</script>", "[click me](command:", "right-to-left", "日本語"]) {
      const tooltip = await runs.tooltip(part, part);
      const text = await textOf(tooltip);
      assert.doesNotMatch(text, steering);
      assert.equal(await tooltip.locator(markup).count(), 0, part);
      // The error's type and the span's name are set in bold, and nothing inside them is.
      assert.equal(await tooltip.locator("strong").count(), 2, part);
      assert.equal(await tooltip.locator("strong *").count(), 0, part);
    }
    await runs.tooltip("[click me](command:", "[click me](command:");
    await code.screenshot("hostile-tooltip");
  });

  it("stands as text in the list of runs", async () => {
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.options("<img src=x").first().waitFor();
    assert.equal(await code.page.locator(".quick-input-list").locator(markup).count(), 0);
    await code.quickPick.choose("<img src=x");
  });

  it("stands as text in the panel", async () => {
    const rows = await page.rows();
    assert.equal(rows.length, hostileNames.length + 1);
    for (const { name } of rows) assert.doesNotMatch(name, steering);
    const body = code.panel().locator("flujo-lens-app");
    for (const part of ["<img src=x", "</script>", "[click me]", "right-to-left"]) {
      await page.row(part).locator(".label").click();
      await page.details.getByRole("heading", { name: part }).waitFor();
      await page.details.getByRole("treeitem").first().waitFor();
      assert.doesNotMatch(await textOf(page.details), steering);
      assert.equal(await body.locator("img, script, a[href], iframe").count(), 0, part);
    }
    await code.screenshot("hostile-panel");

    await page.openTab("Statistics");
    await code.panel().getByText("Error patterns").waitFor();
    assert.equal(await body.locator("img, script, a[href], iframe").count(), 0);
    assert.doesNotMatch(await textOf(body), steering);
    await code.screenshot("hostile-statistics");
  });

  it("shows attributes that are not JSON as they are", async () => {
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.choose("odd");
    await page.row("odd_0").locator(".label").click();
    await page.details.getByText("{not JSON").waitFor();
  });

  it("runs nothing", () => {
    assert.deepEqual(dialogs, []);
  });
});
