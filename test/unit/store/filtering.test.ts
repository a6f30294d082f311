import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTraceStore, type Run, type Span, type TraceStore } from "../../../src/store/store.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";

describe.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])("filters on %s", (layout) => {
  let store: TraceStore;
  let runs: Run[];
  let spans: Span[];

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = await store.listRuns();
    spans = (await Promise.all(runs.map((run) => store.getSpans(run.run_id)))).flat();
  });
  afterAll(() => store.close());

  const attribute = (span: Span, key: string) => (span.attributes as Record<string, unknown>)[key];

  test("take the spans that plain code takes", async () => {
    const cases: [string, (span: Span) => boolean][] = [
      ["status = failed", (span) => span.status === "failed"],
      [
        "name ~ item and not status = failed",
        (span) => span.name.includes("item") && span.status !== "failed",
      ],
      ["latency_s > 2s", (span) => Number(attribute(span, "latency_s")) > 2],
      ["duration >= 500ms", (span) => span.end_time! - span.start_time! >= 0.5],
      [
        "error_type in (timeout, rate_limit) and name != pipeline_run",
        (span) => ["timeout", "rate_limit"].includes(String(attribute(span, "error_type"))),
      ],
      ["tokens > 2k", (span) => Number(attribute(span, "flujo.budget.actual_tokens")) > 2000],
      ['"flujo.step.type" = step', (span) => attribute(span, "flujo.step.type") === "Step"],
      ["depth = 0", (span) => span.parent_span_id === null],
    ];
    for (const [filter, plain] of cases) {
      const found: string[] = [];
      for (const run of runs)
        found.push(...(await store.getSpans(run.run_id, { filter })).map((span) => span.span_id));
      const expected = spans.filter(plain).map((span) => span.span_id);
      expect(expected.length).toBeGreaterThan(0);
      // Times on the wall clock are rounded, raw ones are not: a duration at the very edge may fall on either side.
      expect(found.sort(), filter).toEqual(expected.sort());
    }
  });

  test("take runs by their own facts, page by page", async () => {
    const filter = "status = failed and pipeline = code_review and duration > 1s";
    const expected = runs.filter(
      (run) => run.status === "failed" && run.pipeline_name === "code_review" && run.duration! > 1,
    );
    expect(await store.listRuns({ filter })).toEqual(expected);
    const first = await store.listRuns({ filter, limit: 3 });
    expect([...first, ...(await store.listRuns({ filter, after: first.at(-1) }))]).toEqual(expected);
  });

  test("are counted without being listed", async () => {
    for (const query of [
      {},
      { status: ["failed", "paused"] },
      { pipeline: "code_review", search: "a" },
      { status: "failed", filter: "duration > 1s and error_type exists", limit: 1 },
    ]) {
      const listed = await store.listRuns({ ...query, limit: undefined });
      expect(await store.countRuns(query)).toBe(listed.length);
    }
  });

  test("take a run for what any of its spans is", async () => {
    const found = await store.listRuns({ filter: "error_type = timeout and name = classify_ticket" });
    const timeouts = spans.filter(
      (span) => span.name === "classify_ticket" && attribute(span, "error_type") === "timeout",
    );
    expect(found.map((run) => run.run_id).sort()).toEqual(timeouts.map((span) => span.run_id).sort());
  });

  test("take a run for one span, also when a part of the condition is joined by or", async () => {
    const found = await store.listRuns({
      filter: "name = classify_ticket and (error_type = timeout or error_type = rate_limit)",
    });
    const taken = spans.filter(
      (span) =>
        span.name === "classify_ticket" &&
        ["timeout", "rate_limit"].includes(String(attribute(span, "error_type"))),
    );
    expect(found.map((run) => run.run_id).sort()).toEqual(
      [...new Set(taken.map((span) => span.run_id))].sort(),
    );
  });

  test("with not, take a run only when none of its spans is so", async () => {
    const withTimeout = new Set(
      spans.filter((span) => attribute(span, "error_type") === "timeout").map((span) => span.run_id),
    );
    const found = await store.listRuns({ filter: "not error_type = timeout and spans > 0" });
    expect(found.map((run) => run.run_id)).toEqual(
      runs.filter((run) => run.span_count > 0 && !withTimeout.has(run.run_id)).map((run) => run.run_id),
    );
  });

  test("mark mistakes, and an empty one takes everything", async () => {
    const run = runs.find((candidate) => candidate.span_count > 0)!;
    await expect(store.getMatches(run.run_id, "status =")).rejects.toMatchObject({
      kind: "invalid_argument",
      message: expect.stringContaining("at character 9"),
    });
    const outline = await store.getOutline(run.run_id);
    const all = await store.getMatches(run.run_id, " ");
    expect([...all.keys].sort()).toEqual(outline.spans.map((span) => span.key).sort());
  });

  test("offer the data's own keys and values", async () => {
    const { attributes, values } = await store.getFilterVocabulary();
    expect(attributes).toContain("flujo.step.type");
    expect(values.pipeline!.toSorted()).toEqual(["code_review", "invoice_extraction", "support_triage"]);
    expect(values.status).toContain("failed");
    expect(values.error_type).toContain("tool_error");
    expect(values).not.toHaveProperty("step_input.id");
  });
});
