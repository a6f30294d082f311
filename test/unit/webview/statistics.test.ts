import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurationHistogram, DurationStatistics } from "../../../src/protocol/messages.ts";
import {
  barsWithin,
  durationBars,
  labelledBars,
  partTotals,
  timelineBars,
} from "../../../webview/statistics/bars.ts";
import { changeOf } from "../../../webview/statistics/change.ts";
import { comparedGroups } from "../../../webview/statistics/comparison.ts";
import { columns, durationRows, nextSort, sortRows } from "../../../webview/statistics/durations.ts";
import { below, chosen, everything, narrowed, ofGroup } from "../../../webview/statistics/selection.ts";
import { isRangeName, resolveRange } from "../../../webview/statistics/time-range.ts";

function statistics(facts: Partial<DurationStatistics>): DurationStatistics {
  const zero = { count: 1, failed: 0, avg: 0, min: 0, max: 0, p50: 0, p90: 0, p95: 0, p99: 0, self_total: 0 };
  return { ...zero, cost: null, tokens: null, ...facts };
}

describe("the durations table", () => {
  const rows = durationRows(
    [
      { group: "b", ...statistics({ count: 4, failed: 1, self_total: 3, cost: 0.5 }) },
      { group: "a", ...statistics({ count: 2, self_total: 3 }) },
      { group: "c", ...statistics({ count: 3, self_total: 9, cost: 0.1 }) },
    ],
    (group) => group ?? "",
  );
  const order = (column: (typeof columns)[number], descending: boolean) =>
    sortRows(rows, { column, descending })
      .map(({ name }) => name)
      .join("");

  it("has a failure rate", () => {
    expect(rows.find(({ name }) => name === "b")!.rate).toBe(0.25);
  });

  it("sorts by any column, equal figures by name, missing ones last in both directions", () => {
    expect(order("self", true)).toBe("cab");
    expect(order("self", false)).toBe("abc");
    expect(order("cost", true)).toBe("bca");
    expect(order("cost", false)).toBe("cba");
    expect(order("name", true)).toBe("cba");
  });

  it("turns a column round on the second click, and begins with the largest figure", () => {
    const first = nextSort({ column: "name", descending: false }, "p95");
    expect(first).toEqual({ column: "p95", descending: true });
    expect(nextSort(first, "p95")).toEqual({ column: "p95", descending: false });
    expect(nextSort(first, "name")).toEqual({ column: "name", descending: false });
  });

  it("keeps all rows in any order", () => {
    fc.assert(
      fc.property(fc.constantFrom(...columns), fc.boolean(), (column, descending) => {
        expect(new Set(order(column, descending))).toEqual(new Set("abc"));
      }),
    );
  });
});

describe("the bars of a chart", () => {
  const histogram = (counts: number[], failed: number[], first = 1): DurationHistogram => ({
    edges: Array.from({ length: counts.length + 1 }, (_, at) => first * 2 ** at),
    counts,
    failed,
  });

  it("are measured by what there is without a brush, and filled with what it leaves", () => {
    const whole = histogram([2, 0, 4], [1, 0, 0]);
    const bars = durationBars(whole, histogram([4], [3], 4));
    expect(bars.map(({ from, to, count, whole: all }) => [from, to, count, all])).toEqual([
      [1, 2, 0, 2],
      [2, 4, 0, 0],
      [4, 8, 4, 4],
    ]);
    expect(bars[2]!.parts).toEqual([
      { kind: "failed", count: 3 },
      { kind: "fine", count: 1 },
    ]);
    expect(partTotals(durationBars(whole, whole))).toEqual([
      { kind: "fine", count: 5 },
      { kind: "failed", count: 1 },
    ]);
  });

  it("stack runs by state, failures at the bottom", () => {
    const timeline = {
      width: 60,
      edges: [0, 60, 120],
      runs: { completed: [3, 0], failed: [1, 2], paused: [0, 1] },
    };
    expect(timelineBars(timeline, timeline).map(({ parts }) => parts)).toEqual([
      [
        { kind: "failed", count: 1 },
        { kind: "completed", count: 3 },
      ],
      [
        { kind: "failed", count: 2 },
        { kind: "paused", count: 1 },
      ],
    ]);
  });

  it("are none when nothing was counted", () => {
    expect(durationBars(histogram([], []), histogram([], []))).toEqual([]);
    expect(timelineBars({ width: 0, edges: [], runs: {} }, { width: 0, edges: [], runs: {} })).toEqual([]);
  });

  it("label the first bar and no more than fit", () => {
    expect(labelledBars(10, 4)).toEqual([0, 3, 6, 9]);
    expect(labelledBars(3, 0)).toEqual([0]);
    expect(labelledBars(0, 5)).toEqual([]);
  });

  it("find again which of them were brushed", () => {
    const whole = histogram([1, 1, 1, 1], [0, 0, 0, 0]);
    const bars = durationBars(whole, whole);
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), (a, b) => {
        const [first, last] = [Math.min(a, b), Math.max(a, b)];
        expect(barsWithin(bars, bars[first]!.from, below(bars[last]!.to))).toEqual([first, last]);
      }),
    );
    expect(barsWithin(bars, undefined, undefined)).toBeUndefined();
    expect(barsWithin(bars, undefined, below(bars[1]!.to))).toEqual([0, 1]);
    expect(barsWithin(bars, 1000, undefined)).toBeUndefined();
  });
});

describe("a selection", () => {
  const choices = { ...everything, pipeline: "p", range: "day" };

  it("holds the toolbar's choices, and none that was not made", () => {
    expect(chosen(everything, 1000)).toEqual({});
    expect(chosen(choices, 100_000)).toEqual({ pipelineName: "p", from: 13_600 });
    expect(chosen({ ...choices, version: null }, 100_000)!.pipelineVersion).toBeNull();
    const invalid = { ...everything, range: "custom", from: "2025-10-02T00:00", to: "2025-10-01T00:00" };
    expect(chosen(invalid, 0)).toBeUndefined();
  });

  it("is narrowed by a brush and never widened", () => {
    expect(narrowed({ from: 10, to: 20 }, { from: 5, to: 15, minDuration: 1 })).toEqual({
      from: 10,
      to: 15,
      minDuration: 1,
    });
  });

  it("asks for the spans of a group", () => {
    expect(ofGroup({}, "name", "a")).toEqual({ names: ["a"] });
    expect(ofGroup({}, "version", null)).toEqual({ pipelineVersion: null });
    expect(ofGroup({}, "state", "failed")).toEqual({ states: ["failed"] });
    expect(ofGroup({}, "error_type", "timeout")).toEqual({ errorTypes: ["timeout"] });
    expect(ofGroup({}, "error_type", null)).toEqual({ errorTypes: [null] });
  });

  it("leaves the end of a bar to the next one", () => {
    expect(below(1_759_478_400)).toBeLessThan(1_759_478_400);
    expect(below(0.001)).toBeLessThan(0.001);
    expect(below(0.001)).toBeGreaterThan(0.000_999_999);
  });
});

describe("a change", () => {
  it("is told in words and in the direction that matters", () => {
    expect(changeOf(3, 2, "duration")).toEqual({ direction: "up", mood: "worse", text: "50.0 % slower" });
    expect(changeOf(1, 2, "cost")).toEqual({ direction: "down", mood: "better", text: "50.0 % cheaper" });
    expect(changeOf(0.3, 0.25, "share")).toEqual({ direction: "up", mood: "worse", text: "5.0 points more" });
    expect(changeOf(110, 100, "count")).toEqual({ direction: "up", mood: undefined, text: "10.0 % more" });
    expect(changeOf(50, 1, "duration")!.text).toBe("50× slower");
    expect(changeOf(100.1, 100, "duration")!.direction).toBe("same");
  });

  it("is none without a figure to compare with", () => {
    expect(changeOf(3, null, "duration")).toBeUndefined();
    expect(changeOf(3, undefined, "count")).toBeUndefined();
    expect(changeOf(3, 0, "count")!.text).toBe("none before");
  });
});

describe("two reports side by side", () => {
  it("have the groups of both, most frequent first", () => {
    const groups = comparedGroups(
      [{ group: "a", ...statistics({ count: 5, p50: 2, failed: 1 }) }],
      [
        { group: "a", ...statistics({ count: 5, p50: 1 }) },
        { group: "b", ...statistics({ count: 20, p50: 3 }) },
      ],
    );
    expect(groups.map(({ group }) => group)).toEqual(["b", "a"]);
    expect(groups[1]!.figures.map(({ a, b }) => [a, b])).toEqual([
      [2, 1],
      [0, 0],
      [0.2, 0],
      [null, null],
    ]);
    expect(groups[0]!.figures[0]).toMatchObject({ a: null, b: 3 });
  });
});

describe("time ranges", () => {
  it("are open for all time", () => {
    expect(resolveRange("all", "2020-01-01T00:00", "", 1000)).toEqual({ kind: "range" });
  });

  it("count back from now", () => {
    expect(resolveRange("day", "", "", 100_000)).toEqual({ kind: "range", from: 13_600 });
  });

  it("take both ends of a custom range, either may be open", () => {
    const from = new Date("2025-10-01T08:00").getTime() / 1000;
    expect(resolveRange("custom", "2025-10-01T08:00", "", 0)).toEqual({ kind: "range", from, to: undefined });
    expect(resolveRange("custom", "", "2025-10-01T08:00", 0)).toEqual({
      kind: "range",
      from: undefined,
      to: from,
    });
  });

  it("refuse an end before the start and what is no date", () => {
    expect(resolveRange("custom", "2025-10-02T08:00", "2025-10-01T08:00", 0).kind).toBe("invalid");
    expect(resolveRange("custom", "yesterday", "", 0).kind).toBe("invalid");
  });

  it("have known names", () => {
    expect(isRangeName("week")).toBe(true);
    expect(isRangeName("constructor")).toBe(false);
  });
});
