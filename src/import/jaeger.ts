import { isObject } from "../store/values.ts";
import { exceptionOf, withFlujoNames } from "./attribute-map.ts";
import type { ImportedSpan } from "./model.ts";

/** A process of a Jaeger trace: the service that made its spans. */
export interface JaegerProcess {
  readonly serviceName: string;
  readonly tags: Record<string, unknown>;
}

/** The processes of a trace, by the ids that its spans name. */
export function readProcesses(processes: unknown): ReadonlyMap<string, JaegerProcess> {
  const read = new Map<string, JaegerProcess>();
  if (!isObject(processes)) return read;
  for (const [id, process] of Object.entries(processes)) {
    if (!isObject(process)) continue;
    const serviceName = typeof process.serviceName === "string" ? process.serviceName : "";
    read.set(id, { serviceName, tags: readTags(process.tags) });
  }
  return read;
}

/** One span of a Jaeger trace. Undefined when it has no id. Jaeger's times are microseconds. */
export function readJaegerSpan(
  value: unknown,
  processes: ReadonlyMap<string, JaegerProcess>,
): { readonly traceId: string; readonly span: ImportedSpan; readonly service: string } | undefined {
  if (!isObject(value)) return undefined;
  const { traceID, spanID, operationName, startTime, duration } = value;
  if (typeof traceID !== "string" || typeof spanID !== "string") return undefined;
  const process = processes.get(String(value.processID)) ?? embeddedProcess(value.process);
  const tags = readTags(value.tags);
  const logs = (Array.isArray(value.logs) ? value.logs : []).filter(isObject).map(readLog);
  const failed =
    tags.error === true || tags.error === "true" || /^error$/i.test(String(tags["otel.status_code"] ?? ""));
  const start = typeof startTime === "number" ? startTime / 1e6 : null;
  const message = tags["otel.status_description"] ?? tags["error.message"];
  const attributes: Record<string, unknown> = {
    ...(failed ? exceptionOf(logs) : {}),
    ...(failed && typeof message === "string" ? { feedback: message } : {}),
    ...tags,
  };
  if (logs.length > 0) attributes["otel.events"] = logs;
  if (process) attributes["otel.resource"] = { "service.name": process.serviceName, ...process.tags };
  return {
    traceId: traceID,
    service: process?.serviceName ?? "",
    span: {
      span_id: spanID,
      parent_span_id: parentOf(value, traceID),
      name: typeof operationName === "string" ? operationName : "",
      status: failed ? "failed" : "completed",
      start_time: start,
      end_time:
        start === null || typeof duration !== "number" ? null : (startTime as number) / 1e6 + duration / 1e6,
      attributes: withFlujoNames(attributes),
    },
  };
}

function embeddedProcess(process: unknown): JaegerProcess | undefined {
  return isObject(process) ? readProcesses({ one: process }).get("one") : undefined;
}

function parentOf(value: Record<string, unknown>, traceId: string): string | null {
  const references = (Array.isArray(value.references) ? value.references : []).filter(isObject);
  const inTrace = references.filter(({ traceID }) => traceID === traceId);
  const parent = inTrace.find(({ refType }) => refType === "CHILD_OF") ?? inTrace[0];
  if (typeof parent?.spanID === "string") return parent.spanID;
  return typeof value.parentSpanID === "string" && value.parentSpanID !== "" ? value.parentSpanID : null;
}

function readLog(log: Record<string, unknown>): Record<string, unknown> {
  const attributes = readTags(log.fields);
  const name = typeof attributes.event === "string" ? attributes.event : "log";
  return { name, time: typeof log.timestamp === "number" ? log.timestamp / 1e6 : null, attributes };
}

function readTags(tags: unknown): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const tag of Array.isArray(tags) ? tags : []) {
    if (isObject(tag) && typeof tag.key === "string" && tag.key !== "__proto__")
      read[tag.key] = tag.value ?? null;
  }
  return read;
}
