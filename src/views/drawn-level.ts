import type { RunsNode } from "./nodes.ts";

/** The rows below one row as VS Code drew them, to tell what has changed since. */
export class DrawnLevel {
  private readonly facts: readonly string[];

  constructor(
    private readonly node: RunsNode,
    readonly rows: readonly RunsNode[],
  ) {
    // Rows keep their identity and get new facts, so that the old ones must be put down.
    this.facts = rows.map(factsOf);
  }

  /** The rows to draw again when `rows` stand here now: the row above when others came or went, else those with other facts. */
  differences(rows: readonly RunsNode[]): RunsNode[] {
    if (rows.length !== this.rows.length || rows.some((row, index) => row.id !== this.rows[index]!.id))
      return [this.node];
    return rows.flatMap((row, index) => {
      if (factsOf(row) === this.facts[index]) return [];
      // Only rows that stay the same objects can be told to VS Code one by one.
      return row.kind === "run" || row.kind === "span" ? [row] : [this.node];
    });
  }
}

function factsOf(row: RunsNode): string {
  switch (row.kind) {
    case "run":
      return JSON.stringify(row.run);
    case "span":
      return JSON.stringify([row.span, row.provisional, row.run.state]);
    case "group":
      return JSON.stringify([row.label, row.count]);
    case "moreRuns":
      return String(row.left);
    case "moreSpans":
      return JSON.stringify([row.left, row.loads]);
    case "notice":
      return row.text;
    case "database":
      return "";
  }
}
