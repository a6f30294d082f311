import type { Database } from "../sources/databases.ts";
import type { OutlineSpan, Run } from "../store/model.ts";

/** One database, a root of the tree when there are several. The same object as long as the database is shown. */
export interface DatabaseNode {
  readonly kind: "database";
  readonly id: string;
  readonly database: Database;
  /** True when the user picked the file by hand, and so may remove it again. */
  readonly removable: boolean;
}

/** Runs of one pipeline or of one day. */
export interface GroupNode {
  readonly kind: "group";
  readonly id: string;
  readonly parent: DatabaseNode;
  readonly by: "pipeline" | "day";
  readonly label: string;
  /** How many runs it holds, undefined when that is not known yet. */
  readonly count: number | undefined;
}

export type RunContainer = DatabaseNode | GroupNode;
export type SpanContainer = RunNode | SpanNode;

export interface RunNode {
  readonly kind: "run";
  readonly id: string;
  readonly parent: RunContainer;
  readonly database: Database;
  readonly run: Run;
}

export interface SpanNode {
  readonly kind: "span";
  readonly id: string;
  readonly parent: RunNode | SpanNode;
  readonly database: Database;
  readonly run: Run;
  readonly span: OutlineSpan;
  /** The row is made from `steps`, because the run has no spans yet. */
  readonly provisional: boolean;
}

/** Loads the next page of its parent. */
export interface MoreRunsNode {
  readonly kind: "moreRuns";
  readonly id: string;
  readonly parent: RunContainer;
  /** How many runs are not loaded yet, undefined when that is not known. */
  readonly left: number | undefined;
}

/** Stands for spans that are not listed: loads the next of them, or opens the panel, where there is room for all. */
export interface MoreSpansNode {
  readonly kind: "moreSpans";
  readonly id: string;
  readonly parent: RunNode | SpanNode;
  readonly database: Database;
  readonly run: Run;
  /** How many siblings are not listed, undefined when the tree ends because it is too deep. */
  readonly left: number | undefined;
  /** Whether the tree has room for more of them. */
  readonly loads: boolean;
}

/** A sentence instead of rows. */
export interface NoticeNode {
  readonly kind: "notice";
  readonly id: string;
  readonly parent: RunsNode | undefined;
  readonly text: string;
  readonly severity: "info" | "error";
  /** A database that opens only after a question. */
  readonly withheld?: string;
  /** A damaged database that the sentence is about. */
  readonly damaged?: Database;
}

export type RunsNode =
  | DatabaseNode
  | GroupNode
  | RunNode
  | SpanNode
  | MoreRunsNode
  | MoreSpansNode
  | NoticeNode;

export function parentOf(node: RunsNode): RunsNode | undefined {
  return node.kind === "database" ? undefined : node.parent;
}
