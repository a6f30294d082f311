import path from "node:path";
import { makeSampleWorkspace, sampleDatabasePath } from "../../tools/sample-workspace.mjs";
import { rowsOf, stockDatabase } from "../../unit/support/stock-sqlite.ts";
import { emptyFolder } from "./folders.ts";

/** A sample workspace, and what stock sql.js finds in its database. */
export interface Sample {
  readonly folder: string;
  readonly file: string;
  rows(sql: string): Record<string, unknown>[];
}

export async function makeSample(): Promise<Sample> {
  const folder = await makeSampleWorkspace(emptyFolder());
  const file = path.join(folder, sampleDatabasePath);
  const database = await stockDatabase(file);
  return { folder, file, rows: (sql) => rowsOf(database, sql) };
}

/** A run id as lists show it. */
export function shortId(runId: unknown): string {
  return String(runId).replace("run_", "").slice(0, 8);
}
