import * as vscode from "vscode";
import type { TracePanels } from "../panel/trace-panels.ts";
import type { PageCommand } from "../protocol/messages.ts";
import type { CommandTable } from "./register.ts";

/** Commands of the panel in front, by key bindings and by the menus of its page. */
export function panelCommands(panels: TracePanels): CommandTable {
  const page = (command: PageCommand) => () => panels.active?.perform(command);
  return {
    "flujoLens.panel.find": async () => {
      const panel = panels.active;
      // Spans are found by their filter, because most rows are not drawn; the other tabs are text.
      if (panel?.view.tab === "trace") panel.perform("focusFilter");
      else await vscode.commands.executeCommand("editor.action.webvieweditor.showFind");
    },
    "flujoLens.panel.nextFailure": page("nextFailure"),
    "flujoLens.panel.previousFailure": page("previousFailure"),
    "flujoLens.panel.refresh": page("refresh"),
    "flujoLens.panel.nextTab": page("nextTab"),
    "flujoLens.panel.previousTab": page("previousTab"),
    "flujoLens.panel.copySpanId": page("menuCopySpanId"),
    "flujoLens.panel.copyName": page("menuCopyName"),
    "flujoLens.panel.copyValue": page("menuCopyValue"),
    "flujoLens.panel.copyPath": page("menuCopyPath"),
    "flujoLens.panel.copyRow": page("menuCopyRow"),
    "flujoLens.panel.copyTable": page("menuCopyTable"),
    "flujoLens.panel.openText": page("menuOpenText"),
    "flujoLens.panel.copyJson": async (argument) => {
      const panel = panels.active;
      const key = keyOf(argument);
      if (panel?.view.runId === undefined || key === undefined) return;
      const store = await panel.database.store();
      await copyText(JSON.stringify(await store.getSpanDetail(panel.view.runId, key), undefined, 2));
    },
    "flujoLens.panel.openToSide": () => {
      const panel = panels.active;
      if (panel?.view.runId !== undefined)
        panels.showTraceToSide(panel.database, panel.view.runId, panel.view.key);
    },
  };
}

async function copyText(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${vscode.l10n.t("JSON copied")}`, 2000);
}

/** The span that a menu of the page is about. */
export function keyOf(context: unknown): number | undefined {
  if (typeof context !== "object" || context === null || !("key" in context)) return undefined;
  return typeof context.key === "number" ? context.key : undefined;
}
