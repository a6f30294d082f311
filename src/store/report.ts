import type { Reader, SqlValue } from "../engine/reader.ts";
import { ErrorGroups } from "./error-groups.ts";
import { HistogramCounts } from "./histogram.ts";
import type {
  ErrorPattern,
  PipelinePerformance,
  ReportQuery,
  SpanStatistics,
  State,
  StatisticsReport,
  Timeline,
  TimeRange,
  VersionPerformance,
} from "./model.ts";
import { SeriesTotals } from "./name-series.ts";
import { type CountedRun, groupRuns, type RunFigures, readCountedRuns, runFigures } from "./run-figures.ts";
import { filtersSpans } from "./span-facts.ts";
import { type PassedRun, type PassQuery, type PassRun, passOverSpans, within } from "./span-pass.ts";
import { groupOf, StatisticsTotals } from "./statistics.ts";
import { stateOfSpan } from "./status.ts";
import { countRuns, timelineEdges } from "./timeline.ts";

/** A report before its snapshot is known. */
export type BareReport = Omit<StatisticsReport, "statistics"> & {
  statistics: Omit<StatisticsReport["statistics"], "snapshot">;
};

/** Everything the Statistics tab shows; see `TraceStore.getStatisticsReport`. `now` in seconds since the epoch. */
export function statisticsReport(reader: Reader, query: ReportQuery & PassQuery, now: number): BareReport {
  const { timeRange } = query;
  const allRuns = readCountedRuns(reader, query);
  const before = rangeBefore(timeRange, now);
  const inRange = (run: CountedRun) => within(run.start, timeRange);
  // The axis stays while spans are filtered.
  const axis = query.axis ?? timeRange;
  const starts = allRuns.flatMap(({ start }) => (within(start, axis) ? start : []));
  const layout = layOut(starts, axis, query.utcOffset, now);
  let spans = new SpanSide(reader, query, before, layout);
  passOverSpans(
    reader,
    { ...query, timeRange: undefined },
    (run) => spans.add(run),
    () => {
      spans = new SpanSide(reader, query, before, layout);
    },
  );
  const counted = filtersSpans(query) ? allRuns.filter(({ run_id }) => spans.runs.has(run_id)) : allRuns;
  const runs = counted.filter(inRange);
  const byState: Partial<Record<State, number>> = {};
  for (const { state } of runs) byState[state] = (byState[state] ?? 0) + 1;
  const { cost, tokens, p50, p95 } = runFigures(runs);
  return {
    statistics: reportStatistics(spans.totals.result()),
    runs: { total: runs.length, by_state: byState, cost, tokens, p50, p95 },
    before: before && {
      range: before,
      ...runFigures(counted.filter(({ start }) => start >= before[0] && start < before[1])),
      ...spans.before,
    },
    timeline: countRuns(layout, runs),
    series: spans.series.result(),
    pipelines: pipelines(runs, spans.byVersion),
    errors: spans.errors.result(),
    histogram: spans.histogram.result(),
    covered: spans.covered(),
  };
}

/** The part of statistics that a report has. */
export function reportStatistics({
  by_name: _,
  avg_duration_by_name: __,
  ...statistics
}: Omit<SpanStatistics, "snapshot">): BareReport["statistics"] {
  return statistics;
}

/** The stretch of the same length right before a range that has a beginning. It ends below that beginning. */
export function rangeBefore(range: TimeRange | undefined, now: number): readonly [number, number] | null {
  const from = range?.[0];
  if (from === undefined) return null;
  const length = Math.max(0, (range?.[1] ?? now) - from);
  return [from - length, from];
}

/** The stretches of a report's timeline, over the starts of its runs and as far as the range goes. */
export function layOut(
  starts: Iterable<number>,
  range: TimeRange | undefined,
  utcOffset: number | undefined,
  now: number,
): Pick<Timeline, "width" | "edges"> {
  let first = range?.[0] ?? Number.POSITIVE_INFINITY;
  let last = range?.[1] ?? (range?.[0] === undefined ? Number.NEGATIVE_INFINITY : now);
  for (const start of starts) {
    if (range?.[0] === undefined && start < first) first = start;
    if (range?.[1] === undefined && start > last) last = start;
  }
  if (!Number.isFinite(first) || !Number.isFinite(last)) return { width: 0, edges: [] };
  return timelineEdges(first, Math.max(first, last), utcOffset);
}

/** Rows of the `error-patterns` query: the deepest failed spans of all time, most frequent first. */
export function errorPatterns(reader: Reader): ErrorPattern[] {
  let groups = new ErrorGroups(reader, true);
  passOverSpans(
    reader,
    {},
    (run) => groups.add(run),
    () => {
      groups = new ErrorGroups(reader, true);
    },
  );
  return groups.patterns();
}

export interface SpanCounts {
  total_spans: number;
  failed_spans: number;
}

class SpanSide {
  readonly totals: StatisticsTotals;
  readonly histogram = new HistogramCounts();
  readonly errors: ErrorGroups;
  readonly series: SeriesTotals;
  readonly before: SpanCounts = { total_spans: 0, failed_spans: 0 };
  /** Runs with a span that the filters take, whatever its time. */
  readonly runs = new Set<string>();
  /** By {@link versionKey}. */
  readonly byVersion = new Map<string, SpanCounts>();
  #from = Number.POSITIVE_INFINITY;
  #to = Number.NEGATIVE_INFINITY;

  constructor(
    reader: Reader,
    private readonly query: ReportQuery,
    private readonly rangeBefore: readonly [number, number] | null,
    layout: Pick<Timeline, "width" | "edges">,
  ) {
    this.errors = new ErrorGroups(reader, false);
    this.series = new SeriesTotals(layout);
    this.totals = new StatisticsTotals(query.groupBy);
  }

  add(all: PassedRun): void {
    const { timeRange } = this.query;
    const passed: PassedRun = { ...all, inRange: (row) => within(all.wallStart(row), timeRange) };
    this.totals.add(passed);
    this.errors.add(passed);
    const { rows, run } = passed;
    const key = versionKey(run);
    const counts = this.byVersion.get(key) ?? { total_spans: 0, failed_spans: 0 };
    this.byVersion.set(key, counts);
    for (let row = 0; row < rows.keys.length; row += 1) {
      if (!passed.takes(row)) continue;
      this.runs.add(run.run_id);
      if (Number.isNaN(rows.ends[row]!)) continue;
      const start = passed.wallStart(row);
      const failed = stateOfSpan(rows.statuses.at(row), true) === "failed";
      if (this.rangeBefore && start >= this.rangeBefore[0] && start < this.rangeBefore[1])
        count(this.before, failed);
      if (!passed.inRange(row)) continue;
      count(counts, failed);
      const duration = rows.ends[row]! - rows.starts[row]! || 0;
      this.histogram.add(duration, failed);
      this.series.add(groupOf(passed, row, this.query.groupBy ?? "name") ?? "", start, duration);
      if (start < this.#from) this.#from = start;
      if (start > this.#to) this.#to = start;
    }
  }

  covered(): StatisticsReport["covered"] {
    return this.#from <= this.#to ? [this.#from, this.#to] : null;
  }
}

function count(counts: SpanCounts, failed: boolean): void {
  counts.total_spans += 1;
  if (failed) counts.failed_spans += 1;
}

function versionKey({
  pipeline_name,
  pipeline_version,
}: Pick<PassRun, "pipeline_name" | "pipeline_version">): string {
  return JSON.stringify([pipeline_name, pipeline_version]);
}

/** Performance by pipeline, and by version within it. */
function pipelines(
  runs: readonly CountedRun[],
  spans: ReadonlyMap<string, SpanCounts>,
): PipelinePerformance[] {
  return inOrder(
    Array.from(
      groupRuns(runs, (run) => run.pipeline_name),
      ([pipeline_name, own]) => {
        const versions = Array.from(
          groupRuns(own, (run) => run.pipeline_version),
          ([pipeline_version, some]) => ({
            newest: some.reduce((latest, { start }) => Math.max(latest, start || 0), 0),
            figures: {
              pipeline_version,
              ...performance(runFigures(some)),
              ...(spans.get(versionKey({ pipeline_name, pipeline_version })) ?? NO_SPANS),
            },
          }),
        );
        const total = { total_spans: 0, failed_spans: 0 };
        for (const [key, counts] of spans) {
          if ((JSON.parse(key) as [string, string | null])[0] !== pipeline_name) continue;
          total.total_spans += counts.total_spans;
          total.failed_spans += counts.failed_spans;
        }
        return { pipeline_name, ...performance(runFigures(own)), ...total, versions };
      },
    ),
  );
}

/** A pipeline with the start of the newest run of each version. */
export type UnorderedPipeline = Omit<PipelinePerformance, "versions"> & {
  readonly versions: readonly { readonly newest: number; readonly figures: VersionPerformance }[];
};

/** Pipelines with most runs first, their newest versions first. */
export function inOrder(all: readonly UnorderedPipeline[]): PipelinePerformance[] {
  return all
    .map(({ versions, ...own }) => ({
      ...own,
      versions: versions.toSorted((a, b) => b.newest - a.newest).map(({ figures }) => figures),
    }))
    .sort((a, b) => b.runs - a.runs || (a.pipeline_name < b.pipeline_name ? -1 : 1));
}

export const NO_SPANS: SpanCounts = { total_spans: 0, failed_spans: 0 };

export function performance({ tokens: _, ...figures }: RunFigures): Omit<RunFigures, "tokens"> {
  return figures;
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
