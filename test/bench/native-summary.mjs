// Asks Node's own SQLite what summary-case.mjs asks the store:   node native-summary.mjs DATABASE [build]
// Each question in two ways, percentiles by window functions or by sorting in JavaScript; the faster one counts.
import { DatabaseSync } from "node:sqlite";
import { report, rounded, timed } from "./case-frame.mjs";
import { boundsOf, questions } from "./summary-questions.mjs";

const database = new DatabaseSync(String(process.argv[2]), { readOnly: true });
database.exec("PRAGMA mmap_size = 8000000000");
const number = (/** @type {string} */ key, /** @type {string} */ older) =>
  `coalesce(json_extract(attributes, '$."${key}"'), json_extract(attributes, '$.${older}'))`;
const cost = number("flujo.budget.actual_cost_usd", "cost_usd");
const tokens = number("flujo.budget.actual_tokens", "token_counts");
const shares = [0.5, 0.9, 0.95, 0.99];

/** @type {Record<string, number>} */
const milliseconds = {};
/** @type {Record<string, unknown>} */
const answers = {};
// Every column that the summary has, and no row for anyone.
const [pass, milliseconds0] = await timed(() =>
  database
    .prepare(
      `SELECT count(*) AS spans, sum(length(run_id)), sum(length(span_id)), sum(length(parent_span_id)), sum(length(name)),
        sum(length(status)), sum(start_time), sum(end_time), sum(${cost}), sum(${tokens}) FROM spans NOT INDEXED`,
    )
    .get(),
);
milliseconds.build = milliseconds0;
const last = database
  .prepare("SELECT max(start) AS last FROM (SELECT unixepoch(max(created_at), 'subsec') AS start FROM runs)")
  .get()?.last;
const { from, to } = boundsOf(Number(last));
for (const name of process.argv[3] === "build" ? [] : questions) {
  if (name === "every") {
    // A filter that takes all is best left out.
    milliseconds[name] = milliseconds.none ?? Number.NaN;
    answers[name] = answers.none;
    continue;
  }
  const [bySql, sqlTime] = await timed(() => inSql(name));
  const [byRows, rowsTime] = await timed(() => inRows(name));
  milliseconds[name] = Math.min(sqlTime, rowsTime);
  if (JSON.stringify(bySql) !== JSON.stringify(byRows))
    throw new Error(`Two ways to ask about ${name} disagree.`);
  answers[name] = bySql;
}
report({ spans: Number(pass?.spans), answers }, 0, milliseconds);

/** @param {string} name */
function source(name) {
  switch (name) {
    case "time":
      // The made-up spans have a monotonic clock; a run's first span starts when its run does.
      return `spans NOT INDEXED JOIN (SELECT run_id AS id, unixepoch(created_at, 'subsec') AS created FROM runs) AS r ON r.id = run_id
        JOIN (SELECT run_id AS id, min(start_time) AS origin FROM spans GROUP BY run_id) AS o ON o.id = run_id
        WHERE start_time - origin + created BETWEEN ${from} AND ${to}`;
    case "name":
      return "spans NOT INDEXED WHERE name = 'draft_reply'";
    case "pipeline":
      return "spans WHERE run_id IN (SELECT run_id FROM runs WHERE pipeline_name = 'code_review')";
    default:
      return "spans NOT INDEXED WHERE true";
  }
}

/** @param {string} name */
function inSql(name) {
  const rank = (/** @type {number} */ share) =>
    `max(CASE WHEN rank = cast(ceil(${share} * total - 1e-9) AS INTEGER) THEN duration END)`;
  return database
    .prepare(
      `SELECT name, count(*) AS count, sum(status = 'failed'), avg(duration), ${shares.map(rank).join(", ")}, sum(cost), sum(tokens)
      FROM (SELECT name, status, end_time - start_time AS duration, ${cost} AS cost, ${tokens} AS tokens,
          row_number() OVER (PARTITION BY name ORDER BY end_time - start_time) AS rank, count(*) OVER (PARTITION BY name) AS total
        FROM ${source(name)} AND end_time IS NOT NULL)
      GROUP BY name ORDER BY name`,
    )
    .all()
    .map((row) => Object.values(row).map((value) => rounded(value)));
}

/** @param {string} name */
function inRows(name) {
  const statement = database.prepare(
    `SELECT name, status = 'failed', end_time - start_time, ${cost}, ${tokens} FROM ${source(name)} AND end_time IS NOT NULL`,
  );
  statement.setReturnArrays(true);
  /** @type {Map<string, { durations: number[], failed: number, cost: number | null, tokens: number | null }>} */
  const names = new Map();
  for (const row of statement.iterate()) {
    const [key, failed, duration, spent, used] = /** @type {any[]} */ (/** @type {unknown} */ (row));
    let one = names.get(key);
    if (one === undefined) {
      one = { durations: [], failed: 0, cost: null, tokens: null };
      names.set(key, one);
    }
    one.durations.push(duration);
    one.failed += failed;
    if (spent !== null) one.cost = (one.cost ?? 0) + spent;
    if (used !== null) one.tokens = (one.tokens ?? 0) + used;
  }
  return Array.from(names, ([key, one]) => {
    const sorted = Float64Array.from(one.durations).sort();
    const average = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
    const ranks = shares.map((share) => sorted[Math.ceil(share * sorted.length - 1e-9) - 1]);
    return [key, sorted.length, one.failed, average, ...ranks, one.cost, one.tokens].map((value) =>
      rounded(value),
    );
  }).sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}
