import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import type { Pages, SqlValue } from "../engine/reader.ts";
import { type Lost, type TableToWalk, TableWalk } from "../engine/recovery/table-walk.ts";
import { DiskDatabase } from "./disk-database.ts";
import { makeRunRows } from "./made-runs.ts";
import { readTableSchema, type TableSchema } from "./table-schema.ts";

/** What of a table could not be read. */
export interface LostTable extends Readonly<Lost> {
  readonly table: string;
}

/** What came of reading a damaged database. */
export interface Recovery {
  /** Empty when every row could be read. */
  readonly lost: readonly LostTable[];
  /** Runs that are known only by what belongs to them, and were given a row. */
  readonly madeRuns: readonly string[];
}

/** The tables whose rows are brought over. */
const WANTED = new Set(["runs", "spans", "steps", "traces", "workflow_state", "evaluations"]);
/** Columns of `sqlite_schema`: type, name, tbl_name, rootpage, sql. */
const SCHEMA: TableToWalk = { name: "the list of tables", root: 1, columns: 5, fits: () => false };

/**
 * Writes the rows that can be read of a damaged database to a new one at `file`: with the same tables and columns, without
 * its constraints. What belongs to a run whose row is lost gets one.
 */
export function recoverTables(
  sqlJs: SqlJs,
  pages: Pages,
  file: string,
  progress: (fraction: number) => void,
): Recovery {
  const walk = new TableWalk(pages, progress);
  const schemas: TableSchema[] = [];
  const [lostSchema] = walk.run([SCHEMA], (_table, _rowid, [type, name, , root, sql]) => {
    if (type !== "table" || typeof name !== "string" || typeof root !== "number") return;
    const schema = readTableSchema(sqlJs, name, root, sql ?? null);
    if (schema !== undefined) schemas.push(schema);
  });
  const wanted = schemas.filter(({ name }) => WANTED.has(name.toLowerCase()));
  const database = new DiskDatabase(sqlJs, file, wanted.map(({ create }) => create).join("\n"));
  try {
    const tables = schemas.map((schema): TableToWalk => ({ ...schema, columns: schema.columns.length }));
    const byTable = new Map(tables.map((table, at) => [table, schemas[at]!] as const));
    const losses = walk.run(tables, (table, rowid, values) => {
      const schema = byTable.get(table);
      if (schema === undefined || !WANTED.has(schema.name.toLowerCase())) return;
      database.execute(schema.insert(values.length), bound(schema, rowid, values));
    });
    for (const { index } of wanted) if (index !== undefined) database.run(index);
    const lost = [
      { table: SCHEMA.name, ...lostSchema! },
      ...losses.map((one, at) => ({ table: schemas[at]!.name, ...one })),
    ].filter(
      ({ table, pages: lostPages, rows }) =>
        lostPages + rows > 0 && (table === SCHEMA.name || WANTED.has(table.toLowerCase())),
    );
    const madeRuns = lost.length === 0 ? [] : makeRunRows(database, wanted);
    database.commit({ flush: false });
    return { lost, madeRuns };
  } finally {
    database.close();
  }
}

/** The row's number first, then its values, but for the column that is another name of the number. */
function bound({ alias }: TableSchema, rowid: number, values: readonly SqlValue[]): SqlValue[] {
  const row: SqlValue[] = [rowid];
  for (const [at, value] of values.entries()) if (at !== alias) row.push(value);
  return row;
}
