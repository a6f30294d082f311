import * as vscode from "vscode";
import type { State } from "../store/model.ts";

/** The icon of a run or span: its shape and its colour both tell the state, so that neither is needed alone. */
export function stateIcon(state: State): vscode.ThemeIcon {
  const [icon, color] = look(state);
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

function look(state: State): readonly [icon: string, color: string] {
  switch (state) {
    case "completed":
      return ["pass", "testing.iconPassed"];
    case "failed":
      // The tests' own red has no value in high contrast.
      return ["error", "errorForeground"];
    case "running":
      return ["play-circle", "charts.blue"];
    case "paused":
      return ["debug-pause", "charts.yellow"];
    case "cancelled":
      return ["circle-slash", "testing.iconSkipped"];
    case "unknown":
      return ["question", "testing.iconUnset"];
  }
}

/** A state as people say it. */
export function stateName(state: State): string {
  switch (state) {
    case "completed":
      return vscode.l10n.t("completed");
    case "failed":
      return vscode.l10n.t("failed");
    case "running":
      return vscode.l10n.t("running");
    case "paused":
      return vscode.l10n.t("paused");
    case "cancelled":
      return vscode.l10n.t("cancelled");
    case "unknown":
      return vscode.l10n.t("unknown state");
  }
}
