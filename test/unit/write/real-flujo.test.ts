import { execFileSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openTraceStore, type SpanNode } from "../../../src/store/store.ts";
import { createTraceStore } from "../../../src/write/create.ts";
import { type FixtureName, fixture, freshFolder } from "../support/fixtures.ts";

/** A Python that can import flujo 0.4 (`pip install "flujo<0.5" sqlvalidator`). */
const python = process.env.FLUJO_LENS_FLUJO_PYTHON;
const reader = fileURLToPath(new URL("./read_with_flujo.py", import.meta.url));

if (python === undefined) {
  console.warn("Reading with a real flujo is skipped: FLUJO_LENS_FLUJO_PYTHON names no Python that has it.");
}

interface FlujoSpan {
  readonly run: string;
  readonly parent: string | null;
  readonly span_id: string;
  readonly name: string;
  readonly status: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly attributes: unknown;
}

function readWithFlujo(file: string): { runs: string[]; spans: FlujoSpan[] } {
  const output = execFileSync(python!, [reader, file], { encoding: "utf8", maxBuffer: 1 << 28 });
  const [head, ...spans] = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  return { runs: (head as { runs: string[] }).runs, spans: spans as FlujoSpan[] };
}

/** The same from the store, without times: those are compared as durations. */
async function readWithStore(file: string) {
  const store = await openTraceStore(file);
  try {
    const spans = new Map<string, { parent: string | null; span: SpanNode; run: string }>();
    const runs = await store.listRuns();
    for (const { run_id, span_count } of runs) {
      if (span_count === 0) continue;
      const { roots } = await store.getTrace(run_id);
      const waiting = roots.map((span) => ({ span, parent: null as string | null }));
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { span, parent } = next;
        spans.set(span.span_id, { span, parent, run: run_id });
        waiting.push(...span.children.map((child) => ({ span: child, parent: span.span_id })));
      }
    }
    return { runs: runs.map(({ run_id }) => run_id).sort(), spans };
  } finally {
    await store.close();
  }
}

describe.skipIf(python === undefined)("a real flujo 0.4", () => {
  it.each<FixtureName>(["v1.0", "v0.4.32", "v0.6.11"])(
    "shows the traces of a migrated %s database as they were",
    async (name) => {
      const out = path.join(freshFolder(), "new.db");
      await (await createTraceStore(out, { from: fixture(name) })).close();
      const before = await readWithStore(fixture(name));
      const flujo = readWithFlujo(out);
      expect(flujo.runs).toEqual(before.runs);
      expect(flujo.spans.length).toBe(before.spans.size);
      expect(flujo.spans.length).toBe(2935);
      for (const span of flujo.spans) {
        const { parent, run, span: known } = before.spans.get(span.span_id)!;
        expect([span.run, span.parent, span.name, span.status]).toEqual([
          run,
          parent,
          known.name,
          known.status,
        ]);
        expect(span.attributes).toEqual(known.attributes);
        const length = span.end_time === null ? null : span.end_time - span.start_time;
        if (length === null) expect(known.end_time).toBeNull();
        else expect(Math.abs(length - (known.end_time! - known.start_time!))).toBeLessThan(1e-6);
      }
    },
    120_000,
  );

  it("shows a trace that was saved", async () => {
    const out = path.join(freshFolder(), "new.db");
    const writer = await createTraceStore(out);
    await writer.saveTrace("run_made", {
      span_id: "root",
      name: "pipeline_run",
      status: "completed",
      start_time: 1_760_000_000,
      end_time: 1_760_000_004.25,
      attributes: { "flujo.run_id": "run_made", ünï: ["✓", 1.5, null] },
      children: [
        {
          span_id: "step",
          name: "sweep",
          status: "failed",
          start_time: 1_760_000_001,
          end_time: 1_760_000_002,
          children: [],
        },
      ],
    });
    await writer.close();
    const { runs, spans } = readWithFlujo(out);
    expect(runs).toEqual(["run_made"]);
    expect(spans.map(({ span_id, parent, name, status }) => [span_id, parent, name, status])).toEqual([
      ["root", null, "pipeline_run", "completed"],
      ["step", "root", "sweep", "failed"],
    ]);
    expect(spans[0]!.attributes).toEqual({ "flujo.run_id": "run_made", ünï: ["✓", 1.5, null] });
    expect(spans[0]!.end_time! - spans[0]!.start_time).toBeCloseTo(4.25, 6);
  }, 60_000);
});
