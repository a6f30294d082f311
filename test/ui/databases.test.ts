import assert from "node:assert/strict";
import { copyFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { badDatabases } from "../unit/support/bad-databases.ts";
import { fixture, fixtureCopy } from "../unit/support/fixtures.ts";
import { DatabaseWriter } from "./support/database-writer.ts";
import { emptyFolder, fingerprints, writeWorkspaceSettings } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import { makeSample } from "./support/sample.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

describe("databases", () => {
  let code: Workbench;
  let runs: TreeView;

  before(async () => {
    code = await Workbench.open({
      folder: emptyFolder(),
      settings: { "workbench.colorTheme": "Default Dark Modern" },
    });
    runs = code.tree("Runs");
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  async function openFolder(folder: string): Promise<void> {
    await code.openFolder(folder);
    await code.openView("Flujo Lens");
  }

  /** The folder of a workspace whose setting names these databases. */
  function folderWith(...databases: string[]): string {
    const folder = emptyFolder();
    writeWorkspaceSettings(folder, { "flujoLens.databases": databases });
    return folder;
  }

  it("are asked for in a folder that has none, with buttons that do what they say", async () => {
    const folder = emptyFolder();
    await openFolder(folder);
    await runs.pane.getByText("No trace database was found in this workspace.").waitFor();
    await code.screenshot("welcome");

    await runs.pane.getByRole("button", { name: "Name Databases in the Settings" }).click();
    const settings = code.page.locator(".settings-editor");
    await settings.getByText("Flujo Lens: Databases").first().waitFor();
    await code.page.keyboard.press("Escape");
    await settings.waitFor({ state: "detached" });

    await runs.pane.getByRole("button", { name: "Open Trace Database…" }).click();
    await code.quickPick.options("..").waitFor();
    await code.quickPick.type(`${path.dirname(fixture("v0.4.32"))}/`);
    await code.quickPick.choose("flujo-v0.4.32.db");
    await runs.message.getByText("flujo-v0.4.32.db · 300 runs").waitFor();
    assert.deepEqual(fingerprints(folder), {}, "nothing was written to the workspace");
  });

  it("that were opened by hand are there again in the next window", async () => {
    await code.reload();
    await runs.message.getByText("flujo-v0.4.32.db · 300 runs").waitFor();
  });

  it("appear by themselves when a pipeline first writes one", async () => {
    const folder = emptyFolder();
    await openFolder(folder);
    await runs.pane.getByText("No trace database was found in this workspace.").waitFor();
    copyFileSync(fixture("v1.0"), path.join(folder, "flujo_ops.db"));
    await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
  });

  it("that cannot be read say why in one sentence each", async () => {
    // Damaged ones are read as far as possible: see files.test.ts.
    const bad = (await badDatabases()).filter(({ kind }) => kind !== "corrupt");
    await openFolder(folderWith(...bad.map((database) => database.path)));
    await code.setSideBarWidth(700);
    await runs.pane
      .locator(".codicon-warning")
      .nth(bad.length - 1)
      .waitFor();
    const rows = await runs.rows();
    assert.deepEqual(
      rows.map(({ level, icon }) => [level, icon]),
      bad.flatMap(() => [
        [1, "database"],
        [2, "warning"],
      ]),
    );
    const sentences = rows.filter(({ level }) => level === 2).map(({ label }) => label);
    for (const sentence of sentences) assert.match(sentence, /^\S.{20,300}\.$/);
    await code.screenshot("bad-databases");
  });

  it("at an address of PostgreSQL get a sentence, and no password is shown", async () => {
    await openFolder(folderWith("postgresql://me:secret@db.example/traces"));
    await runs.row("Traces in PostgreSQL (postgresql://db.example/traces) are not yet supported").waitFor();
    assert.equal(await code.page.getByText("secret").count(), 0);
  });

  it("are roots when there are several", async () => {
    await openFolder(folderWith(fixture("v1.0"), fixture("v0.4.32"), fixture("v0.6.11"), fixture("live")));
    await runs.waitForRoots(4);
    for (const [name, count] of [
      ["flujo-v1.0.db", 300],
      ["flujo-v0.4.32.db", 300],
      ["flujo-v0.6.11.db", 300],
      ["flujo_ops.db", 12],
    ] as const) {
      await runs.row(`${name}${count} runs`).waitFor();
      await runs.collapse(name);
    }
    await code.screenshot("sidebar-several");
  });

  it("whose newest runs are only in the log show all 12 of them, and are left as they were", async () => {
    const folder = path.dirname(fixtureCopy("live"));
    const files = fingerprints(folder);
    await openFolder(folder);
    await runs.message.getByText("flujo_ops.db · 12 runs").waitFor();
    await runs.waitForRoots(12);
    assert.deepEqual(fingerprints(folder), files);
  });

  it("are read again by themselves when a program writes to them", async () => {
    const { folder, file } = await makeSample();
    await openFolder(folder);
    await runs.message.getByText("300 runs").waitFor();
    const writer = await DatabaseWriter.start(file);
    try {
      await writer.run(insertRun("run_11111111aaaa", "paused"));
      await runs.message.getByText("301 runs").waitFor();
      const [newest] = await runs.rows();
      assert.deepEqual([newest?.label, newest?.icon], ["freshly_written", "debug-pause"]);

      await writer.run("UPDATE runs SET status = 'failed' WHERE run_id = 'run_11111111aaaa'");
      await runs.pane.getByRole("treeitem", { name: /freshly_written 11111111, failed/ }).waitFor();
    } finally {
      await writer.close();
    }
    // The log has been moved into the file, and is gone.
    await code.command("Flujo Lens: Refresh");
    await runs.pane.getByRole("treeitem", { name: /freshly_written 11111111, failed/ }).waitFor();
  });

  it("that are replaced by something else say so, and come back when they do", async () => {
    const { folder, file } = await makeSample();
    await openFolder(folder);
    await runs.message.getByText("300 runs").waitFor();
    writeFileSync(file, "This is no database any more.\n".repeat(100));
    await runs.row("is not a SQLite database").waitFor();
    copyFileSync(fixture("v0.4.32"), file);
    await runs.waitForRoots(101);
  });
});

function insertRun(id: string, status: string): string {
  return `INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
    VALUES ('${id}', 'freshly_written', 'freshly_written', '1', '${status}', datetime('now'), datetime('now'))`;
}
