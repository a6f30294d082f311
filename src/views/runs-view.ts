import * as vscode from "vscode";
import { describeFilter } from "./filter-text.ts";
import type { RunsNode } from "./nodes.ts";
import type { RunsProvider } from "./runs-provider.ts";
import type { ViewSettings } from "./view-settings.ts";

export const runsViewId = "flujoLens.runs";

/** Milliseconds. Elapsed times of running runs are shown in seconds, ages in minutes; both are drawn from what is known. */
const RUNNING_REDRAW = 5_000;
const REDRAW = 60_000;

/** The Runs view: its rows come from the provider, its title, message and life from here. */
export class RunsView implements vscode.Disposable {
  readonly view: vscode.TreeView<RunsNode>;
  private readonly disposables: vscode.Disposable[];
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: RunsProvider,
    private readonly settings: ViewSettings,
  ) {
    this.view = vscode.window.createTreeView(runsViewId, { treeDataProvider: runs, showCollapseAll: true });
    this.disposables = [
      this.view,
      this.view.onDidChangeVisibility(() => this.followVisibility()),
      runs.onDidChangeFacts(() => this.describe()),
      settings.onDidChange(() => this.describe()),
    ];
    this.describe();
    this.followVisibility();
  }

  dispose(): void {
    clearInterval(this.clock);
    for (const disposable of this.disposables) disposable.dispose();
  }

  private describe(): void {
    // A container with one view hides the view's description, so the message says it all.
    const parts = [this.runs.describe(), describeFilter(this.settings.filter)];
    this.view.message = parts.filter((part) => part !== undefined).join(" · ");
  }

  private followVisibility(): void {
    const { visible } = this.view;
    this.runs.setVisible(visible);
    clearInterval(this.clock);
    if (!visible) return;
    let redrawn = Date.now();
    this.clock = setInterval(() => {
      if (Date.now() - redrawn < REDRAW) {
        this.runs.redrawRunning();
        return;
      }
      redrawn = Date.now();
      this.runs.redraw();
    }, RUNNING_REDRAW);
  }
}
