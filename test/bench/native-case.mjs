// Measures one case through Node's own SQLite, with the SQL that a user would write:   node native-case.mjs CASE DATABASE
import { median, report, rounded, timed, treeCount } from "./case-frame.mjs";
import { statisticsFromRows, statisticsFromSql } from "./native-statistics.mjs";

const [name, file] = process.argv.slice(2);

async function open() {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(String(file), { readOnly: true });
  return { database, startColumn: hasColumn(database, "start_time") ? "start_time" : "created_at" };
}

/**
 * @param {import("node:sqlite").DatabaseSync} database
 * @param {string} column of `runs`.
 */
function hasColumn(database, column) {
  return database.prepare("SELECT 1 FROM pragma_table_info('runs') WHERE name = ?").get(column) !== undefined;
}

const newestRuns = (/** @type {string} */ startColumn) =>
  `SELECT * FROM runs ORDER BY ${startColumn} DESC, rowid DESC LIMIT`;

/** @type {Record<string, () => Promise<void>>} */
const cases = {
  idle: async () => report(null, 0),

  open: async () => {
    const [{ database, rows }, milliseconds] = await timed(async () => {
      const { database, startColumn } = await open();
      const costColumn = startColumn === "start_time" ? "cost" : "cost_usd";
      const rows = database
        .prepare(
          `SELECT run.*, count(s.span_id) AS spans, sum(s.status = 'failed') AS failed,
            coalesce(total_cost, (SELECT sum(${costColumn}) FROM steps WHERE run_id = run.run_id)) AS cost
          FROM (${newestRuns(startColumn)} 100) AS run LEFT JOIN spans s ON s.run_id = run.run_id
          GROUP BY run.run_id ORDER BY run.${startColumn} DESC`,
        )
        .all();
      return { database, rows };
    });
    report(
      rows.map((row) => [row.run_id, row.status, row.spans, row.failed, rounded(Number(row.cost))]),
      milliseconds,
    );
    database.close();
  },

  tree: async () => {
    const { database, startColumn } = await open();
    const runs = database.prepare(`${newestRuns(startColumn)} ${treeCount}`).all();
    const times = [];
    const answer = [];
    for (const run of runs) {
      const [roots, milliseconds] = await timed(() => readTree(database, String(run.run_id)));
      times.push(milliseconds);
      answer.push([roots.length, countNodes(roots), roots[0]?.children.length]);
    }
    report(answer, median(times));
    database.close();
  },

  failed: async () => {
    const { database } = await open();
    const [rows, milliseconds] = await timed(() =>
      database
        .prepare(
          `SELECT s.name, s.status, s.start_time, s.end_time, r.pipeline_name
          FROM spans s JOIN runs r ON s.run_id = r.run_id
          WHERE s.status = 'failed' ORDER BY s.start_time DESC`,
        )
        .all(),
    );
    report([rows.length, rows[0]?.name, rows.at(-1)?.name], milliseconds);
    database.close();
  },

  "statistics-rows": async () => {
    const { database } = await open();
    const [statistics, milliseconds] = await timed(() => statisticsFromRows(database));
    report(statistics, milliseconds);
    database.close();
  },

  "statistics-sql": async () => {
    const { database } = await open();
    const [statistics, milliseconds] = await timed(() => statisticsFromSql(database));
    report(statistics, milliseconds);
    database.close();
  },
};

/**
 * @typedef {object} Node
 * @property {Record<string, unknown>} span
 * @property {unknown} attributes
 * @property {Node[]} children
 */

/**
 * @param {import("node:sqlite").DatabaseSync} database
 * @param {string} runId
 * @returns {Node[]}
 */
function readTree(database, runId) {
  const rows = database
    .prepare(
      `SELECT span_id, parent_span_id, name, status, start_time, end_time, attributes
      FROM spans WHERE run_id = ? ORDER BY start_time`,
    )
    .all(runId);
  const nodes = new Map(
    rows.map((span) => [
      span.span_id,
      /** @type {Node} */ ({ span, attributes: JSON.parse(String(span.attributes)), children: [] }),
    ]),
  );
  /** @type {Node[]} */
  const roots = [];
  for (const node of nodes.values()) {
    const parent = nodes.get(/** @type {string} */ (node.span.parent_span_id));
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

/**
 * @param {readonly Node[]} nodes
 * @returns {number}
 */
function countNodes(nodes) {
  return nodes.reduce((count, node) => count + 1 + countNodes(node.children), 0);
}

const measure = cases[String(name)];
if (measure === undefined) throw new Error(`There is no case "${name}".`);
await measure();
