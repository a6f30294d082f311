// Measures the summary of all spans through the store:   node summary-case.mjs DATABASE STORE [build]
// The first question builds the summary and its sums over all spans; then the filters change, with other bounds or names each time.
import { createRequire } from "node:module";
import { median, report, rounded, timed } from "./case-frame.mjs";
import { boundsOf, changes, questions } from "./summary-questions.mjs";

const [file, storeModule, only] = process.argv.slice(2);
/** @type {typeof import("../../src/store/store.ts")} */
const { openTraceStore } = createRequire(import.meta.url)(String(storeModule));

const [store, open] = await timed(async () => {
  const opened = await openTraceStore(String(file), { summaryMemory: 1024 });
  await opened.listRuns({ limit: 100 });
  return opened;
});
const [all, build] = await timed(() => store.getSpanStatistics());
const others = Object.keys(all.by_name).filter((name) => name !== "draft_reply");
const bounds = boundsOf((await store.listRuns({ limit: 1 }))[0]?.start_time ?? 0);
/** @type {Record<string, number>} */
const milliseconds = { open, build };
/** @type {Record<string, unknown>} */
const answers = {};
for (const name of only === "build" ? [] : questions) {
  const times = [];
  for (let turn = changes - 1; turn >= 0; turn -= 1) {
    const [statistics, time] = await timed(() => store.getSpanStatistics(query(name, turn)));
    times.push(time);
    if (turn > 0) continue;
    answers[name] = Object.entries(statistics.durations)
      .map(([key, one]) => [
        ...[key, one.count, one.failed, rounded(one.avg), rounded(one.p50), rounded(one.p90)],
        ...[rounded(one.p95), rounded(one.p99), rounded(one.cost), one.tokens],
      ])
      .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
  }
  milliseconds[name] = median(times);
}
report({ spans: all.total_spans, answers }, 0, milliseconds);
await store.close();

/**
 * @param {string} name
 * @param {number} turn 0 for the question itself; other turns ask for all but the same.
 * @returns {import("../../src/store/store.ts").StatisticsQuery}
 */
function query(name, turn) {
  /** @type {import("../../src/store/store.ts").DurationRange | undefined} */
  const durationRange = turn === 0 ? undefined : [undefined, 1e6 + turn];
  switch (name) {
    case "time":
      return { timeRange: [bounds.from + turn, bounds.to], durationRange };
    case "name":
      return { names: turn === 0 ? ["draft_reply"] : ["draft_reply", others[turn] ?? ""] };
    case "pipeline":
      return { pipelineName: "code_review", durationRange };
    case "every":
      return { durationRange: [undefined, 1e6 + turn] };
    default:
      return {};
  }
}
