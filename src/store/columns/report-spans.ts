import { HistogramCounts } from "../histogram.ts";
import type { NameSeries, ReportQuery, Timeline } from "../model.ts";
import { MOST_NAMES } from "../name-series.ts";
import type { SpanCounts } from "../report.ts";
import { filtersSpans } from "../span-facts.ts";
import { stateOfSpan } from "../status.ts";
import { stretchOf } from "../timeline.ts";
import { groupsBy } from "./column-statistics.ts";
import { Percentiles } from "./percentiles.ts";
import { eachRun, type Selection, select, stateSlot, takes } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";

type Layout = Pick<Timeline, "width" | "edges">;
type VisitSpan = (span: number, run: number, start: number, duration: number) => void;

/** What a report says of its spans besides the statistics by name and group. */
export class ReportSpans {
  readonly histogram = new HistogramCounts();
  readonly before: SpanCounts = { total_spans: 0, failed_spans: 0 };
  /** 1 for each run of the columns with a span that the filters take, whatever its time; undefined where all runs count. */
  readonly holding: Uint8Array | undefined;
  /** Finished spans in range, and how many of them failed, by run. */
  readonly spansOfRun: Uint32Array;
  readonly failedOfRun: Uint32Array;
  readonly #selection: Selection;
  readonly #from: number;
  readonly #to: number;
  readonly #anyTime: boolean;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly columns: SpanColumns,
    private readonly query: ReportQuery,
    private readonly rangeBefore: readonly [number, number] | null,
  ) {
    const [from, to] = query.timeRange ?? [];
    this.#from = from ?? Number.NEGATIVE_INFINITY;
    this.#to = to ?? Number.POSITIVE_INFINITY;
    this.#anyTime = from === undefined && to === undefined;
    this.#selection = select(columns, { ...query, timeRange: undefined });
    this.spansOfRun = new Uint32Array(columns.runs.size);
    this.failedOfRun = new Uint32Array(columns.runs.size);
    if (filtersSpans(query)) this.holding = new Uint8Array(columns.runs.size);
    this.#add();
  }

  /** Start of the earliest and the latest span in range. */
  covered(): readonly [number, number] | null {
    return this.#earliest <= this.#latest ? [this.#earliest, this.#latest] : null;
  }

  /** Counts and medians by group over the stretches of a timeline, of the most frequent groups. */
  series(layout: Layout): Record<string, NameSeries> {
    const stretches = layout.edges.length - 1;
    if (stretches < 1) return {};
    const { columns } = this;
    const { status, duration, runs } = columns;
    const { keys, bySpan, byState, byRun } = groupsBy(columns, this.query.groupBy ?? "name");
    // What has no version stands with what has an empty one.
    const names = Array.from(new Set(keys.map((key) => key ?? "")));
    const places = new Map(names.map((name, at) => [name, at]));
    const nameOf = Uint32Array.from(keys, (key) => places.get(key ?? "")!);
    const groupOf = (span: number, run: number) => {
      if (bySpan !== undefined) return nameOf[bySpan[span]!]!;
      if (byState !== undefined) return nameOf[byState[stateSlot(status[span]!, true, runs.over[run]!)]!]!;
      return nameOf[byRun![run]!]!;
    };
    const visitLaidOut = (visit: (group: number, stretch: number, span: number) => void) =>
      this.#eachInRange((span, run, start) => {
        const stretch = stretchOf(layout, start);
        if (stretch >= 0) visit(groupOf(span, run), stretch, span);
      });
    const frequent =
      names.length <= MOST_NAMES ? Array.from(names.keys()) : mostFrequent(names, visitLaidOut);
    /** Where the cells of a group begin; -1 for those left out. */
    const firstCell = new Int32Array(names.length).fill(-1);
    for (const [at, group] of frequent.entries()) firstCell[group] = at * stretches;
    const counts = new Float64Array(frequent.length * stretches);
    const percentiles = new Percentiles(counts.length, duration);
    visitLaidOut((group, stretch, span) => {
      if (firstCell[group]! < 0) return;
      const cell = firstCell[group]! + stretch;
      counts[cell]! += 1;
      percentiles.count(cell, span);
    });
    const gather = percentiles.seek(counts, [0.5]);
    visitLaidOut((group, stretch, span) => {
      if (firstCell[group]! < 0) return;
      const cell = firstCell[group]! + stretch;
      if (gather.wants(cell, span)) gather.add(cell, span);
    });
    const medians = gather.result();
    return Object.fromEntries(
      frequent.flatMap((group, at) => {
        const cells = Array.from({ length: stretches }, (_, stretch) => at * stretches + stretch);
        const series = {
          counts: cells.map((cell) => counts[cell]!),
          p50: cells.map((cell) => (counts[cell]! > 0 ? medians[cell]![0]! : null)),
        };
        return series.counts.some((count) => count > 0) ? [[names[group]!, series]] : [];
      }),
    );
  }

  #add(): void {
    const { columns, rangeBefore, holding, before, histogram, spansOfRun, failedOfRun } = this;
    const { status, duration, start: starts, runs } = columns;
    const failed = Uint8Array.from(columns.statuses, (text) =>
      stateOfSpan(text, true) === "failed" ? 1 : 0,
    );
    const [beforeFrom, beforeTo] = rangeBefore ?? [Number.NaN, Number.NaN];
    eachRun(columns, this.#selection, (run, first, end, all) => {
      const reaches = this.#reaches(run);
      const wasBefore = runs.to[run]! >= beforeFrom && runs.from[run]! < beforeTo;
      if (!reaches && !wasBefore && holding === undefined) return;
      for (let span = first; span < end; span += 1) {
        if (!all && !takes(columns, this.#selection, run, span)) continue;
        if (holding !== undefined) holding[run] = 1;
        if (!reaches && !wasBefore) break;
        const seconds = duration[span]!;
        if (Number.isNaN(seconds)) continue;
        const start = starts[span]!;
        const isFailed = failed[status[span]!]!;
        if (start >= beforeFrom && start < beforeTo) {
          before.total_spans += 1;
          before.failed_spans += isFailed;
        }
        if (!this.#anyTime && !(start >= this.#from && start <= this.#to)) continue;
        spansOfRun[run]! += 1;
        failedOfRun[run]! += isFailed;
        histogram.add(seconds, isFailed === 1);
        if (start < this.#earliest) this.#earliest = start;
        if (start > this.#latest) this.#latest = start;
      }
    });
  }

  /** Visits the finished spans in range that the filters take. */
  #eachInRange(visit: VisitSpan): void {
    const { duration, start: starts } = this.columns;
    eachRun(this.columns, this.#selection, (run, first, end, all) => {
      if (this.spansOfRun[run] === 0) return;
      for (let span = first; span < end; span += 1) {
        const seconds = duration[span]!;
        if (Number.isNaN(seconds) || (!all && !takes(this.columns, this.#selection, run, span))) continue;
        const start = starts[span]!;
        if (this.#anyTime || (start >= this.#from && start <= this.#to)) visit(span, run, start, seconds);
      }
    });
  }

  #reaches(run: number): boolean {
    const { from, to } = this.columns.runs;
    return this.#anyTime || (to[run]! >= this.#from && from[run]! <= this.#to);
  }
}

/** The groups with a series, where there are more than can have one. */
function mostFrequent(names: readonly string[], visit: (one: (group: number) => void) => void): number[] {
  const totals = new Float64Array(names.length);
  visit((group) => {
    totals[group]! += 1;
  });
  return Array.from(names.keys())
    .filter((group) => totals[group]! > 0)
    .sort((a, b) => totals[b]! - totals[a]! || (names[a]! < names[b]! ? -1 : 1))
    .slice(0, MOST_NAMES);
}
