/** The answer of a statement as rows for the grid and for files. */
import { oneLine } from "../../src/format/text.ts";
import type { PackedSqlAnswer, QueryTableRow } from "../../src/protocol/messages.ts";
import { type Cell, type GridColumn, type Lead, MOST_DRAWN, widthFor } from "../query/table.ts";

export interface SqlRows {
  /** Names of the columns in their order, each once. */
  readonly names: readonly string[];
  readonly rows: readonly QueryTableRow[];
  readonly columns: readonly GridColumn[];
  /** The limit cut the rows. */
  readonly more: boolean;
}

/** What is drawn where SQL has no value: an empty text looks otherwise. */
const MISSING = "NULL";
/** A text of more characters may not fit into its cell. */
const SHORT = 50;
const LINKS: readonly string[] = ["run_id", "span_id"];

/** Unfolds a packed answer. Throws when it is none. */
export function sqlRows({ columns, rows: packed, more }: PackedSqlAnswer): SqlRows {
  const names = uniqueNames(columns);
  const values = JSON.parse(new TextDecoder().decode(packed)) as Cell[][];
  const rows = values.map((row) => Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])));
  return { names, rows, columns: names.map((name) => columnOf(name, names, rows)), more };
}

/** A name that comes again gets a number. */
export function uniqueNames(columns: readonly string[]): string[] {
  const taken = new Set<string>();
  return columns.map((column) => {
    let name = column;
    for (let count = 2; taken.has(name); count++) name = `${column}:${count}`;
    taken.add(name);
    return name;
  });
}

/** Where a row leads: to its run, and there to its span. */
export function sqlLead(row: QueryTableRow): Lead | undefined {
  const { run_id: runId, span_id: spanId } = row;
  if (typeof runId !== "string") return undefined;
  return { kind: "span", runId, spanId: typeof spanId === "string" ? spanId : undefined, failed: undefined };
}

/** Rows as an array of objects, an object a line. */
export function jsonOf(names: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(Object.fromEntries(names.map((name, at) => [name, row[at] ?? null]))),
  );
  return lines.length === 0 ? "[]\n" : `[\n${lines.join(",\n")}\n]\n`;
}

function columnOf(name: string, names: readonly string[], rows: readonly QueryTableRow[]): GridColumn {
  const text = (value: Cell) => (typeof value === "string" ? oneLine(value, MOST_DRAWN) : String(value));
  return {
    name,
    numeric: rows.length > 0 && rows.every((row) => typeof row[name] === "number" || row[name] === null),
    link: names.includes("run_id") && LINKS.includes(name),
    long:
      !LINKS.includes(name) && rows.some((row) => typeof row[name] === "string" && row[name].length > SHORT),
    width: widthFor(name, rows, text),
    text,
    missing: MISSING,
  };
}
