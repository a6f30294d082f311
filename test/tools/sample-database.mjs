// A database that flujo wrote, with its times moved as a whole so that the newest run ends at a given moment.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { fixtureDir } from "./paths.mjs";

/** @typedef {"0.4.32" | "0.6.11"} FlujoVersion of the flujo that wrote the database. */

/**
 * Every column that holds a moment, in any of the layouts.
 *
 * @type {readonly (readonly [table: string, column: string])[]}
 */
const timeColumns = [
  ["runs", "created_at"],
  ["runs", "updated_at"],
  ["runs", "start_time"],
  ["runs", "end_time"],
  ["steps", "created_at"],
  ["steps", "start_time"],
  ["steps", "end_time"],
  ["spans", "start_time"],
  ["spans", "end_time"],
  ["workflow_state", "created_at"],
  ["workflow_state", "updated_at"],
];

/** File format versions 18 and 19 of the header: 2 for a database in WAL mode, 1 for one with a rollback journal. */
const journalMode = { offset: 18, rollback: 1, wal: 2 };

/**
 * The bytes of the database file.
 *
 * @param {FlujoVersion} version
 * @param {Date} now
 * @returns {Promise<Uint8Array>}
 */
export async function sampleDatabase(version, now) {
  const bytes = gunzipSync(readFileSync(path.join(fixtureDir, "databases", `flujo-v${version}.db.gz`)));
  const initSqlJs = createRequire(import.meta.url)("sql.js/dist/sql-wasm.js");
  const { Database } = await initSqlJs();
  // A database in memory cannot be in WAL mode; flujo's always are.
  bytes.fill(journalMode.rollback, journalMode.offset, journalMode.offset + 2);
  const database = new Database(bytes);
  try {
    moveTimes(database, now);
    const moved = database.export();
    moved.fill(journalMode.wal, journalMode.offset, journalMode.offset + 2);
    return moved;
  } finally {
    database.close();
  }
}

/**
 * @param {any} database of sql.js
 * @param {Date} now
 */
function moveTimes(database, now) {
  const columns = timeColumns.filter(([table, column]) => hasColumn(database, table, column));
  const newest = columns
    .filter(([table]) => table === "runs")
    .map(([, column]) => `SELECT unixepoch(max(${column})) AS seconds FROM runs`)
    .join(" UNION ALL ");
  const [answer] = database.exec(`SELECT max(seconds) FROM (${newest})`);
  const seconds = Math.floor(now.getTime() / 1000) - answer.values[0][0];

  database.exec("PRAGMA foreign_keys = OFF; BEGIN");
  for (const [table, column] of columns) database.exec(moveColumn(table, column, seconds));
  // A run's spans are written when it ends.
  const end = hasColumn(database, "runs", "updated_at")
    ? "r.updated_at"
    : "coalesce(r.end_time, r.start_time)";
  database.exec(
    `UPDATE spans SET created_at = (SELECT strftime('%Y-%m-%d %H:%M:%S', ${end}) FROM runs r WHERE r.run_id = spans.run_id)`,
  );
  database.exec("COMMIT");
}

/**
 * @param {any} database of sql.js
 * @param {string} table
 * @param {string} column
 * @returns {boolean}
 */
function hasColumn(database, table, column) {
  const names = { $table: table, $column: column };
  const [found] = database.exec("SELECT count(*) FROM pragma_table_info($table) WHERE name = $column", names);
  return found.values[0][0] === 1;
}

/**
 * Text keeps its form and its fraction of a second; numbers on a monotonic clock stay as they are.
 *
 * @param {string} table
 * @param {string} column
 * @param {number} seconds whole ones
 */
function moveColumn(table, column, seconds) {
  const move = `'${seconds} seconds'`;
  return `UPDATE ${table} SET ${column} = CASE
    WHEN typeof(${column}) = 'text' THEN
      strftime('%Y-%m-%d', substr(${column}, 1, 19), ${move}) || substr(${column}, 11, 1) ||
      strftime('%H:%M:%S', substr(${column}, 1, 19), ${move}) || substr(${column}, 20)
    WHEN ${column} > 1e9 THEN ${column} + ${seconds}
    ELSE ${column} END`;
}
