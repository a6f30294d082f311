import path from "node:path";
import * as vscode from "vscode";
import { collectRun, type Selection } from "../export/collect.ts";
import type { ExportedRun } from "../export/exported.ts";
import { type ExportFormat, exportFormats, exportPieces, extensions } from "../export/formats.ts";
import { type RedactionReport, redact } from "../export/redaction.ts";
import { writeExport } from "../export/write-export.ts";
import { formatBytes, formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { TextDocuments } from "../panel/text-documents.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { withLateProgress } from "./progress.ts";
import type { CommandTable } from "./register.ts";
import type { Rows, RunRow } from "./rows.ts";
import { type PickedRun, pickRun } from "./run-picker.ts";
import { databasesToShow } from "./show.ts";

/** UTF-16 units of an export that a preview shows. */
const MOST_PREVIEW = 2_000_000;

/** Export of a run, or of a span with what is below it, with a look at what leaves before it leaves. */
export function exportCommands(
  databases: WorkspaceDatabases,
  rows: Rows,
  documents: TextDocuments,
  log: vscode.LogOutputChannel,
): CommandTable {
  return {
    "flujoLens.exportRun": async (argument) => {
      const row = rows.run(argument) ?? (await pickRun(await databasesToShow(databases), log));
      if (row === undefined) return;
      const format = await pickFormat();
      if (format === undefined) return;
      const keys = await askKeys();
      if (keys === undefined) return;
      const { exported, report } = await withLateProgress(vscode.l10n.t("Reading the trace"), (signal) =>
        collect(row, keys, signal),
      );
      await reviewAndSave(exported, report, format, documents);
    },
  };
}

async function collect(row: RunRow | PickedRun, keys: readonly string[], signal: AbortSignal) {
  const store = await row.database.store();
  const selection: Selection = "kind" in row && row.kind === "span" ? { spanId: row.span.span_id } : {};
  return redact(await collectRun(store, row.run.run_id, selection, { signal }), { keys });
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const told: Readonly<Record<ExportFormat, readonly [label: string, description: string]>> = {
    json: ["JSON", vscode.l10n.t("flujo's own tree; opens again with Flujo Lens")],
    otlp: ["OTLP JSON", vscode.l10n.t("for OpenTelemetry collectors and backends")],
    chrome: [vscode.l10n.t("Chrome trace events"), vscode.l10n.t("opens in Perfetto and speedscope")],
    csv: ["CSV", vscode.l10n.t("a line a span, for spreadsheets")],
    markdown: ["Markdown", vscode.l10n.t("facts, failures and the tree, for a bug report")],
    html: ["HTML", vscode.l10n.t("a page that stands alone")],
  };
  const picked = await vscode.window.showQuickPick(
    exportFormats.map((format) => ({ format, label: told[format][0], description: told[format][1] })),
    { title: vscode.l10n.t("Export As") },
  );
  return picked?.format;
}

/** Attributes to leave out; undefined when the user gave up. */
async function askKeys(): Promise<string[] | undefined> {
  const answer = await vscode.window.showInputBox({
    title: vscode.l10n.t("Leave Out Attributes"),
    prompt: vscode.l10n.t(
      "Names of attributes whose values stay here, separated by commas; * stands for any letters. Values that look like secrets always stay.",
    ),
    placeHolder: "step_input, *_email",
  });
  return answer
    ?.split(",")
    .map((key) => key.trim())
    .filter((key) => key !== "");
}

async function reviewAndSave(
  exported: ExportedRun,
  report: RedactionReport,
  format: ExportFormat,
  documents: TextDocuments,
): Promise<void> {
  const save = vscode.l10n.t("Save…");
  const preview = vscode.l10n.t("Preview");
  const answer = await vscode.window.showInformationMessage(
    exported.spans.length === 1
      ? vscode.l10n.t("One span will leave.")
      : vscode.l10n.t("{0} spans will leave.", formatCount(exported.spans.length)),
    { modal: true, detail: redactionText(report) },
    save,
    preview,
  );
  if (answer === preview) {
    const language = format === "json" || format === "otlp" || format === "chrome" ? "json" : "plaintext";
    await documents.open(nameOf(exported, format), head(exportPieces(exported, format)), language);
    const decision = await vscode.window.showInformationMessage(
      vscode.l10n.t("This is what the export holds."),
      save,
    );
    if (decision !== save) return;
  } else if (answer !== save) return;
  await saveExport(exported, format);
}

async function saveExport(exported: ExportedRun, format: ExportFormat): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = nameOf(exported, format);
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, name),
    filters: { [format.toUpperCase()]: [extensions[format]] },
    title: vscode.l10n.t("Export Run"),
  });
  if (target === undefined) return;
  const { bytes } = await withLateProgress(vscode.l10n.t("Writing the export"), (signal) =>
    // The dialog has asked before a file is replaced.
    writeExport(target.fsPath, exportPieces(exported, format), { overwrite: true, signal }),
  );
  const open = vscode.l10n.t("Open");
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("Exported {0} to {1}.", formatBytes(bytes), oneLine(path.basename(target.fsPath), 100)),
    open,
  );
  if (answer === open) await vscode.commands.executeCommand("vscode.open", target);
}

function redactionText(report: RedactionReport): string {
  if (report.size === 0) return vscode.l10n.t("Nothing in it was named, and nothing looked like a secret.");
  const counted = Array.from(report, ([rule, count]) => `${oneLine(rule, 60)} (${formatCount(count)})`);
  return vscode.l10n.t("Left out: {0}.", counted.join(", "));
}

function nameOf({ run }: ExportedRun, format: ExportFormat): string {
  const name = `${run.pipeline_name}-${run.run_id}`.replace(/[^\w.-]+/g, "-").slice(0, 80);
  return `${name.replace(/^[.-]+/, "") || "run"}.${extensions[format]}`;
}

function head(pieces: Iterable<string>): string {
  const parts: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    parts.push(piece);
    length += piece.length;
    if (length > MOST_PREVIEW) {
      parts.push("\n…");
      break;
    }
  }
  return parts.join("");
}
