import * as vscode from "vscode";
import { formatCost, formatDuration, formatPercent, shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Database } from "../sources/databases.ts";
import type { Change, ComparedStep, Comparison } from "../store/model.ts";
import { plainLabel } from "./plain-label.ts";

export const compareViewId = "flujoLens.compare";

/** A step of the comparison with the runs that it belongs to. */
export interface ComparedRow {
  readonly kind: "comparedStep";
  readonly database: Database;
  readonly comparison: Comparison;
  readonly step: ComparedStep;
  readonly children: ComparedRow[];
}

/** More steps than these are folded, level by level. */
const UNFOLDED = 2000;
/** A cost that grew by at least a fifth. */
const DEARER = 1.2;

/** Two runs beside each other, as a tree of steps; a click shows what a pair of spans read and wrote. */
export class CompareView implements vscode.TreeDataProvider<ComparedRow>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<ComparedRow>;
  private roots: readonly ComparedRow[] = [];

  constructor() {
    this.view = vscode.window.createTreeView(compareViewId, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }

  async show(database: Database, comparison: Comparison): Promise<void> {
    await vscode.commands.executeCommand("setContext", "flujoLens.comparing", true);
    this.roots = rowsOf(database, comparison);
    const { a, b, steps } = comparison;
    this.view.description = `${oneLine(b.pipeline_name, 60)} ${shortId(a.run_id)} ↔ ${shortId(b.run_id)}`;
    this.view.message = [
      summaryOf(steps),
      `${formatDuration(a.duration)} → ${formatDuration(b.duration)}`,
      `${formatCost(a.total_cost)} → ${formatCost(b.total_cost)}`,
    ].join(" · ");
    this.changed.fire(undefined);
    await vscode.commands.executeCommand(`${compareViewId}.focus`);
  }

  async clear(): Promise<void> {
    this.roots = [];
    this.changed.fire(undefined);
    await vscode.commands.executeCommand("setContext", "flujoLens.comparing", false);
  }

  getChildren(row?: ComparedRow): ComparedRow[] {
    return row === undefined ? [...this.roots] : row.children;
  }

  getTreeItem(row: ComparedRow): vscode.TreeItem {
    const { step } = row;
    const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
    const unfolded = row.comparison.steps.length <= UNFOLDED ? Expanded : Collapsed;
    const item = new vscode.TreeItem(plainLabel(step.name), row.children.length > 0 ? unfolded : None);
    item.iconPath = changeIcon(step.change);
    item.description = describe(step);
    item.tooltip = `${oneLine(step.path)}\n${changeName(step.change)} · ${item.description}`;
    item.accessibilityInformation = {
      label: `${oneLine(step.name)}, ${changeName(step.change)}, ${item.description}`,
    };
    item.contextValue = "comparedStep";
    item.command = {
      command: "flujoLens.compareSpans",
      title: vscode.l10n.t("Compare Spans"),
      arguments: [row],
    };
    return item;
  }
}

function rowsOf(database: Database, comparison: Comparison): ComparedRow[] {
  const roots: ComparedRow[] = [];
  const rows: ComparedRow[] = [];
  for (const step of comparison.steps) {
    const row: ComparedRow = { kind: "comparedStep", database, comparison, step, children: [] };
    (rows[step.parent]?.children ?? roots).push(row);
    rows.push(row);
  }
  return roots;
}

function summaryOf(steps: readonly ComparedStep[]): string {
  const order: readonly Change[] = ["failing", "fixed", "slower", "faster", "added", "removed"];
  const parts = order.flatMap((change) => {
    const count = steps.filter((step) => step.change === change).length;
    return count === 0 ? [] : [`${count} ${changeName(change)}`];
  });
  const dearer = steps.filter(isDearer).length;
  if (dearer > 0) parts.push(vscode.l10n.t("{0} dearer", dearer));
  return parts.length === 0 ? vscode.l10n.t("nothing differs") : parts.join(" · ");
}

/** "613 ms → 1.2 s (+96 %) · $0.0043 → $0.0061". */
function describe(step: ComparedStep): string {
  const { a, b, change } = step;
  if (!a || !b) return `${changeName(change)} · ${formatDuration((a ?? b)!.duration)}`;
  const parts: string[] = [];
  if (change !== "same") parts.push(changeName(change));
  const times = `${formatDuration(a.duration)} → ${formatDuration(b.duration)}`;
  const share = a.duration && b.duration !== null ? b.duration / a.duration - 1 : undefined;
  parts.push(
    share === undefined ? times : `${times} (${share >= 0 ? "+" : "-"}${formatPercent(Math.abs(share))})`,
  );
  if (a.cost !== null || b.cost !== null) {
    const costs = `${formatCost(a.cost)} → ${formatCost(b.cost)}`;
    parts.push(isDearer(step) ? vscode.l10n.t("{0} dearer", costs) : costs);
  }
  return parts.join(" · ");
}

function isDearer({ a, b }: ComparedStep): boolean {
  return b?.cost != null && b.cost > 0 && a !== null && b.cost >= (a.cost ?? 0) * DEARER;
}

function changeIcon(change: Change): vscode.ThemeIcon {
  const [icon, color] = look(change);
  return new vscode.ThemeIcon(icon, color === undefined ? undefined : new vscode.ThemeColor(color));
}

function look(change: Change): readonly [icon: string, color?: string] {
  switch (change) {
    case "added":
      return ["diff-added", "gitDecoration.addedResourceForeground"];
    case "removed":
      return ["diff-removed", "gitDecoration.deletedResourceForeground"];
    case "slower":
      return ["arrow-up", "charts.yellow"];
    case "faster":
      return ["arrow-down", "charts.green"];
    case "failing":
      return ["error", "errorForeground"];
    case "fixed":
      return ["pass", "testing.iconPassed"];
    case "same":
      return ["dash"];
  }
}

function changeName(change: Change): string {
  switch (change) {
    case "added":
      return vscode.l10n.t("added");
    case "removed":
      return vscode.l10n.t("removed");
    case "slower":
      return vscode.l10n.t("slower");
    case "faster":
      return vscode.l10n.t("faster");
    case "failing":
      return vscode.l10n.t("newly failing");
    case "fixed":
      return vscode.l10n.t("fixed");
    case "same":
      return vscode.l10n.t("same");
  }
}
