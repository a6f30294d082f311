import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { View } from "../protocol/messages.ts";
import type { Database } from "../sources/databases.ts";
import { type LostPanel, PanelMemory } from "./panel-memory.ts";
import { type PanelContext, TracePanel } from "./trace-panel.ts";
import { readKeptView } from "./validate.ts";

export const panelType = "flujoLens.trace";
/** How long VS Code may take to have a tab restored that is in front: one message, on a busy machine. */
const RESTORED_WITHIN_MS = 3000;

/** All open panels: one a run and one for a database's statistics, unless another was asked for at the side. */
export class TracePanels implements vscode.WebviewPanelSerializer, vscode.Disposable {
  private readonly open = new Set<TracePanel>();
  private readonly memory: PanelMemory;
  private highlighted: string | undefined;
  private ended = false;

  /** @param here Where the window's open panels are remembered. */
  constructor(
    readonly context: PanelContext,
    private readonly findDatabase: (path: string) => Promise<Database | undefined>,
    here: vscode.Memento,
  ) {
    this.memory = new PanelMemory(panelType, here);
  }

  dispose(): void {
    // What is open when the extension host ends is what the next one has to find again.
    this.ended = true;
    for (const panel of [...this.open]) panel.dispose();
  }

  /** The panel in front, when it is one of these. */
  get active(): TracePanel | undefined {
    return [...this.open].find((panel) => panel.active);
  }

  /** Shows a run, in the panel that has it already or in a new one; `key` selects a span. */
  showTrace(database: Database, runId: string, key?: number): TracePanel {
    return this.show(database, { tab: "trace", database: database.path, runId, key });
  }

  /** Shows a run in a panel of its own, in the editor group beside the one in front. */
  showTraceToSide(database: Database, runId: string, key?: number): TracePanel {
    const view: View = { tab: "trace", database: database.path, runId, key };
    return this.create(database, view, vscode.ViewColumn.Beside);
  }

  showStatistics(database: Database): TracePanel {
    return this.show(database, { tab: "statistics", database: database.path });
  }

  showSql(database: Database): TracePanel {
    return this.show(database, { tab: "sql", database: database.path });
  }

  async deserializeWebviewPanel(webviewPanel: vscode.WebviewPanel, state: unknown): Promise<void> {
    this.memory.forget();
    const view = readKeptView(state);
    const database = view === undefined ? undefined : await this.findDatabase(view.database);
    if (view === undefined || database === undefined) {
      this.context.log.info(
        "A trace tab was not restored, because its database is not open in this workspace.",
      );
      webviewPanel.dispose();
      return;
    }
    this.adopt(webviewPanel, database, view);
  }

  /**
   * Puts new panels in the place of tabs that an extension host which crashed has left in this window, as they come to front.
   * Tabs look the same after the window was loaded again, but then VS Code has them restored as soon as they are in front.
   */
  watchLost(): vscode.Disposable {
    const look = () => void this.replaceLost();
    look();
    return vscode.window.tabGroups.onDidChangeTabs(look);
  }

  private async replaceLost(): Promise<void> {
    const tabs = new Set(this.lost().map(({ tab }) => tab));
    if (tabs.size === 0) return;
    await sleep(RESTORED_WITHIN_MS);
    for (const lost of this.lost().filter(({ tab }) => tabs.has(tab))) {
      const { tab, view } = lost;
      this.memory.found(lost);
      try {
        const database = await this.findDatabase(view.database);
        if (database !== undefined) this.create(database, view, tab.group.viewColumn, true);
        await vscode.window.tabGroups.close(tab, true);
      } catch (thrown) {
        this.context.log.warn(`A tab was not restored: ${TraceError.from(thrown).message}`);
      }
    }
  }

  private lost(): LostPanel[] {
    if (this.ended) return [];
    return this.memory.inFront((group) => [...this.open].some((panel) => panel.isShownIn(group)));
  }

  /** Marks the spans of a step in every open panel; undefined marks none. */
  highlight(name: string | undefined): void {
    this.highlighted = name;
    for (const panel of this.open) panel.highlight(name);
  }

  private show(database: Database, view: View): TracePanel {
    for (const panel of this.open) {
      if (panel.database === database && isSame(panel.view, view)) {
        panel.show({ ...panel.view, ...view, key: view.key ?? panel.view.key });
        return panel;
      }
    }
    return this.create(database, view, vscode.ViewColumn.Active);
  }

  private create(
    database: Database,
    view: View,
    viewColumn: vscode.ViewColumn,
    preserveFocus = false,
  ): TracePanel {
    const options = { enableScripts: true, enableFindWidget: true };
    const place = { viewColumn, preserveFocus };
    return this.adopt(vscode.window.createWebviewPanel(panelType, "", place, options), database, view);
  }

  private adopt(webviewPanel: vscode.WebviewPanel, database: Database, view: View): TracePanel {
    const panel = new TracePanel(webviewPanel, this.context, database, view);
    panel.highlight(this.highlighted);
    this.open.add(panel);
    panel.onDidMove(() => this.remember());
    panel.onDidClose(() => {
      this.open.delete(panel);
      this.remember();
    });
    return panel;
  }

  private remember(): void {
    if (this.ended) return;
    this.memory.keep([...this.open].map(({ title, view }) => ({ title, view })));
  }
}

/** A panel belongs to its run whatever tab is in front; statistics and SQL go where they are already shown. */
function isSame(shown: View, wanted: View): boolean {
  return wanted.tab === "trace" ? shown.runId === wanted.runId : shown.tab === wanted.tab;
}
