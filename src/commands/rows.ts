import type * as vscode from "vscode";
import type { Database } from "../sources/databases.ts";
import type {
  DatabaseNode,
  MoreSpansNode,
  NoticeNode,
  RunContainer,
  RunNode,
  RunsNode,
  SpanContainer,
  SpanNode,
} from "../views/nodes.ts";

/** Rows that belong to a run. */
export type RunRow = RunNode | SpanNode | MoreSpansNode;

/** Finds out which row a command means: the one it was called on, else the selected one. */
export class Rows {
  constructor(private readonly view: vscode.TreeView<RunsNode>) {}

  /** A row of a run. */
  run(argument: unknown): RunRow | undefined {
    const row = this.row(argument);
    return row?.kind === "run" || row?.kind === "span" || row?.kind === "moreSpans" ? row : undefined;
  }

  /** Rows of runs: all selected ones when a command means the selection, else the one that it means. */
  runs(argument: unknown, selected: unknown): RunRow[] {
    const all = Array.isArray(selected) ? selected : argument === undefined ? this.view.selection : [];
    const found = all.flatMap((row: unknown) => (isRow(row) ? (this.run(row) ?? []) : []));
    if (found.length > 0) return found;
    const one = this.run(argument);
    return one === undefined ? [] : [one];
  }

  /** A database, or the runs of one pipeline in it. */
  container(argument: unknown): RunContainer | undefined {
    const row = this.row(argument);
    return row?.kind === "database" || row?.kind === "group" ? row : undefined;
  }

  span(argument: unknown): SpanNode | undefined {
    const row = this.row(argument);
    return row?.kind === "span" ? row : undefined;
  }

  database(argument: unknown): DatabaseNode | undefined {
    const row = this.row(argument);
    return row?.kind === "database" ? row : undefined;
  }

  private row(argument: unknown): RunsNode | undefined {
    return isRow(argument) ? argument : this.view.selection[0];
  }
}

/** The row below which a "Load more" row stands. */
export function containerOf(argument: unknown): RunContainer | SpanContainer | undefined {
  return isRow(argument) && (argument.kind === "moreRuns" || argument.kind === "moreSpans")
    ? argument.parent
    : undefined;
}

/** The row of a database that opens only after a question. */
export function withheldOf(argument: unknown): NoticeNode | undefined {
  return isRow(argument) && argument.kind === "notice" ? argument : undefined;
}

/** The damaged database that a row's sentence is about. */
export function damagedOf(argument: unknown): Database | undefined {
  return isRow(argument) && argument.kind === "notice" ? argument.damaged : undefined;
}

const kinds: ReadonlySet<unknown> = new Set<RunsNode["kind"]>([
  "database",
  "group",
  "run",
  "span",
  "moreRuns",
  "moreSpans",
  "notice",
]);

function isRow(argument: unknown): argument is RunsNode {
  return typeof argument === "object" && argument !== null && "kind" in argument && kinds.has(argument.kind);
}
