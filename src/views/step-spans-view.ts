import * as vscode from "vscode";
import { TraceError } from "../engine/errors.ts";
import { formatAge, formatCount, formatDuration, shortId } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { Database } from "../sources/databases.ts";
import type { StepSpans } from "../store/model.ts";
import { plainLabel } from "./plain-label.ts";
import { stateIcon, stateName } from "./state-icons.ts";

export const stepSpansViewId = "flujoLens.stepSpans";

type Occurrence = StepSpans["spans"][number];

export interface StepSpanRow {
  readonly kind: "stepSpan";
  readonly database: Database;
  readonly span: Occurrence;
}

interface Group {
  readonly kind: "pipeline";
  readonly name: string;
  readonly rows: readonly StepSpanRow[];
}

type Row = Group | StepSpanRow;

/** Which spans are listed. */
export interface WantedSpans {
  readonly name: string;
  /** The only pipelines whose runs count, as far as a database knows one of them; all count when there is none. */
  readonly pipelines: readonly string[];
  /** Only those that failed. */
  readonly failures: boolean;
}

/** The spans of one step over all runs, by pipeline, as the references of a symbol are listed. */
export class StepSpansView implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly view: vscode.TreeView<Row>;
  private groups: readonly Group[] = [];

  constructor(private readonly log: vscode.LogOutputChannel) {
    this.view = vscode.window.createTreeView(stepSpansViewId, { treeDataProvider: this });
  }

  dispose(): void {
    this.view.dispose();
    this.changed.dispose();
  }

  /** Lists the spans of a step in these databases, and brings the list to the front. */
  async show({ name, pipelines, failures }: WantedSpans, databases: readonly Database[]): Promise<void> {
    await vscode.commands.executeCommand("setContext", "flujoLens.listsStepSpans", true);
    const sentences: string[] = [];
    const rows: StepSpanRow[] = [];
    let total = 0;
    await vscode.window.withProgress({ location: { viewId: stepSpansViewId } }, async () => {
      for (const database of databases) {
        try {
          const found = await (await database.store()).getStepSpans(name, { pipelines });
          total += found.total;
          rows.push(...found.spans.map((span): StepSpanRow => ({ kind: "stepSpan", database, span })));
          if (!found.complete || found.total > found.spans.length)
            sentences.push(vscode.l10n.t("older ones are left out"));
        } catch (thrown) {
          const error = TraceError.from(thrown);
          this.log.error(`${database.path}: ${error.message}`, error);
          sentences.push(error.message);
        }
      }
    });
    const wanted = failures ? rows.filter(({ span }) => span.state === "failed") : rows;
    this.groups = groupsOf(wanted);
    const count = failures
      ? vscode.l10n.t("{0} failed of {1} spans", formatCount(wanted.length), formatCount(total))
      : vscode.l10n.t(
          "{0} spans in {1} runs",
          formatCount(total),
          formatCount(new Set(rows.map(({ span }) => span.run_id)).size),
        );
    // VS Code writes titles with capitals, which a name must not get.
    this.view.title = failures ? vscode.l10n.t("Failures of Step") : vscode.l10n.t("Spans of Step");
    this.view.description = oneLine(name, 60);
    this.view.message = [count, ...new Set(sentences)].join(" · ");
    this.changed.fire(undefined);
    await vscode.commands.executeCommand(`${stepSpansViewId}.focus`);
  }

  async clear(): Promise<void> {
    this.groups = [];
    this.changed.fire(undefined);
    await vscode.commands.executeCommand("setContext", "flujoLens.listsStepSpans", false);
  }

  getChildren(row?: Row): Row[] {
    if (row === undefined) return this.groups.length === 1 ? [...this.groups[0]!.rows] : [...this.groups];
    return row.kind === "pipeline" ? [...row.rows] : [];
  }

  getTreeItem(row: Row): vscode.TreeItem {
    if (row.kind === "pipeline") {
      const item = new vscode.TreeItem(plainLabel(row.name), vscode.TreeItemCollapsibleState.Expanded);
      item.description = formatCount(row.rows.length);
      return item;
    }
    const { span, database } = row;
    const label = `${formatAge(span.start_time, Date.now() / 1000)} · ${formatDuration(span.duration)}`;
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.iconPath = stateIcon(span.state);
    item.description = [shortId(span.run_id), span.error_type]
      .filter((part) => part !== undefined)
      .map((part) => oneLine(part, 60))
      .join(" · ");
    item.tooltip = `${oneLine(span.pipeline_name)} · ${oneLine(span.run_id)}\n${stateName(span.state)} · ${oneLine(database.name)}`;
    item.accessibilityInformation = { label: `${stateName(span.state)}, ${label}, ${item.description}` };
    item.contextValue = "stepSpan";
    item.command = {
      command: "flujoLens.openSpan",
      title: vscode.l10n.t("Open Span"),
      arguments: [{ database: database.path, runId: span.run_id, key: span.key }],
    };
    return item;
  }
}

function groupsOf(rows: readonly StepSpanRow[]): Group[] {
  const groups = new Map<string, StepSpanRow[]>();
  const sorted = [...rows].sort((a, b) => (b.span.start_time ?? 0) - (a.span.start_time ?? 0));
  for (const row of sorted) {
    const list = groups.get(row.span.pipeline_name);
    if (list) list.push(row);
    else groups.set(row.span.pipeline_name, [row]);
  }
  return [...groups].map(([name, list]) => ({ kind: "pipeline", name, rows: list }));
}
