import * as vscode from "vscode";
import type { RunsProvider } from "../views/runs-provider.ts";
import { runsViewId } from "../views/runs-view.ts";
import type { CommandTable } from "./register.ts";
import { containerOf } from "./rows.ts";

/** What the Runs view itself can do. */
export function viewCommands(runs: RunsProvider, log: vscode.LogOutputChannel): CommandTable {
  return {
    "flujoLens.refresh": () => runs.refresh(),
    "flujoLens.loadMore": async (argument) => {
      const container = containerOf(argument);
      if (container === undefined) return;
      await vscode.window.withProgress({ location: { viewId: runsViewId } }, () => runs.loadMore(container));
    },
    "flujoLens.showLog": () => log.show(),
  };
}
