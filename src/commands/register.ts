import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";

/**
 * What a command does. Arguments come from menus, rows, key bindings and other extensions: unknown until looked at. A menu
 * over several selected rows gives the one that was clicked, and then all of them.
 */
export type CommandHandler = (argument: unknown, selected?: unknown) => unknown;

export type CommandTable = Readonly<Record<`flujoLens.${string}`, CommandHandler>>;

/** Registers commands whose failures are logged and shown, never swallowed. */
export function registerCommands(table: CommandTable, log: vscode.LogOutputChannel): vscode.Disposable {
  const registered = Object.entries(table).map(([id, handler]) =>
    vscode.commands.registerCommand(id, async (argument: unknown, selected: unknown) => {
      try {
        return await handler(argument, selected);
      } catch (thrown) {
        showFailure(TraceError.from(thrown), log, id);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registered);
}

/** Tells the user why something did not work; nothing when they gave it up themselves. */
export function showFailure(error: TraceError, log: vscode.LogOutputChannel, id: string): void {
  if (error.kind === "cancelled") return;
  log.error(`${id}: ${error.message}`, error);
  const showLog = vscode.l10n.t("Show Log");
  // Not awaited: the command has ended, the message may stand.
  void vscode.window.showErrorMessage(error.message, showLog).then((answer) => {
    if (answer === showLog) log.show();
  });
}
