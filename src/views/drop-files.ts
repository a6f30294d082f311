import * as vscode from "vscode";
import type { RunsNode } from "./nodes.ts";

/** Takes files that are dropped on a view. Nothing can be dragged out of it. */
export class DropFiles implements vscode.TreeDragAndDropController<RunsNode> {
  readonly dropMimeTypes = ["text/uri-list"];
  readonly dragMimeTypes = [];

  constructor(private readonly open: (uris: readonly vscode.Uri[]) => unknown) {}

  async handleDrop(_target: RunsNode | undefined, dropped: vscode.DataTransfer): Promise<void> {
    const list = await dropped.get("text/uri-list")?.asString();
    const uris = (list ?? "")
      .split(/\r?\n/)
      // A line with # is a comment in such lists.
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => vscode.Uri.parse(line));
    if (uris.length > 0) await this.open(uris);
  }
}
