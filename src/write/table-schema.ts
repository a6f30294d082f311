import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import type { SqlValue } from "../engine/reader.ts";
import type { TableToWalk } from "../engine/recovery/table-walk.ts";

/** A table of a damaged database, and how its rows are written to a new one. */
export interface TableSchema extends TableToWalk {
  /** Those that rows store, in order; lower case. */
  readonly columns: readonly string[];
  /** Place of the column that is another name of the row's number, -1 where there is none. */
  readonly alias: number;
  /** Statement that makes the table, without constraints. */
  readonly create: string;
  /** Statement that makes what looking up a run needs. */
  readonly index: string | undefined;
  /** Statement that takes a row's number and its first `count` columns but the {@link alias}. */
  insert(count: number): string;
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
  readonly fallback: string | null;
  readonly key: number;
}

/**
 * Reads a table's definition. Undefined for one that cannot be understood, and for one without rowids.
 * Only the one statement is run, in a database of its own.
 */
export function readTableSchema(
  sqlJs: SqlJs,
  name: string,
  root: number,
  sql: SqlValue,
): TableSchema | undefined {
  if (typeof sql !== "string" || /\bWITHOUT\s+ROWID\b/i.test(sql)) return undefined;
  const columns = columnsOf(sqlJs, name, sql);
  if (columns === undefined || columns.length === 0) return undefined;
  const keys = columns.filter(({ key }) => key > 0);
  const isAlias = (column: Column) => keys.length === 1 && column.key === 1 && /^integer$/i.test(column.type);
  const alias = columns.findIndex(isAlias);
  const names = columns.map((column) => column.name.toLowerCase());
  // Rows that are older than a column end before it, and such a column need not be there.
  const required = columns.findLastIndex(({ notNull, fallback }) => notNull && fallback === null);
  const rowid = ["rowid", "_rowid_", "oid"].find((word) => !names.includes(word)) ?? "rowid";
  const table = quoted(name);
  const definitions = columns.map(
    (column, at) =>
      `${quoted(column.name)} ${at === alias ? "INTEGER PRIMARY KEY" : plainType(column.type)}${fallbackOf(column)}`,
  );
  return {
    name,
    root,
    columns: names,
    mostColumns: names.length,
    alias,
    create: `CREATE TABLE ${table} (${definitions.join(", ")});`,
    index: names.includes("run_id")
      ? `CREATE INDEX ${quoted(`lens_${name}_run`)} ON ${table} (run_id)`
      : undefined,
    fits: (values) =>
      values.length > required &&
      values.length <= columns.length &&
      values.every((value, at) => (at === alias ? value === null : mayHold(columns[at]!, value))),
    insert: (count) => {
      const taken = columns.slice(0, count).filter((_column, at) => at !== alias);
      const list = [rowid, ...taken.map((column) => quoted(column.name))];
      return `INSERT OR IGNORE INTO ${table} (${list.join(", ")}) VALUES (${list.map(() => "?").join(", ")})`;
    },
  };
}

function columnsOf(sqlJs: SqlJs, name: string, sql: string): Column[] | undefined {
  const scratch = new sqlJs.Database();
  try {
    // One statement, whatever else the text holds.
    const statement = scratch.prepare(sql);
    statement.step();
    statement.free();
    const [found] = scratch.exec(
      `SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(${literal(name)}) WHERE hidden <> 2 ORDER BY cid`,
    );
    return found?.values.map(([column, type, notNull, fallback, key]) => ({
      name: String(column),
      type: String(type),
      notNull: notNull === 1,
      fallback: typeof fallback === "string" ? fallback : null,
      key: Number(key),
    }));
  } catch {
    return undefined;
  } finally {
    scratch.close();
  }
}

/** Rows that are older than a column have its default. Only what is a plain value is taken over. */
function fallbackOf({ fallback }: Column): string {
  const isPlain =
    fallback !== null && /^(?:[-+]?[\d.]+(?:e[-+]?\d+)?|'(?:[^']|'')*'|null|true|false)$/i.test(fallback);
  return isPlain ? ` DEFAULT ${fallback}` : "";
}

function mayHold({ type, notNull }: Column, value: SqlValue): boolean {
  if (value === null) return !notNull;
  if (/char|clob|text|date|time|json/i.test(type))
    return typeof value === "string" || value instanceof Uint8Array;
  if (/int|real|floa|doub|num/i.test(type)) return typeof value === "number";
  return true;
}

function plainType(type: string): string {
  return /^[\w ]*(?:\([\d, ]*\))?$/.test(type) ? type : "";
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
