import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ComparedStep, Run } from "../../../src/store/model.ts";
import { openTraceStore, type Span, type TraceStore } from "../../../src/store/store.ts";
import { type FixtureName, fixture } from "../support/fixtures.ts";

/** Paths by another way: from each span up to its root, siblings of a name counted by start. */
function pathsOf(spans: readonly Span[]): Map<string, Span> {
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  const segment = (span: Span) => {
    const same = spans.filter(
      (other) => other.parent_span_id === span.parent_span_id && other.name === span.name,
    );
    const at = same.indexOf(span);
    return at === 0 ? span.name : `${span.name}[${at + 1}]`;
  };
  return new Map(
    spans.map((span) => {
      let path = segment(span);
      for (let up = byId.get(span.parent_span_id ?? ""); up; up = byId.get(up.parent_span_id ?? ""))
        path = `${segment(up)}/${path}`;
      return [path, span];
    }),
  );
}

function changeOf(a: Span | undefined, b: Span | undefined): ComparedStep["change"] {
  if (!a) return "added";
  if (!b) return "removed";
  if (a.status !== "failed" && b.status === "failed") return "failing";
  if (a.status === "failed" && b.status === "completed") return "fixed";
  const [before, after] = [a, b].map((span) => span.end_time! - span.start_time!) as [number, number];
  if (Math.abs(after - before) < 0.001 || Math.abs(after - before) < before / 5) return "same";
  return after > before ? "slower" : "faster";
}

describe.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])("two runs compared on %s", (layout) => {
  let store: TraceStore;
  let runs: Run[];

  beforeAll(async () => {
    store = await openTraceStore(fixture(layout));
    runs = (await store.listRuns({ pipeline: "support_triage" })).filter(({ state }) => state !== "running");
  });
  afterAll(() => store.close());

  test("are aligned by path, whatever their ids, each with its change", async () => {
    const seen = new Set<string>();
    for (let index = 0; index + 1 < 30; index += 1) {
      const [a, b] = [runs[index]!, runs[index + 1]!];
      const { steps } = await store.compareRuns(a.run_id, b.run_id);
      const left = pathsOf(await store.getSpans(a.run_id));
      const right = pathsOf(await store.getSpans(b.run_id));
      const paths = new Set([...left.keys(), ...right.keys()]);
      expect(new Set(steps.map(({ path }) => path))).toEqual(paths);
      expect(steps).toHaveLength(paths.size);
      for (const step of steps) {
        expect(step.a?.span_id).toBe(left.get(step.path)?.span_id);
        expect(step.b?.span_id).toBe(right.get(step.path)?.span_id);
        expect([step.path, step.change]).toEqual([
          step.path,
          changeOf(left.get(step.path), right.get(step.path)),
        ]);
        seen.add(step.change);
      }
    }
    for (const change of ["added", "removed", "slower", "faster", "failing", "fixed", "same"])
      expect([...seen]).toContain(change);
  });

  test("a run differs in nothing from itself", async () => {
    const { steps } = await store.compareRuns(runs[0]!.run_id, runs[0]!.run_id);
    expect(new Set(steps.map(({ change }) => change))).toEqual(new Set(["same"]));
  });

  test("what the other run adds stands after what it follows there", async () => {
    for (const [index, b] of runs.slice(1, 20).entries()) {
      const { steps } = await store.compareRuns(runs[index]!.run_id, b.run_id);
      for (const [at, { path, name, parent }] of steps.entries()) {
        expect(parent).toBeLessThan(at);
        expect(path).toBe(parent < 0 ? name : `${steps[parent]!.path}/${name}`);
      }
    }
  });

  test("an unknown run is told", async () => {
    await expect(store.compareRuns(runs[0]!.run_id, "nothing")).rejects.toMatchObject({
      kind: "unknown_run",
    });
  });
});
