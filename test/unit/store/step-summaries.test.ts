import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTraceStore, type Run, type Span, type TraceStore } from "../../../src/store/store.ts";
import { percentileBySort } from "../support/figures.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";

describe.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])("summaries of steps on %s", (layout) => {
  let store: TraceStore;
  let runs: Run[];
  const spansOf = new Map<string, Span[]>();

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = await store.listRuns();
    for (const run of runs) spansOf.set(run.run_id, await store.getSpans(run.run_id));
  });
  afterAll(() => store.close());

  const names = ["classify_ticket", "extract_fields", "pipeline_run", "never_ran"];
  const among = (some: readonly Run[], name: string) =>
    some.flatMap((run) => spansOf.get(run.run_id)!.filter((span) => span.name === name));
  const newest = (count: number) => {
    const seen = new Map<string, number>();
    return runs.filter(({ pipeline_name }) => {
      seen.set(pipeline_name, (seen.get(pipeline_name) ?? 0) + 1);
      return seen.get(pipeline_name)! <= count;
    });
  };

  test.each([undefined, 20])(
    "have the figures of plain arithmetic, over the newest %s runs a pipeline",
    async (limit) => {
      const some = limit === undefined ? runs : newest(limit);
      const { steps } = await store.getStepSummaries({ steps: names.map((name) => ({ name })), runs: limit });
      expect(steps.map((step) => step?.name)).toEqual([...names.slice(0, 3), undefined]);
      for (const step of steps.slice(0, 3).map((one) => one!)) {
        const spans = among(some, step.name);
        const finished = spans.filter(({ end_time }) => end_time !== null);
        const durations = finished.map((span) => span.end_time! - span.start_time!);
        const costs = spans.flatMap(
          ({ attributes }) => (attributes as Record<string, number>)["flujo.budget.actual_cost_usd"] ?? [],
        );
        expect(step.runs).toBe(new Set(spans.map(({ run_id }) => run_id)).size);
        expect(step.spans).toBe(finished.length);
        expect(step.failed).toBe(finished.filter(({ status }) => status === "failed").length);
        expect(step.p50).toBeCloseTo(percentileBySort(durations, 0.5), 5);
        expect(step.p95).toBeCloseTo(percentileBySort(durations, 0.95), 5);
        if (costs.length === 0) expect(step.cost).toBeNull();
        else
          expect(step.cost).toBeCloseTo(
            costs.reduce((sum, cost) => sum + cost, 0),
            9,
          );
        const run = some.find(({ run_id }) => spansOf.get(run_id)!.some(({ name }) => name === step.name))!;
        expect(step.last.run.run_id).toBe(run.run_id);
        const last = among([run], step.name).sort((a, b) => b.start_time! - a.start_time!)[0]!;
        expect(step.last.span).toMatchObject({ name: step.name, status: last.status, span_id: last.span_id });
      }
    },
  );

  test.each([undefined, 20])(
    "count a name of several pipelines in those that the step stands in, over the newest %s runs",
    async (limit) => {
      const stand = [
        ["support_triage"],
        ["code_review", "invoice_extraction"],
        ["support_triage", "never_ran"],
        ["never_ran"],
        [],
      ];
      const { steps } = await store.getStepSummaries({
        steps: stand.map((pipelines) => ({ name: "pipeline_run", pipelines })),
        runs: limit,
      });
      const every = ["code_review", "invoice_extraction", "support_triage"];
      const counted = [
        ["support_triage"],
        ["code_review", "invoice_extraction"],
        ["support_triage"],
        every,
        every,
      ];
      for (const [index, step] of steps.entries()) {
        const some = (limit === undefined ? runs : newest(limit)).filter(({ pipeline_name }) =>
          counted[index]!.includes(pipeline_name),
        );
        const spans = among(some, "pipeline_run").filter(({ end_time }) => end_time !== null);
        expect(step).toMatchObject({
          narrowed: index < 3,
          pipelines: counted[index],
          spans: spans.length,
          failed: spans.filter(({ status }) => status === "failed").length,
        });
        expect(step!.last.run.run_id).toBe(
          some.find(({ run_id }) => spansOf.get(run_id)!.some(({ name }) => name === "pipeline_run"))!.run_id,
        );
      }
    },
  );

  test("are undefined for a step that never ran in its own pipeline, whatever others did", async () => {
    const { steps } = await store.getStepSummaries({
      steps: [{ name: "classify_ticket", pipelines: ["code_review"] }],
    });
    expect(steps).toEqual([undefined]);
  });

  test("list the spans of the step's own pipelines, and of all where none of these has a run", async () => {
    const list = async (pipelines: string[]) => {
      const { spans, total, narrowed } = await store.getStepSpans("pipeline_run", {
        pipelines,
        limit: 1_000,
      });
      expect(spans).toHaveLength(total);
      return { total, narrowed, names: [...new Set(spans.map(({ pipeline_name }) => pipeline_name))].sort() };
    };
    const count = (...names: string[]) =>
      among(
        runs.filter(({ pipeline_name }) => names.includes(pipeline_name)),
        "pipeline_run",
      ).length;
    expect(await list(["support_triage", "code_review"])).toEqual({
      total: count("support_triage", "code_review"),
      narrowed: true,
      names: ["code_review", "support_triage"],
    });
    expect(await list(["never_ran"])).toMatchObject({
      total: among(runs, "pipeline_run").length,
      narrowed: false,
    });
  });

  test.each([undefined, 20])("know every name of the newest %s runs a pipeline", async (limit) => {
    const some = limit === undefined ? runs : newest(limit);
    const expected = new Set(some.flatMap(({ run_id }) => spansOf.get(run_id)!.map(({ name }) => name)));
    expect(await store.getStepNames({ runs: limit })).toEqual([...expected].sort());
  });

  test("tell why the last one failed", async () => {
    const run = runs.find(({ state }) => state === "failed")!;
    const failed = spansOf
      .get(run.run_id)!
      .find(({ status, parent_span_id }) => status === "failed" && parent_span_id)!;
    const { spans, total, complete } = await store.getStepSpans(failed.name);
    expect(complete).toBe(true);
    expect(total).toBe(among(runs, failed.name).length);
    const one = spans.find(({ run_id, state }) => run_id === run.run_id && state === "failed")!;
    expect(one).toMatchObject({ pipeline_name: run.pipeline_name });
    expect(one.error_type).toBe((failed.attributes as Record<string, unknown>).error_type ?? one.error_type);
  });

  test("of pipelines are those of their runs", async () => {
    const { pipelines } = await store.getStepSummaries({
      steps: [],
      pipelines: ["support_triage", "no"],
      runs: 50,
    });
    const some = runs.filter(({ pipeline_name }) => pipeline_name === "support_triage").slice(0, 50);
    const durations = some.flatMap(({ duration }) => duration ?? []);
    expect(pipelines).toHaveLength(1);
    expect(pipelines[0]).toMatchObject({
      runs: 50,
      failed: some.filter(({ state }) => state === "failed").length,
      p50: percentileBySort(durations, 0.5),
      p95: percentileBySort(durations, 0.95),
      last: { run_id: some[0]!.run_id },
    });
  });

  test("list every span of a name once, cut where asked", async () => {
    const { spans, total } = await store.getStepSpans("classify_ticket", { limit: 7 });
    expect(spans).toHaveLength(7);
    expect(total).toBe(among(runs, "classify_ticket").length);
  });
});
