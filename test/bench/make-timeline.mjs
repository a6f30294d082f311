// Writes a database with one run of each of the given sizes, as flujo 0.6.11 leaves it. Needs Node 24's SQLite:
//
//   node make-timeline.mjs FILE 1000 10000
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { fixtureDir } from "../tools/paths.mjs";

const [file, ...sizes] = process.argv.slice(2);
if (file === undefined || sizes.length === 0) throw new Error("Usage: node make-timeline.mjs FILE SIZE…");

/** Seconds from one span's start to the next. */
const step = 0.05;
const names = ["read", "parse", "call_model", "check", "write", "retry", "log"];

writeFileSync(file, gunzipSync(readFileSync(path.join(fixtureDir, "databases", "flujo-v0.6.11.db.gz"))));
const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
database.exec("PRAGMA synchronous = OFF");
for (const table of ["spans", "runs", "steps", "workflow_state"]) database.exec(`DELETE FROM ${table}`);
const addRun = database.prepare(
  "INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at, updated_at) VALUES (?, ?, ?, '1', 'failed', ?, ?)",
);
const addSpan = database.prepare(
  "INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
);
for (const [number, size] of sizes.map(Number).entries()) {
  const run = `run_${String(size).padStart(8, "0")}`;
  const created = new Date(Date.UTC(2025, 9, 1, number)).toISOString();
  database.exec("BEGIN");
  addRun.run(run, "timeline", `timeline_of_${String(size).padStart(7, "0")}`, created, created);
  for (let index = 0; index < size; index++) addSpan.run(...span(run, created, index, size));
  database.exec("COMMIT");
}
database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
database.close();

/**
 * Groups of 50 under the root, four levels deep; one span in a thousand failed.
 *
 * @param {string} run
 * @param {string} created
 * @param {number} index
 * @param {number} size
 */
function span(run, created, index, size) {
  const id = (/** @type {number} */ at) => `${run}_${at}`;
  const place = index === 0 ? 0 : (index - 1) % 50;
  const group = index - place;
  const parent =
    index === 0
      ? null
      : place === 0
        ? id(0)
        : place % 7 === 1
          ? id(group)
          : id(index - (place % 7 === 0 ? 6 : (place % 7) - 1));
  const start = 51_000 + index * step;
  const length = index === 0 ? size * step : place === 0 ? 50 * step : step * (1 + ((index * 7919) % 13) / 4);
  const failed = index % 1000 === 999;
  const attributes = failed
    ? { error_type: "timeout", feedback: `No answer for item ${index}` }
    : { "flujo.step.type": "agent", "flujo.attempt_number": 1 };
  return [
    ...[run, id(index), parent, index === 0 ? "pipeline_run" : (names[index % 7] ?? "")],
    ...[start, start + length, failed ? "failed" : "completed", JSON.stringify(attributes), created],
  ];
}
