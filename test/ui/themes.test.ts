import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type { Locator } from "playwright-core";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import { type Theme, Workbench } from "./support/workbench.ts";

const themes: readonly Theme[] = ["dark", "light", "highContrast", "highContrastLight"];

describe("the panel", () => {
  let code: Workbench;
  let page: TracePage;
  let failed: { id: string; step: string };

  before(async () => {
    const sample = await makeSample();
    const [run] = sample.rows(`
      SELECT s.run_id, max(s.name) FILTER (WHERE s.status = 'failed' AND s.parent_span_id IS NOT NULL) AS step
      FROM spans s GROUP BY 1 HAVING step IS NOT NULL ORDER BY count(*) DESC, max(s.end_time) DESC LIMIT 1`);
    failed = { id: shortId(run?.run_id), step: String(run?.step) };
    code = await Workbench.open({ folder: sample.folder });
    await code.openView("Flujo Lens");
    await code
      .tree("Runs")
      .row(/support_triage/)
      .waitFor();
    await code.command("Flujo Lens: Show Trace");
    await code.quickPick.chooseOnly(failed.id);
    page = new TracePage(code);
    await page.row(failed.step).waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  /** Colours as the browser computes them. */
  async function style(place: Locator, property: string): Promise<string> {
    return place.evaluate((element, name) => getComputedStyle(element).getPropertyValue(name), property);
  }

  /** The colours that the canvas has on the line in the middle of a row, as numbers in order. */
  async function barColours(row: Locator): Promise<number[]> {
    return row.evaluate((element) => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.timeline")!;
      const [box, line] = [canvas.getBoundingClientRect(), element.getBoundingClientRect()];
      const y = Math.floor((line.top + line.height / 2 - box.top) * (canvas.height / box.height));
      const { data } = canvas.getContext("2d")!.getImageData(0, y, canvas.width, 1);
      return [...new Set(new Uint32Array(data.buffer))].filter((pixel) => pixel !== 0).sort((a, b) => a - b);
    });
  }

  for (const theme of themes) {
    it(`follows the theme, and failures stand out in it: ${theme}`, async () => {
      await code.setTheme(theme);
      const failure = page.row(failed.step);
      const other = page.waterfall
        .locator(".span-row")
        .filter({ has: code.panel().locator(".state-completed") });
      // Colours follow a moment after the theme.
      await code.panel().locator(`body.${bodyClass[theme]}`).waitFor();
      const look = async (row: Locator) => ({
        text: await style(row.locator(".label"), "color"),
        bar: await barColours(row),
      });
      const [bad, good] = [await look(failure), await look(other.first())];
      assert.ok(bad.bar.length > 0 && good.bar.length > 0, "there are bars");
      assert.notDeepEqual(bad.bar, good.bar, "the bars differ");
      assert.notEqual(bad.text, await style(code.panel().locator("body"), "background-color"));
      const runs = code.tree("Runs").pane;
      const mark = await style(runs.locator(".codicon-error").first(), "color");
      assert.notEqual(
        mark,
        await style(runs.locator(".label-name").first(), "color"),
        "red in the Runs view",
      );
      assert.notEqual(mark, await style(runs.locator(".codicon-pass").first(), "color"));
      await code.screenshot(`panel-${theme}`);
      await page.openTab("Statistics");
      await code.panel().locator(".tile").first().waitFor();
      await code.screenshot(`statistics-${theme}`);
      await page.openTab("Trace");
    });
  }

  // The last is a window of 1400 by 900 at twice the size.
  for (const [width, height] of [
    [760, 800],
    [560, 800],
    [700, 450],
  ] as const) {
    it(`has room for everything in a window of ${width} by ${height} pixels`, async () => {
      await code.page.setViewportSize({ width, height });
      for (const tab of ["Trace", "Statistics"] as const) {
        await page.openTab(tab);
        const [wide, shown] = await code
          .panel()
          .locator("body")
          .evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
        assert.ok(Number(wide) <= Number(shown), `${tab} is ${wide} pixels wide in a page of ${shown}`);
        await code.screenshot(`narrow-${width}-${height}-${tab.toLowerCase()}`);
      }
    });
  }
});

const bodyClass: Record<Theme, string> = {
  dark: "vscode-dark",
  light: "vscode-light",
  highContrast: "vscode-high-contrast",
  highContrastLight: "vscode-high-contrast-light",
};
