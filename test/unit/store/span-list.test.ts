import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Run, SpanListQuery, StatisticsReport, TraceStore } from "../../../src/store/store.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { percentileBySort } from "../support/figures.ts";
import { fixture } from "../support/fixtures.ts";

const layouts = ["v1.0", "v0.4.32", "v0.6.11"] as const;

interface PlainSpan {
  id: string;
  run: Run;
  name: string;
  status: string;
  start: number;
  duration: number;
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** Every item of a list, page by page. */
async function everySpan(store: TraceStore, query: SpanListQuery) {
  const first = await store.listSpans(query);
  const items = [...first.items];
  while (items.length < first.total)
    items.push(...(await store.listSpans({ ...query, offset: items.length })).items);
  expect(items.length).toBe(first.total);
  return items;
}

describe.each(layouts)("%s: the spans behind a figure", (layout) => {
  let store: TraceStore;
  let runs: Run[];
  let spans: PlainSpan[];
  let range: readonly [number, number];
  let report: StatisticsReport;

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = await store.listRuns();
    spans = [];
    for (const run of runs) {
      const trace = await store.getTrace(run.run_id);
      if (trace.provisional) continue;
      for (const { span_id, name, status, start_time, end_time } of trace.spans) {
        const duration = end_time! - start_time!;
        spans.push({ id: span_id, run, name, status, start: start_time!, duration });
      }
    }
    const starts = runs.map(({ start_time }) => start_time!).sort((a, b) => a - b);
    range = [starts[100]! - 0.5, starts[199]! + 0.5];
    report = await store.getStatisticsReport();
  });
  afterAll(() => store.close());

  const ids = (list: readonly { readonly span_id: string }[]) => list.map(({ span_id }) => span_id).sort();
  const plain = (takes: (span: PlainSpan) => boolean) =>
    spans
      .filter(takes)
      .map(({ id }) => id)
      .sort();

  test("are all spans, newest first, when nothing is asked for", async () => {
    const items = await everySpan(store, { limit: 1000 });
    expect(ids(items)).toEqual(plain(() => true));
    expect(items.every(({ start_time }, at) => at === 0 || start_time! <= items[at - 1]!.start_time!)).toBe(
      true,
    );
    expect(items.length).toBe(report.statistics.total_spans);
  });

  test.each([
    ["names", { names: ["classify_ticket"] }, (span: PlainSpan) => span.name === "classify_ticket"],
    ["states", { states: ["failed", "paused"] }, ({ status }: PlainSpan) => /failed|paused/.test(status)],
    ["durations", { durationRange: [0.5, 2] }, (s: PlainSpan) => s.duration >= 0.5 && s.duration <= 2],
    ["long ones", { durationRange: [2, undefined] }, (span: PlainSpan) => span.duration >= 2],
  ] as const)("are told apart by %s, as the report tells them", async (_, query, takes) => {
    expect(ids(await everySpan(store, query))).toEqual(plain(takes));
    const narrowed = await store.getStatisticsReport(query);
    const taken = spans.filter(takes);
    expect(narrowed.statistics.total_spans).toBe(taken.length);
    expect((await store.getSpanStatistics(query)).total_spans).toBe(taken.length);
    const holding = new Set(taken.map(({ run }) => run.run_id));
    expect(narrowed.runs.total).toBe(holding.size);
    expect(total(Object.values(narrowed.timeline.runs).map((counts) => total([...counts!])))).toBe(
      holding.size,
    );
    expect((await store.listCountedRuns(query)).total).toBe(holding.size);
    expect(narrowed.timeline.edges).toEqual(report.timeline.edges);
  });

  test("follow pipeline, version and time together", async () => {
    const { pipeline_name, pipeline_version } = runs[150]!;
    const query = { pipelineName: pipeline_name, pipelineVersion: pipeline_version, timeRange: range };
    const items = await everySpan(store, query);
    expect(items.length).toBeGreaterThan(10);
    expect(ids(items)).toEqual(
      plain(
        ({ run, start }) =>
          run.pipeline_name === pipeline_name &&
          run.pipeline_version === pipeline_version &&
          start >= range[0] &&
          start <= range[1],
      ),
    );
    const wide = [undefined, undefined] as const;
    const brushed = await store.getStatisticsReport({ ...query, axis: wide });
    expect(brushed.statistics.total_spans).toBe(items.length);
    const whole = await store.getStatisticsReport({ ...query, timeRange: undefined });
    expect(brushed.timeline.edges).toEqual(whole.timeline.edges);
    expect(brushed.timeline.edges.length).toBeGreaterThan(1);
  });

  test("are as many as every bucket, row and error of the report says", async () => {
    const { edges, counts } = report.histogram;
    for (const [at, count] of counts.entries()) {
      const query = { durationRange: [edges[at], edges[at + 1]! * (1 - 1e-12)] as const };
      expect((await store.listSpans(query)).total).toBe(count);
    }
    for (const { fingerprint, count, names, last_run_id, last_key } of report.errors) {
      const items = await everySpan(store, { fingerprint });
      expect(items.length).toBe(count);
      expect(new Set(items.map(({ name }) => name))).toEqual(new Set(names));
      expect(items.some(({ run_id, key }) => run_id === last_run_id && key === last_key)).toBe(true);
      expect(items.every(({ error }) => error !== undefined)).toBe(true);
    }
    const { edges: times, runs: byState } = report.timeline;
    for (const [state, series] of Object.entries(byState)) {
      const at = series!.findIndex((count) => count > 0);
      const listed = await store.listCountedRuns({
        runStates: [state as Run["state"]],
        timeRange: [times[at], times[at + 1]! - 1e-6],
      });
      expect(listed.total).toBe(series![at]);
    }
  });

  test("and the runs behind one are listed by state and duration", async () => {
    const failed = await store.listCountedRuns({ runStates: ["failed"], limit: 1000 });
    expect(failed.items.map(({ run_id }) => run_id).sort()).toEqual(
      runs
        .filter(({ state }) => state === "failed")
        .map(({ run_id }) => run_id)
        .sort(),
    );
    const slow = await store.listCountedRuns({ atLeast: report.runs.p95!, limit: 1000 });
    expect(slow.total).toBeGreaterThan(0);
    expect(slow.total).toBeLessThanOrEqual(Math.floor(runs.length * 0.05) + 1);
    expect(slow.items.every(({ duration }) => duration! >= report.runs.p95!)).toBe(true);
  });

  test.each(["name", "pipeline", "version", "state", "error_type"] as const)(
    "are grouped by %s with the percentiles of a sort, and the series by the same",
    async (groupBy) => {
      const { statistics, series } = await store.getStatisticsReport({ groupBy });
      const groups = statistics.groups!;
      expect(total(groups.map(({ count }) => count))).toBe(spans.length);
      for (const { group, count, p95, failed } of groups) {
        expect(total([...series[group ?? ""]!.counts])).toBe(count);
        if (groupBy === "error_type") continue;
        const own = spans.filter(
          ({ run, status, name }) =>
            ({ name, pipeline: run.pipeline_name, version: run.pipeline_version, state: status })[groupBy] ===
            group,
        );
        expect(count).toBe(own.length);
        expect(failed).toBe(own.filter(({ status }) => status === "failed").length);
        expect(p95).toBeCloseTo(
          percentileBySort(
            own.map(({ duration }) => duration),
            0.95,
          ),
          5,
        );
      }
      if (groupBy !== "error_type") return;
      for (const { group, count } of groups)
        if (group !== null) expect((await store.listSpans({ errorTypes: [group] })).total).toBe(count);
    },
  );
});
