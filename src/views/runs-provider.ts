import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import type { Database } from "../sources/databases.ts";
import type { Disposable } from "../sources/listeners.ts";
import { DatabaseTree, SPAN_PAGE } from "./database-tree.ts";
import {
  type DatabaseNode,
  type NoticeNode,
  parentOf,
  type RunContainer,
  type RunsNode,
  type SpanContainer,
} from "./nodes.ts";
import { PAGE } from "./run-pages.ts";
import { runTooltip, spanTooltip } from "./tooltips.ts";
import {
  databaseItem,
  groupItem,
  moreRunsItem,
  moreSpansItem,
  noticeItem,
  runItem,
  spanItem,
} from "./tree-items.ts";
import type { ViewSettings } from "./view-settings.ts";
import type { DatabaseEntry, WorkspaceDatabases } from "./workspace-databases.ts";

/** Rows whose age is drawn anew at once. The others follow the next time. */
const MAX_REDRAWN = 200;

interface Shown {
  readonly tree: DatabaseTree;
  readonly subscription: Disposable;
  /** Present while the view is visible: holds the file watched. */
  hold: Disposable | undefined;
}

/** The rows of the Runs view. A single database gives its runs at the top, several are roots. */
export class RunsProvider implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<RunsNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly factsChanged = new vscode.EventEmitter<void>();
  /** Fires when what {@link describe} says may have changed. */
  readonly onDidChangeFacts = this.factsChanged.event;
  private readonly shown = new Map<string, Shown>();
  private readonly disposables: vscode.Disposable[] = [this.changed, this.factsChanged];
  private readonly refreshing = new Map<DatabaseTree, "once" | "again">();
  private single: DatabaseTree | undefined;
  private visible = false;
  private listed = "";
  /** Descriptions as they were drawn, by row: those with an age in them grow old. */
  private readonly drawn = new Map<string, string>();

  constructor(
    private readonly databases: WorkspaceDatabases,
    private readonly settings: ViewSettings,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.disposables.push(
      databases.onDidChange(() => void this.relist()),
      settings.onDidChange(() => this.reset()),
    );
  }

  dispose(): void {
    for (const shown of this.shown.values()) this.release(shown);
    this.shown.clear();
    for (const disposable of this.disposables) disposable.dispose();
  }

  /** Files are watched only while somebody looks at the view. */
  setVisible(visible: boolean): void {
    this.visible = visible;
    for (const shown of this.shown.values()) this.updateHold(shown);
  }

  /** Looks for databases and reads everything again, keeping what is unfolded. */
  refresh(): void {
    this.databases.refresh();
    for (const { tree } of this.shown.values()) void this.refreshTree(tree);
  }

  /** Draws the rows of runs again whose age or elapsed time reads differently by now, and no others. */
  redraw(): void {
    const now = Date.now() / 1000;
    let left = MAX_REDRAWN;
    for (const { tree } of this.shown.values()) {
      for (const row of tree.listed()) {
        if (row.kind !== "run" || left === 0) continue;
        const before = this.drawn.get(row.id);
        if (before === undefined || before === runItem(row, now).description) continue;
        left -= 1;
        this.changed.fire(row);
      }
    }
  }

  /** The rows below this one are no longer on screen. */
  fold(node: RunsNode): void {
    this.treeOf(node)?.fold(node);
  }

  /** The rows below this one are on screen again. */
  unfold(node: RunsNode): void {
    if (this.treeOf(node)?.unfold(node) === true) this.changed.fire(node);
  }

  async loadMore(container: RunContainer | SpanContainer): Promise<void> {
    const tree = this.treeOf(container);
    if (tree === undefined) return;
    await tree.loadMore(container);
    this.fireFor(tree, container);
  }

  /** The row of a database; undefined when it has none, because it is the only one or is not listed. */
  async rootOf(path: string): Promise<DatabaseNode | undefined> {
    const entries = await this.everything();
    if (entries.length < 2) return undefined;
    this.adopt(entries);
    return this.shown.get(path)?.tree.node;
  }

  /** Name and size of the only database, which has no row of its own. */
  describe(): string | undefined {
    if (this.single === undefined) return undefined;
    const facts = this.single.describe();
    return facts === undefined ? this.single.database.name : `${this.single.database.name} · ${facts}`;
  }

  async getChildren(node?: RunsNode): Promise<RunsNode[]> {
    if (node?.kind === "database") return this.databaseRows(node);
    if (node !== undefined) return (await this.treeOf(node)?.children(node)) ?? [];
    try {
      return await this.roots(await this.everything());
    } catch (thrown) {
      const error = TraceError.from(thrown);
      this.log.error(error.message, error);
      return [problem(error.message)];
    }
  }

  getParent(node: RunsNode): RunsNode | undefined {
    const parent = parentOf(node);
    return parent === this.single?.node ? undefined : parent;
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    switch (node.kind) {
      case "database":
        return databaseItem(node, this.shown.get(node.database.path)?.tree.describe());
      case "group":
        return groupItem(node);
      case "run":
        return this.remember(runItem(node, Date.now() / 1000));
      case "span":
        return spanItem(node);
      case "moreRuns":
        return moreRunsItem(node, PAGE);
      case "moreSpans":
        return moreSpansItem(node, SPAN_PAGE);
      case "notice":
        return noticeItem(node);
    }
  }

  private remember(item: vscode.TreeItem): vscode.TreeItem {
    if (item.id !== undefined && typeof item.description === "string")
      this.drawn.set(item.id, item.description);
    return item;
  }

  async resolveTreeItem(
    item: vscode.TreeItem,
    node: RunsNode,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (node.kind !== "run" && node.kind !== "span") return item;
    const abort = new AbortController();
    const subscription = token.onCancellationRequested(() => abort.abort());
    if (token.isCancellationRequested) abort.abort();
    try {
      const store = await node.database.store();
      item.tooltip =
        node.kind === "span"
          ? spanTooltip(await store.getSpanDetail(node.run.run_id, node.span.key, { signal: abort.signal }))
          : runTooltip(await store.getRunDetail(node.run.run_id, { signal: abort.signal }));
    } catch (thrown) {
      const error = TraceError.from(thrown);
      if (error.kind !== "cancelled") {
        this.log.warn(`${node.database.path}: ${error.message}`);
        item.tooltip = error.message;
      }
    } finally {
      subscription.dispose();
    }
    return item;
  }

  /** All entries; only when the whole workspace was searched are there none. */
  private async everything(): Promise<DatabaseEntry[]> {
    let entries = await this.databases.entries();
    if (entries.length === 0) {
      await this.databases.available();
      entries = await this.databases.entries();
    }
    // Before, the view's welcome would say that nothing was found.
    void vscode.commands.executeCommand("setContext", "flujoLens.searched", true);
    return entries;
  }

  /** Draws everything again when other databases are listed than before. */
  private async relist(): Promise<void> {
    const entries = await this.databases.entries().catch(() => []);
    const other = entries.some(
      (entry) =>
        entry.kind === "database" && this.shown.get(entry.database.path)?.tree.database !== entry.database,
    );
    if (other || describeEntries(entries) !== this.listed) this.changed.fire(undefined);
  }

  private async roots(entries: readonly DatabaseEntry[]): Promise<RunsNode[]> {
    this.listed = describeEntries(entries);
    this.adopt(entries);
    const [only] = entries;
    this.single =
      entries.length === 1 && only?.kind === "database"
        ? this.shown.get(only.database.path)?.tree
        : undefined;
    if (this.single !== undefined) {
      const rows = await this.single.children(this.single.node);
      this.factsChanged.fire();
      return rows;
    }
    this.factsChanged.fire();
    return entries.flatMap((entry) => this.rootRow(entry) ?? []);
  }

  /** The rows of one of several databases. Its own row learns from them how many runs there are. */
  private async databaseRows(node: DatabaseNode): Promise<RunsNode[]> {
    const tree = this.treeOf(node);
    if (tree === undefined) return [];
    const before = tree.describe();
    const rows = await tree.children(node);
    // After these rows are in place: VS Code does not take a change of a row whose children it waits for.
    if (tree.describe() !== before) setImmediate(() => this.changed.fire(node));
    return rows;
  }

  private rootRow(entry: DatabaseEntry): RunsNode | undefined {
    switch (entry.kind) {
      case "database":
        return this.shown.get(entry.database.path)?.tree.node;
      case "problem":
        return problem(entry.sentence);
      case "withheld":
        return { ...problem(entry.sentence), withheld: entry.path };
    }
  }

  /** Makes the trees of new databases, and lets go of those that are no longer listed. */
  private adopt(entries: readonly DatabaseEntry[]): void {
    const listed = new Map<Database, boolean>();
    for (const entry of entries) {
      if (entry.kind === "database") listed.set(entry.database, entry.origin === "opened");
    }
    for (const [path, shown] of this.shown) {
      const { database, node } = shown.tree;
      if (listed.get(database) === node.removable) continue;
      this.release(shown);
      this.shown.delete(path);
    }
    for (const [database, removable] of listed) {
      if (this.shown.has(database.path)) continue;
      const tree: DatabaseTree = new DatabaseTree(database, removable, this.settings, this.log, () => {
        if (tree === this.single) this.factsChanged.fire();
        else this.changed.fire(tree.node);
      });
      const subscription = database.onChange(() => void this.refreshTree(tree));
      const shown: Shown = { tree, subscription, hold: undefined };
      this.shown.set(database.path, shown);
      this.updateHold(shown);
    }
  }

  /** One reading at a time: changes that come meanwhile are answered by one more, so that a busy writer is followed and not chased. */
  private async refreshTree(tree: DatabaseTree): Promise<void> {
    if (this.refreshing.has(tree)) {
      this.refreshing.set(tree, "again");
      return;
    }
    do {
      this.refreshing.set(tree, "once");
      const changed = await tree.refresh();
      // All of it is read by now, so that VS Code gets its rows at once and keeps what is on screen until then.
      for (const node of changed) this.fireFor(tree, node);
      this.factsChanged.fire();
    } while (this.refreshing.get(tree) === "again" && this.shown.get(tree.database.path)?.tree === tree);
    this.refreshing.delete(tree);
  }

  private reset(): void {
    this.drawn.clear();
    for (const { tree } of this.shown.values()) tree.reset();
    this.changed.fire(undefined);
  }

  private fireFor(tree: DatabaseTree, node: RunsNode): void {
    this.changed.fire(tree === this.single && node === tree.node ? undefined : node);
  }

  private treeOf(node: RunsNode): DatabaseTree | undefined {
    let at: RunsNode | undefined = node;
    while (at !== undefined && at.kind !== "database") at = parentOf(at);
    return at === undefined ? undefined : this.shown.get(at.database.path)?.tree;
  }

  private updateHold(shown: Shown): void {
    if (this.visible) {
      shown.hold ??= shown.tree.database.hold();
    } else {
      shown.hold?.dispose();
      shown.hold = undefined;
    }
  }

  private release(shown: Shown): void {
    shown.tree.reset();
    shown.hold?.dispose();
    shown.subscription.dispose();
  }
}

/** Differs when another list of databases is to be shown. */
function describeEntries(entries: readonly DatabaseEntry[]): string {
  const parts = entries.map((entry) =>
    entry.kind === "database" ? [entry.database.path, entry.origin] : [entry.kind, entry.sentence],
  );
  return JSON.stringify(parts);
}

function problem(sentence: string): NoticeNode {
  return { kind: "notice", id: `problem:${sentence}`, parent: undefined, text: sentence, severity: "error" };
}
