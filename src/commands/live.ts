import * as vscode from "vscode";
import type { Databases } from "../sources/databases.ts";
import type { LiveUpdates } from "../views/live-updates.ts";
import type { CommandTable } from "./register.ts";

/** Following databases while they are written. */
export function liveCommands(live: LiveUpdates, databases: Databases): CommandTable {
  const run = (command: string) => () => vscode.commands.executeCommand(command);
  return {
    "flujoLens.pauseLiveUpdates": () => live.toggle(),
    "flujoLens.resumeLiveUpdates": () => live.toggle(),
    "flujoLens.liveStatus": async () => {
      const picked = await vscode.window.showQuickPick(
        [
          databases.paused
            ? { label: vscode.l10n.t("Resume Live Updates"), action: () => live.toggle() }
            : { label: vscode.l10n.t("Pause Live Updates"), action: () => live.toggle() },
          { label: vscode.l10n.t("Refresh"), action: run("flujoLens.refresh") },
          { label: vscode.l10n.t("Show Runs"), action: run("flujoLens.runs.focus") },
          { label: vscode.l10n.t("Show Log"), action: run("flujoLens.showLog") },
        ],
        { title: vscode.l10n.t("Trace Databases on Screen") },
      );
      await picked?.action();
    },
  };
}
