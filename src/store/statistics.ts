import { TraceError } from "../engine/errors.ts";
import type { Reader } from "../engine/reader.ts";
import type { DurationStatistics, SpanStatistics, SpanStatisticsQuery, StatisticsGroup } from "./model.ts";
import { NumberList, nearestRank } from "./percentiles.ts";
import { type PassedRun, passOverSpans } from "./span-pass.ts";
import { stateOfSpan } from "./status.ts";
import { linkSpans, selfTimes } from "./tree.ts";

/** More names or errors than anybody reads; counting them apart would take the memory of the machine. */
export const MOST_GROUPS = 100_000;

export function tooManyGroups(what: string): TraceError {
  return new TraceError(
    "too_many_rows",
    `There are more than ${MOST_GROUPS.toLocaleString("en-US")} different ${what}. Narrow the statistics with a filter.`,
  );
}

/** Adds up finished spans, run by run. */
export class StatisticsTotals {
  #unfinished = 0;
  readonly #byStatus = new Map<string, number>();
  readonly #byPipeline = new Map<string, number>();
  readonly #byName = new Map<string, Totals>();
  readonly #groups = new Map<string | null, Totals>();

  /** @param groupBy Groups to add up besides those of equal names; `all` makes one of all spans. */
  constructor(private readonly groupBy?: StatisticsGroup | "all") {}

  /** Adds the spans of a run that the query asks for. */
  add(passed: PassedRun): void {
    const { run, rows, facts, inRange, takes } = passed;
    const self = selfTimes(linkSpans(rows), rows.starts, rows.ends);
    let finished = 0;
    for (let row = 0; row < rows.keys.length; row += 1) {
      if (!inRange(row) || !takes(row)) continue;
      if (Number.isNaN(rows.ends[row]!)) {
        this.#unfinished += 1;
        continue;
      }
      const status = rows.statuses.at(row);
      finished += 1;
      count(this.#byStatus, status, 1);
      const span = {
        duration: facts.duration(row),
        self: self[row]! || 0,
        failed: stateOfSpan(status, true) === "failed",
        cost: rows.costs.at(row),
        tokens: rows.tokens.at(row),
      };
      totalsOf(this.#byName, rows.names.at(row)).add(span);
      if (this.groupBy) totalsOf(this.#groups, groupOf(passed, row, this.groupBy)).add(span);
    }
    if (finished > 0) count(this.#byPipeline, run.pipeline_name, finished);
  }

  result(): Omit<SpanStatistics, "snapshot"> {
    const names = inOrder(this.#byName);
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
      durations: Object.fromEntries(names.map(([name, totals]) => [name, totals.result()])),
      ...(this.groupBy && {
        groups: inOrder(this.#groups).map(([group, totals]) => ({ group, ...totals.result() })),
      }),
    };
  }
}

interface CountedSpan {
  readonly duration: number;
  readonly self: number;
  readonly failed: boolean;
  /** NaN where unknown, as {@link tokens}. */
  readonly cost: number;
  readonly tokens: number;
}

class Totals {
  readonly durations = new NumberList();
  total = 0;
  #failed = 0;
  #self = 0;
  #cost: number | null = null;
  #tokens: number | null = null;

  add({ duration, self, failed, cost, tokens }: CountedSpan): void {
    this.durations.push(duration);
    this.total += duration;
    this.#self += self;
    if (failed) this.#failed += 1;
    if (!Number.isNaN(cost)) this.#cost = (this.#cost ?? 0) + cost;
    if (!Number.isNaN(tokens)) this.#tokens = (this.#tokens ?? 0) + tokens;
  }

  result(): DurationStatistics {
    const sorted = this.durations.sorted();
    return {
      count: sorted.length,
      avg: this.total / sorted.length,
      min: sorted[0]!,
      max: sorted[sorted.length - 1]!,
      p50: nearestRank(sorted, 0.5),
      p90: nearestRank(sorted, 0.9),
      p95: nearestRank(sorted, 0.95),
      p99: nearestRank(sorted, 0.99),
      failed: this.#failed,
      self_total: this.#self,
      cost: this.#cost,
      tokens: this.#tokens,
    };
  }
}

function totalsOf<K>(all: Map<K, Totals>, key: K): Totals {
  let totals = all.get(key);
  if (!totals) {
    if (all.size >= MOST_GROUPS) throw tooManyGroups("names of spans");
    totals = new Totals();
    all.set(key, totals);
  }
  return totals;
}

export function groupOf(
  { run, rows, facts }: PassedRun,
  row: number,
  by: StatisticsGroup | "all",
): string | null {
  switch (by) {
    case "all":
      return null;
    case "name":
      return rows.names.at(row);
    case "state":
      return facts.state(row);
    case "pipeline":
      return run.pipeline_name;
    case "version":
      return run.pipeline_version;
    case "error_type":
      return facts.errorType(row) ?? null;
  }
}

/** The order of most frequent first, then by key. */
export function byFrequency(
  [a, x]: readonly [key: string | null, count: number],
  [b, y]: readonly [key: string | null, count: number],
): number {
  return y - x || ((a ?? "") < (b ?? "") ? -1 : 1);
}

function inOrder<K extends string | null>(all: ReadonlyMap<K, Totals>): [K, Totals][] {
  return Array.from(all).sort(([a, x], [b, y]) =>
    byFrequency([a, x.durations.length], [b, y.durations.length]),
  );
}

/**
 * Statistics over every finished span of the query; see `TraceStore.getSpanStatistics`.
 * @param choose Tells of a run which of its spans, by key, are counted; all are without it.
 */
export function spanStatistics(
  reader: Reader,
  query: SpanStatisticsQuery,
  choose?: (runId: string) => ReadonlySet<number>,
): Omit<SpanStatistics, "snapshot"> {
  let totals = new StatisticsTotals(query.groupBy);
  passOverSpans(
    reader,
    query,
    (passed) => totals.add(choose ? onlyChosen(passed, choose(passed.run.run_id)) : passed),
    () => {
      totals = new StatisticsTotals(query.groupBy);
    },
  );
  return totals.result();
}

function onlyChosen(passed: PassedRun, keys: ReadonlySet<number>): PassedRun {
  return { ...passed, takes: (row) => keys.has(passed.rows.keys[row]!) && passed.takes(row) };
}

function count(counts: Map<string, number>, key: string, more: number): void {
  counts.set(key, (counts.get(key) ?? 0) + more);
}

export function byCount(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(Array.from(counts).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
}
