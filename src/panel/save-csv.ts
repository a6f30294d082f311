import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";

/**
 * Asks where to write `text` and writes it; false when the user chose no place. `name` is what the file is called at first.
 * Rejects with `unreadable` when it cannot be written there.
 */
export async function saveCsv(name: string, text: string): Promise<boolean> {
  const file = `${name.replace(/[^\w.-]+/g, "-").replace(/^[.-]+/, "") || "table"}.csv`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, file),
    filters: { [vscode.l10n.t("Comma-separated values")]: ["csv"] },
    title: vscode.l10n.t("Save Table"),
  });
  if (target === undefined) return false;
  try {
    // Spreadsheets take a file without this mark for one in the system's old encoding.
    await vscode.workspace.fs.writeFile(target, Buffer.from(`\uFEFF${text}`, "utf8"));
  } catch (thrown) {
    throw new TraceError(
      "unreadable",
      vscode.l10n.t("The table could not be written to {0}; choose another place.", target.fsPath),
      { cause: thrown },
    );
  }
  return true;
}
