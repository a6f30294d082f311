/** The answer of a query as a table: columns, order, and cells as they are shown and copied. */
import { formatCount, formatDuration, formatTime } from "../../src/format/numbers.ts";
import { oneLine } from "../../src/format/text.ts";
import type { QueryTableRow } from "../../src/protocol/messages.ts";

export type Cell = string | number | null;

export interface GridColumn {
  readonly name: string;
  /** Every value is a number or missing. */
  readonly numeric: boolean;
  /** Cells of the column are drawn as links to what their row is about. */
  readonly link: boolean;
  /** Values may be too long for a cell, and open in an editor. */
  readonly long: boolean;
  /** Pixels before anyone has resized it. */
  readonly width: number;
  /** A value as it is drawn. */
  readonly text: (value: Cell) => string;
  /** Drawn where a value is missing; nothing when undefined. */
  readonly missing?: string;
}

export interface GridSort {
  readonly column: string;
  readonly descending: boolean;
}

/** Pixels a character takes, on average, and those around a cell's text. */
const CHARACTER = 7.8;
const PADDING = 24;
/** Rows looked at to find how wide a column should be. */
const LOOKED_AT = 200;
export const COLUMN_WIDTH = { min: 48, max: 360 };

/** Characters of a cell that are drawn: a column shows no more, and values may be megabytes long. */
export const MOST_DRAWN = 300;

/** The columns of rows that all have the same ones, long texts last. */
export function columnsOf(rows: readonly QueryTableRow[]): GridColumn[] {
  const names = Object.keys(rows[0] ?? {});
  const links = LINKS.filter((name) => names.includes(name));
  const sorted = [...names.filter((name) => !isLong(name)), ...names.filter(isLong)];
  return sorted.map((name) => {
    const numeric = rows.every((row) => typeof row[name] === "number" || row[name] === null);
    const text = (value: Cell) => cellText(name, value);
    return {
      name,
      numeric,
      // A row of a summary has no run of its own: its name is what leads on.
      link: links.length > 0 ? links.includes(name) : name === "name",
      long: isLong(name),
      width: widthFor(name, rows, text),
      text,
    };
  });
}

/** Pixels for the longest text among the first rows, within bounds. */
export function widthFor(
  name: string,
  rows: readonly QueryTableRow[],
  text: (value: Cell) => string,
): number {
  const longest = rows
    .slice(0, LOOKED_AT)
    .reduce((most, row) => Math.max(most, text(row[name] ?? null).length), name.length + 2);
  const width = Math.round(longest * CHARACTER + PADDING);
  return Math.max(COLUMN_WIDTH.min, Math.min(COLUMN_WIDTH.max, width));
}

function isLong(column: string): boolean {
  return column === "attributes" || column === "message";
}

const LINKS: readonly string[] = ["span_id", "run_id", "last_run_id"];

/** What a row is about. */
export type Lead =
  | {
      readonly kind: "span";
      readonly runId: string;
      readonly spanId: string | undefined;
      readonly failed: string | undefined;
    }
  | { readonly kind: "name"; readonly name: string };

/** Where a row leads: to its span, to the span of that name which failed in its run, or to all spans of its name. */
export function leadOf(row: QueryTableRow): Lead | undefined {
  const text = (column: string) => (typeof row[column] === "string" ? (row[column] as string) : undefined);
  const name = text("name");
  const runId = text("run_id") ?? text("last_run_id");
  if (runId !== undefined) {
    const spanId = text("span_id");
    return { kind: "span", runId, spanId, failed: spanId === undefined ? name : undefined };
  }
  return name === undefined ? undefined : { kind: "name", name };
}

/** A value as people read it: times, durations and counts with their units, text on one line. */
export function cellText(column: string, value: Cell): string {
  if (value === null) return "";
  if (typeof value === "string") return oneLine(value, MOST_DRAWN);
  if (column.endsWith("_time")) return formatTime(value);
  if (column.includes("duration")) return formatDuration(value);
  return Number.isInteger(value) ? formatCount(value) : String(value);
}

/** Row indices in the wished order; numbers before text, missing values always last. Equal values keep their order. */
export function sortedRows(rows: readonly QueryTableRow[], sort: GridSort | undefined): Int32Array {
  const order = Int32Array.from(rows.keys());
  if (!sort) return order;
  const { column, descending } = sort;
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => {
    const [left, right] = [rows[a]![column] ?? null, rows[b]![column] ?? null];
    if (left === null || right === null) return Number(left === null) - Number(right === null) || a - b;
    return sign * compare(left, right) || a - b;
  });
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left === "number") return -1;
  if (typeof right === "number") return 1;
  return left < right ? -1 : left > right ? 1 : 0;
}

export interface CellPlace {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from a cell; undefined when the grid does not use it. `page` is in rows. */
export function moveCell(
  key: string,
  ctrl: boolean,
  { row, column }: CellPlace,
  size: { readonly rows: number; readonly columns: number; readonly page: number },
): CellPlace | undefined {
  const at = (toRow: number, toColumn: number): CellPlace => ({
    row: Math.max(0, Math.min(size.rows - 1, toRow)),
    column: Math.max(0, Math.min(size.columns - 1, toColumn)),
  });
  switch (key) {
    case "ArrowDown":
      return at(row + 1, column);
    case "ArrowUp":
      return at(row - 1, column);
    case "ArrowRight":
      return at(row, column + 1);
    case "ArrowLeft":
      return at(row, column - 1);
    case "PageDown":
      return at(row + size.page, column);
    case "PageUp":
      return at(row - size.page, column);
    case "Home":
      return at(ctrl ? 0 : row, 0);
    case "End":
      return at(ctrl ? size.rows - 1 : row, size.columns - 1);
    default:
      return undefined;
  }
}
