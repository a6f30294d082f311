import assert from "node:assert/strict";
import * as vscode from "vscode";
import { activated, extension } from "./support.ts";

interface Manifest {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly menus: Readonly<Record<string, readonly { readonly command: string }[]>>;
  };
}

const manifest = () => extension().packageJSON as Manifest;

describe("the extension", () => {
  it("has every command that its manifest names, and names every command that it has", async () => {
    await activated();
    const registered = (await vscode.commands.getCommands(true)).filter(
      // VS Code adds commands of its own for the view and its container.
      (id) =>
        id.startsWith("flujoLens.") &&
        !/^flujoLens\.((runs|stepSpans|compare)\.|resetViewContainer)/.test(id),
    );
    const named = manifest().contributes.commands.map(({ command }) => command);
    assert.deepEqual(registered.sort(), [...named].sort());
  });

  it("puts only commands into menus that its manifest names", () => {
    const named = new Set(manifest().contributes.commands.map(({ command }) => command));
    for (const entries of Object.values(manifest().contributes.menus)) {
      for (const { command } of entries) assert.ok(named.has(command), command);
    }
  });

  it("has a title for every command, and does not start with the window", () => {
    for (const { command, title } of manifest().contributes.commands) {
      assert.ok(!title.startsWith("%"), `${command} has no title`);
    }
    assert.deepEqual(manifest().activationEvents, [
      "onLanguage:python",
      "onLanguage:yaml",
      "onWebviewPanel:flujoLens.trace",
    ]);
  });

  it("finds the database that the workspace's flujo.toml names", async () => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    assert.ok(folder !== undefined, "the tests need a workspace");
    const { databases } = await activated();
    const entries = await databases.entries();
    const found = entries.find((entry) => entry.kind === "database" && entry.origin === "configuration");
    assert.ok(found?.kind === "database", JSON.stringify(entries));
    assert.ok(found.database.path.startsWith(folder));
  });
});
