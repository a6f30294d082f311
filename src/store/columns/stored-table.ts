import type { Reader, SqlValue } from "../../engine/reader.ts";
import { isText, lengthOf, UnreadableTable } from "../../engine/table-scan.ts";

/** A table as its pages hold it. */
export interface StoredTable {
  readonly root: number;
  /** Place of each wanted column in the row; beyond the row's end for a column that the table lacks. */
  readonly places: readonly number[];
  readonly columns: number;
  /** A row with fewer values than this has a column whose default is not NULL. */
  readonly leastStored: number;
}

/** Finds a table of the database; undefined where there is none whose rows can be read without SQLite. Names in lower case. */
export function storedTable(
  reader: Reader,
  table: string,
  wanted: readonly string[],
): StoredTable | undefined {
  const found = reader.get<{ rootpage: number }>(
    "SELECT rootpage FROM main.sqlite_schema WHERE type = 'table' AND lower(name) = ?",
    [table],
  );
  if (found === undefined) return undefined;
  const columns = reader.all<{
    name: string;
    dflt_value: SqlValue;
    pk: number;
    hidden: number;
    type: string;
  }>(
    "SELECT lower(name) AS name, dflt_value, pk, hidden, lower(type) AS type FROM pragma_table_xinfo(?, 'main')",
    [table],
  );
  // A generated column may or may not be stored.
  if (columns.some(({ hidden }) => hidden !== 0)) return undefined;
  const places = wanted.map((name) => columns.findIndex((column) => column.name === name));
  // An INTEGER PRIMARY KEY is not in its row.
  if (places.some((place) => place >= 0 && columns[place]!.pk > 0 && columns[place]!.type === "integer"))
    return undefined;
  const leastStored = places.reduce(
    (least, place) =>
      place >= 0 && columns[place]!.dflt_value !== null ? Math.max(least, place + 1) : least,
    0,
  );
  return {
    root: found.rootpage,
    places: places.map((place) => (place < 0 ? columns.length : place)),
    columns: Math.max(...places.map((place) => (place < 0 ? columns.length : place))) + 1,
    leastStored,
  };
}

/** Names of a table's columns, in lower case; none where there is no such table. */
export function columnNames(reader: Reader, table: string): ReadonlySet<string> {
  const names = reader.all<{ name: string }>("SELECT lower(name) AS name FROM pragma_table_info(?, 'main')", [
    table,
  ]);
  return new Set(names.map(({ name }) => name));
}

/** Length of a text; 0 for NULL. Throws for numbers and bytes, which SQL has to turn into text. */
export function textLength(type: number): number {
  if (type === 0) return 0;
  if (!isText(type)) throw new UnreadableTable("something else than text");
  return lengthOf(type);
}
