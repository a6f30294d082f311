import type { DiskDatabase } from "./disk-database.ts";
import type { TableSchema } from "./table-schema.ts";

/** Rows of these say that there was a run. Those of `spans` tell most about it. */
const TELLING = ["spans", "traces", "steps", "workflow_state", "evaluations"];

/**
 * Gives a row to each run of which only spans, steps or other things are left, so that they can be found. Returns the ids.
 */
export function makeRunRows(database: DiskDatabase, schemas: readonly TableSchema[]): string[] {
  const tables = new Map(schemas.map((schema) => [schema.name.toLowerCase(), new Set(schema.columns)]));
  const runs = tables.get("runs");
  if (runs === undefined || !runs.has("run_id")) return [];
  const made: string[] = [];
  for (const table of TELLING) {
    const columns = tables.get(table);
    if (columns === undefined || !columns.has("run_id")) continue;
    const ids = database
      .all(
        `SELECT DISTINCT run_id FROM ${table} WHERE run_id IS NOT NULL AND run_id NOT IN (SELECT run_id FROM runs WHERE run_id IS NOT NULL)`,
      )
      .map(([id]) => String(id));
    for (const id of ids) {
      const facts: [column: string, sql: string][] = [
        ["run_id", "?1"],
        ["status", "'unknown'"],
        ["pipeline_name", "''"],
        ["pipeline_version", "''"],
        ["start_time", startOf(table, columns)],
        ["created_at", startOf(table, columns)],
      ];
      const known = facts.filter(([column]) => runs.has(column));
      database.execute(
        `INSERT INTO runs (${known.map(([column]) => column).join(", ")}) VALUES (${known.map(([, sql]) => sql).join(", ")})`,
        [id],
      );
      made.push(id);
    }
  }
  return made;
}

/** When the run began, as text, as far as these rows tell. */
function startOf(table: string, columns: ReadonlySet<string>): string {
  const written = columns.has("created_at")
    ? `(SELECT min(created_at) FROM ${table} WHERE run_id = ?1)`
    : "NULL";
  if (table === "steps" && columns.has("start_time"))
    return `(SELECT min(start_time) FROM steps WHERE run_id = ?1)`;
  if (table !== "spans" || !columns.has("start_time")) return written;
  // Smaller numbers are of a clock that tells no date.
  return `(SELECT coalesce(strftime('%Y-%m-%dT%H:%M:%f+00:00', min(start_time), 'unixepoch'), ${written})
    FROM spans WHERE run_id = ?1 AND start_time > 1e9)`;
}
