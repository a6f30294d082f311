import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTraceStore, type Run, type Span, type TraceStore } from "../../../src/store/store.ts";
import { percentileBySort } from "../support/figures.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";
import { rowsOf, stockDatabase } from "../support/stock-sqlite.ts";

describe.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])("the history of a step on %s", (layout) => {
  let store: TraceStore;
  let runs: Run[];
  const spansOf = new Map<string, Span[]>();

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = await store.listRuns();
    for (const run of runs) spansOf.set(run.run_id, await store.getSpans(run.run_id));
  });
  afterAll(() => store.close());

  const errorType = (span: Span) => (span.attributes as Record<string, unknown>).error_type;
  const named = (name: string, pipeline: string, newest = 200) =>
    runs
      .filter((run) => run.pipeline_name === pipeline)
      .slice(0, newest)
      .flatMap((run) => spansOf.get(run.run_id)!.filter((span) => span.name === name));
  const duration = (span: Span) => span.end_time! - span.start_time!;

  async function keyOf(runId: string, spanId: string): Promise<number> {
    const { spans } = await store.getOutline(runId);
    return spans.find((span) => span.span_id === spanId)!.key;
  }

  test("has the counts, percentiles and rank of plain arithmetic", async () => {
    for (const name of ["classify_ticket", "retrieve_context_item", "pipeline_run"]) {
      const all = named(name, "support_triage");
      const one = all.find((span) => span.status === "completed")!;
      const history = await store.getStepHistory(one.run_id, await keyOf(one.run_id, one.span_id));
      const completed = all.filter((span) => span.status === "completed");
      const finished = all.filter((span) => span.end_time !== null);
      expect(history.count).toBe(finished.length);
      expect(history.failed).toBe(all.filter((span) => span.status === "failed").length);
      expect(history.histogram.counts.reduce((sum, count) => sum + count, 0)).toBe(finished.length);
      expect(history.completed!.count).toBe(completed.length);
      expect(history.completed!.p50).toBeCloseTo(percentileBySort(completed.map(duration), 0.5), 5);
      expect(history.completed!.p95).toBeCloseTo(percentileBySort(completed.map(duration), 0.95), 5);
      expect(history.rank).toEqual({
        slower_than: completed.filter((span) => duration(span) < duration(one)).length,
        of: completed.length - 1,
      });
      expect(history).toMatchObject({ includes_run: true, complete: true });
      expect(history.runs).toBe(runs.filter((run) => run.pipeline_name === "support_triage").length);
      const others = all.filter((span) => span.run_id !== one.run_id);
      expect(history.others_total).toBe(others.length);
      expect(history.others.length).toBe(Math.min(50, others.length));
    }
  });

  test("lists the step in other runs, newest first, each as its own run has it", async () => {
    const [one] = named("classify_ticket", "support_triage");
    const { others } = await store.getStepHistory(one!.run_id, await keyOf(one!.run_id, one!.span_id));
    const place = new Map(runs.map((run, index) => [run.run_id, index]));
    const places = others.map((other) => place.get(other.run_id)!);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    for (const other of others.slice(0, 10)) {
      const { span } = await store.getSpanDetail(other.run_id, other.key);
      expect(span).toMatchObject({ name: "classify_ticket", state: other.state, duration: other.duration });
      expect(other.start_time).toBeCloseTo(span.start_time!, 5);
      expect(other.error_type).toBe(span.error?.type);
    }
  });

  test("lists failures that lie further back, and the last one that was completed before", async () => {
    const all = named("classify_ticket", "support_triage");
    const one = all.find((span) => span.status === "failed")!;
    const history = await store.getStepHistory(one.run_id, await keyOf(one.run_id, one.span_id));
    const others = all.filter((span) => span.run_id !== one.run_id);
    const failed = others.filter((span) => span.status === "failed");
    expect(history.failures_total).toBe(failed.length);
    expect(history.failures.map((other) => other.run_id)).toEqual(
      failed.slice(0, 20).map((span) => span.run_id),
    );
    const after = all.slice(all.indexOf(one) + 1);
    expect(history.completed_before?.run_id).toBe(after.find((span) => span.status === "completed")!.run_id);
    const oldest = await store.getStepHistory(
      all.at(-1)!.run_id,
      await keyOf(all.at(-1)!.run_id, all.at(-1)!.span_id),
    );
    expect(oldest.completed_before).toBeNull();
  });

  test("counts the same failure before and after, and knows the last one", async () => {
    const failed = named("classify_ticket", "support_triage").filter((span) => span.status === "failed");
    for (const one of failed) {
      const history = await store.getStepHistory(one.run_id, await keyOf(one.run_id, one.span_id));
      const same = failed.filter((span) => errorType(span) === errorType(one));
      const at = same.indexOf(one);
      expect(history.same_error).toMatchObject({
        error_type: errorType(one),
        after: at,
        before: same.length - at - 1,
      });
      expect(history.same_error!.last_before?.run_id).toBe(same[at + 1]?.run_id);
      expect(history.same_error!.occurrences.map((other) => other.run_id)).toEqual(
        same.filter((span) => span !== one).map((span) => span.run_id),
      );
    }
    const fine = named("classify_ticket", "support_triage").find((span) => span.status === "completed")!;
    const history = await store.getStepHistory(fine.run_id, await keyOf(fine.run_id, fine.span_id));
    expect(history.same_error).toBeNull();
  });

  test("gives a failed root the error that its own run shows", async () => {
    const roots = named("pipeline_run", "support_triage").filter((span) => span.status === "failed");
    const errors = await Promise.all(
      roots.map(async (root) => (await store.getRunDetail(root.run_id)).error!.type),
    );
    const [one] = roots;
    const key = await keyOf(one!.run_id, one!.span_id);
    const { others, same_error } = await store.getStepHistory(one!.run_id, key);
    const listed = others.filter((other) => other.state === "failed");
    expect(listed.map((other) => other.error_type)).toEqual(errors.slice(1, listed.length + 1));
    expect(same_error).toMatchObject({
      error_type: errors[0],
      before: errors.slice(1).filter((type) => type === errors[0]).length,
      after: 0,
    });
  });

  test("looks at no more runs than asked for", async () => {
    const all = named("classify_ticket", "support_triage", 10);
    const one = named("classify_ticket", "support_triage").at(-1)!;
    const key = await keyOf(one.run_id, one.span_id);
    const history = await store.getStepHistory(one.run_id, key, { runs: 10 });
    expect(history).toMatchObject({ runs: 10, includes_run: false, count: all.length });
    expect(history.rank!.of).toBe(all.filter((span) => span.status === "completed").length);
  });

  test("orders spans of one name below one parent by start", async () => {
    const items = named("retrieve_context_item", "support_triage");
    const group = items.filter((span) => span.parent_span_id === items[0]!.parent_span_id);
    expect(group.length).toBeGreaterThan(1);
    const keys = await Promise.all(group.map((span) => keyOf(span.run_id, span.span_id)));
    for (const [index, span] of group.entries()) {
      const { siblings } = await store.getStepHistory(span.run_id, keys[index]!);
      expect(siblings).toEqual({
        attempts: false,
        position: index + 1,
        total: group.length,
        previous: keys[index - 1] ?? null,
        next: keys[index + 1] ?? null,
      });
    }
  });

  test("looks back from a run that is still running, whose spans are not written yet", async () => {
    const running = runs.find((run) => run.state === "running")!;
    const { spans } = await store.getOutline(running.run_id);
    const step = spans.find((span) => span.parent >= 0)!;
    const history = await store.getStepHistory(running.run_id, step.key);
    const all = named(step.name, running.pipeline_name);
    expect(history.count).toBe(all.filter((span) => span.end_time !== null).length);
    expect(history.others_total).toBe(all.length);
  });

  test("rejects a span that is not there", async () => {
    await expect(store.getStepHistory(runs[0]!.run_id, 999_999)).rejects.toMatchObject({ kind: "not_found" });
  });
});

describe.each<FixtureName>(["v0.4.32", "v0.6.11"])("the history of a step, in SQL, on %s", (layout) => {
  test("is what the rows say", async () => {
    const store = await openTraceStore(fixture(layout));
    const database = await stockDatabase(fixture(layout));
    const began = layout === "v0.4.32" ? "r.start_time" : "r.created_at";
    const rows = (sql: string, ...params: unknown[]) => rowsOf(database, sql, params);
    const failures = rows(`SELECT s.run_id, s.span_id, s.name, r.pipeline_name, ${began} AS began,
        json_extract(s.attributes, '$.error_type') AS type FROM spans s JOIN runs r USING (run_id)
      WHERE s.status = 'failed' AND s.parent_span_id IS NOT NULL ORDER BY began DESC`);
    expect(failures.length).toBe(59);
    for (const { run_id, span_id, name, pipeline_name, began: start, type } of failures) {
      const { spans } = await store.getOutline(String(run_id));
      const key = spans.find((span) => span.span_id === span_id)!.key;
      const history = await store.getStepHistory(String(run_id), key);
      const same = `FROM spans s JOIN runs r USING (run_id) WHERE s.name = ? AND r.pipeline_name = ?`;
      const [counts] = rows(
        `SELECT count(*) AS count, sum(s.status = 'failed') AS failed ${same} AND s.end_time >= s.start_time`,
        name,
        pipeline_name,
      );
      expect({ count: history.count, failed: history.failed }).toEqual(counts);
      const durations = rows(
        `SELECT s.end_time - s.start_time AS d ${same} AND s.status = 'completed' ORDER BY d`,
        name,
        pipeline_name,
      ).map(({ d }) => Number(d));
      expect(history.completed?.p50).toBeCloseTo(percentileBySort(durations, 0.5), 9);
      expect(history.completed?.p95).toBeCloseTo(percentileBySort(durations, 0.95), 9);
      const [before] = rows(
        `SELECT count(*) AS times, max(${began}) AS last ${same} AND s.status = 'failed' AND ${began} < ?
          AND json_extract(s.attributes, '$.error_type') = ?`,
        name,
        pipeline_name,
        start,
        type,
      );
      expect(history.same_error?.before).toBe(before?.times);
      const last = history.same_error?.last_before?.run_id;
      const [told] = last ? rows(`SELECT ${began} AS began FROM runs r WHERE run_id = ?`, last) : [];
      expect(told?.began ?? null).toBe(before?.last);
    }
    await store.close();
    database.close();
  });
});
