import { HistogramCounts } from "../histogram.ts";
import type { NameSeries, StatisticsGroup, StatisticsQuery, Timeline } from "../model.ts";
import type { SpanCounts } from "../report.ts";
import { stateOfSpan } from "../status.ts";
import { type Chosen, type ChosenSpans, chosenSpans, eachChunk, runsOf } from "./chosen-spans.ts";
import { atAnyTime, runOf, select } from "./selection.ts";
import { SeriesCells } from "./series-cells.ts";
import type { SpanColumns } from "./span-columns.ts";

/** What a report says of its finished spans besides the statistics by name and group. */
export class ReportSpans {
  readonly histogram = new HistogramCounts();
  /** Finished spans, and how many of them failed, by run. */
  readonly spansOfRun: Uint32Array;
  readonly failedOfRun: Uint32Array;
  readonly #cells: SeriesCells;
  #earliest = Number.POSITIVE_INFINITY;
  #latest = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly columns: SpanColumns,
    chosen: ChosenSpans,
    groupBy: StatisticsGroup,
    layout: Pick<Timeline, "width" | "edges">,
  ) {
    this.spansOfRun = new Uint32Array(columns.runs.size);
    this.failedOfRun = new Uint32Array(columns.runs.size);
    this.#cells = new SeriesCells(columns, groupBy, layout, chosen);
    this.#add(chosen);
  }

  /** Start of the earliest and the latest span. */
  covered(): readonly [number, number] | null {
    return this.#earliest <= this.#latest ? [this.#earliest, this.#latest] : null;
  }

  /** Counts and medians by group over the stretches of the timeline, of the most frequent groups. */
  series(): Record<string, NameSeries> {
    return this.#cells.result();
  }

  #add(chosen: ChosenSpans): void {
    const { status, duration, start: starts, runs } = this.columns;
    const { first: firsts } = runs;
    const { histogram, spansOfRun, failedOfRun } = this;
    const cells = this.#cells;
    const failed = failedStatuses(this.columns);
    let earliest = this.#earliest;
    let latest = this.#latest;
    eachChunk(chosen, (size, first, places) => {
      let run = runOf(firsts, places === undefined ? first : places[0]!);
      let end = firsts[run + 1]!;
      for (let at = 0; at < size; at += 1) {
        const span = places === undefined ? first + at : places[at]!;
        while (span >= end) {
          run += 1;
          end = firsts[run + 1]!;
        }
        const seconds = duration[span]!;
        if (Number.isNaN(seconds)) continue;
        const start = starts[span]!;
        const isFailed = failed[status[span]!]!;
        spansOfRun[run]! += 1;
        failedOfRun[run]! += isFailed;
        histogram.add(seconds, isFailed === 1);
        if (start < earliest) earliest = start;
        if (start > latest) latest = start;
        cells.count(span, run, start);
      }
    });
    this.#earliest = earliest;
    this.#latest = latest;
  }
}

/** How many finished spans a query has, and how many of them failed. */
export function countSpans(columns: SpanColumns, query: StatisticsQuery): SpanCounts {
  const { status, duration } = columns;
  const failed = failedStatuses(columns);
  const counts: SpanCounts = { total_spans: 0, failed_spans: 0 };
  eachChunk(chosenSpans(columns, select(columns, query)), (size, first, places) => {
    for (let at = 0; at < size; at += 1) {
      const span = places === undefined ? first + at : places[at]!;
      if (Number.isNaN(duration[span]!)) continue;
      counts.total_spans += 1;
      counts.failed_spans += failed[status[span]!]!;
    }
  });
  return counts;
}

/** 1 for each run of the columns with a span that the filters of a selection take, whatever its time. */
export function runsHolding(columns: SpanColumns, { selection, spans }: Chosen): Uint8Array {
  return runsOf(columns, selection.anyTime ? spans : chosenSpans(columns, atAnyTime(selection)));
}

/** 1 for each status of a failed span. */
function failedStatuses({ statuses }: SpanColumns): Uint8Array {
  return Uint8Array.from(statuses, (text) => (stateOfSpan(text, true) === "failed" ? 1 : 0));
}
