import * as vscode from "vscode";
import type { Vocabulary } from "../filter/suggest.ts";
import type { FilterMemory } from "../views/filter-memory.ts";
import { describeFilter, groupingName } from "../views/filter-text.ts";
import { plainLabel } from "../views/plain-label.ts";
import { filterStates, type Grouping, groupings, noFilter } from "../views/run-filter.ts";
import { stateIcon, stateName } from "../views/state-icons.ts";
import { runsText } from "../views/tree-items.ts";
import type { ViewSettings } from "../views/view-settings.ts";
import type { WorkspaceDatabases } from "../views/workspace-databases.ts";
import { askExpression } from "./filter-expression.ts";
import type { CommandTable } from "./register.ts";

/** What the commands work on. */
export interface FilterFaces {
  readonly settings: ViewSettings;
  readonly databases: WorkspaceDatabases;
  readonly filters: FilterMemory;
  /** Folder of the extension. */
  readonly extension: vscode.Uri;
}

/** Filtering and grouping the runs. */
export function filterCommands(faces: FilterFaces): CommandTable {
  const { settings, databases } = faces;
  return {
    "flujoLens.filter": () => chooseFilter(settings),
    "flujoLens.filterByStatus": () => filterByStatus(settings),
    "flujoLens.filterByPipeline": () => filterByPipeline(settings, databases),
    "flujoLens.filterByText": () => filterByText(settings),
    "flujoLens.filterByExpression": () => filterByExpression(faces),
    "flujoLens.filterHelp": () => showHelp(faces.extension),
    "flujoLens.clearFilter": () => settings.setFilter(noFilter),
    "flujoLens.groupRuns": () => groupRuns(settings),
  };
}

async function chooseFilter(settings: ViewSettings): Promise<void> {
  const { filter } = settings;
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t("Status…"),
        iconPath: new vscode.ThemeIcon("pass"),
        description: filter.states.map(stateName).join(", "),
        command: "flujoLens.filterByStatus",
      },
      {
        label: vscode.l10n.t("Pipeline…"),
        iconPath: new vscode.ThemeIcon("type-hierarchy"),
        description: plainLabel(filter.pipeline ?? ""),
        command: "flujoLens.filterByPipeline",
      },
      {
        label: vscode.l10n.t("Text…"),
        iconPath: new vscode.ThemeIcon("search"),
        description: plainLabel(filter.text ?? ""),
        command: "flujoLens.filterByText",
      },
      {
        label: vscode.l10n.t("Filter Language, Saved and Recent Filters…"),
        iconPath: new vscode.ThemeIcon("symbol-boolean"),
        description: plainLabel(filter.expression ?? ""),
        command: "flujoLens.filterByExpression",
      },
      {
        label: vscode.l10n.t("Clear Filter"),
        iconPath: new vscode.ThemeIcon("clear-all"),
        command: "flujoLens.clearFilter",
      },
    ],
    {
      title: vscode.l10n.t("Filter Runs"),
      placeHolder: describeFilter(filter) ?? vscode.l10n.t("All runs are shown"),
    },
  );
  if (picked !== undefined) await vscode.commands.executeCommand(picked.command);
}

async function filterByStatus(settings: ViewSettings): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    filterStates.map((state) => ({
      label: stateName(state),
      iconPath: stateIcon(state),
      picked: settings.filter.states.includes(state),
      state,
    })),
    {
      title: vscode.l10n.t("Show Runs with Status"),
      placeHolder: vscode.l10n.t("None selected shows all"),
      canPickMany: true,
    },
  );
  if (picked === undefined) return;
  const states = picked.length === filterStates.length ? [] : picked.map(({ state }) => state);
  await settings.setFilter({ ...settings.filter, states });
}

async function filterByPipeline(settings: ViewSettings, databases: WorkspaceDatabases): Promise<void> {
  const picked = await vscode.window.showQuickPick(pipelineItems(databases), {
    title: vscode.l10n.t("Show Runs of Pipeline"),
  });
  if (picked !== undefined) await settings.setFilter({ ...settings.filter, pipeline: picked.pipeline });
}

async function pipelineItems(
  databases: WorkspaceDatabases,
): Promise<(vscode.QuickPickItem & { pipeline: string | undefined })[]> {
  const pipelines = await pipelinesOf(databases);
  return [
    { label: vscode.l10n.t("All pipelines"), pipeline: undefined },
    ...pipelines.map(([pipeline, runs]) => ({
      label: plainLabel(pipeline),
      description: runsText(runs),
      pipeline,
    })),
  ];
}

/** Pipelines of all databases with their runs, by name. */
async function pipelinesOf(databases: WorkspaceDatabases): Promise<[name: string, runs: number][]> {
  const counts = new Map<string, number>();
  const lists = await Promise.allSettled(
    (await databases.available()).map(async (database) => (await database.store()).listPipelines()),
  );
  for (const list of lists) {
    // A database that cannot be read says so in its own row.
    if (list.status === "rejected") continue;
    for (const { pipeline_name, runs } of list.value) {
      counts.set(pipeline_name, (counts.get(pipeline_name) ?? 0) + runs);
    }
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

async function filterByText(settings: ViewSettings): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t("Show Runs with Text"),
    prompt: vscode.l10n.t("Looked for in run ids and pipeline names"),
    value: settings.filter.text,
  });
  if (text !== undefined) await settings.setFilter({ ...settings.filter, text: text.trim() || undefined });
}

async function filterByExpression(faces: FilterFaces): Promise<void> {
  const { settings, databases, filters } = faces;
  const expression = await askExpression({
    text: settings.filter.expression ?? "",
    memory: filters,
    vocabulary: () => wordsOf(databases),
    help: () => showHelp(faces.extension),
  });
  if (expression === undefined) return;
  await filters.remember(expression);
  await settings.setFilter({ ...settings.filter, expression: expression || undefined });
}

/** Keys and values of the first database that can be read: the others are of the same kind. */
async function wordsOf(databases: WorkspaceDatabases): Promise<Vocabulary> {
  for (const database of await databases.available()) {
    try {
      return await (await database.store()).getFilterVocabulary();
    } catch {
      // A database that cannot be read says so in its own row.
    }
  }
  return { attributes: [], values: {} };
}

/** Opens the page of help that came with the extension. */
async function showHelp(extension: vscode.Uri): Promise<void> {
  const page = vscode.Uri.joinPath(extension, "docs", "filters.md");
  try {
    await vscode.commands.executeCommand("markdown.showPreview", page);
  } catch {
    // Without VS Code's own Markdown extension the text is as good.
    await vscode.window.showTextDocument(page);
  }
}

async function groupRuns(settings: ViewSettings): Promise<void> {
  const picked = await vscode.window.showQuickPick(
    groupings.map((grouping: Grouping) => ({
      label: groupingName(grouping),
      description: grouping === settings.grouping ? vscode.l10n.t("current") : undefined,
      grouping,
    })),
    { title: vscode.l10n.t("Group Runs") },
  );
  if (picked !== undefined) await settings.setGrouping(picked.grouping);
}
