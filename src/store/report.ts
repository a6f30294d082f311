import type { Reader, SqlValue } from "../engine/reader.ts";
import { HistogramCounts } from "./histogram.ts";
import type { ErrorPattern, PipelinePerformance, State, StatisticsQuery, StatisticsReport } from "./model.ts";
import { nearestRank } from "./percentiles.ts";
import { readToldErrors } from "./run-spans.ts";
import { fingerprint, mergeErrors } from "./span-error.ts";
import { type PassedRun, passOverSpans, within } from "./span-pass.ts";
import { StatisticsTotals } from "./statistics.ts";
import { stateOfRun, stateOfSpan } from "./status.ts";
import { buildTree } from "./tree.ts";
import { asNumber, asText, parseTime } from "./values.ts";

/** A report before its snapshot is known. */
export type BareReport = Omit<StatisticsReport, "statistics"> & {
  statistics: Omit<StatisticsReport["statistics"], "snapshot">;
};

/** Everything the Statistics tab shows; see `TraceStore.getStatisticsReport`. */
export function statisticsReport(reader: Reader, query: StatisticsQuery): BareReport {
  let spans = new SpanSide(reader);
  passOverSpans(
    reader,
    query,
    (run) => spans.add(run),
    () => {
      spans = new SpanSide(reader);
    },
  );
  const runs = runSide(reader, query);
  return {
    statistics: spans.totals.result(),
    runs: runs.totals,
    pipelines: runs.pipelines.map((pipeline) => ({
      ...pipeline,
      ...spans.ofPipeline(pipeline.pipeline_name),
    })),
    errors: spans.errors.result(),
    histogram: spans.histogram.result(),
    covered: spans.covered(),
  };
}

/** Rows of the `error-patterns` query: the deepest failed spans of all time, most frequent first. */
export function errorPatterns(reader: Reader): ErrorPattern[] {
  let patterns = new ErrorPatterns(reader);
  passOverSpans(
    reader,
    {},
    (run) => patterns.add(run),
    () => {
      patterns = new ErrorPatterns(reader);
    },
  );
  return patterns.result();
}

class SpanSide {
  readonly totals = new StatisticsTotals();
  readonly histogram = new HistogramCounts();
  readonly errors: ErrorPatterns;
  readonly #pipelines = new Map<string, { total_spans: number; failed_spans: number }>();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(reader: Reader) {
    this.errors = new ErrorPatterns(reader);
  }

  add(passed: PassedRun): void {
    this.totals.add(passed);
    this.errors.add(passed);
    const { rows, run } = passed;
    const pipeline = this.#pipelines.get(run.pipeline_name) ?? { total_spans: 0, failed_spans: 0 };
    this.#pipelines.set(run.pipeline_name, pipeline);
    for (let row = 0; row < rows.keys.length; row += 1) {
      if (!passed.inRange(row) || Number.isNaN(rows.ends[row]!)) continue;
      const failed = stateOfSpan(rows.statuses[row]!, true) === "failed";
      this.histogram.add(rows.ends[row]! - rows.starts[row]!, failed);
      pipeline.total_spans += 1;
      if (failed) pipeline.failed_spans += 1;
      const start = passed.wallStart(row);
      if (start < this.#from) this.#from = start;
      if (start > this.#to) this.#to = start;
    }
  }

  ofPipeline(name: string): { total_spans: number; failed_spans: number } {
    return this.#pipelines.get(name) ?? { total_spans: 0, failed_spans: 0 };
  }

  covered(): StatisticsReport["covered"] {
    return this.#from <= this.#to ? [this.#from, this.#to] : null;
  }
}

const PATTERN_MESSAGE = 300;

/** Groups failed spans without failed spans below them by name, type and the shape of the message. */
class ErrorPatterns {
  readonly #groups = new Map<string, ErrorPattern>();

  constructor(private readonly reader: Reader) {}

  add(passed: PassedRun): void {
    const { rows, run } = passed;
    const isFailed = rows.statuses.map((status) => stateOfRun(status) === "failed");
    if (!isFailed.includes(true)) return;
    const tree = buildTree(rows);
    const failedBelow = new Uint8Array(rows.keys.length);
    let told: ReturnType<typeof readToldErrors> | undefined;
    for (let at = tree.order.length - 1; at >= 0; at -= 1) {
      const row = tree.order[at]!;
      const up = tree.parent[row]!;
      if (up >= 0 && (isFailed[row] || failedBelow[row])) failedBelow[up] = 1;
      if (!isFailed[row] || failedBelow[row] || !passed.inRange(row)) continue;
      const own = rows.hints.get(row);
      if (own?.type === undefined) told ??= readToldErrors(this.reader, run.run_id);
      const error = mergeErrors(own, told?.steps.get(rows.names[row]!), told?.run);
      const start = passed.wallStart(row);
      this.#count({
        name: rows.names[row]!,
        error_type: error.type,
        message: error.message.slice(0, PATTERN_MESSAGE),
        count: 1,
        last_time: Number.isNaN(start) ? null : start,
        last_run_id: run.run_id,
        last_key: rows.keys[row]!,
      });
    }
  }

  #count(one: ErrorPattern): void {
    const id = JSON.stringify([one.name, one.error_type, fingerprint(one.message)]);
    const group = this.#groups.get(id);
    if (!group) this.#groups.set(id, one);
    else {
      const newest = (one.last_time ?? 0) >= (group.last_time ?? 0) ? one : group;
      this.#groups.set(id, { ...newest, count: group.count + 1 });
    }
  }

  result(): ErrorPattern[] {
    return Array.from(this.#groups.values()).sort(
      (a, b) => b.count - a.count || (b.last_time ?? 0) - (a.last_time ?? 0) || (a.name < b.name ? -1 : 1),
    );
  }
}

interface RunTotals {
  readonly totals: StatisticsReport["runs"];
  readonly pipelines: Omit<PipelinePerformance, "total_spans" | "failed_spans">[];
}

/** Counts whole runs: those that began in the range. Their cost is the run's own, else the sum of its steps'. */
function runSide(reader: Reader, { pipelineName, timeRange }: StatisticsQuery): RunTotals {
  const byState: Partial<Record<State, number>> = {};
  const pipelines = new Map<
    string,
    { runs: number; failed: number; durations: number[]; cost: number | null }
  >();
  let total = 0;
  let cost: number | null = null;
  let tokens: number | null = null;
  reader.each(
    `SELECT run.pipeline_name, run.status, run.start_text, run.end_text, run.updated_text, run.total_cost, step.cost, step.tokens
      FROM lens_runs AS run
      LEFT JOIN (SELECT run_id, sum(cost) AS cost, sum(tokens) AS tokens FROM lens_steps GROUP BY run_id) AS step
        ON step.run_id = run.run_id
      WHERE ?1 IS NULL OR run.pipeline_name = ?1`,
    [pipelineName ?? null],
    (row) => {
      const start = parseTime(row[2]) ?? Number.NaN;
      if (!within(start, timeRange)) return;
      const name = asText(row[0]) ?? "";
      const state = stateOfRun(asText(row[1]) ?? "unknown");
      const runCost = asNumber(row[5]) ?? asNumber(row[6]);
      const pipeline = pipelines.get(name) ?? { runs: 0, failed: 0, durations: [], cost: null };
      pipelines.set(name, pipeline);
      total += 1;
      byState[state] = (byState[state] ?? 0) + 1;
      pipeline.runs += 1;
      if (state === "failed") pipeline.failed += 1;
      pipeline.cost = plus(pipeline.cost, runCost);
      cost = plus(cost, runCost);
      tokens = plus(tokens, asNumber(row[7]));
      const end = state === "running" ? null : (parseTime(row[3]) ?? parseTime(row[4]));
      if (end !== null && !Number.isNaN(start)) pipeline.durations.push(end - start);
    },
  );
  return {
    totals: { total, by_state: byState, cost, tokens },
    pipelines: Array.from(pipelines)
      .sort(([a, x], [b, y]) => y.runs - x.runs || (a < b ? -1 : 1))
      .map(([pipeline_name, { runs, failed, durations, cost }]) => {
        const sorted = Float64Array.from(durations).sort();
        return {
          pipeline_name,
          runs,
          failed_runs: failed,
          p50: sorted.length > 0 ? nearestRank(sorted, 0.5) : null,
          p95: sorted.length > 0 ? nearestRank(sorted, 0.95) : null,
          cost,
        };
      }),
  };
}

function plus(sum: number | null, value: number | null): number | null {
  return value === null ? sum : (sum ?? 0) + value;
}

/** Error patterns as rows of a named query, which have SQL values only. */
export function patternRows(patterns: readonly ErrorPattern[]): Record<string, SqlValue>[] {
  return patterns.map(({ name, error_type, message, count, last_time, last_run_id }) => ({
    name,
    status: "failed",
    error_type,
    count,
    message,
    last_time,
    last_run_id,
  }));
}
