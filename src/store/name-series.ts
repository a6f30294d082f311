import type { NameSeries, Timeline } from "./model.ts";
import { NumberList, nearestRank } from "./percentiles.ts";
import { stretchOf } from "./timeline.ts";

/** Names, or groups, that have a series: the most frequent ones. */
export const MOST_NAMES = 1000;

/** Durations of finished spans by name over the stretches of a timeline. */
export class SeriesTotals {
  readonly #names = new Map<string, { durations: NumberList; stretches: NumberList }>();

  constructor(private readonly layout: Pick<Timeline, "width" | "edges">) {}

  /** `start` in seconds since the epoch, `duration` in seconds. */
  add(name: string, start: number, duration: number): void {
    const stretch = stretchOf(this.layout, start);
    if (stretch < 0) return;
    let totals = this.#names.get(name);
    if (!totals) {
      totals = { durations: new NumberList(), stretches: new NumberList() };
      this.#names.set(name, totals);
    }
    totals.durations.push(duration);
    totals.stretches.push(stretch);
  }

  result(): Record<string, NameSeries> {
    const size = Math.max(0, this.layout.edges.length - 1);
    const frequent = Array.from(this.#names)
      .sort(([a, x], [b, y]) => y.durations.length - x.durations.length || (a < b ? -1 : 1))
      .slice(0, MOST_NAMES);
    return Object.fromEntries(
      frequent.map(([name, { durations, stretches }]) => {
        const lists = Array.from({ length: size }, () => [] as number[]);
        for (let at = 0; at < durations.length; at += 1) lists[stretches.at(at)]!.push(durations.at(at));
        return [
          name,
          {
            counts: lists.map((list) => list.length),
            p50: lists.map((list) =>
              list.length > 0 ? nearestRank(Float64Array.from(list).sort(), 0.5) : null,
            ),
          },
        ];
      }),
    );
  }
}
