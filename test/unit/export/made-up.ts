import fc from "fast-check";
import type { ExportedRun } from "../../../src/export/exported.ts";
import { type ExportFormat, exportPieces } from "../../../src/export/formats.ts";
import type { Attributes, Run, SpanNode } from "../../../src/store/model.ts";

export const run: Run = {
  run_id: "run_1",
  pipeline_name: "triage",
  pipeline_version: "1.0",
  status: "failed",
  state: "failed",
  start_time: 1_759_305_600,
  end_time: 1_759_305_604.2,
  duration: 4.2,
  total_cost: 0.5,
  total_tokens: 12,
  span_count: 0,
  failed_count: 0,
};

export interface MadeUpSpan {
  readonly id: string;
  /** Place of the parent among the spans before it, or none. */
  readonly parent?: number;
  readonly name?: string;
  readonly status?: string;
  readonly start?: number | null;
  readonly end?: number | null;
  readonly attributes?: Attributes;
}

/** A run out of spans that name their parents by place. Spans stand in reading order. */
export function exportedRunOf(made: readonly MadeUpSpan[]): ExportedRun {
  const nodes = made.map(
    ({ id, parent, name, status, start = 0, end = 1, attributes = {} }): SpanNode => ({
      span_id: id,
      parent_span_id: parent === undefined ? null : made[parent]!.id,
      run_id: run.run_id,
      name: name ?? id,
      status: status ?? "completed",
      start_time: start,
      end_time: end,
      attributes,
      children: [],
    }),
  );
  const roots: SpanNode[] = [];
  for (const [at, { parent }] of made.entries()) {
    (parent === undefined ? roots : nodes[parent]!.children).push(nodes[at]!);
  }
  const spans: SpanNode[] = [];
  const open = roots.toReversed();
  while (open.length > 0) {
    const span = open.pop()!;
    spans.push(span);
    open.push(...span.children.toReversed());
  }
  return { run, steps: [], roots, spans, selected: false };
}

export function text(exported: ExportedRun, format: ExportFormat): string {
  return [...exportPieces([exported], format)].join("");
}

const seconds = fc.option(
  fc.oneof(
    fc.double({ min: 1.7e9, max: 1.8e9, noNaN: true }),
    fc.double({ min: 0, max: 1e5, noNaN: true }),
    fc.double({ min: -1e3, max: 0, noNaN: true }).filter((value) => !Object.is(value, -0)),
  ),
);

/** Any run: several roots, the same id twice, unfinished spans, statuses nobody knows, attributes of every form. */
export const anyRun: fc.Arbitrary<ExportedRun> = fc
  .array(
    fc.record({
      id: fc.oneof(fc.uuid(), fc.constantFrom("a", "b")),
      above: fc.nat(),
      top: fc.boolean(),
      name: fc.string(),
      status: fc.constantFrom("completed", "failed", "running", "paused", "odd"),
      start: seconds,
      end: seconds,
      attributes: fc.oneof(
        fc.dictionary(
          fc.string().filter((key) => key !== "__proto__" && !key.startsWith("flujo.lens.")),
          json(),
        ),
        fc.string().filter((stored) => stored.trim() !== "" && !stored.trim().startsWith("{")),
      ) as fc.Arbitrary<Attributes>,
    }),
    { maxLength: 12 },
  )
  .map((made) =>
    exportedRunOf(
      made.map(({ above, top, ...span }, at) => ({
        ...span,
        parent: at === 0 || top ? undefined : above % at,
      })),
    ),
  );

function json(): fc.Arbitrary<unknown> {
  return fc
    .jsonValue({ maxDepth: 3 })
    .map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"')) as unknown);
}
