import fc from "fast-check";
import type { OutlineColumns, OutlineSpan, Run, SpanColumns, State } from "../../../src/protocol/messages.ts";
import { OutlinePacker } from "../../../src/store/outline-columns.ts";
import { SpanIds } from "../../../src/store/span-ids.ts";
import { runOutline, SpanTable } from "../../../webview/timeline/span-table.ts";
import { TraceModel } from "../../../webview/timeline/trace-model.ts";

/** A span with the given facts and plain ones elsewhere. */
export function makeSpan(facts: Partial<OutlineSpan> = {}): OutlineSpan {
  return {
    key: 1,
    span_id: "span_1",
    parent: -1,
    depth: 0,
    child_count: 0,
    name: "step",
    status: "completed",
    state: "completed",
    start_time: 100,
    end_time: 101,
    duration: 1,
    self_time: 1,
    cost: null,
    tokens: null,
    attempt: null,
    ...facts,
  };
}

/** An outline from names indented by two spaces a level; a leading "!" marks a failed span. Keys are 10, 20, 30, … */
export function makeOutline(text: string): OutlineSpan[] {
  const spans: OutlineSpan[] = [];
  const lastAt: number[] = [];
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const depth = (line.length - line.trimStart().length) / 2;
    const failed = line.trim().startsWith("!");
    const state: State = failed ? "failed" : "completed";
    const parent = depth === 0 ? -1 : lastAt[depth - 1]!;
    lastAt[depth] = spans.length;
    spans.push(
      makeSpan({
        key: (spans.length + 1) * 10,
        parent,
        depth,
        name: line.trim().replace("!", ""),
        state,
        status: state,
      }),
    );
  }
  return spans;
}

/** Any outline in reading order: several roots, any depth, failures anywhere. */
export const anyOutline = fc
  .array(fc.record({ up: fc.nat(4), failed: fc.boolean() }), { maxLength: 60 })
  .map((steps) => {
    const spans: OutlineSpan[] = [];
    for (const { up, failed } of steps) {
      const before = spans.length - 1;
      let parent = before;
      for (let step = 0; step < up && parent >= 0; step++) parent = spans[parent]!.parent;
      const depth = parent < 0 ? 0 : spans[parent]!.depth + 1;
      const state = failed ? "failed" : "completed";
      spans.push(makeSpan({ key: spans.length * 7 + 3, parent, depth, state }));
    }
    return spans;
  });

/** The columns that the panel would send for these spans. */
export function columnsOf(spans: readonly OutlineSpan[]): SpanColumns {
  const number = (value: number | null) => value ?? Number.NaN;
  const ids = new SpanIds(spans.length);
  for (const { span_id } of spans) ids.add(span_id, null);
  const packer = new OutlinePacker(ids, spans.length, 0);
  for (const [row, span] of spans.entries())
    packer.add({
      key: span.key,
      row,
      parent: span.parent,
      name: span.name,
      status: span.status,
      state: span.state,
      start: number(span.start_time),
      end: number(span.end_time),
      self: number(span.self_time),
      cost: number(span.cost),
      tokens: number(span.tokens),
      attempt: number(span.attempt),
      error: span.error,
    });
  return packer.finish(0);
}

export function tableOf(spans: readonly OutlineSpan[]): SpanTable {
  return new SpanTable(columnsOf(spans));
}

const run: Run = {
  run_id: "run",
  pipeline_name: "pipeline",
  pipeline_version: null,
  status: "completed",
  state: "completed",
  start_time: null,
  end_time: null,
  duration: null,
  total_cost: null,
  total_tokens: null,
  span_count: 0,
  failed_count: 0,
};

export function modelOf(spans: readonly OutlineSpan[], change: Partial<OutlineColumns> = {}): TraceModel {
  return new TraceModel(
    runOutline({
      run,
      provisional: false,
      total: spans.length,
      warnings: [],
      snapshot: { at: 1000, stale: false },
      ...columnsOf(spans),
      ...change,
    }),
  );
}
