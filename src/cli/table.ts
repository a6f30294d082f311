import { oneLine } from "../format/text.ts";
import { type Painter, type Palette, plain } from "./colour.ts";
import { cutTo, displayWidth, padding } from "./width.ts";

export interface Column<Row> {
  readonly title: string;
  /** Raw text; the table makes it inert. */
  text(row: Row): string;
  readonly align?: "left" | "right";
  paint?(row: Row): Painter | undefined;
  /** Cells to which a column may be cut when the terminal is too narrow; columns without it keep their width. */
  readonly shrinkTo?: number;
  /** Left out when the terminal is too narrow; the last such column goes first. */
  readonly optional?: boolean;
}

/** Longest text a cell shows. */
const MAX_CELL = 200;
const GAP = "  ";

/**
 * The lines of a table with aligned columns.
 * @param width Cells of the terminal; `Infinity` when the output is no terminal, so that nothing is cut.
 */
export function* tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  palette: Palette,
  width: number,
): Generator<string> {
  const shown = [...columns];
  const cells = rows.map((row) => columns.map((column) => oneLine(column.text(row), MAX_CELL)));
  const natural = naturalWidths(columns, cells);
  while (totalWidth(natural) > width) {
    const left = shown.findLastIndex((column) => column.optional);
    if (left < 0) break;
    for (const list of [shown, natural, ...cells]) list.splice(left, 1);
  }
  const widths = fitWidths(shown, natural, width);
  const titles = shown.map((column) => column.title);
  yield line(shown, titles, widths, () => palette.dim);
  for (const [index, row] of rows.entries()) {
    yield line(shown, cells[index]!, widths, (column) => column.paint?.(row) ?? plain);
  }
}

/** Cells of a whole line. */
function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1));
}

function naturalWidths<Row>(columns: readonly Column<Row>[], cells: readonly string[][]): number[] {
  const widths = columns.map((column) => displayWidth(column.title));
  for (const row of cells) {
    for (const [index, text] of row.entries()) widths[index] = Math.max(widths[index]!, displayWidth(text));
  }
  return widths;
}

/** Takes cells from the widest column that may shrink until the table fits, or nothing more can be taken. */
function fitWidths<Row>(
  columns: readonly Column<Row>[],
  natural: readonly number[],
  width: number,
): number[] {
  const widths = [...natural];
  let excess = totalWidth(widths) - width;
  while (excess > 0) {
    let widest = -1;
    for (const [index, column] of columns.entries()) {
      if (column.shrinkTo === undefined || widths[index]! <= column.shrinkTo) continue;
      if (widest < 0 || widths[index]! > widths[widest]!) widest = index;
    }
    if (widest < 0) break;
    widths[widest]! -= 1;
    excess -= 1;
  }
  return widths;
}

function line<Row>(
  columns: readonly Column<Row>[],
  texts: readonly string[],
  widths: readonly number[],
  painterOf: (column: Column<Row>) => Painter,
): string {
  const parts = columns.map((column, index) => {
    const text = cutTo(texts[index]!, widths[index]!);
    const painted = painterOf(column)(text);
    const space = padding(text, widths[index]!);
    return column.align === "right" ? space + painted : painted + space;
  });
  return parts.join(GAP).trimEnd();
}
