import type { SqlJs } from "sql.js/dist/sql-wasm.js";
import { TraceError } from "../engine/errors.ts";
import type { Pages, SqlValue } from "../engine/reader.ts";
import { type Lost, type TableToWalk, TableWalk, type VisitRow } from "../engine/recovery/table-walk.ts";
import { DiskDatabase } from "./disk-database.ts";
import { knownLayouts } from "./known-tables.ts";
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
  /** Tables whose definition is lost, and that were recognised by their rows. */
  readonly recognised: readonly string[];
  /** Runs that are known only by what belongs to them, and were given a row. */
  readonly madeRuns: readonly string[];
}

/** The tables whose rows are brought over. */
const WANTED = new Set(["runs", "spans", "steps", "traces", "workflow_state", "evaluations"]);
/** Columns of `sqlite_schema`: type, name, tbl_name, rootpage, sql. */
const SCHEMA: TableToWalk = { name: "the list of tables", root: 1, mostColumns: 5, fits: () => false };

/**
 * Writes the rows that can be read of a damaged database to a new one at `file`: with the same tables and columns, without
 * its constraints. Where the list of tables is lost, those that flujo makes are recognised by their rows. What belongs to a
 * run whose row is lost gets one. Throws `corrupt` when there is no table of flujo's.
 */
export function recoverTables(
  sqlJs: SqlJs,
  pages: Pages,
  file: string,
  progress: (fraction: number) => void,
): Recovery {
  const walk = new TableWalk(pages, progress);
  const tables: TableSchema[] = [];
  const [lostSchema] = walk.run([SCHEMA], (_table, _rowid, [type, name, , root, sql]) => {
    if (type !== "table" || typeof name !== "string" || typeof root !== "number") return;
    const schema = readTableSchema(sqlJs, name, root, sql ?? null);
    if (schema !== undefined) tables.push(schema);
  });
  const wanted = tables.filter(isWanted);
  const database = new DiskDatabase(sqlJs, file, wanted.map(({ create }) => create).join("\n"));
  try {
    const visit: VisitRow = (table, rowid, values) => {
      const schema = wanted.find((one) => one === table);
      if (schema !== undefined) database.execute(schema.insert(values.length), bound(schema, rowid, values));
    };
    const losses = [lostSchema!, ...walk.run(tables, visit)];
    const recognised = isLoss(lostSchema!) ? recognise(sqlJs, walk, wanted) : [];
    wanted.push(...recognised);
    for (const { create } of recognised) database.run(create);
    losses.push(...walk.seek(recognised, visit));
    for (const { index } of wanted) if (index !== undefined) database.run(index);
    const lost = [SCHEMA, ...tables, ...recognised]
      .map((table, at) => ({ table, ...losses[at]! }))
      .filter((one) => isLoss(one) && (one.table === SCHEMA || isWanted(one.table)))
      .map(({ table, ...loss }): LostTable => ({ table: table.name, ...loss }));
    const madeRuns = lost.length === 0 ? [] : makeRunRows(database, wanted);
    database.commit({ flush: false });
    return { lost, recognised: recognised.map(({ name }) => name), madeRuns };
  } finally {
    database.close();
  }
}

/** The tables of flujo's whose rows lie about, but for those that are known. */
function recognise(sqlJs: SqlJs, walk: TableWalk, known: readonly TableSchema[]): TableSchema[] {
  const names = new Set(known.map(({ name }) => name.toLowerCase()));
  const layouts = knownLayouts(sqlJs).map((layout) => layout.filter(({ name }) => !names.has(name)));
  const rows = walk.bestFit(layouts);
  const recognised = [...rows.keys()].filter((table) => rows.get(table)! > 0);
  if (recognised.length + known.length === 0)
    throw new TraceError(
      "corrupt",
      "The list of tables is lost, and nothing in the file looks like rows of flujo's tables.",
    );
  // Nothing can be shown without a table of runs.
  const runs = [...rows.keys()].find((table) => table.name === "runs" && rows.get(table) === 0);
  return runs === undefined ? recognised : [runs, ...recognised];
}

function isWanted({ name }: { readonly name: string }): boolean {
  return WANTED.has(name.toLowerCase());
}

function isLoss({ pages, rows }: Lost): boolean {
  return pages + rows > 0;
}

/** The row's number first, then its values, but for the column that is another name of the number. */
function bound({ alias }: TableSchema, rowid: number, values: readonly SqlValue[]): SqlValue[] {
  const row: SqlValue[] = [rowid];
  for (const [at, value] of values.entries()) if (at !== alias) row.push(value);
  return row;
}
