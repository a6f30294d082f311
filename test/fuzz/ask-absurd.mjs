// Asks everything of one database, or only some questions, and prints what came of it and what it took:
// node ask-absurd.mjs STORE DATABASE [QUESTION…]
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , bundle, database, ...wanted] = process.argv;
const { openTraceStore } = await import(pathToFileURL(/** @type {string} */ (bundle)).href);
const store = await openTraceStore(/** @type {string} */ (database));
/** @type {Record<string, string>} */
const answers = {};
/** @type {Record<string, number>} */
const times = {};

/**
 * @template T
 * @param {string} what
 * @param {() => Promise<T>} question
 * @param {(answer: T) => unknown} [brief]
 */
async function ask(what, question, brief = () => "answered") {
  if (wanted.length > 0 && !wanted.includes(what)) return;
  const begun = performance.now();
  try {
    answers[what] = String(brief(await question()));
  } catch (thrown) {
    const { kind, message } = /** @type {{ kind?: string, message: string }} */ (thrown);
    answers[what] = `${kind}: ${message}`;
  }
  times[what] = Math.round(performance.now() - begun);
}

await ask(
  "runs",
  () => store.listRuns({ limit: 100 }),
  (runs) => runs.length,
);
await ask(
  "level",
  () => store.getLevel("run_1", { limit: 200 }),
  ({ items }) => items[0].name.length,
);
let key = 1;
await ask(
  "outline",
  () => store.getOutline("run_1", { limit: 1000 }),
  ({ spans, total }) => {
    key = spans.at(-1).key;
    return total;
  },
);
await ask(
  "columns",
  () => store.getOutlineColumns("run_1"),
  ({ size }) => size,
);
await ask(
  "trace",
  () => store.getTrace("run_1"),
  ({ spans }) => spans.length,
);
await ask(
  "page",
  () => store.getTracePage("run_1"),
  ({ total }) => total,
);
await ask("run", () => store.getRunDetail("run_1"));
await ask("detail", () => store.getSpanDetail("run_1", key));
await ask("history", () => store.getStepHistory("run_1", key));
await ask(
  "statistics",
  () => store.getSpanStatistics(),
  ({ total_spans }) => total_spans,
);
await ask("report", () => store.getStatisticsReport());
await ask("errors", () => store.query("error-patterns"));
await store.close();
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
// On Linux `maxRSS` begins with what the process held that started this one.
const [, peak] =
  process.platform === "linux"
    ? (/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [])
    : [undefined, maxRSS];
console.log(
  JSON.stringify({ answers, times, peak: Number(peak) * 1024, cpu: (userCPUTime + systemCPUTime) / 1e6 }),
);
