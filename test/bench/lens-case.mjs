// Measures one case through the store:   node lens-case.mjs CASE DATABASE STORE
import { pathToFileURL } from "node:url";
import { median, report, rounded, timed, treeCount } from "./case-frame.mjs";

const [name, file, storeModule] = process.argv.slice(2);

/** @returns {Promise<import("../../src/store/store.ts").TraceStore>} */
async function open() {
  const { openTraceStore } = (await import(pathToFileURL(String(storeModule)).href)).default;
  return openTraceStore(file);
}

/** @type {Record<string, () => Promise<void>>} */
const cases = {
  idle: async () => report(null, 0),

  open: async () => {
    const [{ store, runs }, milliseconds] = await timed(async () => {
      const opened = await open();
      return { store: opened, runs: await opened.listRuns({ limit: 100 }) };
    });
    report(
      runs.map((run) => [run.run_id, run.status, run.span_count, run.failed_count, rounded(run.total_cost)]),
      milliseconds,
    );
    await store.close();
  },

  tree: async () => {
    const store = await open();
    const times = [];
    const answer = [];
    for (const run of await store.listRuns({ limit: treeCount })) {
      const [trace, milliseconds] = await timed(() => store.getTrace(run.run_id));
      times.push(milliseconds);
      answer.push([trace.roots.length, trace.spans.length, trace.roots[0]?.children.length]);
    }
    report(answer, median(times));
    await store.close();
  },

  failed: async () => {
    const store = await open();
    const [rows, milliseconds] = await timed(() => store.query("failed-spans"));
    report([rows.length, rows[0]?.name, rows.at(-1)?.name], milliseconds);
    await store.close();
  },

  statistics: async () => {
    const store = await open();
    const [statistics, milliseconds] = await timed(() => store.getSpanStatistics());
    const names = Object.entries(statistics.durations).map(([name, one]) => [
      ...[name, one.count, one.failed, rounded(one.avg), rounded(one.min), rounded(one.max)],
      ...[
        rounded(one.p50),
        rounded(one.p90),
        rounded(one.p95),
        rounded(one.p99),
        rounded(one.cost),
        one.tokens,
      ],
    ]);
    const { total_spans, unfinished_spans, by_status, by_pipeline } = statistics;
    report({ total_spans, unfinished_spans, by_status, by_pipeline, names }, milliseconds);
    await store.close();
  },

  report: async () => {
    const store = await open();
    const [, milliseconds] = await timed(() => store.getStatisticsReport());
    report(null, milliseconds);
    await store.close();
  },
};

const measure = cases[String(name)];
if (measure === undefined) throw new Error(`There is no case "${name}".`);
await measure();
