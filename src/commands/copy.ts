import * as vscode from "vscode";
import { oneLine } from "../format/text.ts";
import { withLateProgress } from "./progress.ts";
import type { CommandTable } from "./register.ts";
import type { Rows, RunRow } from "./rows.ts";
import { traceJson } from "./trace-json.ts";

/** Copying what a row stands for. */
export function copyCommands(rows: Rows): CommandTable {
  return {
    "flujoLens.copyRunId": async (argument) => {
      const row = rows.run(argument);
      if (row !== undefined) await copy(row.run.run_id, vscode.l10n.t("Run id copied"));
    },
    "flujoLens.copySpanId": async (argument) => {
      const row = rows.span(argument);
      if (row !== undefined) await copy(row.span.span_id, vscode.l10n.t("Span id copied"));
    },
    "flujoLens.copyJson": async (argument) => {
      const row = rows.run(argument);
      if (row === undefined) return;
      const title = vscode.l10n.t("Copying {0} as JSON", oneLine(row.run.pipeline_name, 60));
      const text = await withLateProgress(title, (signal) => jsonOf(row, signal));
      await copy(text, vscode.l10n.t("JSON copied"));
    },
  };
}

async function jsonOf(row: RunRow, signal: AbortSignal): Promise<string> {
  const store = await row.database.store();
  if (row.kind === "span") {
    const detail = await store.getSpanDetail(row.run.run_id, row.span.key, { signal });
    return JSON.stringify(detail, undefined, 2);
  }
  const trace = await store.getTrace(row.run.run_id, { signal });
  return traceJson(trace.roots, trace.spans.length, signal);
}

async function copy(text: string, message: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 2000);
}
