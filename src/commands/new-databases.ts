import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { TextDocuments } from "../panel/text-documents.ts";
import { Database } from "../sources/databases.ts";
import { isTraceFile, traceFileEndings } from "../sources/trace-file.ts";
import type { CallOptions } from "../store/model.ts";
import { plainLabel } from "../views/plain-label.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { createTraceStore, type Published, type TraceWriter } from "../write/create.ts";
import { lostSentence } from "../write/lost-sentence.ts";
import type { Recovery } from "../write/recover.ts";
import type { WriteReport } from "../write/report.ts";
import { openFiles, pathOf } from "./databases.ts";
import { withLateProgress } from "./progress.ts";
import type { CommandTable } from "./register.ts";
import { damagedOf, type Rows } from "./rows.ts";
import { reportText } from "./write-report.ts";

/** What a command wrote, and what it has to say. */
interface Written extends Published {
  readonly recovery?: Recovery;
  readonly notes?: readonly string[];
}

/** New databases out of old ones, of damaged ones, and of files with traces. The old files are only read. */
export function newDatabaseCommands(
  databases: WorkspaceDatabases,
  rows: Rows,
  documents: TextDocuments,
  show: (file: string) => Promise<void>,
): CommandTable {
  const finish = async (written: Written, sentence: string) => {
    await openFiles(databases, [vscode.Uri.file(written.file)]);
    await show(written.file);
    await tell(written, sentence, documents);
  };
  return {
    "flujoLens.migrate": async (argument) => {
      checkTrust();
      const title = vscode.l10n.t("Migrate Database");
      const from = rows.database(argument)?.database.path ?? (await pickSource(databases, title));
      if (from === undefined || !(await reviewMigration(from, documents))) return;
      const target = await askTarget(from, "v2", title);
      if (target === undefined) return;
      const written = await withLateProgress(
        vscode.l10n.t("Migrating {0}", nameOf(from)),
        async (signal, onProgress) => {
          const options = { signal, onProgress };
          return (await createTraceStore(target, { from, force: true }, options)).close({ signal });
        },
      );
      await finish(
        written,
        vscode.l10n.t("Migrated {0} to {1}.", counted(written.report), nameOf(written.file)),
      );
    },
    "flujoLens.importTraces": async (argument) => {
      checkTrust();
      const title = vscode.l10n.t("Import Traces");
      const from = argument instanceof vscode.Uri ? pathOf(argument) : await askTraceFile(title);
      if (from === undefined) return;
      const target = await askTarget(from, "traces", title);
      if (target === undefined) return;
      const written = await writeNew(
        vscode.l10n.t("Importing {0}", nameOf(from)),
        target,
        async (writer, options) => ({ notes: await writer.importFile(from, options) }),
      );
      await finish(
        written,
        vscode.l10n.t("Imported {0} to {1}.", counted(written.report), nameOf(written.file)),
      );
    },
    "flujoLens.salvage": async (argument) => {
      checkTrust();
      const title = vscode.l10n.t("Salvage Database");
      const named = argument instanceof Database ? argument : damagedOf(argument);
      const from =
        named?.path ?? rows.database(argument)?.database.path ?? (await pickSource(databases, title));
      if (from === undefined) return;
      const target = await askTarget(from, "salvaged", title);
      if (target === undefined) return;
      const written = await writeNew(
        vscode.l10n.t("Salvaging {0}", nameOf(from)),
        target,
        async (writer, options) => ({ recovery: await writer.salvage(from, options) }),
      );
      const sentence = vscode.l10n.t("Salvaged {0} to {1}.", counted(written.report), nameOf(written.file));
      await finish(written, `${sentence} ${lostSentence(written.recovery)}`);
    },
  };
}

/** Makes a new database under progress that can be cancelled; `fill` says what goes into it. */
async function writeNew<T extends object>(
  title: string,
  target: string,
  fill: (writer: TraceWriter, options: CallOptions) => Promise<T>,
): Promise<Published & T> {
  return withLateProgress(title, async (signal, onProgress) => {
    const writer = await createTraceStore(target, { force: true }, { signal });
    try {
      const told = await fill(writer, { signal, onProgress });
      return { ...(await writer.close({ signal })), ...told };
    } finally {
      await writer.discard();
    }
  });
}

/** What a workspace that is not trusted names is read, and nothing more. */
function checkTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new TraceError(
    "invalid_argument",
    vscode.l10n.t("This folder is not trusted, so no file is written for it. Trust it first."),
  );
}

/** One of the window's databases, the damaged ones first, or a file; undefined when the user gave up. */
async function pickSource(databases: WorkspaceDatabases, title: string): Promise<string | undefined> {
  const known = (await databases.available()).filter(({ path: file }) => !isTraceFile(file));
  if (known.length === 0) return askDatabase(title);
  const items = known
    .toSorted((a, b) => Number(b.damage !== undefined) - Number(a.damage !== undefined))
    .map((database) => ({
      label: plainLabel(database.name, 100),
      description: database.damage === undefined ? undefined : vscode.l10n.t("damaged"),
      detail: oneLine(database.path, 500),
      path: database.path as string | undefined,
    }));
  const other = { label: vscode.l10n.t("Choose Another File…"), description: undefined, detail: undefined };
  const picked = await vscode.window.showQuickPick([...items, { ...other, path: undefined }], { title });
  return picked === undefined ? undefined : (picked.path ?? askDatabase(title));
}

async function askDatabase(title: string): Promise<string | undefined> {
  const filters = {
    [vscode.l10n.t("Databases")]: ["db", "sqlite", "sqlite3"],
    [vscode.l10n.t("All files")]: ["*"],
  };
  return askFile(title, filters);
}

async function askTraceFile(title: string): Promise<string | undefined> {
  const filters = {
    [vscode.l10n.t("Traces")]: [...traceFileEndings],
    [vscode.l10n.t("All files")]: ["*"],
  };
  return askFile(title, filters);
}

async function askFile(title: string, filters: Record<string, string[]>): Promise<string | undefined> {
  const picked = await vscode.window.showOpenDialog({
    title,
    openLabel: vscode.l10n.t("Choose"),
    defaultUri: vscode.workspace.workspaceFolders?.[0]?.uri,
    filters,
  });
  return picked?.[0] && pathOf(picked[0]);
}

/** Where the new database goes; the dialog has asked before a file is replaced, and that one is kept as a backup. */
async function askTarget(from: string, suffix: string, title: string): Promise<string | undefined> {
  const name = `${path.parse(from).name}-${suffix}.db`;
  const target = await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(path.join(path.dirname(from), name)),
    filters: { [vscode.l10n.t("Databases")]: ["db", "sqlite", "sqlite3"] },
  });
  return target && pathOf(target);
}

/** Shows what a migration would do before anything is asked about its place. True to go on. */
async function reviewMigration(from: string, documents: TextDocuments): Promise<boolean> {
  const report = await withLateProgress(
    vscode.l10n.t("Trying the migration of {0}", nameOf(from)),
    (signal, onProgress) => dryRun(from, { signal, onProgress }),
  );
  const go = vscode.l10n.t("Migrate…");
  const show = vscode.l10n.t("Show Report");
  const { mended, refused } = report.counts;
  const answer = await vscode.window.showInformationMessage(
    vscode.l10n.t("{0} would be written to a new database.", counted(report)),
    {
      modal: true,
      detail: vscode.l10n.t(
        "The old database is only read. Mended so that it fits: {0}. Without a place in the new schema: {1}.",
        formatCount(mended),
        formatCount(refused),
      ),
    },
    go,
    show,
  );
  if (answer !== show) return answer === go;
  await documents.open(vscode.l10n.t("Migration of {0}", nameOf(from)), reportText(report), "plaintext");
  const decision = await vscode.window.showInformationMessage(
    vscode.l10n.t("This is what the migration would do."),
    go,
  );
  return decision === go;
}

async function dryRun(
  from: string,
  options: { signal: AbortSignal; onProgress: (fraction: number) => void },
): Promise<WriteReport> {
  const folder = await mkdtemp(path.join(tmpdir(), "flujo-lens-"));
  try {
    const writer = await createTraceStore(path.join(folder, "dry-run.db"), { from }, options);
    try {
      return await writer.report();
    } finally {
      await writer.discard();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Says what came of it. */
async function tell(
  { file, backup, report, recovery, notes = [] }: Written,
  sentence: string,
  documents: TextDocuments,
): Promise<void> {
  const show = vscode.l10n.t("Show Report");
  const kept =
    backup === undefined
      ? ""
      : ` ${vscode.l10n.t("The file that was there is kept as {0}.", nameOf(backup))}`;
  const isPart = recovery !== undefined && recovery.lost.length > 0;
  const say = isPart ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const answer = await say(`${sentence}${kept}`, show);
  if (answer !== show) return;
  await documents.open(
    vscode.l10n.t("Report of {0}", nameOf(file)),
    reportText(report, recovery, notes),
    "plaintext",
  );
}

function counted({ runs, spans }: WriteReport): string {
  const runsText = runs === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", formatCount(runs));
  const spansText = spans === 1 ? vscode.l10n.t("1 span") : vscode.l10n.t("{0} spans", formatCount(spans));
  return vscode.l10n.t("{0}, {1}", runsText, spansText);
}

function nameOf(file: string): string {
  return plainLabel(path.basename(file), 60);
}
