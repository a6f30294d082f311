// The same statistics as the store's, but for self times, as a user would get them from Node's own SQLite: two ways.
import { rounded } from "./case-frame.mjs";

const costPath = `'$."flujo.budget.actual_cost_usd"'`;
const tokensPath = `'$."flujo.budget.actual_tokens"'`;
const percentiles = [0.5, 0.9, 0.95, 0.99];

/**
 * One pass over the rows, everything else in JavaScript.
 *
 * @param {import("node:sqlite").DatabaseSync} database
 */
export function statisticsFromRows(database) {
  const statement = database.prepare(
    `SELECT s.name, s.status, s.start_time, s.end_time,
      json_extract(s.attributes, ${costPath}), json_extract(s.attributes, ${tokensPath}), r.pipeline_name
    FROM spans s JOIN runs r ON s.run_id = r.run_id`,
  );
  statement.setReturnArrays(true);
  /** @type {Map<string, { durations: number[], failed: number, cost: number, tokens: number, known: boolean }>} */
  const byName = new Map();
  /** @type {Record<string, number>} */
  const byStatus = {};
  /** @type {Record<string, number>} */
  const byPipeline = {};
  let unfinished = 0;
  for (const row of statement.iterate()) {
    const [name, status, start, end, cost, tokens, pipeline] = /** @type {any[]} */ (
      /** @type {unknown} */ (row)
    );
    if (end === null) {
      unfinished += 1;
      continue;
    }
    byStatus[status] = (byStatus[status] ?? 0) + 1;
    byPipeline[pipeline] = (byPipeline[pipeline] ?? 0) + 1;
    let totals = byName.get(name);
    if (totals === undefined) {
      totals = { durations: [], failed: 0, cost: 0, tokens: 0, known: false };
      byName.set(name, totals);
    }
    totals.durations.push(end - start);
    if (status === "failed") totals.failed += 1;
    if (cost === null) continue;
    totals.known = true;
    totals.cost += cost;
    totals.tokens += tokens;
  }
  const names = Array.from(byName, ([name, { durations, failed, cost, tokens, known }]) => {
    const sorted = Float64Array.from(durations).sort();
    const sum = sorted.reduce((total, one) => total + one, 0);
    return [
      ...[name, sorted.length, failed, sum / sorted.length, sorted[0], sorted.at(-1)],
      ...percentiles.map((share) => sorted[Math.ceil(share * sorted.length - 1e-9) - 1]),
      ...(known ? [cost, tokens] : [null, null]),
    ];
  });
  return statisticsAnswer(unfinished, byStatus, byPipeline, names);
}

/**
 * Everything in SQL: percentiles by window functions.
 *
 * @param {import("node:sqlite").DatabaseSync} database
 */
export function statisticsFromSql(database) {
  const rank = (/** @type {number} */ share) =>
    `max(CASE WHEN rank = cast(ceil(${share} * total - 1e-9) AS INTEGER) THEN duration END)`;
  /** @type {any[][]} */
  const names = database
    .prepare(
      `SELECT name, count(*) AS count, sum(status = 'failed') AS failed, avg(duration) AS avg, min(duration) AS min, max(duration) AS max,
        ${percentiles.map((share, index) => `${rank(share)} AS p${index}`).join(", ")}, sum(cost) AS cost, sum(tokens) AS tokens
      FROM (SELECT name, status, end_time - start_time AS duration,
          row_number() OVER (PARTITION BY name ORDER BY end_time - start_time) AS rank, count(*) OVER (PARTITION BY name) AS total,
          json_extract(attributes, ${costPath}) AS cost, json_extract(attributes, ${tokensPath}) AS tokens
        FROM spans WHERE end_time IS NOT NULL)
      GROUP BY name`,
    )
    .all()
    .map((row) => Object.values(row));
  const counts = (/** @type {string} */ sql) =>
    Object.fromEntries(
      database
        .prepare(sql)
        .all()
        .map(({ name, count }) => [name, count]),
    );
  const unfinished = database
    .prepare("SELECT count(*) AS count FROM spans WHERE end_time IS NULL")
    .get()?.count;
  return statisticsAnswer(
    Number(unfinished),
    counts("SELECT status AS name, count(*) AS count FROM spans WHERE end_time IS NOT NULL GROUP BY status"),
    counts(`SELECT r.pipeline_name AS name, count(*) AS count FROM spans s JOIN runs r ON s.run_id = r.run_id
      WHERE s.end_time IS NOT NULL GROUP BY r.pipeline_name`),
    names,
  );
}

/**
 * @param {number} unfinished
 * @param {Record<string, any>} byStatus
 * @param {Record<string, any>} byPipeline
 * @param {any[][]} names
 */
function statisticsAnswer(unfinished, byStatus, byPipeline, names) {
  const byCount = (/** @type {Record<string, any>} */ counts) =>
    Object.fromEntries(Object.entries(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
  return {
    total_spans: names.reduce((sum, [, count]) => sum + count, 0),
    unfinished_spans: unfinished,
    by_status: byCount(byStatus),
    by_pipeline: byCount(byPipeline),
    names: names
      .map((row) => row.map((value) => rounded(value)))
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)),
  };
}
