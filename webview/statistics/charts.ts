/** The two charts of the Statistics tab, each of which narrows the other figures when it is brushed. */
import { html, type TemplateResult } from "lit";
import { formatDuration } from "../../src/format/numbers.ts";
import type { State, StatisticsReport } from "../../src/protocol/messages.ts";
import { strings } from "../strings.ts";
import { barsWithin, durationBars, type PartKind, type StackedBar, timelineBars } from "./bars.ts";
import type { Behind } from "./behind.ts";
import { type Brush, below } from "./selection.ts";

/** Lists what is behind bars: those of their range, in some states. */
export type OpenBars = (
  kind: Behind["kind"],
  title: string,
  query: Brush & { readonly states?: readonly State[]; readonly runStates?: readonly State[] },
) => void;

/** `whole` is what there is without a brush, `report` what it leaves. */
export function charts(
  whole: StatisticsReport,
  report: StatisticsReport,
  brush: Brush,
  onBrush: (brush: Brush) => void,
  open: OpenBars,
): TemplateResult {
  const times = timelineBars(whole.timeline, report.timeline);
  const durations = durationBars(whole.histogram, report.histogram);
  const failed = report.histogram.failed.reduce((sum, count) => sum + count, 0);
  const edges = whole.histogram.edges;
  return html`<div class="charts">
    <section aria-label=${strings.runsOverTime}>
      <h2 title=${strings.chartKeys}>${strings.runsOverTime}</h2>
      <lens-bars
        .name=${"time"}
        .label=${strings.runsOverTime}
        .summary=${strings.runCount(report.runs.total)}
        .counted=${strings.runCount}
        .bars=${times}
        .brushed=${barsWithin(times, brush.from, brush.to)}
        .onBrush=${(range: readonly [number, number] | undefined) => onBrush(timeRange(times, range))}
        .onOpen=${(first: number, last: number, kind?: PartKind) =>
          open("runs", rangeTitle(times, first, last, kind), {
            ...(kind === undefined || !isWhole(times, first, last) ? timeRange(times, [first, last]) : {}),
            ...(kind !== undefined && { runStates: [kind as State] }),
          })}
      ></lens-bars>
    </section>
    <section aria-label=${strings.latency}>
      <h2 title=${strings.latencyHint}>${strings.latency}</h2>
      <lens-bars
        .name=${"duration"}
        .label=${strings.latency}
        .summary=${strings.latencySummary(report.statistics.total_spans, failed, formatDuration(edges[0]), formatDuration(edges.at(-1)))}
        .counted=${strings.spans}
        .bars=${durations}
        .brushed=${barsWithin(durations, brush.minDuration, brush.maxDuration)}
        .onBrush=${(range: readonly [number, number] | undefined) => onBrush(durationRange(durations, range))}
        .onOpen=${(first: number, last: number, kind?: PartKind) =>
          open("spans", rangeTitle(durations, first, last, kind), {
            ...(kind === undefined || !isWhole(durations, first, last)
              ? durationRange(durations, [first, last])
              : {}),
            ...(kind !== undefined && { states: kind === "failed" ? ["failed"] : NOT_FAILED }),
          })}
      ></lens-bars>
    </section>
  </div>`;
}

const NOT_FAILED: readonly State[] = ["completed", "paused", "running", "cancelled", "unknown"];

function isWhole(bars: readonly StackedBar[], first: number, last: number): boolean {
  return first === 0 && last === bars.length - 1;
}

function timeRange(bars: readonly StackedBar[], range: readonly [number, number] | undefined): Brush {
  if (!range) return { from: undefined, to: undefined };
  return { from: bars[range[0]]!.from, to: below(bars[range[1]]!.to) };
}

function durationRange(bars: readonly StackedBar[], range: readonly [number, number] | undefined): Brush {
  if (!range) return { minDuration: undefined, maxDuration: undefined };
  const [first, last] = range;
  // What is shorter or longer than any bar is counted in the outermost ones.
  return {
    minDuration: first === 0 ? undefined : bars[first]!.from,
    maxDuration: last === bars.length - 1 ? undefined : below(bars[last]!.to),
  };
}

function rangeTitle(bars: readonly StackedBar[], first: number, last: number, kind?: PartKind): string {
  const what = kind === undefined ? [] : [kind === "fine" ? strings.legendFine : strings.states[kind]];
  if (kind !== undefined && isWhole(bars, first, last)) return what[0]!;
  const range =
    first === last
      ? bars[first]!.range
      : `${bars[first]!.range.split(" … ")[0]} … ${bars[last]!.range.split(" … ")[1]}`;
  return [...what, range].join(", ");
}
