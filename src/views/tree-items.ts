import path from "node:path";
import * as vscode from "vscode";
import { formatAge, formatCost, formatCount, formatDuration, shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { OutlineSpan, Run } from "../store/model.ts";
import type {
  DatabaseNode,
  GroupNode,
  MoreRunsNode,
  MoreSpansNode,
  NoticeNode,
  RunNode,
  SpanNode,
} from "./nodes.ts";
import { stateIcon, stateName } from "./state-icons.ts";

const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
const DAY = 86_400;
/** Characters of a name that a row shows. */
const MAX_NAME = 100;

export function databaseItem(node: DatabaseNode, description: string | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.database.name), Expanded);
  item.id = node.id;
  item.description = description;
  item.iconPath =
    node.database.damage === undefined
      ? new vscode.ThemeIcon("database")
      : new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"));
  const isDamaged = node.database.damage !== undefined;
  item.contextValue = [
    "database",
    ...(node.removable ? ["removable"] : []),
    ...(isDamaged ? ["damaged"] : []),
  ].join(".");
  item.tooltip = oneLine(node.database.path, 1000);
  item.accessibilityInformation = {
    label: vscode.l10n.t("Database {0}, {1}", item.label as string, description ?? ""),
  };
  return item;
}

export function groupItem(node: GroupNode): vscode.TreeItem {
  const item = new vscode.TreeItem(oneLine(node.label, MAX_NAME), Collapsed);
  item.id = node.id;
  item.description = node.count === undefined ? undefined : runsText(node.count);
  item.iconPath = new vscode.ThemeIcon(node.by === "day" ? "calendar" : "type-hierarchy");
  item.contextValue = node.by === "pipeline" ? "group.pipeline" : "group";
  return item;
}

/** `now` in seconds since the epoch. */
export function runItem(node: RunNode, now: number): vscode.TreeItem {
  const { run } = node;
  const name = oneLine(run.pipeline_name, MAX_NAME);
  const item = new vscode.TreeItem(name, Collapsed);
  item.id = node.id;
  const facts = runFacts(run, now);
  // A side bar of usual width cuts the end: what failed stands first, and what only names the run last.
  item.description = [...facts, oneLine(shortId(run.run_id))].join(" · ");
  item.iconPath = stateIcon(run.state);
  item.contextValue = "run";
  const state = stateName(run.state);
  const spoken = facts.some((fact) => fact.startsWith(state)) ? facts : [state, ...facts];
  item.accessibilityInformation = {
    label: vscode.l10n.t("Run {0} {1}, {2}", name, oneLine(shortId(run.run_id)), spoken.join(", ")),
  };
  return item;
}

function runFacts(run: Run, now: number): string[] {
  const facts: string[] = [];
  if (run.failed_count > 0) facts.push(vscode.l10n.t("{0} failed", formatCount(run.failed_count)));
  const elapsed = run.start_time === null ? Number.NaN : now - run.start_time;
  if (run.state === "running" && elapsed >= 0 && elapsed < DAY) {
    facts.push(vscode.l10n.t("running {0}", formatDuration(elapsed < 10 ? elapsed : Math.floor(elapsed))));
  } else {
    facts.push(formatAge(run.start_time, now));
    if (run.duration !== null) facts.push(formatDuration(run.duration));
    else if (run.state === "running") facts.push(vscode.l10n.t("not ended"));
  }
  if (run.total_cost !== null) facts.push(formatCost(run.total_cost));
  if (run.span_count === 0) facts.push(vscode.l10n.t("no trace yet"));
  return facts;
}

export function spanItem(node: SpanNode): vscode.TreeItem {
  const { span } = node;
  const name = oneLine(span.name, MAX_NAME) || vscode.l10n.t("(no name)");
  const item = new vscode.TreeItem(name, span.child_count > 0 ? Collapsed : None);
  item.id = node.id;
  const facts = spanFacts(span, node.provisional);
  item.description = facts.join(" · ");
  item.iconPath = stateIcon(span.state);
  item.contextValue = "span";
  item.accessibilityInformation = {
    label: vscode.l10n.t("Span {0}, {1}, {2}", name, stateName(span.state), facts.join(", ")),
  };
  if (span.child_count === 0) item.command = showTraceCommand(node);
  return item;
}

function spanFacts(span: OutlineSpan, provisional: boolean): string[] {
  const facts = [span.duration === null ? vscode.l10n.t("not ended") : formatDuration(span.duration)];
  if (span.error !== undefined && span.child_count === 0) facts.push(oneLine(span.error.type, 60));
  if (span.attempt !== null && span.attempt > 1) facts.push(vscode.l10n.t("attempt {0}", span.attempt));
  if (provisional) facts.push(vscode.l10n.t("provisional"));
  return facts;
}

export function moreRunsItem(node: MoreRunsNode, page: number): vscode.TreeItem {
  return loadMoreItem(node, page, node.left);
}

function loadMoreItem(
  node: MoreRunsNode | MoreSpansNode,
  page: number,
  left: number | undefined,
): vscode.TreeItem {
  const label =
    left === undefined
      ? vscode.l10n.t("Load {0} more", page)
      : vscode.l10n.t("Load {0} more ({1} left)", Math.min(page, left), formatCount(left));
  const item = new vscode.TreeItem(label, None);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon("more");
  item.command = { command: "flujoLens.loadMore", title: label, arguments: [node] };
  return item;
}

export function moreSpansItem(node: MoreSpansNode, page: number): vscode.TreeItem {
  if (node.loads && node.left !== undefined) return loadMoreItem(node, page, node.left);
  const label =
    node.left === undefined
      ? vscode.l10n.t("Show deeper spans in the panel")
      : vscode.l10n.t("Show {0} more in the panel", formatCount(node.left));
  const item = new vscode.TreeItem(label, None);
  item.id = node.id;
  item.iconPath = new vscode.ThemeIcon("link-external");
  item.command = showTraceCommand(node);
  return item;
}

export function noticeItem(node: NoticeNode): vscode.TreeItem {
  const label =
    node.withheld === undefined
      ? withoutFolders(node.text)
      : vscode.l10n.t("{0} is outside the workspace", path.basename(node.withheld));
  const item = new vscode.TreeItem(oneLine(label, 500), None);
  item.id = node.id;
  item.contextValue = node.damaged === undefined ? "notice" : "notice.damaged";
  item.tooltip = oneLine(node.text, 2000);
  item.iconPath =
    node.severity === "error"
      ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
      : new vscode.ThemeIcon("info");
  if (node.damaged !== undefined) {
    item.command = { command: "flujoLens.salvage", title: vscode.l10n.t("Salvage…"), arguments: [node] };
  }
  if (node.withheld !== undefined) {
    item.command = {
      command: "flujoLens.allowDatabase",
      title: vscode.l10n.t("Open"),
      arguments: [node],
    };
  }
  return item;
}

/** A row is short: paths inside the workspace begin at its folder. The tooltip has them whole. */
function withoutFolders(text: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.reduce((shorter, { uri }) => shorter.replaceAll(`${uri.fsPath}${path.sep}`, ""), text);
}

export function runsText(count: number): string {
  return count === 1 ? vscode.l10n.t("1 run") : vscode.l10n.t("{0} runs", formatCount(count));
}

function showTraceCommand(node: SpanNode | MoreSpansNode): vscode.Command {
  return { command: "flujoLens.showTrace", title: vscode.l10n.t("Show Trace"), arguments: [node] };
}
