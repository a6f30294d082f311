import assert from "node:assert/strict";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { DatabaseWriter } from "./support/database-writer.ts";
import { emptyFolder } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { TracePage } from "./support/trace-page.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

const WIDE = 1_000_000;
const DEEP = 100_000;
/** Milliseconds for what reads a million rows on a busy machine. */
const PATIENCE = 110_000;

/** One run with a million siblings below its root, and one whose spans are a chain. */
async function writeDatabase(file: string): Promise<void> {
  const writer = await DatabaseWriter.start(file);
  await writer.run(`PRAGMA synchronous = OFF;
    CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, status TEXT, created_at TEXT);
    CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT,
      start_time REAL, end_time REAL, status TEXT, attributes TEXT);
    CREATE INDEX spans_run ON spans (run_id);
    INSERT INTO runs VALUES ('deep', 'deep_chain', 'completed', '2025-10-01T08:00:00+00:00'),
      ('wide', 'wide_level', 'completed', '2025-10-01T09:00:00+00:00');`);
  const numbers = (count: number) =>
    `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${count - 1}) INSERT INTO spans SELECT NULL`;
  await writer.run(`${numbers(DEEP)}, 'deep', 's' || i, CASE WHEN i > 0 THEN 's' || (i - 1) END, 'level ' || i || ':',
    1e9 + i * 1e-5, 1e9 + 10 - i * 1e-5, 'completed', NULL FROM n`);
  await writer.run(`${numbers(WIDE)}, 'wide', 's' || i, CASE WHEN i > 0 THEN 's0' END, 'item ' || i,
    1e9 + i * 1e-3, 1e9 + CASE i WHEN 0 THEN 2000 ELSE i * 1e-3 + 0.5 END, 'completed', NULL FROM n`);
  await writer.close();
}

describe("Traces that are very deep or very wide", () => {
  let code: Workbench;
  let runs: TreeView;
  let page: TracePage;

  before(async () => {
    const folder = emptyFolder();
    await writeDatabase(path.join(folder, "flujo_ops.db"));
    code = await Workbench.open({ folder });
    code.page.setDefaultTimeout(PATIENCE);
    await code.openView("Flujo Lens");
    runs = code.tree("Runs");
    page = new TracePage(code);
    await runs.row("wide_level").waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  it("list a million siblings in the side bar a page at a time", async () => {
    await runs.expand("wide_level");
    await runs.expand(/^item 0/);
    await runs.row(/^item 1/).waitFor();
    for (const [more, rows] of [
      ["Load 200 more (999,799 left)", 201],
      ["Load 200 more (999,599 left)", 401],
    ] as const) {
      await code.page.locator(`[aria-level="3"][aria-setsize="${rows}"]`).first().waitFor();
      await runs.scrollTo("bottom");
      // The last row is another run: the one that loads more stands before it.
      await runs.row(more).waitFor();
      await code.screenshot(`wide-${rows}`);
      await runs.row(more).click();
    }
    await code.page.locator(`[aria-level="3"][aria-setsize="601"]`).first().waitFor();
    await runs.scrollTo("top");
  });

  it("show a million siblings in the panel, down to the last", async () => {
    await runs.inlineAction("wide_level", "Show Trace");
    await page.row("item 0").waitFor();
    await page.waterfall.press("End");
    await page.row(`item ${WIDE - 1}`).waitFor();
    assert.equal(await page.waterfall.getAttribute("aria-rowcount"), String(WIDE + 1));
    await code.screenshot("wide-panel");
  });

  it("unfold in the side bar as deep as a side bar can show, and go on in the panel", async () => {
    await runs.collapse("wide_level");
    await runs.expand("deep_chain");
    for (let level = 0; level < 20; level += 1) await runs.expand(`level ${level}:`);
    await runs.row("Show deeper spans in the panel").waitFor();
    await code.screenshot("deep-side-bar");
    await runs.row("Show deeper spans in the panel").click();
    await page.row("level 19:").waitFor();
    const rows = await page.rows();
    assert.equal(rows.find(({ selected }) => selected)?.name, "level 19:");
  });

  it("show a chain of 100,000 spans in the panel, down to its last", async () => {
    await page.waterfall.press("End");
    await page.row(`level ${DEEP - 1}:`).waitFor();
    const rows = await page.rows();
    assert.deepEqual([rows.at(-1)?.level, rows.at(-1)?.selected], [DEEP, true]);
    await code.screenshot("deep-panel");
  });
});
