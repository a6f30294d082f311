import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { activated } from "./support.ts";

describe("beside the source", () => {
  const root = () => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
  const sample = (name: string) => vscode.Uri.file(path.join(root(), "pipelines", name));
  let scratch: string;

  before(async () => {
    await activated();
    scratch = path.join(root(), "scratch ä");
    mkdirSync(scratch, { recursive: true });
  });
  after(async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    rmSync(scratch, { recursive: true, force: true });
    const configuration = vscode.workspace.getConfiguration("flujoLens");
    for (const name of ["codeLens", "problems", "hover"])
      await configuration.update(name, undefined, vscode.ConfigurationTarget.Workspace);
  });

  async function lenses(uri: vscode.Uri): Promise<readonly string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
      "vscode.executeCodeLensProvider",
      uri,
      100,
    );
    return found.flatMap(({ command }) => (command?.command.startsWith("flujoLens.") ? [command.title] : []));
  }

  const set = (name: string, value: unknown) =>
    vscode.workspace.getConfiguration("flujoLens").update(name, value, vscode.ConfigurationTarget.Workspace);

  async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let count = 0; count < 300; count += 1) {
      if (await holds()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    assert.fail(what);
  }

  it("tells above each step and pipeline how its last run went", async () => {
    const uri = sample("support_triage.py");
    await vscode.window.showTextDocument(uri);
    const titles = await lenses(uri);
    // Four steps have spans in the sample, and the pipeline has runs.
    assert.equal(titles.length, 5, titles.join("\n"));
    for (const title of titles)
      assert.match(title, /^. \w+ .* · p95 [\d.]+ m?s · [\d.]+ % failed( · \$[\d.]+)?$/);
    await set("codeLens", "failures");
    for (const title of await lenses(uri)) assert.match(title, /^✗ failed /);
    await set("codeLens", "off");
    assert.deepEqual(await lenses(uri), []);
    await set("codeLens", undefined);
  });

  it("tells the same above the steps of a blueprint", async () => {
    const uri = sample("code_review.yaml");
    await vscode.window.showTextDocument(uri);
    assert.ok((await lenses(uri)).length >= 3);
  });

  it("tells on hover the last run, the figures, and where to go on", async () => {
    const uri = sample("support_triage.py");
    const document = await vscode.workspace.openTextDocument(uri);
    const place = document.positionAt(document.getText().indexOf('"classify_ticket"') + 3);
    const read = async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        "vscode.executeHoverProvider",
        uri,
        place,
      );
      return hovers
        .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
        .join("\n");
    };
    const text = await read();
    assert.match(text, /p50/);
    assert.match(text, /\[All Spans\]\(command:flujoLens\.findStepSpans\?/);
    await set("hover", false);
    assert.doesNotMatch(await read(), /p50/);
    await set("hover", undefined);
  });

  it("finds steps in files that are made, changed and deleted", async () => {
    const { steps } = await activated();
    await steps.start();
    const file = path.join(scratch, "more.py");
    const place = async () => (await steps.find("brand_new")).map(({ definition }) => definition.line).join();
    writeFileSync(file, 'from flujo import Step\nStep(name="brand_new")\n');
    await until("a new file is found", async () => (await place()) === "2");
    writeFileSync(file, 'from flujo import Step\n\nStep(name="brand_new")\n');
    await until("a change is seen", async () => (await place()) === "3");
    rmSync(file);
    await until("a deleted file is forgotten", async () => (await place()) === "");
  });

  it("goes to the step that a name stands for", async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    const { runs } = await activated();
    const rows = await runs.getChildren();
    const first = rows.find((row) => row.kind === "database") ?? undefined;
    const top = first === undefined ? rows : await runs.getChildren(first);
    for (const run of top) {
      if (run.kind !== "run" || run.run.pipeline_name !== "support_triage") continue;
      const [pipeline] = await runs.getChildren(run);
      const span = (await runs.getChildren(pipeline)).find(
        (row) => row.kind === "span" && row.span.name === "classify_ticket",
      );
      if (span === undefined) continue;
      await vscode.commands.executeCommand("flujoLens.goToStep", span);
      break;
    }
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.fileName, sample("support_triage.py").fsPath);
    assert.equal(editor?.document.getText(editor.selection), '"classify_ticket"');
  });
});
