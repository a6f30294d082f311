import assert from "node:assert/strict";
import * as vscode from "vscode";

/** Resolves when something holds, and fails with `what` when it does not for 30 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let count = 0; count < 300; count += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(what);
}

/** The commands of this extension that stand above the lines of a file, from top to bottom. */
export async function lensesOf(uri: vscode.Uri): Promise<readonly vscode.Command[]> {
  const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    uri,
    100,
  );
  return found.flatMap(({ command }) => (command?.command.startsWith("flujoLens.") ? [command] : []));
}

/** The Markdown that is told when the mouse lies on the first `word` of a file. */
export async function hoverOn(uri: vscode.Uri, word: string): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    document.positionAt(document.getText().indexOf(word) + 3),
  );
  return hovers
    .flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value))
    .join("\n");
}

/** The databases that the links of a hover lead to, in their order. */
export function databasesIn(hover: string): readonly string[] {
  const found = [...hover.matchAll(/command:flujoLens\.openSpan\?([^)\s]+)/g)].map(
    ([, json]) => (JSON.parse(decodeURIComponent(json!)) as [{ database: string }])[0].database,
  );
  return [...new Set(found)];
}
