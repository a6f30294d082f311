import * as vscode from "vscode";
import { compareCommands } from "./commands/compare.ts";
import { copyCommands } from "./commands/copy.ts";
import { databaseCommands, openFiles } from "./commands/databases.ts";
import { exportCommands } from "./commands/export.ts";
import { Exporter, panelExports } from "./commands/exporter.ts";
import { filterCommands } from "./commands/filters.ts";
import { liveCommands } from "./commands/live.ts";
import { newDatabaseCommands } from "./commands/new-databases.ts";
import { panelCommands } from "./commands/panel.ts";
import { registerCommands } from "./commands/register.ts";
import { replayCommands } from "./commands/replay.ts";
import { Rows } from "./commands/rows.ts";
import { showCommands } from "./commands/show.ts";
import { stepCommands } from "./commands/steps.ts";
import { viewCommands } from "./commands/view.ts";
import { TraceError } from "./engine/errors.ts";
import { SqlHistory } from "./panel/sql-history.ts";
import { TextDocuments } from "./panel/text-documents.ts";
import { panelType, TracePanels } from "./panel/trace-panels.ts";
import { Databases } from "./sources/databases.ts";
import { openStore } from "./sources/open-store.ts";
import { openPartialStore } from "./sources/partial-store.ts";
import { isTraceFile } from "./sources/trace-file.ts";
import { openTraceStore } from "./store/store.ts";
import { CompareView } from "./views/compare-view.ts";
import { FailureNotices } from "./views/failure-notices.ts";
import { FilterMemory } from "./views/filter-memory.ts";
import { LiveUpdates } from "./views/live-updates.ts";
import { RunsProvider } from "./views/runs-provider.ts";
import { RunsView } from "./views/runs-view.ts";
import { sectionClock } from "./views/sections.ts";
import { StatusBar } from "./views/status-bar.ts";
import { StepEditors } from "./views/step-editors.ts";
import { StepFacts } from "./views/step-facts.ts";
import { StepFiles, stepDocuments } from "./views/step-files.ts";
import { StepHover } from "./views/step-hover.ts";
import { StepLenses } from "./views/step-lenses.ts";
import { StepProblems } from "./views/step-problems.ts";
import { StepSpansView } from "./views/step-spans-view.ts";
import { ViewSettings } from "./views/view-settings.ts";
import { WorkspaceDatabases } from "./views/workspace-databases.ts";

/** What the tests inside VS Code look at. Nothing is handed out otherwise. */
export interface TestAccess {
  readonly runs: RunsProvider;
  readonly view: RunsView;
  readonly databases: WorkspaceDatabases;
  readonly settings: ViewSettings;
  readonly panels: TracePanels;
  readonly steps: StepFiles;
  readonly problems: StepProblems;
  readonly sectionClock: typeof sectionClock;
}

let databases: Databases | undefined;

export function activate(context: vscode.ExtensionContext): TestAccess | undefined {
  const log = vscode.window.createOutputChannel("Flujo Lens", { log: true });
  context.subscriptions.push(log);
  try {
    const access = start(context, log);
    return context.extensionMode === vscode.ExtensionMode.Test ? access : undefined;
  } catch (thrown) {
    // VS Code writes a failed activation only to a log that nobody looks at.
    const error = TraceError.from(thrown);
    log.error(error.message, error);
    void vscode.window.showErrorMessage(vscode.l10n.t("Flujo Lens could not start. {0}", error.message));
    throw thrown;
  }
}

export async function deactivate(): Promise<void> {
  await databases?.dispose();
}

function start(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): TestAccess {
  const say = (sentence: string) => {
    log.warn(sentence);
    void vscode.window.showWarningMessage(sentence);
  };
  databases = new Databases((file, onDamage) => {
    const open = () =>
      openStore(file, say, (path) => openTraceStore(path, { summaryMemory: summaryMemory() }));
    return isTraceFile(file) ? open() : openPartialStore(file, open, onDamage);
  });
  const live = new LiveUpdates(databases);
  const statusBar = new StatusBar(databases);
  const workspace = new WorkspaceDatabases(databases, context.workspaceState, log);
  const settings = new ViewSettings(context.workspaceState);
  const runs = new RunsProvider(workspace, settings, log);
  const view = new RunsView(runs, settings, (uris) => openFiles(workspace, uris));
  const documents = new TextDocuments();
  const filters = new FilterMemory(context.globalState, context.workspaceState);
  const exporter = new Exporter(documents);
  const exports = panelExports(exporter, log);
  const history = new SqlHistory(context.workspaceState);
  const panels = new TracePanels(
    { extension: context.extensionUri, documents, filters, history, exports, log },
    (path) => workspace.find(path),
    context.workspaceState,
  );
  const rows = new Rows(view.view);
  const steps = new StepFiles(log);
  const facts = new StepFacts(workspace, log);
  const lenses = new StepLenses(steps, facts);
  const problems = new StepProblems(steps, facts);
  const stepSpans = new StepSpansView(log);
  const comparison = new CompareView();
  const notices = new FailureNotices(workspace, (database, runId) => panels.showTrace(database, runId), log);
  context.subscriptions.push(
    workspace,
    settings,
    runs,
    view,
    documents,
    filters,
    history,
    panels,
    steps,
    facts,
    lenses,
    problems,
    stepSpans,
    comparison,
    new StepEditors(steps, facts, problems, lenses, (name) => panels.highlight(name)),
    vscode.languages.registerCodeLensProvider(stepDocuments, lenses),
    vscode.languages.registerHoverProvider(stepDocuments, new StepHover(steps, facts)),
    live,
    statusBar,
    notices,
    vscode.window.registerWebviewPanelSerializer(panelType, panels),
    panels.watchLost(),
    registerCommands(
      {
        ...showCommands(workspace, panels, rows, log),
        ...copyCommands(rows),
        ...exportCommands(exporter, workspace, settings, rows, log),
        ...filterCommands({ settings, databases: workspace, filters, extension: context.extensionUri }),
        ...databaseCommands(workspace, rows),
        ...newDatabaseCommands(workspace, rows, documents, (file) => view.show(file)),
        ...viewCommands(runs, log),
        ...liveCommands(live, databases),
        ...panelCommands(panels),
        ...stepCommands(steps, stepSpans, workspace, panels, rows),
        ...compareCommands(comparison, documents, workspace, rows, log),
        ...replayCommands(rows),
      },
      log,
    ),
  );
  return { runs, view, databases: workspace, settings, panels, steps, problems, sectionClock };
}

/** The user's own word, where it is a number. */
function summaryMemory(): number | undefined {
  const setting = vscode.workspace.getConfiguration("flujoLens").get<unknown>("summaryMemory");
  return typeof setting === "number" && setting >= 0 ? setting : undefined;
}
