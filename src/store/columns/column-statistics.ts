import { compareSides, type Side } from "../comparison.ts";
import type {
  DurationStatistics,
  SpanStatistics,
  SpanStatisticsQuery,
  StatisticsComparison,
  StatisticsGroup,
  StatisticsQuery,
} from "../model.ts";
import { byCount, byFrequency } from "../statistics.ts";
import { stateOfSpan } from "../status.ts";
import { Percentiles } from "./percentiles.ts";
import { eachRun, type Selection, select, stateSlot, stateTable, takes } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";

const SHARES = [0.5, 0.9, 0.95, 0.99] as const;

/** As `spanStatistics`, from columns. */
export function columnStatistics(
  columns: SpanColumns,
  query: SpanStatisticsQuery,
): Omit<SpanStatistics, "snapshot"> {
  const selection = select(columns, query);
  const sums = addUp(columns, selection, groupsBy(columns, "name"));
  const durations = figures(sums);
  const counts = (numbers: Float64Array, texts: readonly string[]) =>
    byCount(new Map(texts.flatMap((text, at) => (numbers[at]! > 0 ? [[text, numbers[at]!] as const] : []))));
  return {
    total_spans: durations.reduce((sum, [, { count }]) => sum + count, 0),
    unfinished_spans: sums.unfinished,
    by_status: counts(sums.byStatus, columns.statuses),
    by_name: Object.fromEntries(durations.map(([name, { count }]) => [name, count])),
    by_pipeline: counts(sums.byPipeline, columns.runs.pipelines),
    avg_duration_by_name: Object.fromEntries(
      durations.map(([name, { count, avg }, total]) => [name, { total, count, average: avg }]),
    ),
    durations: Object.fromEntries(durations.map(([name, one]) => [name, one])),
    ...(query.groupBy && {
      groups: figures(addUp(columns, selection, groupsBy(columns, query.groupBy))).map(([group, one]) => ({
        group,
        ...one,
      })),
    }),
  };
}

/** As `compareStatistics`, from columns. */
export function compareColumns(
  columns: SpanColumns,
  a: StatisticsQuery,
  b: StatisticsQuery,
  groupBy: StatisticsGroup,
): Omit<StatisticsComparison, "snapshot"> {
  const side = (query: StatisticsQuery): Side => {
    const selection = select(columns, query);
    const [total] = figures(addUp(columns, selection, groupsBy(columns, "all")));
    const groups = figures(addUp(columns, selection, groupsBy(columns, groupBy)));
    return { total: total?.[1] ?? null, groups: new Map(groups.map(([group, one]) => [group, one])) };
  };
  return compareSides(side(a), side(b));
}

/** How spans fall into groups, each by one of: a number of the span, its state, or a number of its run. */
export interface Groups {
  readonly keys: readonly (string | null)[];
  readonly bySpan?: Uint16Array;
  /** By {@link stateSlot}. */
  readonly byState?: Uint16Array;
  readonly byRun?: Uint16Array;
}

export function groupsBy(columns: SpanColumns, by: StatisticsGroup | "all"): Groups {
  const { runs } = columns;
  switch (by) {
    case "all":
      return { keys: [null] };
    case "name":
      return { keys: columns.names, bySpan: columns.name };
    case "error_type":
      return { keys: [null, ...columns.errorTypes.slice(1)], bySpan: columns.error };
    case "pipeline":
      return { keys: runs.pipelines, byRun: runs.pipeline };
    case "version":
      return { keys: runs.versions, byRun: runs.version };
    case "state": {
      const states = stateTable(columns);
      const keys = Array.from(new Set(states));
      return { keys, byState: Uint16Array.from(states, (state) => keys.indexOf(state)) };
    }
  }
}

interface Sums {
  readonly keys: readonly (string | null)[];
  readonly count: Float64Array;
  readonly total: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly failed: Float64Array;
  readonly self: Float64Array;
  readonly cost: Float64Array;
  readonly tokens: Float64Array;
  /** How many spans the sums of costs and tokens are of. */
  readonly costs: Float64Array;
  readonly tokenCounts: Float64Array;
  readonly percentiles: readonly Float64Array[];
  readonly byStatus: Float64Array;
  readonly byPipeline: Float64Array;
  readonly unfinished: number;
}

function addUp(columns: SpanColumns, selection: Selection, groups: Groups): Sums {
  const { status, duration, self, cost, tokens, runs } = columns;
  const { keys, bySpan, byState, byRun } = groups;
  const zeros = () => new Float64Array(keys.length);
  const sums = {
    keys,
    count: zeros(),
    total: zeros(),
    least: zeros().fill(Number.POSITIVE_INFINITY),
    most: zeros().fill(Number.NEGATIVE_INFINITY),
    failed: zeros(),
    self: zeros(),
    cost: zeros(),
    tokens: zeros(),
    costs: zeros(),
    tokenCounts: zeros(),
  };
  const byStatus = new Float64Array(columns.statuses.length);
  const byPipeline = new Float64Array(runs.pipelines.length);
  const isFailed = Uint8Array.from(columns.statuses, (text) =>
    stateOfSpan(text, true) === "failed" ? 1 : 0,
  );
  const percentiles = new Percentiles(keys.length, duration);
  let unfinished = 0;
  eachRun(columns, selection, (run, first, end, all) => {
    const over = runs.over[run]!;
    const ofRun = byRun === undefined ? 0 : byRun[run]!;
    let finished = 0;
    for (let span = first; span < end; span += 1) {
      if (!all && !takes(columns, selection, run, span)) continue;
      const seconds = duration[span]!;
      if (Number.isNaN(seconds)) {
        unfinished += 1;
        continue;
      }
      const word = status[span]!;
      let group = ofRun;
      if (bySpan !== undefined) group = bySpan[span]!;
      else if (byState !== undefined) group = byState[stateSlot(word, true, over)]!;
      finished += 1;
      byStatus[word]! += 1;
      sums.count[group]! += 1;
      sums.total[group]! += seconds;
      if (seconds < sums.least[group]!) sums.least[group] = seconds;
      if (seconds > sums.most[group]!) sums.most[group] = seconds;
      sums.failed[group]! += isFailed[word]!;
      // A span with a start that is not known has no self time.
      const own = self[span]!;
      if (own > 0) sums.self[group]! += own;
      const spent = cost[span]!;
      if (!Number.isNaN(spent)) {
        sums.cost[group]! += spent;
        sums.costs[group]! += 1;
      }
      const used = tokens[span]!;
      if (!Number.isNaN(used)) {
        sums.tokens[group]! += used;
        sums.tokenCounts[group]! += 1;
      }
      percentiles.count(group, span);
    }
    byPipeline[runs.pipeline[run]!]! += finished;
  });
  const gather = percentiles.seek(sums.count, SHARES);
  eachRun(columns, selection, (run, first, end, all) => {
    const over = runs.over[run]!;
    const ofRun = byRun === undefined ? 0 : byRun[run]!;
    for (let span = first; span < end; span += 1) {
      let group = ofRun;
      if (bySpan !== undefined) group = bySpan[span]!;
      else if (byState !== undefined) group = byState[stateSlot(status[span]!, true, over)]!;
      if (!gather.wants(group, span)) continue;
      if (Number.isNaN(duration[span]!) || (!all && !takes(columns, selection, run, span))) continue;
      gather.add(group, span);
    }
  });
  return { ...sums, percentiles: gather.result(), byStatus, byPipeline, unfinished };
}

/** Groups that hold anything, most frequent first, with the sum of their durations. */
function figures(sums: Sums): [group: string | null, figures: DurationStatistics, total: number][] {
  const found = sums.keys.flatMap((key, at): [string | null, DurationStatistics, number][] => {
    const count = sums.count[at]!;
    if (count === 0) return [];
    const [p50, p90, p95, p99] = sums.percentiles[at]!;
    const one: DurationStatistics = {
      count,
      avg: sums.total[at]! / count,
      min: sums.least[at]!,
      max: sums.most[at]!,
      p50: p50!,
      p90: p90!,
      p95: p95!,
      p99: p99!,
      failed: sums.failed[at]!,
      self_total: sums.self[at]!,
      cost: sums.costs[at]! > 0 ? sums.cost[at]! : null,
      tokens: sums.tokenCounts[at]! > 0 ? sums.tokens[at]! : null,
    };
    return [[key, one, sums.total[at]!]];
  });
  return found.sort(([a, x], [b, y]) => byFrequency([a, x.count], [b, y.count]));
}
