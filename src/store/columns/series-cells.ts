import type { NameSeries, StatisticsGroup, Timeline } from "../model.ts";
import { MOST_NAMES } from "../name-series.ts";
import { type ChosenSpans, eachChunk } from "./chosen-spans.ts";
import { groupsBy } from "./column-statistics.ts";
import { Percentiles } from "./percentiles.ts";
import { runOf, stateSlot } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";
import type { Groups } from "./sums.ts";

/** Cells of the histograms behind the medians: as many as stay in a processor's nearer memory. */
const HISTOGRAM_CELLS = 1 << 18;

/** Finished spans by group and by stretch of a timeline: how many there are, and their median duration. */
export class SeriesCells {
  private readonly groups: Groups;
  /** Names of the series; what is null stands with what is empty. */
  private readonly names: readonly string[];
  /** By number of group, where its cells begin; -1 for groups without a series. */
  private readonly firstCell: Int32Array;
  private readonly shown: readonly number[];
  private readonly stretches: number;
  private readonly from: number;
  private readonly width: number;
  private readonly counts: Float64Array;
  private readonly percentiles: Percentiles;

  constructor(
    private readonly columns: SpanColumns,
    by: StatisticsGroup,
    layout: Pick<Timeline, "width" | "edges">,
    private readonly chosen: ChosenSpans,
  ) {
    this.stretches = Math.max(0, layout.edges.length - 1);
    this.from = layout.edges[0] ?? 0;
    this.width = layout.width;
    this.groups = groupsBy(columns, by);
    const keys = this.groups.keys.map((key) => key ?? "");
    this.names = Array.from(new Set(keys));
    const places = new Map(this.names.map((name, at) => [name, at]));
    const nameOf = Uint32Array.from(keys, (key) => places.get(key)!);
    this.firstCell = new Int32Array(keys.length);
    this.shown = this.names.length <= MOST_NAMES ? Array.from(this.names.keys()) : this.mostFrequent(nameOf);
    const firstOfName = new Int32Array(this.names.length).fill(-1);
    for (const [at, name] of this.shown.entries()) firstOfName[name] = at * this.stretches;
    for (let group = 0; group < keys.length; group += 1) this.firstCell[group] = firstOfName[nameOf[group]!]!;
    this.counts = new Float64Array(this.shown.length * this.stretches);
    this.percentiles = new Percentiles(this.counts.length, columns.duration, HISTOGRAM_CELLS);
  }

  /** Counts a finished span. `start` in seconds since the epoch. */
  count(span: number, run: number, start: number): void {
    const cell = this.cellOf(span, run, start);
    if (cell < 0) return;
    this.counts[cell]! += 1;
    this.percentiles.count(cell, span);
  }

  /** Of all spans that were counted. */
  result(): Record<string, NameSeries> {
    const { counts, stretches, names, columns } = this;
    const gather = this.percentiles.seek(counts, [0.5]);
    const { duration, start } = columns;
    this.eachChosen((span, run) => {
      if (Number.isNaN(duration[span]!)) return;
      const cell = this.cellOf(span, run, start[span]!);
      if (cell >= 0 && gather.wants(cell, span)) gather.add(cell, span);
    });
    const medians = gather.result();
    return Object.fromEntries(
      this.shown.flatMap((name, at) => {
        const cells = Array.from({ length: stretches }, (_, stretch) => at * stretches + stretch);
        const series = {
          counts: cells.map((cell) => counts[cell]!),
          p50: cells.map((cell) => (counts[cell]! > 0 ? medians[cell]![0]! : null)),
        };
        return series.counts.some((count) => count > 0) ? [[names[name]!, series]] : [];
      }),
    );
  }

  /** -1 for a span without a start, or of a group without a series. */
  private cellOf(span: number, run: number, start: number): number {
    const first = this.firstCell[this.groupOf(span, run)]!;
    if (first < 0 || this.stretches === 0 || Number.isNaN(start)) return -1;
    // What lies outside belongs to the nearest stretch.
    const stretch = Math.floor((start - this.from) / this.width);
    return first + (stretch < 0 ? 0 : stretch < this.stretches ? stretch : this.stretches - 1);
  }

  private groupOf(span: number, run: number): number {
    const { bySpan, byState, byRun } = this.groups;
    if (bySpan !== undefined) return bySpan[span]!;
    const { status, runs } = this.columns;
    return byState === undefined ? byRun![run]! : byState[stateSlot(status[span]!, true, runs.over[run]!)]!;
  }

  private eachChosen(visit: (span: number, run: number) => void): void {
    const { first: firsts } = this.columns.runs;
    eachChunk(this.chosen, (size, first, places) => {
      let run = runOf(firsts, places === undefined ? first : places[0]!);
      for (let at = 0; at < size; at += 1) {
        const span = places === undefined ? first + at : places[at]!;
        while (span >= firsts[run + 1]!) run += 1;
        visit(span, run);
      }
    });
  }

  /** The names with a series, where there are more than can have one. */
  private mostFrequent(nameOf: Uint32Array): number[] {
    const { names } = this;
    const { duration, start } = this.columns;
    const totals = new Float64Array(names.length);
    this.eachChosen((span, run) => {
      if (!Number.isNaN(duration[span]!) && !Number.isNaN(start[span]!))
        totals[nameOf[this.groupOf(span, run)]!]! += 1;
    });
    return Array.from(names.keys())
      .filter((name) => totals[name]! > 0)
      .sort((a, b) => totals[b]! - totals[a]! || (names[a]! < names[b]! ? -1 : 1))
      .slice(0, MOST_NAMES);
  }
}
