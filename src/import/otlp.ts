import { original } from "../export/original.ts";
import { secondsOf } from "../export/otlp.ts";
import type { Attributes } from "../store/model.ts";
import { isObject } from "../store/values.ts";
import { exceptionOf, withFlujoNames } from "./attribute-map.ts";
import type { ImportedSpan } from "./model.ts";

/** What a resource and a scope tell of all their spans. */
export interface OtlpContext {
  readonly resource: Record<string, unknown>;
  readonly scope: string | undefined;
}

/** A span with the trace it belongs to. */
export interface OtlpSpan {
  readonly traceId: string;
  readonly span: ImportedSpan;
  /** The run's own id, where Flujo Lens wrote the file. */
  readonly runId: string | undefined;
}

const STATUS_WORDS: Readonly<Record<string, string>> = {
  "1": "completed",
  "2": "failed",
  STATUS_CODE_OK: "completed",
  STATUS_CODE_ERROR: "failed",
};

/** Attributes of a list of `KeyValue`s. A broken pair is left out. */
export function readAttributes(list: unknown): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const pair of asList(list)) {
    if (isObject(pair) && typeof pair.key === "string") put(attributes, pair.key, readValue(pair.value));
  }
  return attributes;
}

/** The trace that a span of OTLP or of Jaeger says it belongs to, the same text for the same id in hex and in base64. */
export function traceIdOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  const id = readId(field(value, "traceId", "trace_id"), 16);
  return id ?? (typeof value.traceID === "string" ? value.traceID : undefined);
}

/**
 * One span as OTLP's JSON has it, in either spelling of its names, ids in hex or base64. Undefined when it has no name or id.
 */
export function readOtlpSpan(value: unknown, context: OtlpContext): OtlpSpan | undefined {
  if (!isObject(value)) return undefined;
  const traceId = readId(field(value, "traceId", "trace_id"), 16);
  const spanId = readId(field(value, "spanId", "span_id"), 8);
  const name = value.name;
  if (traceId === undefined || spanId === undefined || typeof name !== "string") return undefined;
  const given = readAttributes(value.attributes);
  const kept = takeOriginals(given);
  const start = kept.startTime ?? readTime(field(value, "startTimeUnixNano", "start_time_unix_nano"));
  const end = kept.endTime ?? readTime(field(value, "endTimeUnixNano", "end_time_unix_nano"));
  const { code, message } = readStatus(value.status);
  const isOurs = kept.spanId !== undefined;
  return {
    traceId,
    runId: kept.runId,
    span: {
      span_id: kept.spanId ?? spanId,
      parent_span_id: isOurs
        ? (kept.parentSpanId ?? null)
        : (readId(field(value, "parentSpanId", "parent_span_id"), 8) ?? null),
      name,
      status: kept.status ?? STATUS_WORDS[code] ?? (end === null ? "running" : "completed"),
      start_time: start,
      end_time: end,
      attributes: isOurs
        ? (kept.attributesText ?? given)
        : foreignAttributes(given, value, STATUS_WORDS[code] === "failed" ? message : undefined, context),
    },
  };
}

function foreignAttributes(
  given: Record<string, unknown>,
  value: Record<string, unknown>,
  failure: string | undefined,
  { resource, scope }: OtlpContext,
): Attributes {
  const events = asList(value.events).filter(isObject).map(readEvent);
  const attributes: Record<string, unknown> = {
    ...given,
    ...(failure === undefined ? {} : { ...exceptionOf(events), ...given }),
  };
  if (failure !== undefined && failure !== "" && attributes.feedback === undefined)
    attributes.feedback = failure;
  if (events.length > 0) attributes["otel.events"] = events;
  if (scope !== undefined) attributes["otel.scope.name"] = scope;
  if (Object.keys(resource).length > 0) attributes["otel.resource"] = resource;
  return withFlujoNames(attributes);
}

function readEvent(event: Record<string, unknown>): Record<string, unknown> {
  return {
    name: event.name,
    time: readTime(field(event, "timeUnixNano", "time_unix_nano")),
    attributes: readAttributes(event.attributes),
  };
}

interface Originals {
  spanId?: string;
  parentSpanId?: string;
  runId?: string;
  status?: string;
  attributesText?: string;
  startTime?: number;
  endTime?: number;
}

/** Takes out what an export of Flujo Lens put beside the span's own attributes. */
function takeOriginals(attributes: Record<string, unknown>): Originals {
  const take = (key: string) => {
    const value = attributes[key];
    delete attributes[key];
    return value;
  };
  const text = (key: string) => {
    const value = take(key);
    return typeof value === "string" ? value : undefined;
  };
  const number = (key: string) => {
    const value = take(key);
    return typeof value === "number" ? value : undefined;
  };
  return {
    spanId: text(original.spanId),
    parentSpanId: text(original.parentSpanId),
    runId: text(original.runId),
    status: text(original.status),
    attributesText: text(original.attributesText),
    startTime: number(original.startTime),
    endTime: number(original.endTime),
  };
}

/** OTLP's `AnyValue` as a JSON value, however deep. */
function readValue(given: unknown): unknown {
  const top: { value?: unknown } = { value: null };
  const open: { from: unknown; put: (value: unknown) => void }[] = [
    { from: given, put: (value) => (top.value = value) },
  ];
  while (open.length > 0) {
    const { from, put: give } = open.pop()!;
    if (!isObject(from)) {
      give(null);
      continue;
    }
    const array = field(from, "arrayValue", "array_value");
    const list = field(from, "kvlistValue", "kvlist_value");
    if (isObject(array)) {
      const items = asList(array.values);
      const copy: unknown[] = new Array(items.length).fill(null);
      give(copy);
      for (const [at, item] of items.entries()) open.push({ from: item, put: (value) => (copy[at] = value) });
    } else if (isObject(list)) {
      const copy: Record<string, unknown> = {};
      give(copy);
      for (const pair of asList(list.values)) {
        if (!isObject(pair) || typeof pair.key !== "string") continue;
        const { key } = pair;
        // Keeps the order of keys, which are filled in later.
        put(copy, key, null);
        open.push({ from: pair.value, put: (value) => put(copy, key, value) });
      }
    } else give(readScalar(from));
  }
  return top.value;
}

function readScalar(value: Record<string, unknown>): unknown {
  const int = field(value, "intValue", "int_value");
  if (typeof int === "number") return int;
  if (typeof int === "string") {
    const number = Number(int);
    return Number.isSafeInteger(number) ? number : int;
  }
  const double = field(value, "doubleValue", "double_value");
  if (typeof double === "string") return Number.isFinite(Number(double)) ? Number(double) : double;
  return (
    field(value, "stringValue", "string_value") ??
    field(value, "boolValue", "bool_value") ??
    double ??
    field(value, "bytesValue", "bytes_value") ??
    null
  );
}

/** An id of so many bytes, as lower-case hex. Undefined for nothing, for zeros and for what is no id. */
function readId(value: unknown, bytes: number): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const isHex = value.length === bytes * 2 && /^[0-9a-f]+$/i.test(value);
  const id = isHex ? value.toLowerCase() : Buffer.from(value, "base64").toString("hex");
  return id.length === bytes * 2 && !/^0+$/.test(id) ? id : undefined;
}

/** Seconds since the epoch of nanoseconds, which come as text, and from some writers as a number. */
function readTime(value: unknown): number | null {
  if (typeof value === "number" && value > 0) return value / 1e9;
  if (typeof value !== "string" || !/^\d{1,20}$/.test(value)) return null;
  const nanos = BigInt(value);
  return nanos === 0n ? null : secondsOf(nanos);
}

function readStatus(status: unknown): { readonly code: string; readonly message: string } {
  if (!isObject(status)) return { code: "0", message: "" };
  return {
    code: String(status.code ?? "0"),
    message: typeof status.message === "string" ? status.message : "",
  };
}

/** A field in the spelling of JSON or of the definitions. */
function field(value: Record<string, unknown>, name: string, other: string): unknown {
  return value[name] ?? value[other];
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Sets a key that may have any name, `__proto__` too. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}
