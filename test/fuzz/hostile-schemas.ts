const runs = `CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name TEXT, pipeline_version TEXT, status TEXT,
  created_at TEXT, updated_at TEXT, total_cost REAL);
  INSERT INTO runs VALUES ('run_1', 'p', '1', 'failed', '2025-10-01T08:00:00', '2025-10-01T08:00:01', 1);`;
const columns = "run_id, span_id, parent_span_id, name, start_time, end_time, status, attributes, created_at";
const spans = `CREATE TABLE spans (id INTEGER PRIMARY KEY, ${columns});
  INSERT INTO spans VALUES (1, 'run_1', 'a', NULL, 'n', 1.0, 2.0, 'failed', '{}', NULL);`;
const endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)";

/** Schemas that look like flujo's and are traps. */
export const hostileSchemas: readonly (readonly [what: string, sql: string])[] = [
  [
    "an endless view in place of the runs",
    `${spans} CREATE VIEW runs AS ${endless} SELECT 'r' || n AS run_id, 'p' AS pipeline_name, '1' AS pipeline_version,
      'failed' AS status, '' AS created_at, '' AS updated_at, 0 AS total_cost FROM c;`,
  ],
  [
    "an endless view in place of the spans",
    `${runs} CREATE VIEW spans AS ${endless} SELECT n AS id, 'run_1' AS run_id, 's' || n AS span_id,
      NULL AS parent_span_id, 'n' AS name, 1.0 AS start_time, 2.0 AS end_time, 'failed' AS status, '{}' AS attributes,
      NULL AS created_at FROM c;`,
  ],
  [
    "a view of itself",
    `${runs} CREATE TABLE other (${columns}); CREATE VIEW spans AS SELECT 1 AS id, * FROM other;
     CREATE TRIGGER t INSTEAD OF INSERT ON spans BEGIN DELETE FROM runs; END;`,
  ],
  [
    "generated columns",
    `${runs} CREATE TABLE spans (id INTEGER PRIMARY KEY, run_id, span_id, parent_span_id, name AS (hex(zeroblob(1000000))),
      start_time REAL, end_time REAL AS (start_time / 0), status AS (printf('%.*c', 1000, 'x')),
      attributes AS (replace(hex(zeroblob(1000000)), '00', '[')), created_at);
     INSERT INTO spans (id, run_id, span_id, start_time) VALUES (1, 'run_1', 'a', 1.0), (2, 'run_1', 'a', 1e308), (3, 'run_1', 'b', -1e308);`,
  ],
  [
    "triggers on every table",
    `${runs} ${spans} CREATE TRIGGER a AFTER INSERT ON runs BEGIN DELETE FROM spans; END;
     CREATE TRIGGER b AFTER DELETE ON spans BEGIN INSERT INTO runs (run_id) VALUES (random()); END;`,
  ],
  [
    "values of every type everywhere",
    `CREATE TABLE runs (run_id, pipeline_name, pipeline_version, status, created_at, updated_at, total_cost);
     INSERT INTO runs VALUES (NULL, 1, 2.5, x'00ff', x'', 1e999, 'much'), (7, x'00', NULL, 3, -1e999, 'never', x'01'),
       ('run_1', 'p', '1', 'failed', '9999-99-99T99:99:99', '0000', 'NaN'), ('run_1', 'p', '1', 'failed', '', '', '');
     CREATE TABLE spans (id, ${columns});
     INSERT INTO spans VALUES (NULL, 7, NULL, NULL, NULL, 'x', x'00', NULL, x'7b7d', 1), ('a', 'run_1', 'a', 'a', 5, 9e999, -9e999, 1, '[[[[', 2),
       (1.5, 'run_1', 'b', 'c', 'n', 1, 2, 'failed', '{"a":', 2), (1e18, 'run_1', 'c', 'b', 'n', 1, 2, 'failed', '{"__proto__":{"x":1},"toString":1}', 2);`,
  ],
  [
    "parents in circles",
    `${runs} ${spans} INSERT INTO spans VALUES (2, 'run_1', 'b', 'c', 'n', 1, 2, 'failed', '{}', NULL),
      (3, 'run_1', 'c', 'd', 'n', 1, 2, 'failed', '{}', NULL), (4, 'run_1', 'd', 'b', 'n', 1, 2, 'failed', '{}', NULL);`,
  ],
  [
    "tables without a rowid",
    `CREATE TABLE runs (run_id TEXT PRIMARY KEY, pipeline_name, pipeline_version, status, created_at, updated_at, total_cost) WITHOUT ROWID;
     INSERT INTO runs VALUES ('run_1', 'p', '1', 'failed', '2025-10-01T08:00:00', '2025-10-01T08:00:01', 1);
     CREATE TABLE spans (id INTEGER, ${columns}, PRIMARY KEY (id)) WITHOUT ROWID;
     INSERT INTO spans VALUES (1, 'run_1', 'a', NULL, 'n', 1.0, 2.0, 'failed', '{}', NULL);`,
  ],
  ["names that differ in case", runs.replaceAll("runs", "RUNS") + spans.replaceAll("spans", "Spans")],
  ["steps and runs only", `${runs} CREATE TABLE steps (run_id, step_name, step_index, status);`],
  ["nothing", "CREATE TABLE empty (x);"],
];
