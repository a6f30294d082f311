import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SpanNode } from "../../../src/store/model.ts";
import { openTraceStore } from "../../../src/store/store.ts";
import { parseTime } from "../../../src/store/values.ts";
import { createTraceStore } from "../../../src/write/create.ts";
import { flattenTrace, type NestedSpan } from "../../../src/write/flatten.ts";
import { Remarks } from "../../../src/write/report.ts";
import { type SpanToSave, spanRows } from "../../../src/write/span-rows.ts";
import { timeText } from "../../../src/write/time-text.ts";
import { freshFolder } from "../support/fixtures.ts";

interface Plain {
  readonly span_id: string;
  readonly name: string;
  readonly status: string;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly attributes: Record<string, unknown>;
  readonly children: Plain[];
}

/** Any tree: each span hangs below one of the spans before it. */
const tree = fc
  .array(
    fc.record({
      above: fc.nat(),
      id: fc.uuid(),
      name: fc.string(),
      status: fc.constantFrom("completed", "failed", "running", "paused"),
      start: fc.double({ min: 1.7e9, max: 1.8e9, noNaN: true }),
      length: fc.option(fc.double({ min: 0, max: 1e4, noNaN: true })),
      attributes: fc.dictionary(
        fc.string().filter((key) => key !== "__proto__"),
        fc.oneof(fc.string(), fc.integer(), fc.boolean()),
      ),
    }),
    { minLength: 1, maxLength: 15 },
  )
  .map((given): Plain => {
    const spans = given.map(({ id, name, status, start, length, attributes }) => ({
      span_id: id,
      name,
      status,
      start_time: start,
      end_time: length === null ? null : start + length,
      attributes,
      children: [] as Plain[],
    }));
    for (const [at, { above }] of given.entries()) if (at > 0) spans[above % at]!.children.push(spans[at]!);
    // The store gives siblings in order of start.
    for (const span of spans) span.children.sort((one, other) => one.start_time - other.start_time);
    return spans[0]!;
  });

function plain({ span_id, name, status, start_time, end_time, attributes, children }: SpanNode): Plain {
  return {
    span_id,
    name,
    status,
    start_time: start_time!,
    end_time,
    attributes: attributes as Record<string, unknown>,
    children: children.map(plain),
  };
}

describe("saveTrace", () => {
  it("gives back the trees that it was given", async () => {
    const file = path.join(freshFolder(), "x.db");
    const trees = fc.sample(tree, { numRuns: 150, seed: 7 });
    const writer = await createTraceStore(file);
    for (const [at, root] of trees.entries())
      await writer.saveTrace(`run-${at}`, at % 2 === 0 ? root : { trace_tree: root });
    const { report } = await writer.close();
    expect(report).toMatchObject({ runs: trees.length, mended: [], refused: [] });
    const store = await openTraceStore(file);
    try {
      for (const [at, root] of trees.entries()) {
        const { roots, warnings } = await store.getTrace(`run-${at}`);
        expect(roots.map(plain)).toEqual([root]);
        expect(warnings).toEqual([]);
      }
    } finally {
      await store.close();
    }
  });

  it("saves a chain of 50,000 spans, and one again that came from the store", async () => {
    let chain: NestedSpan = { span_id: "leaf", name: "leaf", start_time: 1, end_time: 2 };
    for (let at = 0; at < 50_000; at += 1)
      chain = { span_id: `s${at}`, start_time: 1, end_time: 2, children: [chain] };
    const file = path.join(freshFolder(), "x.db");
    const writer = await createTraceStore(file);
    await writer.saveTrace("deep", chain);
    await writer.close();
    const store = await openTraceStore(file);
    try {
      const trace = await store.getTrace("deep");
      expect(trace.spans).toHaveLength(50_001);
      const again = await createTraceStore(path.join(path.dirname(file), "y.db"));
      await again.saveTrace("deep", trace);
      expect((await again.close()).report.spans).toBe(50_001);
    } finally {
      await store.close();
    }
  });

  it("mends what the schema cannot hold, and tells each", async () => {
    const file = path.join(freshFolder(), "x.db");
    const writer = await createTraceStore(file);
    await writer.saveTrace("one", {
      span_id: "a",
      name: "root",
      start_time: 10,
      end_time: 20,
      status: "completed",
    });
    await writer.saveTrace("two", [
      { span_id: "a", name: "same id", start_time: 11, end_time: 12, status: "completed" },
      { name: "no id", start_time: 11, end_time: 9, status: "odd" },
      {
        span_id: "o",
        parent_span_id: "gone",
        start_time: 11,
        end_time: 12,
        status: "completed",
        children: [{ span_id: "c", status: "completed", end_time: 12 }],
      },
    ]);
    const { report } = await writer.close();
    expect(report.refused).toEqual([]);
    expect(
      report.mended.map(({ span_id, reason }) => [span_id, reason.replace(/[0-9a-f-]{36}/, "ID")]),
    ).toEqual([
      ["a", "Another span has the same id; it was given the id ID."],
      ["", "It has no id; it was given the id ID."],
      ["", "It ends before it starts; both times were kept."],
      ["", 'Its status "odd" is none of flujo\'s; it was kept.'],
      ["o", "Its parent gone is not there; it was put at the top."],
      ["c", "It has no start; it was given its parent's, or its own end."],
    ]);
    const store = await openTraceStore(file);
    try {
      const { roots, spans } = await store.getTrace("two");
      expect(roots.map(({ name }) => name)).toEqual(["same id", "no id", ""]);
      expect(spans.find(({ span_id }) => span_id === "c")).toMatchObject({
        start_time: 11,
        parent_span_id: "o",
      });
    } finally {
      await store.close();
    }
  });

  it("refuses what is no trace", () => {
    expect(() => flattenTrace([])).toThrow(/no span/);
    expect(() => flattenTrace(5 as never)).toThrow(/no span/);
    const loop: { name: string; children: unknown[] } = { name: "x", children: [] };
    loop.children.push(loop);
    expect(flattenTrace(loop as never)).toHaveLength(1);
  });
});

describe("spanRows", () => {
  const anySpan = fc.record({
    span_id: fc.constantFrom("", "a", "b", "c"),
    parent: fc.integer({ min: -1, max: 5 }),
    parent_span_id: fc.constantFrom(null, "a", "x"),
    name: fc.string(),
    status: fc.constantFrom("completed", "", "odd"),
    start_time: fc.constantFrom(null, Number.NaN, 5),
    end_time: fc.constantFrom(null, Number.POSITIVE_INFINITY, 4),
    attributes: fc.constant(null),
  });

  it("always gives rows that the schema takes: unique ids, a start, parents that are there", () => {
    fc.assert(
      fc.property(fc.array(anySpan, { maxLength: 6 }), (given) => {
        const spans: SpanToSave[] = given.map((span) => ({
          ...span,
          parent: Math.min(span.parent, given.length - 1),
        }));
        const rows = spanRows("run", spans, (id) => id === "c", new Remarks());
        const ids = rows.map(({ span_id }) => span_id);
        expect(new Set(ids).size).toBe(spans.length);
        expect(ids).not.toContain("c");
        expect(ids).not.toContain("");
        for (const [at, row] of rows.entries()) {
          expect(Number.isFinite(row.start_time)).toBe(true);
          expect(row.parent_span_id).toBe(spans[at]!.parent < 0 ? null : ids[spans[at]!.parent]);
          expect(row.status).not.toBe("");
        }
        expect(spanRows("run", spans, (id) => id === "c", new Remarks())).toEqual(rows);
      }),
    );
  });
});

describe("timeText", () => {
  it("keeps what flujo writes, to the microsecond", () => {
    expect(timeText(1_759_305_600)).toBe("2025-10-01T08:00:00+00:00");
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e9 }),
        fc.integer({ min: 0, max: 999_999 }),
        (seconds, micros) => {
          const text = timeText(seconds + micros / 1e6);
          expect(parseTime(text)).toBe(seconds + micros / 1e6);
        },
      ),
    );
  });
});

it("reports loops and children that are none, and saves the rest", async () => {
  const out = path.join(freshFolder(), "x.db");
  const child: { name: string; span_id: string; start_time: number; children: unknown[] } = {
    name: "child",
    span_id: "c",
    start_time: 1,
    children: [5],
  };
  const root = { name: "root", span_id: "r", start_time: 1, children: [child] };
  child.children.push(root);
  const writer = await createTraceStore(out);
  await writer.saveTrace("run", root as NestedSpan);
  const { report } = await writer.close();
  expect(report.spans).toBe(2);
  expect(report.refused).toEqual([
    { run_id: "run", span_id: "c", reason: "A child of it is no span; it was left out there." },
    { run_id: "run", span_id: "c", reason: "A span came again; it was left out there." },
  ]);
});

describe("what another database left beside the target", () => {
  it.each(["-wal", "-shm", "-journal"])("%s is never replayed into a new one", async (suffix) => {
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    writeFileSync(`${out}${suffix}`, "left by another one");
    await expect(createTraceStore(out)).rejects.toMatchObject({
      kind: "unwritable",
      message: `new.db${suffix} is left of another database at ${out}. Choose another name, or move it away.`,
    });
    expect(readdirSync(folder)).toEqual([`new.db${suffix}`]);
  });

  it("counts also when it comes while the new one is being made", async () => {
    const folder = freshFolder();
    const out = path.join(folder, "new.db");
    const writer = await createTraceStore(out);
    await writer.saveTrace("run", { name: "a", start_time: 1 });
    writeFileSync(`${out}-wal`, "left by another one");
    await expect(writer.close()).rejects.toMatchObject({ kind: "unwritable" });
    expect(readdirSync(folder)).toEqual(["new.db-wal"]);
  });
});
