import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { makeSampleWorkspace, sampleDatabasePath } from "../tools/sample-workspace.mjs";
import { makeSeveralFolders } from "../tools/several-folders.mjs";
import { fixture } from "../unit/support/fixtures.ts";
import { DatabaseWriter } from "./support/database-writer.ts";
import { emptyFolder } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

describe("a folder that is not trusted", () => {
  let code: Workbench;
  let runs: TreeView;
  let folder: string;

  before(async () => {
    folder = await makeSampleWorkspace(emptyFolder());
    code = await Workbench.open({
      folder,
      settings: {
        "workbench.colorTheme": "Default Dark Modern",
        "security.workspace.trust.enabled": true,
        "security.workspace.trust.startupPrompt": "never",
      },
    });
    runs = code.tree("Runs");
  });

  afterEach(keepPictureOfFailure(() => code));
  after(() => code?.close());

  it("has its own database read", async () => {
    await code.statusBarItem("Restricted Mode").waitFor();
    await code.openView("Flujo Lens");
    await runs.message.getByText("flujo_ops.db · 300 runs").waitFor();
  });

  it("has figures beside its source, and no way to run it", async () => {
    await code.openFile("support_triage.py");
    await code.command("View: Focus Active Editor Group");
    await code.page.keyboard.press("Control+End");
    await code.codeLenses().filter({ hasText: /p95/ }).first().waitFor();
    await code.openView("Flujo Lens");
    await runs
      .row(/support_triage/)
      .first()
      .click({ button: "right" });
    const menu = code.page.locator(".monaco-menu");
    await menu.getByText("Compare Runs…").waitFor();
    assert.equal(await menu.getByText("Replay Run in Terminal…").count(), 0);
    await code.page.keyboard.press("Escape");
    await code.command("View: Close All Editors");
  });

  it("gets no new files written: those commands are not offered", async () => {
    await code.page.keyboard.press("F1");
    await code.quickPick.type(">Flujo Lens: ");
    await code.quickPick
      .options(/Export…|Refresh/)
      .first()
      .waitFor();
    assert.equal(await code.quickPick.options(/Migrate Database…|Import Traces…|Salvage…/).count(), 0);
    await code.quickPick.cancel();
  });

  it("tells of a failure at its step, offers to open it, and not to run anything", async () => {
    const now = new Date();
    const at = now.toISOString().replace("Z", "+00:00");
    const start = now.getTime() / 1000 - 1;
    const writer = await DatabaseWriter.start(path.join(folder, sampleDatabasePath));
    await writer.run(`INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at)
      VALUES ('run_bad', 'p', 'support_triage', '1.7', 'failed', '${at}', '${at}')`);
    await writer.run(`INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at)
      VALUES ('run_bad', 'bad-1', NULL, 'policy_check', ${start}, ${start + 0.5}, 'failed', '{}', '${at}')`);
    await code.openFile("support_triage.py");
    await code.page.locator(".editor-instance .squiggly-warning").first().waitFor();
    await code.command("Go to Next Problem in Files (Error, Warning, Info)");
    await code.page.keyboard.press("Escape");
    await code.page.keyboard.press("Control+.");
    const menu = code.page.locator(".action-widget");
    await menu.getByText("Open Failed Span").waitFor();
    await menu.getByText("Copy Error").waitFor();
    assert.equal(await menu.getByText("Replay Run in Terminal…").count(), 0);
    await code.screenshot("untrusted-quick-fixes");
    await menu.getByText("Open Failed Span").click();
    await code.panel().locator('.span-row.selected[data-name="policy_check"]').waitFor();
    await writer.close();
    await code.command("View: Close All Editors");
  });

  it("has each of several folders told of its own database", async () => {
    await code.openFolder(await makeSeveralFolders(emptyFolder()));
    await code.statusBarItem("Restricted Mode").waitFor();
    await code.openFile("support_triage.py", "old ä");
    await code.page.keyboard.press("Control+End");
    await code
      .codeLenses()
      .filter({ hasText: / d ago · p95/ })
      .first()
      .waitFor();
    await code.command("View: Close All Editors");
    await code.openFile("support_triage.py", "new");
    await code.page.keyboard.press("Control+End");
    await code
      .codeLenses()
      .filter({ hasText: /(now|min ago|s ago|h ago) · p95/ })
      .first()
      .waitFor();
    assert.equal(
      await code
        .codeLenses()
        .filter({ hasText: / d ago/ })
        .count(),
      0,
    );
  });

  it("is asked about a database outside of it, which opens only after a yes", async () => {
    const outside = fixture("v0.4.32");
    const folder = emptyFolder();
    writeFileSync(path.join(folder, "flujo.toml"), `state_uri = "sqlite:////${outside.slice(1)}"\n`);
    await code.openFolder(folder);
    await code.openView("Flujo Lens");
    // Nothing is asked before somebody wants it.
    const question = code.page.getByRole("dialog").filter({ hasText: outside });
    await runs.row(/is outside the workspace/).waitFor();
    assert.equal(await question.count(), 0);
    await runs.row(/is outside the workspace/).click();
    await question.getByText("Open a trace database outside this workspace?").waitFor();
    await code.screenshot("untrusted-outside");
    await question.getByRole("button", { name: "Cancel" }).click();
    await runs.row("flujo-v0.4.32.db").waitFor();
    await runs.row(/is outside the workspace/).click();
    await question.getByRole("button", { name: "Open", exact: true }).click();
    await runs.message.getByText("flujo-v0.4.32.db · 300 runs").waitFor();
  });
});
