import assert from "node:assert/strict";
import { describe, it } from "mocha";
import * as vscode from "vscode";

const id = "flujo-lens.flujo-lens";

describe("activation", () => {
  it("starts the extension", async () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, "the extension is not there");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("registers every command that package.json announces", async () => {
    const extension = vscode.extensions.getExtension(id);
    const announced: { command: string }[] = extension?.packageJSON.contributes.commands;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.ok(announced.length > 0);
    assert.deepEqual(
      announced.map(({ command }) => command).filter((command) => !registered.has(command)),
      [],
    );
  });
});
