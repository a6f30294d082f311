import * as vscode from "vscode";
import { DropFiles } from "./drop-files.ts";
import { describeFilter } from "./filter-text.ts";
import type { RunsNode } from "./nodes.ts";
import type { RunsProvider } from "./runs-provider.ts";
import type { ViewSettings } from "./view-settings.ts";

export const runsViewId = "flujoLens.runs";

/** Milliseconds. Elapsed times of running runs are shown in seconds; only rows that read differently are drawn again. */
const REDRAW = 5_000;

/** The Runs view: its rows come from the provider, its title, message and life from here. */
export class RunsView implements vscode.Disposable {
  readonly view: vscode.TreeView<RunsNode>;
  private readonly disposables: vscode.Disposable[];
  private clock: NodeJS.Timeout | undefined;

  constructor(
    private readonly runs: RunsProvider,
    private readonly settings: ViewSettings,
    open: (uris: readonly vscode.Uri[]) => unknown,
  ) {
    this.view = vscode.window.createTreeView(runsViewId, {
      treeDataProvider: runs,
      showCollapseAll: true,
      canSelectMany: true,
      dragAndDropController: new DropFiles(open),
    });
    this.disposables = [
      this.view,
      this.view.onDidChangeVisibility(() => this.followVisibility()),
      this.view.onDidCollapseElement(({ element }) => runs.fold(element)),
      this.view.onDidExpandElement(({ element }) => runs.unfold(element)),
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

  /** Brings the row of a database into sight. */
  async show(path: string): Promise<void> {
    const node = await this.runs.rootOf(path);
    if (node !== undefined) await this.view.reveal(node, { select: true, focus: true, expand: true });
  }

  private describe(): void {
    // A container with one view hides the view's description, so the message says it all.
    const parts = [this.runs.describe(), describeFilter(this.settings.filter)];
    const message = parts.filter((part) => part !== undefined).join(" · ");
    // VS Code lays the rows out anew for every message, even the same one, and then the last row may be out of sight.
    if (message !== this.view.message) this.view.message = message;
  }

  private followVisibility(): void {
    const { visible } = this.view;
    this.runs.setVisible(visible);
    clearInterval(this.clock);
    if (visible) this.clock = setInterval(() => this.runs.redraw(), REDRAW);
  }
}
