// Writes the same rows and indexes as a migration with Node's own SQLite:   node native-files.mjs SOURCE OUT
import { DatabaseSync } from "node:sqlite";
import { report, timed } from "./case-frame.mjs";

const [source, out] = process.argv.slice(2).map(String);
const database = new DatabaseSync(String(out));
const [, milliseconds] = await timed(() => {
  database.exec(`PRAGMA journal_mode = off; PRAGMA synchronous = off;
    ATTACH 'file:${encodeURI(String(source))}?mode=ro' AS old;
    CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT NOT NULL, pipeline_version TEXT NOT NULL, status TEXT NOT NULL,
      start_time TEXT NOT NULL, end_time TEXT, total_cost REAL, final_context_blob TEXT);
    CREATE TABLE spans (span_id TEXT PRIMARY KEY, run_id TEXT NOT NULL, parent_span_id TEXT, name TEXT NOT NULL, start_time REAL NOT NULL,
      end_time REAL, status TEXT DEFAULT 'running', attributes TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP);
    INSERT INTO runs SELECT run_id, pipeline_name, pipeline_version, status, created_at, NULL, NULL, NULL FROM old.runs;
    INSERT INTO spans (span_id, run_id, parent_span_id, name, start_time, end_time, status, attributes)
      SELECT span_id, run_id, parent_span_id, name, start_time, end_time, status, attributes FROM old.spans;
    CREATE INDEX idx_spans_run_id ON spans(run_id);
    CREATE INDEX idx_spans_status ON spans(status);
    CREATE INDEX idx_spans_name ON spans(name);
    CREATE INDEX idx_spans_start_time ON spans(start_time);
    CREATE INDEX idx_spans_parent_span_id ON spans(parent_span_id);`);
});
const answer = database.prepare("SELECT count(*) AS spans FROM spans").get()?.spans;
database.close();
report(answer, milliseconds);
