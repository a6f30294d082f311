import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { DatabaseWriter } from "./support/database-writer.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample, type Sample, shortId } from "./support/sample.ts";
import { TracePage } from "./support/trace-page.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

/** Rows of a page each, so that a transaction over them has a journal too large to be undone in memory (128 MB). */
const ballastRows = 36_000;

describe("a database of which nothing can be proven for a while", () => {
  let sample: Sample;
  let writer: DatabaseWriter;
  let code: Workbench;
  let runs: TreeView;
  let page: TracePage;
  let id: string;

  before(async () => {
    sample = await makeSample();
    const [run] = sample.rows("SELECT run_id FROM runs ORDER BY created_at DESC LIMIT 1");
    id = shortId(run?.run_id);
    writer = await DatabaseWriter.start(sample.file);
    // Without a log the writer changes the file itself, in the middle of its transaction.
    await writer.run(`PRAGMA journal_mode = delete; PRAGMA synchronous = off; PRAGMA cache_size = 100;
      CREATE TABLE ballast (n INTEGER PRIMARY KEY, data BLOB);
      WITH RECURSIVE counter(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < ${ballastRows})
      INSERT INTO ballast SELECT n, zeroblob(3900) FROM counter`);
    code = await Workbench.open({
      folder: sample.folder,
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    page = new TracePage(code);
    await code.openView("Flujo Lens");
    await code.setSideBarWidth(460);
    runs = code.tree("Runs");
    await runs.message.getByText("300 runs").waitFor();
    await runs.inlineAction(id, "Show Trace");
    await page.row("pipeline_run").waitFor();
    await code.statusBarItem("Flujo: live").waitFor();
  });

  afterEach(keepPictureOfFailure(() => code));
  after(async () => {
    await writer?.close();
    await code?.close();
  });

  const staleNote = () =>
    code
      .panel()
      .locator("lens-stale-note")
      .filter({ hasText: /old, as of \d/ });

  it("keeps what was read before, and says in sidebar, panel and status bar how old it is", async () => {
    const before = await page.rows();
    await writer.run("BEGIN; UPDATE ballast SET data = randomblob(3900)");
    await code.statusBarItem(/Flujo: \d.* old/).waitFor();
    await runs.message.getByText(/300 runs · as of \d/).waitFor();
    await runs.row(id).waitFor();
    await staleNote().waitFor();
    assert.deepEqual(await page.rows(), before);
    await code.screenshot("busy-kept");
    const aged = await staleNote().textContent();
    await staleNote().filter({ hasNotText: aged!.trim() }).waitFor();
  });

  it("says so where there is nothing that was read before", async () => {
    await page.openTab("Statistics");
    const statistics = code.panel().getByRole("tabpanel", { name: "Statistics" });
    await statistics.getByText("has an unfinished transaction").waitFor();
    await code.screenshot("busy-nothing-before");
  });

  it("is live again by itself when the transaction has ended, with what it wrote", async () => {
    await writer.run(`INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
      VALUES ('run_1111', 'nightly', 'nightly', '1', 'completed', datetime('now'), datetime('now')); COMMIT`);
    await code.statusBarItem("Flujo: live").waitFor();
    await runs.message.getByText(/301 runs$/).waitFor();
    await code.panel().getByText("301").first().waitFor();
    await page.openTab("Trace");
    await page.row("pipeline_run").waitFor();
    await code.panel().locator("lens-stale-note").waitFor({ state: "detached" });
  });
});
