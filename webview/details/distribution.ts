/** The measures of the small drawing that shows where a span's duration stands among those of its name. */
import type { StepHistory } from "../../src/protocol/messages.ts";

/** Shares of the drawing's width and height. */
export interface DistributionBar {
  readonly left: number;
  readonly width: number;
  readonly fineHeight: number;
  readonly failedHeight: number;
}

export interface Distribution {
  /** Seconds at the ends of the logarithmic axis. */
  readonly from: number;
  readonly to: number;
  readonly bars: readonly DistributionBar[];
  /** Shares of the width; undefined where there is no such duration. */
  readonly own: number | undefined;
  readonly p50: number | undefined;
  readonly p95: number | undefined;
}

/** The drawing of a history; undefined when it holds no duration. `own` is the span's duration in seconds, null while it runs. */
export function distribution(
  { histogram, completed }: Pick<StepHistory, "histogram" | "completed">,
  own: number | null,
): Distribution | undefined {
  const { edges, counts, failed } = histogram;
  const first = edges[0];
  const last = edges.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const isDrawn = own !== null && own >= 0;
  // A span beyond the history, such as one of an older run, widens the axis.
  const from = isDrawn && own > 0 ? Math.min(first, own) : first;
  const to = isDrawn ? Math.max(last, own) : last;
  const [low, span] = [Math.log10(from), Math.log10(to) - Math.log10(from)];
  const place = (seconds: number) => {
    const share = (Math.log10(Math.max(seconds, from)) - low) / span;
    return Math.min(1, Math.max(0, share));
  };
  const tallest = counts.reduce((most, count) => Math.max(most, count), 1);
  const bars = counts.flatMap((count, index): DistributionBar[] => {
    if (count === 0) return [];
    const left = place(edges[index]!);
    const bad = Math.min(count, failed[index] ?? 0);
    return [
      {
        left,
        width: place(edges[index + 1]!) - left,
        fineHeight: (count - bad) / tallest,
        failedHeight: bad / tallest,
      },
    ];
  });
  return {
    from,
    to,
    bars,
    own: isDrawn ? place(own) : undefined,
    p50: completed ? place(completed.p50) : undefined,
    p95: completed ? place(completed.p95) : undefined,
  };
}
