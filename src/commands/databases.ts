import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { traceFileEndings } from "../sources/trace-file.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import type { CommandTable } from "./register.ts";
import { type Rows, withheldOf } from "./rows.ts";

/** Lists files in the Runs view: databases, and files with traces in another form. */
export async function openFiles(databases: WorkspaceDatabases, uris: readonly vscode.Uri[]): Promise<void> {
  for (const uri of uris) await databases.add(pathOf(uri));
  await vscode.commands.executeCommand("flujoLens.runs.focus");
}

/** Opening and forgetting databases by hand. */
export function databaseCommands(databases: WorkspaceDatabases, rows: Rows): CommandTable {
  const open = (uris: readonly vscode.Uri[]) => openFiles(databases, uris);
  return {
    "flujoLens.openDatabase": async () => {
      const picked = await vscode.window.showOpenDialog({
        title: vscode.l10n.t("Open Trace Database"),
        openLabel: vscode.l10n.t("Open"),
        canSelectMany: true,
        defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
        filters: {
          [vscode.l10n.t("Databases and traces")]: ["db", "sqlite", "sqlite3", ...traceFileEndings],
          [vscode.l10n.t("All files")]: ["*"],
        },
      });
      if (picked !== undefined) await open(picked);
    },
    "flujoLens.openFile": async (argument) => {
      if (argument instanceof vscode.Uri) await open([argument]);
    },
    "flujoLens.removeDatabase": async (argument) => {
      const row = rows.database(argument);
      if (row !== undefined) await databases.remove(row.database.path);
    },
    "flujoLens.allowDatabase": async (argument) => {
      const path = withheldOf(argument)?.withheld;
      if (path !== undefined) await databases.ask(path);
    },
    "flujoLens.openSettings": () =>
      vscode.commands.executeCommand("workbench.action.openSettings", "flujoLens.databases"),
  };
}

/** A file of this machine. Throws `unsupported_source` for anything else. */
export function pathOf(uri: vscode.Uri): string {
  if (uri.scheme === "file") return uri.fsPath;
  throw new TraceError(
    "unsupported_source",
    vscode.l10n.t("Only files on this machine can be opened, and {0} is not one.", uri.scheme),
  );
}
