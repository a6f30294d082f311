import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { PanelMethods } from "../protocol/messages.ts";

/**
 * Asks where to write a table and writes it; false when the user chose no place. `name` is what the file is called at first.
 * Rejects with `unwritable` when it cannot be written there.
 */
export async function saveTable({
  name,
  text,
  format,
}: PanelMethods["saveTable"]["params"]): Promise<boolean> {
  const file = `${name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "table"}.${format}`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const kind = format === "csv" ? vscode.l10n.t("Comma-separated values") : "JSON";
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, file),
    filters: { [kind]: [format] },
    title: vscode.l10n.t("Save Table"),
  });
  if (target === undefined) return false;
  // Spreadsheets take a file without this mark for one in the system's old encoding.
  const mark = format === "csv" ? "\uFEFF" : "";
  try {
    await vscode.workspace.fs.writeFile(target, Buffer.from(mark + text, "utf8"));
  } catch (thrown) {
    throw new TraceError(
      "unwritable",
      vscode.l10n.t("The table could not be written to {0}; choose another place.", target.fsPath),
      { cause: thrown },
    );
  }
  return true;
}
