import type { Reader } from "../engine/reader.ts";
import type { DurationStatistics, SpanStatistics, StatisticsQuery } from "./model.ts";
import { NumberList, nearestRank } from "./percentiles.ts";
import { type PassedRun, passOverSpans } from "./span-pass.ts";
import { stateOfSpan } from "./status.ts";
import { linkSpans, selfTimes } from "./tree.ts";

interface NameTotals {
  readonly durations: NumberList;
  total: number;
  failed: number;
  self: number;
  cost: number | null;
  tokens: number | null;
}

/** Adds up finished spans, run by run. */
export class StatisticsTotals {
  #unfinished = 0;
  readonly #byStatus = new Map<string, number>();
  readonly #byPipeline = new Map<string, number>();
  readonly #byName = new Map<string, NameTotals>();

  /** Adds the spans of a run that lie in the query's time range. */
  add({ run, rows, inRange }: PassedRun): void {
    const self = selfTimes(linkSpans(rows), rows.starts, rows.ends);
    let finished = 0;
    for (let row = 0; row < rows.keys.length; row += 1) {
      if (!inRange(row)) continue;
      const end = rows.ends[row]!;
      if (Number.isNaN(end)) {
        this.#unfinished += 1;
        continue;
      }
      const status = rows.statuses[row]!;
      finished += 1;
      count(this.#byStatus, status, 1);
      const totals = this.#totals(rows.names[row]!);
      // A start is NOT NULL in every layout; a row that breaks this counts with no duration rather than vanish.
      const duration = end - rows.starts[row]! || 0;
      totals.durations.push(duration);
      totals.total += duration;
      totals.self += self[row]! || 0;
      if (stateOfSpan(status, true) === "failed") totals.failed += 1;
      if (!Number.isNaN(rows.costs[row]!)) totals.cost = (totals.cost ?? 0) + rows.costs[row]!;
      if (!Number.isNaN(rows.tokens[row]!)) totals.tokens = (totals.tokens ?? 0) + rows.tokens[row]!;
    }
    if (finished > 0) count(this.#byPipeline, run.pipeline_name, finished);
  }

  #totals(name: string): NameTotals {
    let totals = this.#byName.get(name);
    if (!totals) {
      totals = { durations: new NumberList(), total: 0, failed: 0, self: 0, cost: null, tokens: null };
      this.#byName.set(name, totals);
    }
    return totals;
  }

  result(): Omit<SpanStatistics, "snapshot"> {
    const names = Array.from(this.#byName).sort(
      ([a, x], [b, y]) => y.durations.length - x.durations.length || (a < b ? -1 : 1),
    );
    return {
      total_spans: names.reduce((sum, [, totals]) => sum + totals.durations.length, 0),
      unfinished_spans: this.#unfinished,
      by_status: byCount(this.#byStatus),
      by_name: Object.fromEntries(names.map(([name, { durations }]) => [name, durations.length])),
      by_pipeline: byCount(this.#byPipeline),
      avg_duration_by_name: Object.fromEntries(
        names.map(([name, { durations, total }]) => [
          name,
          { total, count: durations.length, average: total / durations.length },
        ]),
      ),
      durations: Object.fromEntries(names.map(([name, totals]) => [name, durationStatistics(totals)])),
    };
  }
}

/** Statistics over every finished span of the query; see `TraceStore.getSpanStatistics`. */
export function spanStatistics(reader: Reader, query: StatisticsQuery): Omit<SpanStatistics, "snapshot"> {
  let totals = new StatisticsTotals();
  passOverSpans(
    reader,
    query,
    (run) => totals.add(run),
    () => {
      totals = new StatisticsTotals();
    },
  );
  return totals.result();
}

function durationStatistics(totals: NameTotals): DurationStatistics {
  const sorted = totals.durations.sorted();
  return {
    count: sorted.length,
    avg: totals.total / sorted.length,
    min: sorted[0]!,
    max: sorted[sorted.length - 1]!,
    p50: nearestRank(sorted, 0.5),
    p90: nearestRank(sorted, 0.9),
    p95: nearestRank(sorted, 0.95),
    p99: nearestRank(sorted, 0.99),
    failed: totals.failed,
    self_total: totals.self,
    cost: totals.cost,
    tokens: totals.tokens,
  };
}

function count(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}

function byCount(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(Array.from(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
