import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run, StatisticsReport, TraceStore } from "../../../src/store/store.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { stretchOf, timelineEdges } from "../../../src/store/timeline.ts";
import { percentileBySort } from "../support/figures.ts";
import { fixture } from "../support/fixtures.ts";

const layouts = ["v1.0", "v0.4.32", "v0.6.11"] as const;

/** A span as its run's trace has it, for plain arithmetic. */
interface PlainSpan {
  run: Run;
  name: string;
  failed: boolean;
  start: number;
  duration: number;
}

/** Whole runs that have ended, by plain arithmetic. */
function figures(runs: readonly Run[], spans: readonly PlainSpan[]) {
  const durations = runs.flatMap(({ duration }) => duration ?? []);
  return {
    runs: runs.length,
    failed_runs: runs.filter(({ state }) => state === "failed").length,
    total_spans: spans.length,
    failed_spans: spans.filter(({ failed }) => failed).length,
    p50: durations.length > 0 ? percentileBySort(durations, 0.5) : null,
    p95: durations.length > 0 ? percentileBySort(durations, 0.95) : null,
  };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

describe.each(layouts)("%s", (layout) => {
  let store: TraceStore;
  let runs: Run[];
  let spans: PlainSpan[];
  let range: readonly [number, number];

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = await store.listRuns();
    spans = [];
    for (const run of runs) {
      const trace = await store.getTrace(run.run_id);
      if (trace.provisional) continue;
      for (const span of trace.spans) {
        const start = span.start_time!;
        const duration = span.end_time! - start;
        spans.push({ run, name: span.name, failed: span.status === "failed", start, duration });
      }
    }
    const starts = runs.map(({ start_time }) => start_time!).sort((a, b) => a - b);
    // The middle third, so that there are runs before and after it.
    range = [starts[100]! - 0.5, starts[199]! + 0.5];
  });
  afterAll(() => store.close());

  const inside = (time: number, [from, to]: readonly [number, number]) => time >= from && time <= to;

  test("compares a range with the stretch of the same length right before it", async () => {
    const report = await store.getStatisticsReport({ timeRange: range });
    const [from, to] = range;
    const before = [from - (to - from), from] as const;
    const isBefore = (time: number) => time >= before[0] && time < before[1];
    const expected = figures(
      runs.filter(({ start_time }) => isBefore(start_time!)),
      spans.filter(({ start }) => isBefore(start)),
    );
    expect(expected.runs).toBeGreaterThan(10);
    expect(report.before!.range).toEqual(before);
    const { p50, p95, ...counts } = expected;
    expect(report.before).toMatchObject(counts);
    expect(report.before!.p50).toBeCloseTo(p50!, 3);
    expect(report.before!.p95).toBeCloseTo(p95!, 3);
    const costs = runs.filter(({ start_time }) => isBefore(start_time!)).map((run) => run.total_cost!);
    expect(report.before!.cost).toBeCloseTo(total(costs), 9);
    const tokens = runs.filter(({ start_time }) => isBefore(start_time!)).map((run) => run.total_tokens ?? 0);
    expect(report.before!.tokens).toBe(total(tokens));
  });

  test("has nothing to compare with when the range has no beginning", async () => {
    expect((await store.getStatisticsReport()).before).toBeNull();
    expect((await store.getStatisticsReport({ timeRange: [undefined, range[1]] })).before).toBeNull();
  });

  test("compares with everything of the same length before now when the range has no end", async () => {
    const { before } = await store.getStatisticsReport({ timeRange: [range[0], undefined] });
    expect(before!.range[1]).toBe(range[0]);
    expect(before!.range[0]).toBeLessThan(range[0] - (range[1] - range[0]));
  });

  test("lays runs out over time by state, each once", async () => {
    for (const timeRange of [undefined, range]) {
      const { timeline } = await store.getStatisticsReport({ timeRange });
      const { edges, width } = timeline;
      const own = runs.filter(({ start_time }) => !timeRange || inside(start_time!, timeRange));
      expect(edges.length - 1).toBeGreaterThanOrEqual(30);
      expect(edges.length - 1).toBeLessThanOrEqual(60);
      for (const state of new Set(own.map((run) => run.state))) {
        const some = own.filter((run) => run.state === state);
        expect(timeline.runs[state]).toEqual(
          edges
            .slice(0, -1)
            .map(
              (edge) =>
                some.filter(({ start_time }) => start_time! >= edge && start_time! < edge + width).length,
            ),
        );
        expect(total([...timeline.runs[state]!])).toBe(some.length);
      }
    }
  });

  test("has for every name its counts and medians over the same stretches", async () => {
    const { timeline, series } = await store.getStatisticsReport({ timeRange: range });
    const own = spans.filter(({ start }) => inside(start, range));
    expect(Object.keys(series).sort()).toEqual([...new Set(own.map(({ name }) => name))].sort());
    for (const [name, { counts, p50 }] of Object.entries(series)) {
      for (let at = 0; at < timeline.edges.length - 1; at += 1) {
        const durations = own
          .filter((span) => span.name === name && stretchOf(timeline, span.start) === at)
          .map(({ duration }) => duration);
        expect(counts[at]).toBe(durations.length);
        if (durations.length === 0) expect(p50[at]).toBeNull();
        else expect(p50[at]).toBeCloseTo(percentileBySort(durations, 0.5), 5);
      }
    }
  });

  test("gives every pipeline's figures, and those of each of its versions", async () => {
    const report = await store.getStatisticsReport({ timeRange: range });
    const own = runs.filter(({ start_time }) => inside(start_time!, range));
    const counted = spans.filter(({ start }) => inside(start, range));
    expect(report.pipelines.length).toBe(new Set(own.map((run) => run.pipeline_name)).size);
    for (const { versions, ...pipeline } of report.pipelines) {
      const isOwn = (run: Run) => run.pipeline_name === pipeline.pipeline_name;
      const check = (
        found: Omit<StatisticsReport["pipelines"][number], "versions" | "pipeline_name">,
        of: (run: Run) => boolean,
      ) => {
        const { p50, p95, ...counts } = figures(
          own.filter(of),
          counted.filter(({ run }) => of(run)),
        );
        expect(found).toMatchObject(counts);
        expect(found.p50).toBeCloseTo(p50!, 3);
        expect(found.p95).toBeCloseTo(p95!, 3);
      };
      check(pipeline, isOwn);
      expect(versions.map((version) => version.pipeline_version).sort()).toEqual(
        [...new Set(own.filter(isOwn).map((run) => run.pipeline_version))].sort(),
      );
      for (const version of versions)
        check(version, (run) => isOwn(run) && run.pipeline_version === version.pipeline_version);
    }
  });

  test("narrows everything to one version, and lists the versions there are", async () => {
    const pipelines = await store.listPipelines();
    for (const { pipeline_name, runs: count, versions } of pipelines) {
      const own = runs.filter((run) => run.pipeline_name === pipeline_name);
      expect(own.length).toBe(count);
      for (const { pipeline_version, runs: some } of versions) {
        const isOwn = (run: Run) =>
          run.pipeline_name === pipeline_name && run.pipeline_version === pipeline_version;
        expect(own.filter(isOwn).length).toBe(some);
        const query = { pipelineName: pipeline_name, pipelineVersion: pipeline_version };
        const report = await store.getStatisticsReport(query);
        expect(report.runs.total).toBe(some);
        const expected = spans.filter(({ run }) => isOwn(run)).length;
        expect(report.statistics.total_spans).toBe(expected);
        expect((await store.getSpanStatistics(query)).total_spans).toBe(expected);
      }
    }
    const none = await store.getStatisticsReport({ pipelineVersion: "no such version" });
    expect([none.runs.total, none.statistics.total_spans, none.timeline.edges]).toEqual([0, 0, []]);
  });

  test("percentiles of whole runs equal a sort", async () => {
    const report = await store.getStatisticsReport();
    const { p50, p95 } = figures(runs, []);
    expect(report.runs.p50).toBeCloseTo(p50!, 3);
    expect(report.runs.p95).toBeCloseTo(p95!, 3);
  });

  test("groups errors across names; the named query keeps one row a name", async () => {
    const { errors } = await store.getStatisticsReport();
    const rows = await store.query("error-patterns");
    expect(total(errors.map(({ count }) => count))).toBe(59);
    expect(total(rows.map(({ count }) => count as number))).toBe(59);
    expect(new Set(errors.map(({ fingerprint }) => fingerprint)).size).toBe(errors.length);
    expect(rows.length).toBe(total(errors.map(({ names }) => names.length)));
    expect(errors.some(({ names }) => names.length > 1)).toBe(true);
    expect(Object.keys(rows[0]!)).toEqual([
      "name",
      "status",
      "error_type",
      "count",
      "message",
      "last_time",
      "last_run_id",
    ]);
    for (const { last_run_id, last_key, names, error_type, message } of errors) {
      const { span } = await store.getSpanDetail(last_run_id, last_key);
      expect(names).toContain(span.name);
      expect(span.error).toEqual({ type: error_type, message });
    }
  });
});

describe("the stretches of a timeline", () => {
  const DAY = 86_400;
  const from = Date.UTC(2025, 9, 1, 8, 17) / 1000;

  test.each([60, 3600, 6 * 3600, DAY, 7 * DAY, 30 * DAY, 365 * DAY, 20 * 365 * DAY])(
    "are 30 to 60 over %d seconds, and hold both ends",
    (length) => {
      const { edges, width } = timelineEdges(from, from + length);
      expect(edges.length - 1).toBeGreaterThanOrEqual(30);
      expect(edges.length - 1).toBeLessThanOrEqual(60);
      expect(edges[0]!).toBeLessThanOrEqual(from);
      expect(edges.at(-1)!).toBeGreaterThan(from + length);
      expect(edges.every((edge, at) => at === 0 || edge - edges[at - 1]! === width)).toBe(true);
    },
  );

  test("is one for a single moment", () => {
    expect(timelineEdges(from, from).edges.length).toBe(2);
  });

  test("begin at midnight of the reader's clock, weeks on Monday", () => {
    const offset = 5.5 * 3600;
    const days = timelineEdges(from, from + 40 * DAY, offset);
    expect(days.width).toBe(DAY);
    expect((days.edges[0]! + offset) % DAY).toBe(0);
    const weeks = timelineEdges(from, from + 300 * DAY);
    expect(weeks.width).toBe(7 * DAY);
    expect(new Date(weeks.edges[0]! * 1000).getUTCDay()).toBe(1);
  });
});
