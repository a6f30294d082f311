/** The durations table as sortable rows. */
import type { GroupStatistics, StatisticsReport } from "../../src/protocol/messages.ts";

/** Columns in the order in which they stand. Figures sort from large to small first, names from A to Z. */
export const columns = [
  "name",
  "count",
  "failed",
  "rate",
  "self",
  "avg",
  "min",
  "p50",
  "p90",
  "p95",
  "p99",
  "max",
  "cost",
  "tokens",
] as const;
export type Column = (typeof columns)[number];

export type DurationRow = {
  readonly name: string;
  /** As the store has it; null for spans without a version or an error. */
  readonly group: string | null;
} & {
  readonly [C in Exclude<Column, "name">]: number | null;
};

export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export function isColumn(text: string): text is Column {
  return columns.some((column) => column === text);
}

/** Groups as rows. `name` is what is shown and sorted by. */
export function durationRows(
  groups: readonly GroupStatistics[],
  nameOf: (group: string | null) => string,
): DurationRow[] {
  return groups.map(({ group, count, failed, self_total, ...figures }) => {
    const { avg, min, p50, p90, p95, p99, max, cost, tokens } = figures;
    const rate = count > 0 ? failed / count : null;
    const own = { count, failed, rate, avg, min, p50, p90, p95, p99, max, self: self_total, cost, tokens };
    return { name: nameOf(group), group, ...own };
  });
}

/** A report's groups: those it was asked for, else its names. */
export function groupsOf({ statistics }: StatisticsReport): readonly GroupStatistics[] {
  return (
    statistics.groups ??
    Object.entries(statistics.durations).map(([group, figures]) => ({ group, ...figures }))
  );
}

/** Sorted copy. Missing figures stand last in both directions, equal ones by name. */
export function sortRows(rows: readonly DurationRow[], { column, descending }: Sort): DurationRow[] {
  const sign = descending ? -1 : 1;
  const byName = (a: DurationRow, b: DurationRow) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  if (column === "name") return rows.toSorted((a, b) => sign * byName(a, b));
  return rows.toSorted((a, b) => {
    const [x, y] = [a[column], b[column]];
    if (x === null || y === null) return x === y ? byName(a, b) : x === null ? 1 : -1;
    return sign * (x - y) || byName(a, b);
  });
}

/** The sort after a click on a column's header. */
export function nextSort(sort: Sort, column: Column): Sort {
  return { column, descending: sort.column === column ? !sort.descending : column !== "name" };
}
