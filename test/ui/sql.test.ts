import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { type Theme, Workbench } from "./support/workbench.ts";

const ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

describe("the SQL console", () => {
  let sample: Sample;
  let code: Workbench;
  let page: TracePage;
  let untouched: string;

  before(async () => {
    sample = await makeSample();
    untouched = fingerprint();
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    page = new TracePage(code);
    await code.activityBarItem("Flujo Lens").waitFor();
    await code.command("Flujo Lens: Open SQL Console");
    await field().waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  const field = (): Locator => code.panel().getByRole("textbox", { name: "Statement in SQL" });
  const grid = (): Locator => code.panel().getByRole("grid", { name: "Rows of the statement" });

  /** Names and bytes of everything beside the database. */
  function fingerprint(): string {
    const folder = path.dirname(sample.file);
    const names = readdirSync(folder).sort();
    const bytes = createHash("sha256").update(readFileSync(sample.file)).digest("hex");
    return JSON.stringify([names, bytes]);
  }

  async function run(sql: string): Promise<void> {
    await field().fill(sql);
    await code.page.keyboard.press("Control+Enter");
  }

  async function shown(): Promise<string[][]> {
    await grid().locator('[data-row="0"]').waitFor();
    return grid()
      .locator("[data-row]")
      .evaluateAll((rows) =>
        rows.map((row) =>
          Array.from(row.querySelectorAll("[role=gridcell]"), (cell) => cell.textContent ?? ""),
        ),
      );
  }

  it("opens with the keyboard in the editor, completes names, and shows what SQL says", async () => {
    await code.panel().getByText("lens_spans_scan").first().waitFor();
    await code.screenshot("sql-names");
    await field().pressSequentially("SELECT name, count(*) AS n, max(status) FROM spa");
    await code
      .panel()
      .getByRole("option", { name: /^spans/ })
      .waitFor();
    await code.screenshot("sql-completion");
    await code.page.keyboard.press("Enter");
    await field().pressSequentially(" GROUP BY name ORDER BY n DESC, name");
    await code.page.keyboard.press("Escape");
    const sql = await field().inputValue();
    assert.equal(
      sql,
      "SELECT name, count(*) AS n, max(status) FROM spans GROUP BY name ORDER BY n DESC, name",
    );
    await code.page.keyboard.press("Control+Enter");
    const expected = sample.rows(sql).map((row) => Object.values(row).map(String));
    assert.deepEqual((await shown()).slice(0, 10), expected.slice(0, 10));
    await code
      .panel()
      .getByText(new RegExp(`^${expected.length} rows in `))
      .waitFor();
    await code.screenshot("sql-rows");
  });

  it("cuts at the limit and says so", async () => {
    await code.panel().getByRole("textbox", { name: "Rows" }).fill("5");
    await run("SELECT run_id FROM lens_runs ORDER BY run_id");
    await code
      .panel()
      .getByText(/^the first 5 rows in .*raise the limit/)
      .waitFor();
    const expected = sample.rows("SELECT run_id FROM runs ORDER BY run_id LIMIT 5");
    assert.deepEqual(
      (await shown()).flat(),
      expected.map(({ run_id }) => run_id),
    );
    await code.panel().getByRole("textbox", { name: "Rows" }).fill("1000");
  });

  it("marks what SQLite does not understand, and refuses to write", async () => {
    await run("SELECT run_id\nFROM lens_runs\nWHERE statuss = 'failed'");
    await code.panel().getByText("no such column: statuss (line 3, column 7).").waitFor();
    assert.equal(await code.panel().locator(".sql-wrong").textContent(), "statuss");
    await code.screenshot("sql-mistake");
    for (const write of [
      "DELETE FROM runs",
      "PRAGMA journal_mode = DELETE",
      "WITH x AS (SELECT 1) DELETE FROM runs",
    ]) {
      await run(write);
      await code
        .panel()
        .getByText(/^Only statements that read can be run here/)
        .waitFor();
    }
    assert.equal(fingerprint(), untouched);
  });

  it("shows that it works, can be cancelled, and stops at the time limit", async () => {
    await run(ENDLESS);
    await code.panel().locator("lens-sql").getByText("Running the query…").waitFor();
    await code.screenshot("sql-running");
    await code.panel().locator("lens-sql").getByRole("button", { name: "Cancel" }).click();
    await code.panel().getByText("Cancelled.").waitFor();
    await code.panel().getByRole("textbox", { name: "Seconds" }).fill("1");
    await run(ENDLESS);
    await code.panel().getByText("took longer than 1 s and was stopped").waitFor();
    await run("SELECT 7 AS seven");
    assert.deepEqual(await shown(), [["7"]]);
    await code.panel().getByRole("textbox", { name: "Seconds" }).fill("30");
  });

  it("shows the plan as a tree", async () => {
    await field().fill(
      "SELECT name, count(*) FROM (SELECT * FROM spans WHERE attributes LIKE '%x%') GROUP BY name",
    );
    await code.panel().getByRole("button", { name: "Explain" }).click();
    const plan = code.panel().getByRole("list", { name: "How SQLite runs the statement" });
    await plan.getByText(/^SCAN .*spans/).waitFor();
    await code.screenshot("sql-plan");
  });

  it("starts from an example, and its rows lead to their spans", async () => {
    await code.panel().getByRole("button", { name: "Examples" }).click();
    await code
      .panel()
      .getByRole("option", { name: /failed-spans/ })
      .click();
    await code.page.keyboard.press("Control+Enter");
    const [{ n } = { n: 0 }] = sample.rows("SELECT count(*) AS n FROM spans WHERE status = 'failed'");
    await code
      .panel()
      .getByText(new RegExp(`^${n} rows in `))
      .waitFor();
    const [name] = (await shown())[1]!;
    await grid().locator("#cell-1-0").dblclick();
    await page.details.getByRole("heading", { name: name! }).waitFor();
    await code.panel().getByRole("tab", { name: "SQL" }).click();
  });

  for (const [format, button] of [
    ["csv", "Save as CSV…"],
    ["json", "Save as JSON…"],
  ] as const) {
    it(`saves the rows as ${format}, where the user accepts`, async () => {
      const sql = "SELECT run_id, pipeline_name, status, NULL AS missing, 1.5 AS x FROM runs ORDER BY run_id";
      await run(sql);
      await code
        .panel()
        .getByText(/^\d+ rows in /)
        .waitFor();
      await grid()
        .getByRole("columnheader", { name: /^missing/, includeHidden: true })
        .waitFor();
      await code.panel().locator("lens-sql").getByRole("button", { name: button }).click();
      const file = path.join(sample.folder, `query.${format}`);
      await code.page.waitForFunction(
        (wanted) =>
          document.querySelector<HTMLInputElement>(".quick-input-widget input.input")?.value === wanted,
        file,
      );
      await code.quickPick.accept();
      for (let attempt = 0; attempt < 100 && !existsSync(file); attempt++)
        await code.page.waitForTimeout(100);
      await code.panel().getByText("Saved", { exact: true }).waitFor();
      const text = readFileSync(file, "utf8");
      const expected = sample.rows(sql);
      if (format === "json") assert.deepEqual(JSON.parse(text), expected);
      else {
        const lines = expected.map((row) =>
          Object.values(row)
            .map((value) => value ?? "")
            .join(","),
        );
        assert.equal(text, `\uFEFF${["run_id,pipeline_name,status,missing,x", ...lines].join("\r\n")}\r\n`);
      }
    });
  }

  it("comes back with its statement, its rows and the history when the window is loaded again", async () => {
    await code.reload();
    // An answer that took long, as on a busy machine, is not asked for again by itself.
    const names = code.panel().getByRole("region", { name: "Tables and views" });
    await grid().or(names).first().waitFor();
    if (await names.isVisible()) {
      await field().focus();
      await code.page.keyboard.press("Control+Enter");
    }
    await grid().waitFor();
    assert.match(await field().inputValue(), /^SELECT run_id, pipeline_name/);
    await field().focus();
    await code.page.keyboard.press("Alt+ArrowUp");
    assert.match(await field().inputValue(), /^-- Times are seconds since the epoch/);
    await code.panel().getByRole("button", { name: "History" }).click();
    await code
      .panel()
      .getByRole("option", { name: /DELETE FROM runs/ })
      .first()
      .waitFor();
    await code.screenshot("sql-history");
    await code.page.keyboard.press("Escape");
  });

  for (const theme of ["light", "highContrast", "highContrastLight"] as const satisfies readonly Theme[]) {
    it(`can be read in every theme: ${theme}`, async () => {
      await code.setTheme(theme);
      await grid().waitFor();
      await code.screenshot(`sql-${theme}`);
    });
  }

  it("fits into a narrow panel", async () => {
    await code.page.setViewportSize({ width: 700, height: 900 });
    const [wide, visible] = await code
      .panel()
      .locator("body")
      .evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    assert.ok(Number(wide) <= Number(visible), `${wide} pixels in ${visible}`);
    await code.screenshot("sql-narrow");
    assert.equal(fingerprint(), untouched);
  });
});
