/** The questions of an export: its format, what stays here, a look at it, its place. */
import path from "node:path";
import * as vscode from "vscode";
import type { RedactionReport } from "../export/redaction.ts";
import { writeExport } from "../export/write-export.ts";
import { formatBytes, formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { TextDocuments } from "../panel/text-documents.ts";
import { withLateProgress } from "./progress.ts";

/** UTF-16 units of an export that a preview shows. */
const MOST_PREVIEW = 2_000_000;

/** Something that is ready to leave. */
export interface ReadyExport {
  /** What leaves, in one sentence. */
  readonly told: string;
  readonly report: RedactionReport;
  /** Made anew at every call. */
  readonly pieces: () => Iterable<string>;
  /** Of the file, without its ending. */
  readonly name: string;
  readonly ending: string;
  /** What the save dialog calls files of this kind. */
  readonly kind: string;
}

/** Attributes to leave out; undefined when the user gave up. */
export async function askKeys(): Promise<string[] | undefined> {
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

/** Tells what leaves, shows it if wished, and writes it where the user says. */
export async function reviewAndSave(ready: ReadyExport, documents: TextDocuments): Promise<void> {
  const save = vscode.l10n.t("Save…");
  const preview = vscode.l10n.t("Preview");
  const answer = await vscode.window.showInformationMessage(
    ready.told,
    { modal: true, detail: redactionText(ready.report) },
    save,
    preview,
  );
  if (answer === preview) {
    const language = ready.ending.endsWith("json") ? "json" : "plaintext";
    await documents.open(`${ready.name}.${ready.ending}`, head(ready.pieces()), language);
    const decision = await vscode.window.showInformationMessage(
      vscode.l10n.t("This is what the export holds."),
      save,
    );
    if (decision !== save) return;
  } else if (answer !== save) return;
  await saveExport(ready);
}

async function saveExport({ pieces, name, ending, kind }: ReadyExport): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}.${ending}`;
  const target = await vscode.window.showSaveDialog({
    defaultUri: folder === undefined ? undefined : vscode.Uri.joinPath(folder, file),
    filters: { [kind]: [ending] },
    title: vscode.l10n.t("Export"),
  });
  if (target === undefined) return;
  const { bytes } = await withLateProgress(vscode.l10n.t("Writing the export"), (signal) =>
    // The dialog has asked before a file is replaced.
    writeExport(target.fsPath, pieces(), { overwrite: true, signal }),
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

/** A name that every file system takes. */
export function fileName(text: string, otherwise: string): string {
  return (
    text
      .replace(/[^\w.-]+/g, "-")
      .replace(/^[.-]+/, "")
      .slice(0, 80) || otherwise
  );
}
