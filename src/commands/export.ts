import * as vscode from "vscode";
import type { RunQuery } from "../store/model.ts";
import type { RunContainer } from "../views/nodes.ts";
import { toQuery } from "../views/run-filter.ts";
import type { ViewSettings } from "../views/view-settings.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import type { Exporter, RunToExport } from "./exporter.ts";
import type { CommandTable } from "./register.ts";
import type { Rows, RunRow } from "./rows.ts";
import { pickRun } from "./run-picker.ts";
import { databasesToShow, pickDatabase } from "./show.ts";

/** Export of rows of the Runs view, and of all runs that its filter takes. */
export function exportCommands(
  exporter: Exporter,
  databases: WorkspaceDatabases,
  settings: ViewSettings,
  rows: Rows,
  log: vscode.LogOutputChannel,
): CommandTable {
  return {
    "flujoLens.exportRun": async (argument, selected) => {
      const chosen = rows.runs(argument, selected);
      if (chosen.length > 0) {
        await exporter.runs(toExport(chosen));
        return;
      }
      const picked = await pickRun(await databasesToShow(databases), log);
      if (picked !== undefined) {
        await exporter.runs([{ database: picked.database, runId: picked.run.run_id }]);
      }
    },
    "flujoLens.exportRuns": async (argument) => {
      const container = argument === undefined ? undefined : rows.container(argument);
      const title = vscode.l10n.t("Export Runs of");
      const database =
        container === undefined
          ? await pickDatabase(await databasesToShow(databases), title)
          : databaseOf(container);
      if (database === undefined) return;
      await exporter.found(database, queryOf(settings, container));
    },
  };
}

/** Each run once: whole when its own row is among them, else the spans that are. */
function toExport(chosen: readonly RunRow[]): RunToExport[] {
  const runs = new Map<string, RunToExport & { spanIds?: string[] }>();
  for (const row of chosen) {
    const key = JSON.stringify([row.database.path, row.run.run_id]);
    const before = runs.get(key);
    const run = { database: row.database, runId: row.run.run_id };
    if (row.kind !== "span") runs.set(key, run);
    else if (before === undefined) runs.set(key, { ...run, spanIds: [row.span.span_id] });
    else before.spanIds?.push(row.span.span_id);
  }
  return [...runs.values()];
}

function databaseOf(container: RunContainer) {
  return container.kind === "database" ? container.database : container.parent.database;
}

/** What the view shows of a database, or of one of its pipelines. */
function queryOf(settings: ViewSettings, container: RunContainer | undefined): RunQuery {
  const query = toQuery(settings.filter);
  const pipeline = container?.kind === "group" && container.by === "pipeline" ? container.label : undefined;
  return pipeline === undefined ? query : { ...query, pipeline };
}
