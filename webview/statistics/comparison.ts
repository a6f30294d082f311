/** Two reports side by side as rows of figures. */
import type { GroupStatistics, Selection, StatisticsReport } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";
import type { Behind } from "./behind.ts";
import type { FigureKind } from "./change.ts";
import { inStates, narrowed } from "./selection.ts";

/** What a figure of a side was made of. */
export type Made = "runs" | "failed runs" | "runs at least" | "spans" | "failed spans" | "spans at least";

export interface ComparedFigure {
  readonly label: string;
  readonly kind: FigureKind;
  readonly made: Made;
  readonly a: number | null;
  readonly b: number | null;
}

/** The figures of whole reports. */
export function comparedFigures(a: StatisticsReport, b: StatisticsReport): ComparedFigure[] {
  const of = (
    label: string,
    kind: FigureKind,
    made: Made,
    value: (report: StatisticsReport) => number | null,
  ) => ({
    label,
    kind,
    made,
    a: value(a),
    b: value(b),
  });
  return [
    of(strings.runs, "count", "runs", ({ runs }) => runs.total),
    of(strings.failedRuns, "share", "failed runs", ({ runs }) =>
      share(runs.by_state.failed ?? 0, runs.total),
    ),
    of(strings.runP50, "duration", "runs at least", ({ runs }) => runs.p50),
    of(strings.runP95, "duration", "runs at least", ({ runs }) => runs.p95),
    of(strings.cost, "cost", "runs", ({ runs }) => runs.cost),
    of(strings.costPerRun, "cost", "runs", ({ runs }) =>
      runs.cost === null || runs.total === 0 ? null : runs.cost / runs.total,
    ),
    of(strings.spansLabel, "count", "spans", ({ statistics }) => statistics.total_spans),
    of(strings.failedSpansLabel, "share", "failed spans", ({ statistics }) =>
      share(
        Object.values(statistics.durations).reduce((sum, { failed }) => sum + failed, 0),
        statistics.total_spans,
      ),
    ),
  ];
}

export interface ComparedGroup {
  readonly group: string | null;
  readonly figures: readonly ComparedFigure[];
}

/** Groups of either side, most frequent first, with what matters of each. */
export function comparedGroups(
  a: readonly GroupStatistics[],
  b: readonly GroupStatistics[],
): ComparedGroup[] {
  const other = new Map(b.map((one) => [one.group, one]));
  const own = new Set(a.map(({ group }) => group));
  const pairs: [GroupStatistics | undefined, GroupStatistics | undefined][] = [
    ...a.map((one): [GroupStatistics, GroupStatistics | undefined] => [one, other.get(one.group)]),
    ...b.filter(({ group }) => !own.has(group)).map((one): [undefined, GroupStatistics] => [undefined, one]),
  ];
  return pairs
    .map(([left, right]) => {
      const of = (
        label: string,
        kind: FigureKind,
        made: Made,
        value: (one: GroupStatistics) => number | null,
      ) => ({
        label,
        kind,
        made,
        a: left ? value(left) : null,
        b: right ? value(right) : null,
      });
      const figures = [
        of(strings.columns.p50, "duration", "spans at least", ({ p50 }) => p50),
        of(strings.columns.p95, "duration", "spans at least", ({ p95 }) => p95),
        of(strings.columns.rate, "share", "failed spans", ({ failed, count }) => share(failed, count)),
        of(strings.columns.cost, "cost", "spans", ({ cost }) => cost),
      ];
      return { group: (left ?? right)!.group, figures, count: (left?.count ?? 0) + (right?.count ?? 0) };
    })
    .sort((x, y) => y.count - x.count)
    .map(({ group, figures }) => ({ group, figures }));
}

/** The runs or spans that a figure of a selection was made of. */
export function behindFigure(made: Made, title: string, selection: Selection, value: number): Behind {
  switch (made) {
    case "runs":
      return { kind: "runs", title, query: selection };
    case "failed runs":
      return { kind: "runs", title, query: { ...selection, runStates: ["failed"] } };
    case "runs at least":
      return { kind: "runs", title, query: { ...selection, atLeast: value } };
    case "spans":
      return { kind: "spans", title, query: selection };
    case "failed spans":
      return { kind: "spans", title, query: inStates(selection, ["failed"]) };
    case "spans at least":
      return { kind: "spans", title, query: narrowed(selection, { minDuration: value }) };
  }
}

function share(part: number, of: number): number | null {
  return of > 0 ? part / of : null;
}
