import * as vscode from "vscode";

export type LensMode = "off" | "failures" | "all";

const SEVERITIES = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
} as const;

/** What the user wants to see beside the source; each may be switched off. */
export const stepSettings = {
  codeLens(resource: vscode.Uri): LensMode {
    const value = read(resource, "codeLens");
    return value === "off" || value === "failures" ? value : "all";
  },
  hover(resource: vscode.Uri): boolean {
    return read(resource, "hover") !== false;
  },
  highlight(resource: vscode.Uri): boolean {
    return read(resource, "highlight") !== false;
  },
  /** Undefined when problems are off. */
  problems(resource: vscode.Uri): vscode.DiagnosticSeverity | undefined {
    const value = read(resource, "problems");
    if (value === "off") return undefined;
    return typeof value === "string" && Object.hasOwn(SEVERITIES, value)
      ? SEVERITIES[value as keyof typeof SEVERITIES]
      : vscode.DiagnosticSeverity.Warning;
  },
  /** Whether the figures of its steps may be shown in the file. */
  any(resource: vscode.Uri): boolean {
    return this.codeLens(resource) !== "off" || this.hover(resource) || this.problems(resource) !== undefined;
  },
  affectedBy(event: vscode.ConfigurationChangeEvent): boolean {
    return ["codeLens", "hover", "problems", "highlight"].some((name) =>
      event.affectsConfiguration(`flujoLens.${name}`),
    );
  },
} as const;

function read(resource: vscode.Uri, name: string): unknown {
  return vscode.workspace.getConfiguration("flujoLens", resource).get<unknown>(name);
}
