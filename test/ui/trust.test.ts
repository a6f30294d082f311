import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach, before, describe, it } from "mocha";
import { makeSampleWorkspace } from "../tools/sample-workspace.mjs";
import { fixture } from "../unit/support/fixtures.ts";
import { emptyFolder } from "./support/folders.ts";
import { keepPictureOfFailure } from "./support/pictures.ts";
import type { TreeView } from "./support/tree-view.ts";
import { Workbench } from "./support/workbench.ts";

describe("a folder that is not trusted", () => {
  let code: Workbench;
  let runs: TreeView;

  before(async () => {
    code = await Workbench.open({
      folder: await makeSampleWorkspace(emptyFolder()),
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
