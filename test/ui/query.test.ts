import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { type Theme, Workbench } from "./support/workbench.ts";

describe("the Query tab", () => {
  let sample: Sample;
  let code: Workbench;
  let page: TracePage;
  /** Failed spans as SQL finds them, newest run first; ids are unique in the sample. */
  let failed: { span_id: string; run_id: string; name: string }[];

  before(async () => {
    sample = await makeSample();
    failed = sample.rows("SELECT span_id, run_id, name FROM spans WHERE status = 'failed'") as typeof failed;
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    page = new TracePage(code);
    await code.activityBarItem("Flujo Lens").waitFor();
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.options().first().waitFor();
    await code.quickPick.accept();
    await page.waterfall.waitFor();
    await code.panel().getByRole("tab", { name: "Query" }).click();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  const grid = (name: string): Locator => code.panel().getByRole("grid", { name: `Rows of ${name}` });

  async function run(name: string): Promise<Locator> {
    await page.select("Query", name);
    await code.panel().getByRole("button", { name: "Run", exact: true }).click();
    await grid(name).waitFor();
    return grid(name);
  }

  /** The cells of a row of the grid, 0 for the first below the titles. */
  const cells = (of: Locator, row: number) =>
    of.locator(`[data-row="${row}"]`).getByRole("gridcell").allInnerTexts();

  it("finds every failed span, and says how many there are", async () => {
    const rows = await run("failed-spans");
    assert.equal(await rows.getAttribute("aria-rowcount"), String(failed.length + 1));
    await code
      .panel()
      .getByText(new RegExp(`^${failed.length} rows in `))
      .waitFor();
    const titles = await rows.getByRole("columnheader").allInnerTexts();
    const first = await cells(rows, 0);
    const id = first[titles.findIndex((title) => title.trim() === "span_id")];
    assert.ok(failed.some(({ span_id, name }) => span_id === id && name === first[0]));
    await code.screenshot("query-failed-spans");
  });

  it("sorts by a column, and resizes it with the keyboard", async () => {
    const rows = grid("failed-spans");
    await rows.getByRole("button", { name: "name", exact: true }).click();
    await rows
      .getByRole("columnheader", { name: /^name/, includeHidden: true })
      .and(rows.locator('[aria-sort="ascending"]'))
      .waitFor();
    assert.equal((await cells(rows, 0))[0], failed.map(({ name }) => name).sort()[0]);
    const splitter = rows.getByRole("separator", { name: "Width of name" });
    const before = Number(await splitter.getAttribute("aria-valuenow"));
    await splitter.focus();
    await code.page.keyboard.press("ArrowRight");
    await rows
      .locator(`[role=separator][aria-label="Width of name"][aria-valuenow="${before + 16}"]`)
      .waitFor();
  });

  it("copies a cell, a row and the whole table", async () => {
    const rows = grid("failed-spans");
    await rows.locator("#cell-1-0").click();
    await code.page.keyboard.press("ArrowDown");
    await code.page.keyboard.press("Control+c");
    const third = await cells(rows, 2);
    await copied((text) => text === third[0]);
    await code.page.keyboard.press("Control+Shift+c");
    await copied((text) => text.split("\t").length === third.length && text.startsWith(`${third[0]}\t`));
    await code.panel().getByRole("button", { name: "Copy All" }).click();
    await copied((text) => text.split("\n").length === failed.length + 1);
  });

  it("saves the table as CSV in the place that the user accepts", async () => {
    await code.panel().getByRole("button", { name: "Save as CSV…" }).click();
    const file = path.join(sample.folder, "failed-spans.csv");
    await code.page.waitForFunction(
      (wanted) =>
        document.querySelector<HTMLInputElement>(".quick-input-widget input.input")?.value === wanted,
      file,
    );
    await code.quickPick.accept();
    await code.panel().getByText("Saved", { exact: true }).waitFor();
    const lines = readFileSync(file, "utf8").split("\r\n");
    assert.match(lines[0]!, /^\uFEFFname,status,/);
    assert.equal(lines.length, failed.length + 2);
  });

  it("leads from a row to its span", async () => {
    const rows = grid("failed-spans");
    const [name] = await cells(rows, 2);
    await rows.locator("#cell-2-1").dblclick();
    await page.details.getByRole("heading", { name: name! }).waitFor();
  });

  it("groups error patterns as the statistics do, and leads to the last failure of one", async () => {
    await code.panel().getByRole("tab", { name: "Query" }).click();
    const rows = await run("error-patterns");
    const count = await rows.locator("[data-row]").evaluateAll((all) => all.length);
    assert.ok(count > 3);
    const leaves = sample.rows(`SELECT name, json_extract(attributes, '$.error_type') AS type FROM spans s
      WHERE status = 'failed' AND NOT EXISTS (SELECT 1 FROM spans c WHERE c.run_id = s.run_id
        AND c.parent_span_id = s.span_id AND c.status = 'failed')`);
    const [name, , type] = await cells(rows, 0);
    assert.ok(
      leaves.some((leaf) => leaf.name === name && leaf.type === type),
      `${name} ${type}`,
    );
    await rows.locator("#cell-0-0").click();
    await code.page.keyboard.press("Enter");
    await page.details.getByRole("heading", { name: name! }).waitFor();
    await page.details.getByText(type!).first().waitFor();
  });

  it("finds spans by an attribute, and says which field is missing", async () => {
    await code.panel().getByRole("tab", { name: "Query" }).click();
    await page.select("Query", "spans-by-attribute");
    await code.panel().getByRole("button", { name: "Run", exact: true }).click();
    await code.panel().getByText("Write the key of an attribute.").waitFor();
    await code.panel().getByRole("textbox", { name: "Attribute" }).fill("error_type");
    await code.panel().getByRole("textbox", { name: "Value" }).fill("timeout");
    await code.page.keyboard.press("Enter");
    await grid("spans-by-attribute").waitFor();
    const [found] = sample.rows(
      "SELECT count(*) AS n FROM spans WHERE json_extract(attributes, '$.error_type') = 'timeout'",
    );
    assert.equal(
      await grid("spans-by-attribute").getAttribute("aria-rowcount"),
      String(Number(found?.n) + 1),
    );
  });

  it("comes back with its rows when the window is loaded again", async () => {
    await code.reload();
    await grid("spans-by-attribute").waitFor();
    await code
      .panel()
      .getByText(/^\d+ rows in /)
      .waitFor();
  });

  for (const theme of ["light", "highContrast", "highContrastLight"] as const satisfies readonly Theme[]) {
    it(`can be read in every theme: ${theme}`, async () => {
      await code.setTheme(theme);
      await grid("spans-by-attribute").waitFor();
      await code.screenshot(`query-${theme}`);
    });
  }

  it("fits into a narrow panel", async () => {
    await code.page.setViewportSize({ width: 700, height: 900 });
    const [wide, shown] = await code
      .panel()
      .locator("body")
      .evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(Number(wide) <= Number(shown), `${wide} pixels in ${shown}`);
    await code.screenshot("query-narrow");
  });

  async function copied(expected: (text: string) => boolean): Promise<void> {
    for (let attempt = 0; !expected(await code.clipboard()); attempt++) {
      assert.ok(attempt < 50, `the clipboard holds ${(await code.clipboard()).slice(0, 200)}`);
      await code.page.waitForTimeout(100);
    }
  }
});
