import path from "node:path";
import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";
import type { CommandTable } from "./register.ts";
import type { Rows } from "./rows.ts";

/** What flujo's own ids are made of. Anything else could mean something to a shell. */
const SAFE_ID = /^[A-Za-z0-9][A-Za-z0-9_.:-]*$/;

/** Runs a pipeline again with its recorded answers, by flujo's own command, after the user has seen it. */
export function replayCommands(rows: Rows): CommandTable {
  return {
    "flujoLens.replayRun": async (argument) => {
      const run = runOf(argument, rows);
      if (run === undefined) return;
      if (!vscode.workspace.isTrusted) {
        throw new TraceError(
          "invalid_argument",
          vscode.l10n.t("A run is replayed only in a trusted workspace, because that runs the code in it."),
        );
      }
      if (!SAFE_ID.test(run.id)) {
        throw new TraceError(
          "invalid_argument",
          vscode.l10n.t(
            'The run id "{0}" has characters that a terminal may misread; replay it by hand.',
            oneLine(run.id, 80),
          ),
        );
      }
      const command = `flujo lens replay ${run.id}`;
      const folder = folderOf(run.database);
      const replay = vscode.l10n.t("Run in Terminal");
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t("Replay this run?"),
        {
          modal: true,
          detail: vscode.l10n.t(
            "{0}\n\nThis runs the pipeline's code in {1}.",
            command,
            folder ?? vscode.l10n.t("the terminal's folder"),
          ),
        },
        replay,
      );
      if (answer !== replay) return;
      const terminal = vscode.window.createTerminal({ name: vscode.l10n.t("flujo replay"), cwd: folder });
      terminal.show();
      terminal.sendText(command);
    },
  };
}

function runOf(argument: unknown, rows: Rows): { id: string; database: string } | undefined {
  if (typeof argument === "object" && argument !== null && "runId" in argument && "database" in argument) {
    const { runId, database } = argument;
    return typeof runId === "string" && typeof database === "string" ? { id: runId, database } : undefined;
  }
  const row = rows.run(argument);
  return row && { id: row.run.run_id, database: row.database.path };
}

/** The workspace folder of the database, else the first one: flujo looks for its configuration from there upwards. */
function folderOf(database: string): string | undefined {
  const own = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path.dirname(database)));
  return (own ?? vscode.workspace.workspaceFolders?.[0])?.uri.fsPath;
}
