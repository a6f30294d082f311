import { createHash } from "node:crypto";
import type { SpanNode } from "../store/model.ts";
import { stateOfRun } from "../store/status.ts";
import { type ExportedRun, errorOf } from "./exported.ts";
import { original } from "./original.ts";

const KIND_INTERNAL = 1;
const statusCodes = { unset: 0, ok: 1, error: 2 } as const;

type AnyValue = Readonly<Record<string, unknown>>;

/**
 * Runs as OTLP JSON (`ExportTraceServiceRequest`): ids are hex of the right lengths, made from flujo's own ids and always
 * the same for the same run. What OTLP has no place for stands in attributes; see {@link original}.
 * Spans are shaped while they are written, so that a run of any size takes little memory.
 */
export function otlpShape(runs: readonly ExportedRun[]): unknown {
  return { resourceSpans: map(runs, resourceShape) };
}

function resourceShape(exported: ExportedRun): unknown {
  const { run, spans } = exported;
  const traceId = hash(`trace ${run.run_id}`, 16);
  const ids = spanIds(exported);
  return {
    resource: {
      attributes: [
        attribute("service.name", run.pipeline_name || "flujo"),
        ...(run.pipeline_version === null ? [] : [attribute("service.version", run.pipeline_version)]),
        attribute(original.run, JSON.stringify(run)),
      ],
    },
    scopeSpans: [
      {
        scope: { name: "flujo" },
        spans: map(spans, (span) => spanShape(span, traceId, ids)),
      },
    ],
  };
}

interface SpanIds {
  readonly own: ReadonlyMap<SpanNode, string>;
  readonly parent: ReadonlyMap<SpanNode, string>;
}

/** `span_id` need not be unique inside a run, so the second span of an id gets another one. */
function spanIds({ run, spans }: ExportedRun): SpanIds {
  const own = new Map<SpanNode, string>();
  const parent = new Map<SpanNode, string>();
  const taken = new Set<string>();
  for (const span of spans) {
    let id = hash(`span ${run.run_id} ${span.span_id}`, 8);
    for (let again = 2; taken.has(id); again += 1)
      id = hash(`span ${run.run_id} ${span.span_id} ${again}`, 8);
    taken.add(id);
    own.set(span, id);
    for (const child of span.children) parent.set(child, id);
  }
  return { own, parent };
}

function spanShape(span: SpanNode, traceId: string, ids: SpanIds): unknown {
  const start = span.start_time === null ? undefined : nanoseconds(span.start_time);
  const end = span.end_time === null ? undefined : nanoseconds(span.end_time);
  const error = errorOf(span);
  const state = stateOfRun(span.status);
  return {
    traceId,
    spanId: ids.own.get(span),
    parentSpanId: ids.parent.get(span),
    name: span.name,
    kind: KIND_INTERNAL,
    startTimeUnixNano: start?.text,
    endTimeUnixNano: end?.text,
    attributes: chain(
      typeof span.attributes === "string"
        ? [attribute(original.attributesText, span.attributes)]
        : map(Object.entries(span.attributes), ([key, value]) => attribute(key, value)),
      [
        attribute(original.spanId, span.span_id),
        attribute(original.runId, span.run_id),
        attribute(original.status, span.status),
        ...(span.parent_span_id === null ? [] : [attribute(original.parentSpanId, span.parent_span_id)]),
        ...(start?.exact === false ? [attribute(original.startTime, span.start_time)] : []),
        ...(end?.exact === false ? [attribute(original.endTime, span.end_time)] : []),
      ],
    ),
    status:
      state === "failed"
        ? { code: statusCodes.error, message: error?.message || undefined }
        : { code: state === "completed" ? statusCodes.ok : statusCodes.unset },
  };
}

/** Seconds as whole nanoseconds; `exact` when {@link secondsOf} gives the same number back. */
export function nanoseconds(seconds: number): { readonly text: string; readonly exact: boolean } {
  if (!Number.isFinite(seconds) || seconds < 0 || seconds > 1.8e10) return { text: "0", exact: false };
  const whole = Math.floor(seconds);
  const total = BigInt(whole) * 1_000_000_000n + BigInt(Math.round((seconds - whole) * 1e9));
  const text = String(total);
  // Zero stands for no time at all.
  return { text, exact: total !== 0n && secondsOf(total) === seconds };
}

/** Nanoseconds as seconds. Through two parts: as one double they lose a tenth of a microsecond. */
export function secondsOf(nanos: bigint): number {
  return Number(nanos / 1_000_000_000n) + Number(nanos % 1_000_000_000n) / 1e9;
}

function attribute(key: string, value: unknown): unknown {
  return { key, value: anyValue(value) };
}

/** A JSON value as OTLP's `AnyValue`; what lies inside is shaped while it is written. */
function anyValue(value: unknown): AnyValue {
  switch (typeof value) {
    case "string":
      return { stringValue: value };
    case "boolean":
      return { boolValue: value };
    case "number":
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    case "object":
      if (value === null) return {};
      if (Array.isArray(value)) return { arrayValue: { values: map(value, anyValue) } };
      return {
        kvlistValue: { values: map(Object.entries(value), ([key, item]) => attribute(key, item)) },
      };
    default:
      return {};
  }
}

function hash(text: string, bytes: number): string {
  return createHash("sha256")
    .update(text)
    .digest("hex")
    .slice(0, bytes * 2);
}

function* map<From, To>(items: Iterable<From>, shape: (item: From) => To): Generator<To> {
  for (const item of items) yield shape(item);
}

function* chain<Item>(...parts: Iterable<Item>[]): Generator<Item> {
  for (const part of parts) yield* part;
}
