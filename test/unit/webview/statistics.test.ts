import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DurationStatistics } from "../../../src/protocol/messages.ts";
import { columns, durationRows, nextSort, sortRows } from "../../../webview/statistics/durations.ts";
import { histogramBars, labelledBars } from "../../../webview/statistics/histogram.ts";
import { isRangeName, resolveRange } from "../../../webview/statistics/time-range.ts";

function statistics(facts: Partial<DurationStatistics>): DurationStatistics {
  const zero = { count: 1, failed: 0, avg: 0, min: 0, max: 0, p50: 0, p90: 0, p95: 0, p99: 0, self_total: 0 };
  return { ...zero, cost: null, tokens: null, ...facts };
}

describe("the durations table", () => {
  const rows = durationRows({
    b: statistics({ count: 4, failed: 1, self_total: 3, cost: 0.5 }),
    a: statistics({ count: 2, self_total: 3 }),
    c: statistics({ count: 3, self_total: 9, cost: 0.1 }),
  });
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

describe("the latency chart", () => {
  it("has bars from the first to the last filled bucket, measured by the tallest", () => {
    const bars = histogramBars({
      edges: [1, 2, 4, 8, 16, 32],
      counts: [0, 2, 0, 4, 0],
      failed: [0, 1, 0, 0, 0],
    });
    expect(bars).toEqual([
      { from: 2, to: 4, count: 2, failed: 1, fineHeight: 0.25, failedHeight: 0.25 },
      { from: 4, to: 8, count: 0, failed: 0, fineHeight: 0, failedHeight: 0 },
      { from: 8, to: 16, count: 4, failed: 0, fineHeight: 1, failedHeight: 0 },
    ]);
  });

  it("is empty when nothing was counted", () => {
    expect(histogramBars({ edges: [1, 2], counts: [0], failed: [0] })).toEqual([]);
    expect(histogramBars({ edges: [], counts: [], failed: [] })).toEqual([]);
  });

  it("labels the first bar and no more than fit", () => {
    expect(labelledBars(10, 4)).toEqual([0, 3, 6, 9]);
    expect(labelledBars(3, 0)).toEqual([0]);
    expect(labelledBars(0, 5)).toEqual([]);
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
