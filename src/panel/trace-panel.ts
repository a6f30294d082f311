import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { PageCommand, PanelMessage, View } from "../protocol/messages.ts";
import type { Database } from "../sources/databases.ts";
import type { Disposable } from "../sources/listeners.ts";
import type { ReportQuery, State } from "../store/model.ts";
import type { FilterMemory } from "../views/filter-memory.ts";
import { pageHtml, pageRoot } from "./page.ts";
import { PageSession } from "./page-session.ts";
import { saveTable } from "./save-table.ts";
import type { SqlHistory } from "./sql-history.ts";
import type { TextDocuments } from "./text-documents.ts";

/** Exports that a page may begin. They ask the user, and tell what went wrong by themselves. */
export interface PanelExports {
  run(database: Database, run: { readonly runId: string; readonly filter?: string }): void;
  statistics(database: Database, query: ReportQuery): void;
}

/** What every panel needs. */
export interface PanelContext {
  readonly extension: vscode.Uri;
  readonly documents: TextDocuments;
  readonly filters: FilterMemory;
  readonly history: SqlHistory;
  readonly exports: PanelExports;
  readonly log: vscode.LogOutputChannel;
}

/** One tab that shows a run or the statistics of a database. */
export class TracePanel implements vscode.Disposable {
  private readonly session: PageSession;
  private readonly disposables: Disposable[] = [];
  private readonly closed = new vscode.EventEmitter<void>();
  readonly onDidClose = this.closed.event;
  private readonly moved = new vscode.EventEmitter<void>();
  /** Fires when it shows something else, or has another title. */
  readonly onDidMove = this.moved.event;
  private hold: Disposable | undefined;
  private listening = false;
  private highlighted: string | undefined;

  constructor(
    private readonly panel: vscode.WebviewPanel,
    private readonly context: PanelContext,
    readonly database: Database,
    private current: View,
  ) {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: [pageRoot(context.extension)] };
    this.session = new PageSession({
      store: () => database.store(),
      post: (message) => this.post(message),
      copy: async (text) => vscode.env.clipboard.writeText(text),
      openText: ({ title, text, language }) => context.documents.open(title, text, language),
      saveTable,
      exportRun: (run) => context.exports.run(database, run),
      exportStatistics: (query) => context.exports.statistics(database, query),
      rememberSql: (text) => context.history.remember(text),
      forgetSql: (text) => context.history.forget(text),
      saveFilter: (text) => context.filters.askAndSave(text),
      deleteFilter: (name) => context.filters.remove(name),
      rememberFilter: (text) => context.filters.remember(text),
      filterHelp: async () => {
        await vscode.commands.executeCommand("flujoLens.filterHelp");
      },
      salvage: async () => {
        await vscode.commands.executeCommand("flujoLens.salvage", database);
      },
      ready: () => {
        this.listening = true;
        this.tellDamage();
        this.tellFilters();
        this.tellHistory();
        this.tellView();
        this.tellHighlight();
      },
      shown: (view) => this.shown(view),
      warn: (sentence) => context.log.warn(sentence),
    });
    this.disposables.push(
      webview.onDidReceiveMessage((message: unknown) => this.session.receive(message)),
      panel.onDidChangeViewState(() => this.followVisibility()),
      panel.onDidDispose(() => this.dispose()),
      database.onChange(() => this.databaseChanged()),
      database.onHealth(() => {
        if (this.listening) this.tellDamage();
      }),
      context.filters.onDidChange(() => {
        if (this.listening) this.tellFilters();
      }),
      context.history.onDidChange(() => {
        if (this.listening) this.tellHistory();
      }),
    );
    webview.html = pageHtml(webview, context.extension);
    this.followVisibility();
    void this.updateTitle();
  }

  get title(): string {
    return this.panel.title;
  }

  /** What the panel shows now. */
  get view(): View {
    return this.current;
  }

  /** Brings the panel to the front, with `view` in it. */
  show(view: View): void {
    this.current = view;
    void this.updateTitle();
    this.panel.reveal();
    if (this.listening) this.tellView();
  }

  /** True while the panel has the keyboard, or had it last among all editors. */
  get active(): boolean {
    return this.panel.active;
  }

  /** Whether it is what an editor group shows. */
  isShownIn(group: vscode.ViewColumn): boolean {
    return this.panel.visible && this.panel.viewColumn === group;
  }

  /** Marks the spans of a step, as long as the panel is open. */
  highlight(name: string | undefined): void {
    if (this.highlighted === name) return;
    this.highlighted = name;
    if (this.listening) this.tellHighlight();
  }

  /** Hands a command of VS Code to the page; a page that does not listen yet misses it. */
  perform(command: PageCommand): void {
    if (this.listening) void this.post({ type: "command", command });
  }

  dispose(): void {
    if (this.disposables.length === 0) return;
    this.session.abandon();
    this.hold?.dispose();
    for (const disposable of this.disposables.splice(0)) disposable.dispose();
    this.panel.dispose();
    this.closed.fire();
    this.closed.dispose();
    this.moved.dispose();
  }

  private post(message: PanelMessage): PromiseLike<unknown> {
    // A page that is gone has nobody to tell about it either.
    return this.panel.webview.postMessage(message).then(undefined, () => false);
  }

  private tellHighlight(): void {
    void this.post({ type: "highlight", names: this.highlighted === undefined ? [] : [this.highlighted] });
  }

  private tellDamage(): void {
    this.post({ type: "damage", sentence: this.database.damage?.sentence });
  }

  private tellView(): void {
    void this.post({ type: "show", view: this.current, databaseName: this.database.name });
  }

  private tellFilters(): void {
    const { saved, recent } = this.context.filters;
    void this.post({ type: "filters", saved, recent });
  }

  private tellHistory(): void {
    this.post({ type: "sqlHistory", recent: this.context.history.recent });
  }

  private shown(view: View): void {
    // The page may move between runs, never to another file.
    if (view.database !== this.database.path) return;
    const sameRun = view.runId === this.current.runId && view.tab === this.current.tab;
    this.current = view;
    if (sameRun) this.moved.fire();
    else void this.updateTitle();
  }

  private followVisibility(): void {
    if (this.panel.visible) {
      this.hold ??= this.database.hold();
      return;
    }
    // A hidden page is thrown away and starts again when it is looked at: until then nothing is read for it.
    this.hold?.dispose();
    this.hold = undefined;
    this.listening = false;
    this.session.abandon();
  }

  private databaseChanged(): void {
    if (!this.panel.visible || !this.listening) return;
    void this.post({ type: "changed" });
    void this.updateTitle();
  }

  private async updateTitle(): Promise<void> {
    const { runId, tab } = this.current;
    const name = oneLine(this.database.name, 60);
    if (tab === "query") return this.setTitle(vscode.l10n.t("Queries of {0}", name), "statistics");
    if (tab === "sql") return this.setTitle(vscode.l10n.t("SQL of {0}", name), "statistics");
    if (tab === "statistics" || runId === undefined)
      return this.setTitle(vscode.l10n.t("Statistics of {0}", name), "statistics");
    if (this.panel.title === "") this.panel.title = oneLine(shortId(runId));
    try {
      const found = await (await this.database.store()).getRun(runId);
      if ("candidates" in found || !this.shows(runId) || this.disposables.length === 0) return;
      this.setTitle(`${oneLine(found.pipeline_name, 60)} ${oneLine(shortId(runId))}`, found.state);
    } catch (thrown) {
      // The page asks for the same run, and shows why it cannot be had.
      this.context.log.debug(TraceError.from(thrown).message);
    }
  }

  private setTitle(title: string, icon: State | "statistics"): void {
    this.panel.title = title;
    this.panel.iconPath = this.icon(icon);
    this.moved.fire();
  }

  /** Whether the title is still that run's, after a wait. */
  private shows(runId: string): boolean {
    return this.current.tab === "trace" && this.current.runId === runId;
  }

  private icon(name: State | "statistics"): vscode.Uri {
    return vscode.Uri.joinPath(this.context.extension, "media", "tab", `${name}.svg`);
  }
}
