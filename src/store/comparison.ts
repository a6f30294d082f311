import type { Reader } from "../engine/reader.ts";
import type { DurationStatistics, StatisticsComparison, StatisticsGroup, StatisticsQuery } from "./model.ts";
import { passOverSpans } from "./span-pass.ts";
import { StatisticsTotals } from "./statistics.ts";

/** One side of a comparison. */
export interface Side {
  readonly total: DurationStatistics | null;
  /** Most frequent first. */
  readonly groups: ReadonlyMap<string | null, DurationStatistics>;
}

/** Two queries side by side; see `TraceStore.compareStatistics`. */
export function compareStatistics(
  reader: Reader,
  a: StatisticsQuery,
  b: StatisticsQuery,
  groupBy: StatisticsGroup,
): Omit<StatisticsComparison, "snapshot"> {
  return compareSides(readSide(reader, a, groupBy), readSide(reader, b, groupBy));
}

/** Puts two sides together, group by group. */
export function compareSides(a: Side, b: Side): Omit<StatisticsComparison, "snapshot"> {
  const groups = new Set([...a.groups.keys(), ...b.groups.keys()]);
  return {
    total: { a: a.total, b: b.total },
    groups: Array.from(groups, (group) => ({
      group,
      a: a.groups.get(group) ?? null,
      b: b.groups.get(group) ?? null,
    })),
  };
}

function readSide(reader: Reader, query: StatisticsQuery, groupBy: StatisticsGroup): Side {
  const start = () => ({ total: new StatisticsTotals("all"), groups: new StatisticsTotals(groupBy) });
  let side = start();
  passOverSpans(
    reader,
    query,
    (run) => {
      side.total.add(run);
      side.groups.add(run);
    },
    () => {
      side = start();
    },
  );
  const [total] = side.total.result().groups ?? [];
  const groups = side.groups.result().groups ?? [];
  return {
    total: total === undefined ? null : withoutGroup(total),
    groups: new Map(groups.map((group) => [group.group, withoutGroup(group)])),
  };
}

function withoutGroup({
  group: _,
  ...figures
}: DurationStatistics & { readonly group: string | null }): DurationStatistics {
  return figures;
}
