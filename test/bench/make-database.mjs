// Writes a database as flujo leaves it, of any size. Needs Node 24's SQLite:
//
//   node make-database.mjs v0.6.11 1000000 FILE
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { fixtureDir } from "../tools/paths.mjs";
import { madeUpRuns } from "./made-up-runs.mjs";

/** @typedef {import("./made-up-runs.mjs").MadeUpRun} MadeUpRun */
/** @typedef {(run: MadeUpRun) => void} RunWriter */

const runsInTransaction = 2_000;
/** What the first span of a monotonic clock begins at, seconds. */
const uptime = 51_000;

const [layout, spans, file] = process.argv.slice(2);
if (!(layout === "v0.4.32" || layout === "v0.6.11") || !(Number(spans) > 0) || file === undefined) {
  throw new Error("Usage: node make-database.mjs v0.4.32|v0.6.11 SPANS FILE");
}
makeDatabase(layout, Number(spans), file);

/**
 * @param {"v0.4.32" | "v0.6.11"} layout
 * @param {number} spanCount
 * @param {string} file
 */
function makeDatabase(layout, spanCount, file) {
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  // The log stays as the mode of the file; the rest only makes writing fast.
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000000");
  for (const sql of schemaOf(layout)) database.exec(sql);
  const write = layout === "v0.4.32" ? writerOf0432(database) : writerOf0611(database);
  let inTransaction = 0;
  database.exec("BEGIN");
  for (const run of madeUpRuns(spanCount)) {
    write(run);
    inTransaction += 1;
    if (inTransaction < runsInTransaction) continue;
    database.exec("COMMIT; BEGIN");
    inTransaction = 0;
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
}

/**
 * The statements with which flujo itself made the fixture of this layout, its version number among them.
 *
 * @param {string} layout
 * @returns {string[]}
 */
function schemaOf(layout) {
  const folder = mkdtempSync(path.join(tmpdir(), "flujo-lens-schema-"));
  try {
    const copy = path.join(folder, "fixture.db");
    writeFileSync(
      copy,
      gunzipSync(readFileSync(path.join(fixtureDir, "databases", `flujo-${layout}.db.gz`))),
    );
    const fixture = new DatabaseSync(copy);
    const statements = fixture
      .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
      .all()
      .map(({ sql }) => String(sql));
    const version = Number(fixture.prepare("PRAGMA user_version").get()?.user_version);
    fixture.close();
    return [...statements, `PRAGMA user_version = ${version}`];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {DatabaseSync} database
 * @returns {RunWriter}
 */
function writerOf0432(database) {
  const runs = database.prepare("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const spans = database.prepare("INSERT INTO spans VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const steps = database.prepare("INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  const states =
    database.prepare(`INSERT INTO workflow_state (run_id, pipeline_id, pipeline_name, pipeline_version,
    current_step_index, pipeline_context, step_history, status, created_at, updated_at, total_steps, error_message, execution_time_ms)
    VALUES (?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?)`);
  return (run) => {
    const { id, pipeline, version, status } = run;
    const [start, end, context] = [isoTime(run.start), isoTime(run.end), JSON.stringify({ n: run.number })];
    const cost = run.steps.reduce((sum, step) => sum + step.cost, 0);
    runs.run(id, pipeline, version, status, start, end, cost, context);
    states.run(
      ...[id, pipeline, pipeline, version, run.steps.length, context, status, start, start],
      ...outcome(run),
    );
    for (const step of run.steps) {
      const [input, error] = [
        JSON.stringify(`input of ${step.name}`),
        step.error && JSON.stringify(step.error),
      ];
      const output = step.error === null ? '{"ok": true}' : "null";
      steps.run(
        ...[`${id}:${step.index}`, id, step.name, step.index, step.status, start, start, step.milliseconds],
        ...[step.cost, step.tokens, input, output, error],
      );
    }
    for (const span of run.spans) {
      const attributes = spacedJson(span.attributes);
      spans.run(
        ...[
          span.id,
          id,
          span.parent,
          span.name,
          span.start,
          span.end,
          span.status,
          attributes,
          sqliteTime(run.end),
        ],
      );
    }
  };
}

/**
 * @param {DatabaseSync} database
 * @returns {RunWriter}
 */
function writerOf0611(database) {
  const runs =
    database.prepare(`INSERT INTO runs (run_id, pipeline_id, pipeline_name, pipeline_version, status, created_at,
    updated_at, total_steps, error_message, execution_time_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const spans =
    database.prepare(`INSERT INTO spans (run_id, span_id, parent_span_id, name, start_time, end_time, status,
    attributes, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const steps =
    database.prepare(`INSERT INTO steps (run_id, step_name, step_index, status, output, cost_usd, token_counts,
    execution_time_ms, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const states =
    database.prepare(`INSERT INTO workflow_state (run_id, pipeline_id, pipeline_name, pipeline_version,
    current_step_index, pipeline_context, step_history, status, created_at, updated_at, total_steps, error_message, execution_time_ms)
    VALUES (?, ?, ?, ?, ?, ?, '[]', ?, ?, ?, ?, ?, ?)`);
  /** @type {number | undefined} */
  let origin;
  return (run) => {
    const { id, pipeline, version, status } = run;
    origin ??= run.start - uptime;
    const [start, end] = [isoTime(run.start), isoTime(run.end)];
    runs.run(...[id, pipeline, pipeline, version, status, start, end], ...outcome(run));
    const context = JSON.stringify({ n: run.number });
    states.run(
      ...[id, pipeline, pipeline, version, run.steps.length, context, status, start, start],
      ...outcome(run),
    );
    for (const step of run.steps) {
      const output = step.error === null ? '{"ok":true}' : null;
      steps.run(
        ...[id, step.name, step.index, step.status, output, step.cost, step.tokens, step.milliseconds, start],
      );
    }
    for (const span of run.spans) {
      const [began, ended] = [span.start - origin, span.end - origin];
      const attributes = JSON.stringify(span.attributes);
      spans.run(
        ...[id, span.id, span.parent, span.name, began, ended, span.status, attributes, sqliteTime(run.end)],
      );
    }
  };
}

/**
 * Number of steps, error and milliseconds.
 *
 * @param {MadeUpRun} run
 * @returns {[number, string | null, number]}
 */
function outcome(run) {
  return [run.steps.length, run.error, Math.floor((run.end - run.start) * 1000)];
}

/**
 * As Python's `json.dumps` writes an object without nested ones.
 *
 * @param {Record<string, unknown>} value
 */
function spacedJson(value) {
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${JSON.stringify(one)}`);
  return `{${entries.join(", ")}}`;
}

/**
 * As Python's `isoformat` of a time in UTC.
 *
 * @param {number} seconds since the epoch.
 */
function isoTime(seconds) {
  const whole = Math.floor(seconds);
  const micros = Math.floor((seconds - whole) * 1e6);
  const fraction = micros === 0 ? "" : `.${String(micros).padStart(6, "0")}`;
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${fraction}+00:00`;
}

/** @param {number} seconds since the epoch. */
function sqliteTime(seconds) {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace("T", " ");
}
