import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Run, type StatisticsQuery, statisticsGroups } from "../../../src/store/model.ts";
import { reportStatistics } from "../../../src/store/report.ts";
import { openTraceStore, type TraceStore } from "../../../src/store/store.ts";
import { countsOf, percentileBySort } from "../support/figures.ts";
import { fixture } from "../support/fixtures.ts";

/** A span as its run's outline has it, for plain arithmetic. */
interface PlainSpan {
  run: Run;
  name: string;
  status: string;
  state: string;
  start: number;
  duration: number;
  error: string | null;
}

describe.each(["v1.0", "v0.4.32", "v0.6.11"] as const)("statistics of some spans of %s", (layout) => {
  let store: TraceStore;
  let spans: PlainSpan[];
  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    spans = [];
    for (const run of await store.listRuns()) {
      const outline = await store.getOutline(run.run_id);
      if (outline.provisional) continue;
      for (const { name, status, state, start_time, duration, error } of outline.spans)
        spans.push({
          run,
          name,
          status,
          state,
          start: start_time!,
          duration: duration!,
          error: error?.type ?? null,
        });
    }
  });
  afterAll(() => store.close());

  const queries: [string, StatisticsQuery, (span: PlainSpan) => boolean][] = [
    ["state", { states: ["failed", "paused"] }, ({ state }) => state === "failed" || state === "paused"],
    [
      "name",
      { names: ["review_file_item", "summarize"] },
      ({ name }) => /^(review_file_item|summarize)$/.test(name),
    ],
    ["no name at all", { names: [] }, () => false],
    ["duration", { durationRange: [0.5, 1] }, ({ duration }) => duration >= 0.5 && duration <= 1],
    ["least duration", { durationRange: [2, undefined] }, ({ duration }) => duration >= 2],
    [
      "error type",
      { errorTypes: ["timeout", "tool_error"] },
      ({ error }) => /^(timeout|tool_error)$/.test(error ?? ""),
    ],
    [
      "all of these",
      {
        pipelineName: "code_review",
        states: ["failed"],
        durationRange: [0.1, undefined],
        errorTypes: ["timeout"],
      },
      ({ run, state, duration, error }) =>
        run.pipeline_name === "code_review" && state === "failed" && duration >= 0.1 && error === "timeout",
    ],
  ];

  test.each(queries)("by %s equal a plain filter, and so does the report", async (_, query, takes) => {
    const own = spans.filter(takes);
    const statistics = await store.getSpanStatistics(query);
    expect(statistics.total_spans).toBe(own.length);
    expect(statistics.by_status).toEqual(countsOf(own.map(({ status }) => status)));
    expect(statistics.by_name).toEqual(countsOf(own.map(({ name }) => name)));
    for (const [name, { p95 }] of Object.entries(statistics.durations)) {
      const durations = own.filter((span) => span.name === name).map(({ duration }) => duration);
      expect(p95).toBeCloseTo(percentileBySort(durations, 0.95), 6);
    }
    const report = await store.getStatisticsReport(query);
    expect({ ...report.statistics, snapshot: 0 }).toEqual({ ...reportStatistics(statistics), snapshot: 0 });
    expect(report.runs.total).toBe(new Set(own.map(({ run }) => run.run_id)).size);
    expect(report.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(own.length);
  });

  test.each(statisticsGroups)("in groups by %s", async (groupBy) => {
    const groupOf = ({ run, name, state, error }: PlainSpan) =>
      ({ name, state, pipeline: run.pipeline_name, version: run.pipeline_version, error_type: error })[
        groupBy
      ];
    const { groups } = await store.getSpanStatistics({ groupBy });
    expect(Object.fromEntries(groups!.map(({ group, count }) => [String(group), count]))).toEqual(
      countsOf(spans.map((span) => String(groupOf(span)))),
    );
  });

  test("of two time ranges side by side equal each alone", async () => {
    const starts = spans.map(({ start }) => start).sort((a, b) => a - b);
    const middle = starts[starts.length >> 1]!;
    const a = { timeRange: [undefined, middle] as const };
    const b = { timeRange: [middle, undefined] as const, names: ["summarize", "pipeline_run"] };
    const compared = await store.compareStatistics({ a, b });
    const [one, two] = [await store.getSpanStatistics(a), await store.getSpanStatistics(b)];
    expect(compared.total.a?.count).toBe(one.total_spans);
    expect(compared.total.b?.count).toBe(two.total_spans);
    for (const { group, a, b } of compared.groups) {
      expect(a).toEqual(one.durations[group!] ?? null);
      expect(b).toEqual(two.durations[group!] ?? null);
    }
    expect(compared.groups.length).toBe(Object.keys(one.durations).length);
  });
});
