import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { oneLine } from "../format/text.ts";
import type { TracePanels } from "../panel/trace-panels.ts";
import type { Database } from "../sources/databases.ts";
import type { SpanNode } from "../views/nodes.ts";
import { plainLabel } from "../views/plain-label.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import type { CommandTable } from "./register.ts";
import type { Rows, RunRow } from "./rows.ts";
import { type PickedRun, pickRun } from "./run-picker.ts";

/** Argument of the key binding: the row that is selected, not a choice. */
const SELECTED = "selected row";

/** Opening the panel. */
export function showCommands(
  databases: WorkspaceDatabases,
  panels: TracePanels,
  rows: Rows,
  log: vscode.LogOutputChannel,
): CommandTable {
  return {
    "flujoLens.showTrace": async (argument) => {
      const row = argument === undefined ? undefined : rows.run(argument);
      if (row !== undefined) {
        panels.showTrace(row.database, row.run.run_id, spanOf(row)?.span.key);
        return;
      }
      const picked =
        typeof argument === "string" && argument !== SELECTED
          ? await findRun(await databasesToShow(databases), argument)
          : await pickRun(await databasesToShow(databases), log);
      if (picked !== undefined) panels.showTrace(picked.database, picked.run.run_id);
    },
    "flujoLens.showStatistics": async (argument) => {
      const database =
        rows.database(argument)?.database ??
        (await pickDatabase(await databasesToShow(databases), vscode.l10n.t("Show Statistics of")));
      if (database !== undefined) panels.showStatistics(database);
    },
    "flujoLens.openSqlConsole": async (argument) => {
      const database =
        rows.database(argument)?.database ??
        (await pickDatabase(await databasesToShow(databases), vscode.l10n.t("Ask in SQL")));
      if (database !== undefined) panels.showSql(database);
    },
  };
}

/** The span to select; for the row that stands for more spans, the one whose children they are. */
function spanOf(row: RunRow): SpanNode | undefined {
  if (row.kind === "span") return row;
  return row.kind === "moreSpans" && row.parent.kind === "span" ? row.parent : undefined;
}

/** The databases that can be read; rejects with `not_found` when there is none. */
export async function databasesToShow(databases: WorkspaceDatabases): Promise<Database[]> {
  const available = await databases.available();
  if (available.length > 0) return available;
  throw new TraceError(
    "not_found",
    vscode.l10n.t("No trace database is open; open one with Flujo Lens: Open Trace Database…"),
  );
}

/** The run that an id, prefix or part of an id means in any of the databases. */
async function findRun(databases: readonly Database[], id: string): Promise<PickedRun | undefined> {
  let failure: TraceError | undefined;
  for (const database of databases) {
    try {
      const found = await (await database.store()).getRun(id);
      if (!("candidates" in found)) return { database, run: found };
      failure = new TraceError(
        "ambiguous_run",
        vscode.l10n.t('Several runs match "{0}"; give more of the id.', oneLine(id, 80)),
      );
    } catch (thrown) {
      failure ??= TraceError.from(thrown);
    }
  }
  throw failure ?? new TraceError("unknown_run", vscode.l10n.t('No run matches "{0}".', oneLine(id, 80)));
}

/** The only database, or the one that the user chooses. */
export async function pickDatabase(
  databases: readonly Database[],
  title: string,
): Promise<Database | undefined> {
  if (databases.length < 2) return databases[0];
  const picked = await vscode.window.showQuickPick(
    databases.map((database) => ({
      label: plainLabel(database.name),
      description: plainLabel(database.path),
      iconPath: new vscode.ThemeIcon("database"),
      database,
    })),
    { title },
  );
  return picked?.database;
}
