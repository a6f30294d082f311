import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reportStatistics } from "../../../src/store/report.ts";
import type { Run, TraceStore } from "../../../src/store/store.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { SpanTable } from "../../../webview/timeline/span-table.ts";
import { type FixtureName, fixture, fixtureCounts } from "../support/fixtures.ts";
import { rowsOf, type StockDatabase, stockDatabase } from "../support/stock-sqlite.ts";

/** The spans of a fixture, read by stock sql.js from the whole file: what every answer is compared with. */
interface PlainSpan {
  run_id: string;
  span_id: string;
  parent_span_id: string | null;
  name: string;
  status: string;
  start_time: number;
  end_time: number | null;
  attributes: Record<string, unknown>;
  pipeline: string;
}

const layouts = ["v1.0", "v0.4.32", "v0.6.11"] as const;

function plainSpans(layout: FixtureName, database: StockDatabase): PlainSpan[] {
  const pipelines = new Map(
    rowsOf(database, "SELECT run_id, pipeline_name FROM runs").map((row) => [
      row.run_id,
      row.pipeline_name as string,
    ]),
  );
  const rows =
    layout === "v1.0"
      ? rowsOf(database, "SELECT run_id, trace_json FROM traces").flatMap(({ run_id, trace_json }) =>
          nested(JSON.parse(trace_json as string)).map((span) => ({ ...span, run_id })),
        )
      : rowsOf(database, "SELECT * FROM spans").map((row) => ({
          ...row,
          attributes: JSON.parse(row.attributes as string),
        }));
  return rows.map((row) => ({
    ...(row as unknown as PlainSpan),
    pipeline: pipelines.get((row as unknown as PlainSpan).run_id)!,
  }));
}

function nested(node: Record<string, unknown>): Record<string, unknown>[] {
  return [node, ...(node.children as Record<string, unknown>[]).flatMap(nested)];
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

function grouped(spans: PlainSpan[], key: (span: PlainSpan) => string): Map<string, PlainSpan[]> {
  const groups = new Map<string, PlainSpan[]>();
  for (const span of spans) groups.set(key(span), [...(groups.get(key(span)) ?? []), span]);
  return groups;
}

describe.each(layouts)("%s", (layout) => {
  let store: TraceStore;
  let database: StockDatabase;
  let spans: PlainSpan[];
  let runs: Run[];

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    database = await stockDatabase(fixture(layout));
    spans = plainSpans(layout, database);
    runs = await store.listRuns();
  });
  afterAll(async () => {
    await store.close();
    database.close();
  });

  test("holds 300 runs and 2,935 spans, 118 of them failed", () => {
    const states = grouped(spans, () => "all");
    expect(states.get("all")!.length).toBe(fixtureCounts[layout].spans);
    expect(runs.length).toBe(300);
    expect(runs.reduce((sum, run) => sum + run.span_count, 0)).toBe(2935);
    expect(runs.reduce((sum, run) => sum + run.failed_count, 0)).toBe(118);
    const count = (state: string) => runs.filter((run) => run.state === state).length;
    expect(["completed", "failed", "paused", "running"].map(count)).toEqual([233, 59, 7, 1]);
  });

  test("lists runs newest first, page by page as in one piece", async () => {
    expect(runs.every((run, at) => at === 0 || runs[at - 1]!.start_time! >= run.start_time!)).toBe(true);
    const paged: Run[] = [];
    for (;;) {
      const page = await store.listRuns({ limit: 41, after: paged.at(-1) });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).toEqual(runs);
    expect(await store.listRuns({ limit: 5, after: runs[9]!.run_id })).toEqual(runs.slice(10, 15));
  });

  test("filters runs by status, pipeline and text", async () => {
    const failed = await store.listRuns({ status: "failed", pipeline: "code_review" });
    expect(failed.map((run) => run.run_id).sort()).toEqual(
      rowsOf(
        database,
        "SELECT run_id FROM runs WHERE status = 'failed' AND pipeline_name = 'code_review' ORDER BY 1",
      ).map((row) => row.run_id),
    );
    expect((await store.listRuns({ status: ["paused", "running"] })).length).toBe(8);
    expect((await store.listRuns({ search: "A6A3A450" })).map((run) => run.run_id)).toEqual([
      "run_a6a3a4506513270e269e0d37f2a74de4",
    ]);
    expect(await store.listRuns({ search: "%" })).toEqual([]);
  });

  test("finds a run by id, prefix or part, and tells apart several", async () => {
    const id = "run_a6a3a4506513270e269e0d37f2a74de4";
    for (const part of [id, "run_a6a3a4", "a6a3a450"])
      expect(await store.getRun(part)).toMatchObject({ run_id: id });
    const many = (await store.getRun("run_a")) as { candidates: Run[] };
    expect(many.candidates.map((run) => run.run_id)).toEqual(
      runs.filter((run) => run.run_id.startsWith("run_a")).map((run) => run.run_id),
    );
    await expect(store.getRun("no-such-run")).rejects.toMatchObject({ kind: "unknown_run" });
    await expect(store.getTrace("run_a")).rejects.toMatchObject({ kind: "ambiguous_run" });
  });

  test("gives every span of every run, once, under its parent", async () => {
    const byRun = grouped(spans, (span) => span.run_id);
    for (const run of runs) {
      const trace = await store.getTrace(run.run_id);
      const expected = byRun.get(run.run_id) ?? [];
      expect(trace.provisional).toBe(expected.length === 0);
      if (trace.provisional) continue;
      expect(trace.roots.length).toBe(1);
      expect(trace.warnings).toEqual([]);
      const found = new Map(trace.spans.map((span) => [span.span_id, span]));
      expect(found.size).toBe(expected.length);
      for (const span of expected) {
        const node = found.get(span.span_id)!;
        expect(node).toMatchObject({ name: span.name, status: span.status, attributes: span.attributes });
        expect(node.end_time! - node.start_time!).toBeCloseTo(span.end_time! - span.start_time, 5);
        if (layout !== "v0.6.11") expect(node.start_time).toBe(span.start_time);
        if (span.parent_span_id) expect(found.get(span.parent_span_id)!.children).toContain(node);
      }
    }
  });

  test("filters the spans of a run by raw status and name, in order of start", async () => {
    const run = runs.find((candidate) => candidate.state === "failed")!;
    const own = spans.filter((span) => span.run_id === run.run_id);
    const failed = await store.getSpans(run.run_id, { status: "failed" });
    expect(failed.map((span) => span.span_id).sort()).toEqual(
      own
        .filter((span) => span.status === "failed")
        .map((span) => span.span_id)
        .sort(),
    );
    const named = await store.getSpans(run.run_id, { name: "pipeline_run" });
    expect(named.map((span) => span.name)).toEqual(["pipeline_run"]);
    const all = await store.getSpans(run.run_id);
    expect(all.every((span, at) => at === 0 || all[at - 1]!.start_time! <= span.start_time!)).toBe(true);
  });

  test("counts, averages and percentiles equal plain arithmetic over the same rows", async () => {
    for (const pipelineName of [undefined, "support_triage"]) {
      const own = spans.filter((span) => pipelineName === undefined || span.pipeline === pipelineName);
      const statistics = await store.getSpanStatistics({ pipelineName });
      expect(statistics.total_spans).toBe(own.length);
      expect(statistics.unfinished_spans).toBe(0);
      const counts = (key: (span: PlainSpan) => string) =>
        Object.fromEntries(Array.from(grouped(own, key), ([name, group]) => [name, group.length]));
      expect(statistics.by_status).toEqual(counts((span) => span.status));
      expect(statistics.by_name).toEqual(counts((span) => span.name));
      expect(statistics.by_pipeline).toEqual(counts((span) => span.pipeline));
      for (const [name, group] of grouped(own, (span) => span.name)) {
        const lasts = group.map((span) => span.end_time! - span.start_time);
        const total = lasts.reduce((sum, value) => sum + value, 0);
        const figures = statistics.durations[name]!;
        expect(statistics.avg_duration_by_name[name]!.count).toBe(group.length);
        expect(statistics.avg_duration_by_name[name]!.total).toBeCloseTo(total, 6);
        expect(statistics.avg_duration_by_name[name]!.average).toBeCloseTo(total / group.length, 9);
        expect(figures.avg).toBeCloseTo(total / group.length, 9);
        for (const [key, share] of [
          ["p50", 0.5],
          ["p90", 0.9],
          ["p95", 0.95],
          ["p99", 0.99],
        ] as const) {
          expect(figures[key]).toBe(percentile(lasts, share));
        }
        expect([figures.min, figures.max]).toEqual([Math.min(...lasts), Math.max(...lasts)]);
        expect(figures.failed).toBe(group.filter((span) => span.status === "failed").length);
        const costs = group.flatMap(
          (span) => span.attributes["flujo.budget.actual_cost_usd"] ?? [],
        ) as number[];
        if (costs.length === 0) expect(figures.cost).toBeNull();
        else
          expect(figures.cost).toBeCloseTo(
            costs.reduce((sum, value) => sum + value, 0),
            9,
          );
      }
    }
  });

  test("self time is what no child covers", async () => {
    const byParent = grouped(
      spans.filter((span) => span.parent_span_id !== null),
      (span) => span.parent_span_id!,
    );
    const expected = new Map<string, number>();
    for (const span of spans) {
      const inner = (byParent.get(span.span_id) ?? []).sort((a, b) => a.start_time - b.start_time);
      let self = span.end_time! - span.start_time;
      let reached = span.start_time;
      for (const child of inner) {
        const from = Math.max(child.start_time, reached);
        const to = Math.min(child.end_time!, span.end_time!);
        if (to > from) self -= to - from;
        reached = Math.max(reached, to);
      }
      expected.set(span.name, (expected.get(span.name) ?? 0) + self);
    }
    const { durations } = await store.getSpanStatistics();
    for (const [name, self] of expected) expect(durations[name]!.self_total).toBeCloseTo(self, 5);
  });

  test("a time range keeps the spans that start in it, on the wall clock", async () => {
    const [first, last] = [runs.at(-1)!.start_time!, runs[0]!.start_time!];
    const day = await store.getSpanStatistics({ timeRange: [first, first + 86_400] });
    const rest = await store.getSpanStatistics({ timeRange: [first + 86_400.000_001, undefined] });
    expect(day.total_spans + rest.total_spans).toBe(2935);
    expect(day.total_spans).toBeGreaterThan(1000);
    expect((await store.getSpanStatistics({ timeRange: [last + 7200, undefined] })).total_spans).toBe(0);
    if (layout !== "v0.6.11") {
      expect(day.total_spans).toBe(
        spans.filter((span) => span.start_time >= first && span.start_time <= first + 86_400).length,
      );
    }
  });

  test("the report's parts agree with the statistics", async () => {
    const report = await store.getStatisticsReport();
    const { snapshot, ...statistics } = await store.getSpanStatistics();
    expect(report.statistics).toMatchObject(reportStatistics(statistics));
    expect(snapshot.stale).toBe(false);
    expect(report.runs).toMatchObject({
      total: 300,
      by_state: { completed: 233, failed: 59, paused: 7, running: 1 },
    });
    expect(report.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(2935);
    expect(report.histogram.failed.reduce((sum, count) => sum + count, 0)).toBe(118);
    expect(report.errors.reduce((sum, pattern) => sum + pattern.count, 0)).toBe(59);
    expect(report.pipelines.reduce((sum, pipeline) => sum + pipeline.total_spans, 0)).toBe(2935);
    expect(report.runs.cost).toBeCloseTo(
      runs.reduce((sum, run) => sum + run.total_cost!, 0),
      9,
    );
  });

  test("every failed span tells its error's type and message", async () => {
    for (const run of runs.filter((candidate) => candidate.state === "failed")) {
      const outline = await store.getOutline(run.run_id);
      const failed = outline.spans.filter((span) => span.state === "failed");
      expect(failed.length).toBe(2);
      const [root, step] = failed;
      const own = spans.find((span) => span.span_id === step!.span_id)!.attributes;
      expect(step!.error).toEqual({ type: own.error_type, message: own.feedback });
      expect(root!.error).toEqual(step!.error);
      const { error } = await store.getRunDetail(run.run_id);
      expect(error).toEqual(step!.error);
    }
  });

  test("a detail carries attributes, step, parents and what is usual", async () => {
    const run = runs.find((candidate) => candidate.state === "failed")!;
    const outline = await store.getOutline(run.run_id);
    const failed = outline.spans.find((span) => span.state === "failed" && span.parent >= 0)!;
    const detail = await store.getSpanDetail(run.run_id, failed.key);
    expect(detail.attributes).toEqual(spans.find((span) => span.span_id === failed.span_id)!.attributes);
    expect(detail.parents).toEqual(["pipeline_run"]);
    expect(detail.step).toMatchObject({ step_name: failed.name, status: "failed" });
    expect(detail.input).toBe(`input of ${failed.name}`);
    const recent = new Set(
      runs.filter((other) => other.pipeline_name === run.pipeline_name).map((other) => other.run_id),
    );
    const usual = spans
      .filter((span) => recent.has(span.run_id) && span.name === failed.name && span.status === "completed")
      .map((span) => span.end_time! - span.start_time);
    expect(detail.usual).toEqual({
      count: usual.length,
      p50: percentile(usual, 0.5),
      p95: percentile(usual, 0.95),
    });
  });

  test("levels unfold to the same tree as the outline", async () => {
    const run = runs.find((candidate) => candidate.span_count > 10)!;
    const outline = await store.getOutline(run.run_id);
    const top = await store.getLevel(run.run_id);
    expect(top.items.map((span) => span.key)).toEqual([outline.spans[0]!.key]);
    const below = await store.getLevel(run.run_id, { parent: top.items[0]!.key, limit: 2 });
    expect(below.total).toBe(outline.spans[0]!.child_count);
    expect(below.items.map((span) => span.key)).toEqual(
      outline.spans
        .filter((span) => span.parent === 0)
        .map((span) => span.key)
        .slice(0, 2),
    );
    const cut = await store.getOutline(run.run_id, { limit: 3 });
    expect([cut.spans.length, cut.total]).toEqual([3, run.span_count]);
  });

  test("the outline in columns is the outline", async () => {
    for (const run of runs.slice(0, 40)) {
      const { spans: rows, snapshot: _, ...outline } = await store.getOutline(run.run_id);
      const columns = await store.getOutlineColumns(run.run_id);
      expect(columns).toMatchObject(outline);
      const table = new SpanTable(columns);
      const tableRows = rows.map((_, index) => table.span(index)!);
      for (const [index, row] of tableRows.entries()) {
        const { start_time, end_time, ...facts } = rows[index]!;
        expect(row).toMatchObject(facts);
        // The sum of two times is no finer than a time.
        for (const [got, wanted] of [
          [row.start_time, start_time],
          [row.end_time, end_time],
        ] as const) {
          if (wanted === null) expect(got).toBeNull();
          else expect(got).toBeCloseTo(wanted, 5);
        }
      }
      expect(table.length).toBe(rows.length);
    }
    const run = runs.find((candidate) => candidate.span_count > 3)!;
    const cut = await store.getOutlineColumns(run.run_id, { limit: 3 });
    expect([cut.size, cut.keys.length, cut.total]).toEqual([3, 3, run.span_count]);
  });

  test("the run without spans gets a tree from its steps, marked, and counts nowhere", async () => {
    const running = runs.find((run) => run.state === "running")!;
    const trace = await store.getTrace(running.run_id);
    expect(trace.provisional).toBe(true);
    expect(trace.roots.map((root) => [root.name, root.status])).toEqual([["pipeline_run", "running"]]);
    expect(trace.roots[0]!.children.map((step) => [step.name, step.status])).toEqual([
      ["collect_diff", "completed"],
      ["plan_review", "completed"],
      ["review_file", "completed"],
      ["summarize", "completed"],
    ]);
    const times = trace.roots[0]!.children.map((step) =>
      Math.round((step.end_time! - step.start_time!) * 1000),
    );
    expect(times).toEqual([235, 311, 770, 740]);
    expect(running.total_tokens).toBe(6277);
    expect(await store.getSpans(running.run_id)).toEqual([]);
  });

  test("named queries give what the design's SQL gives", async () => {
    const failed = await store.query("failed-spans");
    expect(failed.length).toBe(118);
    expect(
      failed.every(
        (row, at) => at === 0 || (failed[at - 1]!.start_time as number) >= (row.start_time as number),
      ),
    ).toBe(true);
    const performance = await store.query("pipeline-performance");
    for (const row of performance) {
      const own = spans.filter((span) => span.pipeline === row.pipeline_name);
      expect(row.total_spans).toBe(own.length);
      expect(row.failed_count).toBe(own.filter((span) => span.status === "failed").length);
      expect(row.avg_duration).toBeCloseTo(
        own.reduce((sum, span) => sum + span.end_time! - span.start_time, 0) / own.length,
        6,
      );
    }
    const durations = await store.query("duration-by-name");
    expect(Object.fromEntries(durations.map((row) => [row.name, row.count]))).toEqual(
      (await store.getSpanStatistics()).by_name,
    );
    const timeouts = await store.query("spans-by-attribute", { key: "error_type", value: "timeout" });
    expect(timeouts.map((row) => row.span_id).sort()).toEqual(
      spans
        .filter((span) => span.attributes.error_type === "timeout")
        .map((span) => span.span_id)
        .sort(),
    );
    const patterns = await store.query("error-patterns");
    expect(patterns.reduce((sum, row) => sum + (row.count as number), 0)).toBe(59);
    expect((await store.query("failed-spans", { limit: 7 })).length).toBe(7);
  });
});

test("time ranges give the same counts for the epoch and the monotonic clock", async () => {
  const old = await openTraceStore(fixture("v0.4.32"));
  const now = await openTraceStore(fixture("v0.6.11"));
  try {
    const [last] = await old.listRuns({ limit: 1 });
    const all = { timeRange: [last!.start_time! - 100 * 3600, undefined] as const };
    const none = { timeRange: [last!.start_time! + 3600, undefined] as const };
    for (const query of [all, none]) {
      const [a, b] = [await old.getSpanStatistics(query), await now.getSpanStatistics(query)];
      expect(b.by_name).toEqual(a.by_name);
      expect(b.by_status).toEqual(a.by_status);
    }
    expect((await now.getSpanStatistics(all)).total_spans).toBe(2935);
  } finally {
    await Promise.all([old.close(), now.close()]);
  }
});

test("rows that are only in the write-ahead log are read", async () => {
  const store = await openTraceStore(fixture("live"));
  try {
    const runs = await store.listRuns();
    expect(runs.length).toBe(12);
    expect(runs.reduce((sum, run) => sum + run.span_count, 0)).toBe(113);
    expect((await store.getSpanStatistics()).total_spans).toBe(113);
  } finally {
    await store.close();
  }
});
