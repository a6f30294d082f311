import { TraceError } from "../engine/errors.ts";
import type { Reader } from "../engine/reader.ts";
import type { SqlTable, SqlVocabulary } from "../sql/suggest.ts";
import { viewNames } from "./layout.ts";

const MOST_TABLES = 500;
const MOST_COLUMNS = 500;

/** The names of tables, views, columns and functions that a statement can use. */
export function readSqlVocabulary(reader: Reader): SqlVocabulary {
  const own = reader.all<{ name: string; type: "table" | "view"; virtual: number }>(
    `SELECT name, type, type = 'table' AND rootpage = 0 AS virtual FROM main.sqlite_schema
      WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name LIMIT ?`,
    [MOST_TABLES],
  );
  const functions = reader.all<{ name: string }>(
    "SELECT DISTINCT name FROM pragma_function_list WHERE name GLOB '[a-z]*' AND name <> 'lens_flatten' ORDER BY name",
  );
  return {
    tables: [
      ...viewNames
        .filter((name) => name !== "lens_blobs")
        .map((name): SqlTable => ({ name, kind: "lens", columns: columnsOf(reader, name, "temp") })),
      ...own.map(
        ({ name, type, virtual }): SqlTable => ({
          name,
          kind: type,
          // What makes a virtual table is not here, and SQLite would fail to ask it.
          columns: virtual ? [] : columnsOf(reader, name, "main"),
        }),
      ),
    ],
    functions: functions.map(({ name }) => name),
  };
}

/** Empty for a view that SQLite cannot resolve: it has a name all the same. */
function columnsOf(reader: Reader, name: string, schema: "temp" | "main"): string[] {
  try {
    return reader
      .all<{ name: string }>("SELECT name FROM pragma_table_xinfo(?, ?) WHERE hidden <> 1 LIMIT ?", [
        name,
        schema,
        MOST_COLUMNS,
      ])
      .map((column) => column.name);
  } catch (thrown) {
    if (thrown instanceof TraceError) throw thrown;
    return [];
  }
}
