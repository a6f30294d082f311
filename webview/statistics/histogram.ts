/** The latency chart's measures. */
import type { DurationHistogram } from "../../src/protocol/messages.ts";

export interface HistogramBar {
  /** Seconds. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly failed: number;
  /** Shares of the tallest bar. */
  readonly fineHeight: number;
  readonly failedHeight: number;
}

/** Bars from the first to the last bucket that holds something, in order; empty when none does. */
export function histogramBars({ edges, counts, failed }: DurationHistogram): HistogramBar[] {
  const filled = counts.flatMap((count, index) => (count > 0 ? [index] : []));
  const first = filled.at(0);
  const last = filled.at(-1);
  if (first === undefined || last === undefined) return [];
  const tallest = counts.reduce((most, count) => Math.max(most, count), 0);
  const bars: HistogramBar[] = [];
  for (let index = first; index <= last; index++) {
    const count = counts[index]!;
    const bad = Math.min(count, failed[index] ?? 0);
    bars.push({
      from: edges[index] ?? 0,
      to: edges[index + 1] ?? edges[index] ?? 0,
      count,
      failed: bad,
      fineHeight: (count - bad) / tallest,
      failedHeight: bad / tallest,
    });
  }
  return bars;
}

/** Indices of the bars whose start is labelled: at most `most`, evenly spread, the first always. */
export function labelledBars(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / Math.max(1, most)));
  return Array.from({ length: Math.ceil(count / step) }, (_, index) => index * step);
}
