/** Tables as text for other programs. */

export type TableValue = string | number | null;

/** Spreadsheets take text that starts like this for a formula and run it. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/**
 * Comma-separated values as RFC 4180 has them, with a line of titles and CRLF line ends. Text that a spreadsheet would take
 * for a formula gets a leading apostrophe; numbers stay numbers, null is an empty cell.
 */
export function csv(titles: readonly string[], rows: readonly (readonly TableValue[])[]): string {
  return [titles, ...rows].map(csvLine).join("");
}

/** One line of {@link csv}, with its end. */
export function csvLine(row: readonly TableValue[]): string {
  return `${row.map(csvCell).join(",")}\r\n`;
}

function csvCell(value: TableValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const inert = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** Tab-separated values for the clipboard. What would end a cell or a line becomes a space; formulas are defused as in {@link csv}. */
export function tsv(rows: readonly (readonly TableValue[])[]): string {
  return rows.map((row) => row.map(tsvCell).join("\t")).join("\n");
}

function tsvCell(value: TableValue): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  return (FORMULA.test(value) ? `'${value}` : value).replace(/[\t\r\n]+/g, " ");
}
