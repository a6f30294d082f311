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
import { Chosen } from "./chosen-spans.ts";
import type { ColumnTest } from "./column-filter.ts";
import { sumsOf } from "./kept-sums.ts";
import { select, stateTable } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";
import type { Groups, Sums } from "./sums.ts";

/** As `spanStatistics`, from columns. `test` is a filter besides the query. */
export function columnStatistics(
  columns: SpanColumns,
  query: SpanStatisticsQuery,
  test?: ColumnTest,
): Omit<SpanStatistics, "snapshot"> {
  return statisticsOf(columns, new Chosen(columns, select(columns, query, test)), query.groupBy);
}

/** The statistics of some spans. */
export function statisticsOf(
  columns: SpanColumns,
  chosen: Chosen,
  groupBy: StatisticsGroup | undefined,
): Omit<SpanStatistics, "snapshot"> {
  const sums = sumsOf(columns, chosen, groupsBy(columns, "name"));
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
    ...(groupBy && {
      groups: figures(sumsOf(columns, chosen, groupsBy(columns, groupBy))).map(([group, one]) => ({
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
    const chosen = new Chosen(columns, select(columns, query));
    const [total] = figures(sumsOf(columns, chosen, groupsBy(columns, "all")));
    const groups = figures(sumsOf(columns, chosen, groupsBy(columns, groupBy)));
    return { total: total?.[1] ?? null, groups: new Map(groups.map(([group, one]) => [group, one])) };
  };
  return compareSides(side(a), side(b));
}

export function groupsBy(columns: SpanColumns, by: StatisticsGroup | "all"): Groups {
  const { runs } = columns;
  switch (by) {
    case "all":
      return { by, keys: [null] };
    case "name":
      return { by, keys: columns.names, bySpan: columns.name };
    case "error_type":
      return { by, keys: [null, ...columns.errorTypes.slice(1)], bySpan: columns.error };
    case "pipeline":
      return { by, keys: runs.pipelines, byRun: runs.pipeline };
    case "version":
      return { by, keys: runs.versions, byRun: runs.version };
    case "state": {
      const states = stateTable(columns);
      const keys = Array.from(new Set(states));
      return { by, keys, byState: Uint16Array.from(states, (state) => keys.indexOf(state)) };
    }
  }
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
