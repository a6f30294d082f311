import { formatCost, formatCount, formatDuration, formatPercent } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { DurationStatistics, SpanStatistics, StatisticsGroup } from "../store/model.ts";
import { stateOfSpan } from "../store/status.ts";
import { type Palette, plain } from "./colour.ts";
import { painterOf } from "./marks.ts";
import { type Column, tableLines } from "./table.ts";

export interface StatsScope {
  readonly pipeline?: string;
  /** Hours before now; all time when undefined. */
  readonly hours?: number;
  /** What else the spans were asked for, in words. */
  readonly filters?: readonly string[];
  readonly groupBy?: StatisticsGroup;
}

type NamedDuration = readonly [name: string, durations: DurationStatistics];

/** Statistics as text: what they cover, counts by status and pipeline, durations by name. */
export function* statsLines(
  statistics: SpanStatistics,
  scope: StatsScope,
  palette: Palette,
  width: number,
): Generator<string> {
  if (statistics.total_spans === 0) {
    yield whyEmpty(statistics, scope);
    return;
  }
  yield `${palette.bold(`${formatCount(statistics.total_spans)} finished spans`)} ${scopeText(scope)}`;
  yield statusLine(statistics, palette);
  yield "";
  yield* tableLines(durationColumns(palette, scope.groupBy), rowsOf(statistics), palette, width);
  const pipelines = Object.entries(statistics.by_pipeline).sort((a, b) => b[1] - a[1]);
  if (pipelines.length < 2) return;
  yield "";
  yield* tableLines(
    [
      { title: "pipeline", text: ([name]) => name || "(no name)", shrinkTo: 12 },
      { title: "spans", text: ([, count]) => formatCount(count), align: "right" },
    ],
    pipelines,
    palette,
    width,
  );
}

/** Which spans were asked for, in words. */
export function scopeText({ pipeline, hours, filters = [] }: StatsScope): string {
  const time =
    hours === undefined ? "of all time" : `started in the last ${hours} ${hours === 1 ? "hour" : "hours"}`;
  const others = [...(pipeline === undefined ? [] : [`pipeline ${pipeline}`]), ...filters];
  return [time, ...others.map((other) => oneLine(other, 100))].join(", ");
}

function whyEmpty(statistics: SpanStatistics, scope: StatsScope): string {
  const unfinished =
    statistics.unfinished_spans === 0 ? "" : ` (${formatCount(statistics.unfinished_spans)} unfinished)`;
  if (scope.pipeline === undefined && scope.hours === undefined && !scope.filters?.length) {
    return `There are no finished spans in this database yet${unfinished}: flujo writes them when a run ends.`;
  }
  const without = scope.hours === undefined ? "" : "; without --hours, all time counts";
  return `There are no finished spans ${scopeText(scope)}${unfinished}${without}.`;
}

function statusLine(statistics: SpanStatistics, palette: Palette): string {
  const counts = Object.entries(statistics.by_status)
    .sort((a, b) => b[1] - a[1])
    .map(([status, count]) =>
      painterOf(stateOfSpan(status, true), palette)(`${formatCount(count)} ${oneLine(status, 40)}`),
    );
  if (statistics.unfinished_spans > 0)
    counts.push(`${formatCount(statistics.unfinished_spans)} unfinished, not counted`);
  return counts.join(" · ");
}

/** Names or groups in which most time went first. */
function rowsOf({ groups, durations }: SpanStatistics): NamedDuration[] {
  const rows = groups?.map((group): NamedDuration => [group.group ?? "(none)", group]);
  return (rows ?? Object.entries(durations)).sort((a, b) => b[1].self_total - a[1].self_total);
}

function durationColumns(palette: Palette, groupBy: StatisticsGroup = "name"): Column<NamedDuration>[] {
  const seconds = (
    title: string,
    value: (durations: DurationStatistics) => number,
    optional = false,
  ): Column<NamedDuration> => ({
    title,
    optional,
    text: ([, durations]) => formatDuration(value(durations)),
    align: "right",
  });
  return [
    {
      title: groupBy.replace("_", " "),
      text: ([name]) => name || "(no name)",
      shrinkTo: 12,
      paint: () => palette.bold,
    },
    { title: "count", text: ([, { count }]) => formatCount(count), align: "right" },
    {
      title: "failed",
      text: ([, { failed, count }]) => (failed === 0 ? "" : formatPercent(failed / count)),
      align: "right",
      paint: ([, { failed }]) => (failed === 0 ? plain : palette.red),
    },
    seconds("avg", ({ avg }) => avg, true),
    seconds("p50", ({ p50 }) => p50),
    seconds("p90", ({ p90 }) => p90, true),
    seconds("p95", ({ p95 }) => p95),
    seconds("p99", ({ p99 }) => p99, true),
    seconds("max", ({ max }) => max),
    seconds("self", ({ self_total }) => self_total),
    { title: "cost", text: ([, { cost }]) => formatCost(cost), align: "right" },
  ];
}
