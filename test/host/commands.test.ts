import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activated, allRuns, allSpans, unpack, withDatabase } from "./support.ts";

const traceTabs = () =>
  vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter(
      (tab) => tab.input instanceof vscode.TabInputWebview && tab.input.viewType.endsWith("flujoLens.trace"),
    );

/** Resolves when the open trace tabs have these labels, and the one in front is `active`. */
async function tabsAre(labels: readonly string[], active: string): Promise<void> {
  const isSo = () => {
    const tabs = traceTabs();
    return (
      JSON.stringify(tabs.map((tab) => tab.label)) === JSON.stringify(labels) &&
      tabs.find((tab) => tab.isActive)?.label === active
    );
  };
  while (!isSo()) {
    await new Promise<void>((resolve) => {
      const subscription = vscode.window.tabGroups.onDidChangeTabs(() => {
        subscription.dispose();
        resolve();
      });
    });
  }
}

describe("commands", () => {
  afterEach(() => vscode.commands.executeCommand("workbench.action.closeAllEditors"));

  it("copy ids, a run's trace and a span as JSON", async () => {
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const row = (await allRuns(root))[5]!;
      const copied = async (command: string, argument: unknown) => {
        await vscode.commands.executeCommand(command, argument);
        return vscode.env.clipboard.readText();
      };
      assert.equal(await copied("flujoLens.copyRunId", row), row.run.run_id);
      const trace = JSON.parse(await copied("flujoLens.copyJson", row));
      assert.equal(trace.name, "pipeline_run");
      assert.equal(trace.run_id, row.run.run_id);
      const [top, step] = await allSpans(row);
      assert.equal(trace.children.length, top!.span.child_count);
      assert.equal(await copied("flujoLens.copySpanId", step), step!.span.span_id);
      const detail = JSON.parse(await copied("flujoLens.copyJson", step));
      assert.equal(detail.span.name, step!.span.name);
      assert.equal(typeof detail.attributes, "object");
    });
  });

  it("open one panel a run, and find it again", async () => {
    await withDatabase(unpack("flujo-v0.6.11"), async (root) => {
      const [, first, second] = await allRuns(root);
      const titleOf = (row: typeof first) =>
        `${row!.run.pipeline_name} ${row!.run.run_id.replace("run_", "").slice(0, 8)}`;
      await vscode.commands.executeCommand("flujoLens.showTrace", first);
      await tabsAre([titleOf(first)], titleOf(first));
      await vscode.commands.executeCommand("flujoLens.showTrace", second);
      await tabsAre([titleOf(first), titleOf(second)], titleOf(second));
      const [span] = await allSpans(first!);
      await vscode.commands.executeCommand("flujoLens.showTrace", span);
      await tabsAre([titleOf(first), titleOf(second)], titleOf(first));
      await vscode.commands.executeCommand("flujoLens.showStatistics", root);
      const statistics = "Statistics of flujo-v0.6.11.db";
      await tabsAre([titleOf(first), statistics, titleOf(second)], statistics);
    });
  }).timeout(30_000);

  it("open a run by a part of its id", async () => {
    await withDatabase(unpack("flujo-v0.4.32"), async (root) => {
      const { run } = (await allRuns(root))[42]!;
      await vscode.commands.executeCommand("flujoLens.showTrace", run.run_id.slice(4, 20));
      const title = `${run.pipeline_name} ${run.run_id.replace("run_", "").slice(0, 8)}`;
      await tabsAre([title], title);
    });
  });

  it("show long texts in a read-only tab", async () => {
    const { panels } = await activated();
    await panels.context.documents.open("Input / of: a step", '{"a": 1}', "json");
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document.getText(), '{"a": 1}');
    assert.equal(editor.document.languageId, "json");
    assert.equal(vscode.workspace.fs.isWritableFileSystem(editor.document.uri.scheme), undefined);
  });
});
