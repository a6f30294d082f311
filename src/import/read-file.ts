import { open } from "node:fs/promises";
import { TraceError } from "../engine/errors.ts";
import { original } from "../export/original.ts";
import { formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { CallOptions } from "../store/model.ts";
import { isObject } from "../store/values.ts";
import { type FileTrace, fileFailure, traceOf } from "./flujo-file.ts";
import { readJaegerSpan, readProcesses } from "./jaeger.ts";
import type { Imported, ImportedRun, ImportedSpan } from "./model.ts";
import { type OtlpContext, readAttributes, readOtlpSpan } from "./otlp.ts";
import { type RunFacts, runOf } from "./runs.ts";
import { elementsOf, type SplitJson, splitSpans } from "./span-arrays.ts";

/** Bytes: what one buffer of Node holds. */
const MOST_BYTES = 2 ** 31 - 1;
/** Bytes up to which a nested trace, which has to be parsed whole, fits one string. */
const MOST_NESTED = 500_000_000;
const NEWLINE = 0x0a;
/** Milliseconds of work before the thread is let go. */
const SLICE = 20;

/**
 * Reads traces out of a file: a debug export of flujo, OTLP JSON, OTLP in JSON Lines, or JSON of Jaeger; which of them is
 * found by looking. Needs the file's size in memory, and its spans. Rejects with a `TraceError`.
 */
export async function readTraces(file: string, options: CallOptions = {}): Promise<Imported> {
  return parseTraces(await readBytes(file, options.signal), file, options);
}

/** As {@link readTraces}, for bytes that are here already. `file` names them in errors. */
export async function parseTraces(
  bytes: Uint8Array,
  file: string,
  options: CallOptions = {},
): Promise<Imported> {
  const pace = new Pace(options);
  const parts = documentsOf(bytes);
  const collected = new Collected();
  let nested: readonly unknown[] | undefined;
  let format: Imported["format"] | undefined;
  for (const [from, to] of parts) {
    const part = bytes.subarray(from, to);
    const split = await splitSpans(part, "spans", (fraction) =>
      pace.rest((from + fraction * (to - from)) / bytes.length / 2),
    );
    const value = parse(split.skeleton, file);
    const found = formatOf(value);
    if (found === undefined && parts.length === 1) {
      if (bytes.length > MOST_NESTED) throw bad(file, "it is too large to be read as one tree");
      if (!looksLikeTrace(value)) throw bad(file, "there is no span at its top");
      // Whole, because a tree may have a key named as the arrays that were set aside.
      const whole = parse(Buffer.from(part.buffer, part.byteOffset, part.length).toString("utf8"), file);
      nested = nestedRuns(whole) ?? [whole];
      format = "flujo";
    } else if (found === undefined || (format !== undefined && found !== format)) {
      throw bad(file, "its lines are not all traces of OTLP");
    } else {
      format = found;
      const base = 0.5 + from / bytes.length / 2;
      const share = (to - from) / bytes.length / 2;
      const rest = (fraction: number) => pace.rest(base + share * fraction);
      try {
        if (found === "otlp") await collectOtlp(value, part, split, collected, rest);
        else await collectJaeger(value, part, split, collected, rest);
      } catch (thrown) {
        if (thrown instanceof SyntaxError)
          throw bad(file, `a span in it is no JSON (${oneLine(thrown.message, 120)})`);
        throw thrown;
      }
    }
  }
  if (format === undefined) throw bad(file, "it is empty");
  if (nested !== undefined) {
    return fromSeveral(nested, file);
  }
  const runs = collected.runs();
  if (runs.length === 0) throw bad(file, "there is no span in it");
  return { format, runs, notes: collected.notes() };
}

/** Spans by trace, as they come. */
class Collected {
  private readonly traces = new Map<string, { spans: ImportedSpan[]; facts: RunFacts; runId: string }>();
  refused = 0;

  add(traceId: string, span: ImportedSpan, runId: string | undefined, facts: () => RunFacts): void {
    let trace = this.traces.get(traceId);
    if (trace === undefined) {
      trace = { spans: [], facts: facts(), runId: runId ?? traceId };
      this.traces.set(traceId, trace);
    }
    trace.spans.push(span);
  }

  runs(): ImportedRun[] {
    return Array.from(this.traces.values(), ({ runId, spans, facts }) => runOf(runId, spans, facts));
  }

  notes(): string[] {
    if (this.refused === 0) return [];
    return [
      this.refused === 1
        ? "One span was left out: it has no name, no id or no trace."
        : `${formatCount(this.refused)} spans were left out: they have no name, no id or no trace.`,
    ];
  }
}

type Rest = (fraction: number) => Promise<void>;

async function collectOtlp(
  value: unknown,
  bytes: Uint8Array,
  split: SplitJson,
  collected: Collected,
  rest: Rest,
): Promise<void> {
  for (const group of resourceGroups(value)) {
    const resource = readAttributes(isObject(group.resource) ? group.resource.attributes : undefined);
    const facts = factsOf(resource);
    delete resource[original.run];
    const scopes = group.scopeSpans ?? group.scope_spans ?? group.instrumentationLibrarySpans;
    for (const scopeGroup of (Array.isArray(scopes) ? scopes : []).filter(isObject)) {
      const scope = scopeGroup.scope ?? scopeGroup.instrumentationLibrary;
      const name = isObject(scope) && typeof scope.name === "string" ? scope.name : undefined;
      const context: OtlpContext = { resource, scope: name };
      await eachSpan(scopeGroup.spans, bytes, split, rest, (element) => {
        const read = readOtlpSpan(element, context);
        if (read === undefined) collected.refused += 1;
        else collected.add(read.traceId, read.span, read.runId, () => facts);
      });
    }
  }
}

async function collectJaeger(
  value: unknown,
  bytes: Uint8Array,
  split: SplitJson,
  collected: Collected,
  rest: Rest,
): Promise<void> {
  const traces = isObject(value) && Array.isArray(value.data) ? value.data : [value];
  for (const trace of traces.filter(isObject)) {
    const processes = readProcesses(trace.processes);
    await eachSpan(trace.spans, bytes, split, rest, (element) => {
      const read = readJaegerSpan(element, processes);
      if (read === undefined) collected.refused += 1;
      else
        collected.add(read.traceId, read.span, undefined, () => ({
          pipelineName: read.service || undefined,
        }));
    });
  }
}

async function eachSpan(
  place: unknown,
  bytes: Uint8Array,
  { arrays }: SplitJson,
  rest: Rest,
  visit: (element: unknown) => void,
): Promise<void> {
  const number = isObject(place) ? Number(place.$spans) : -1;
  const places = arrays[number];
  if (places === undefined) return;
  let done = 0;
  let until = performance.now() + SLICE;
  for (const element of elementsOf(bytes, places)) {
    visit(element);
    done += 1;
    if (performance.now() < until) continue;
    await rest((places[done * 2 - 1] ?? 0) / bytes.length);
    until = performance.now() + SLICE;
  }
}

function resourceGroups(value: unknown): Record<string, unknown>[] {
  const requests = Array.isArray(value) ? value : [value];
  return requests.filter(isObject).flatMap((request) => {
    const groups = request.resourceSpans ?? request.resource_spans;
    return Array.isArray(groups) ? groups.filter(isObject) : [];
  });
}

function formatOf(value: unknown): "otlp" | "jaeger" | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  if (!isObject(first)) return undefined;
  if ("resourceSpans" in first || "resource_spans" in first) return "otlp";
  const trace = Array.isArray(first.data) ? first.data[0] : first;
  const isTrace = isObject(trace) && "spans" in trace && ("traceID" in trace || "processes" in trace);
  return isTrace || (Array.isArray(first.data) && first.data.length === 0) ? "jaeger" : undefined;
}

/** What a resource tells of a run; everything, where Flujo Lens wrote it. */
function factsOf(resource: Record<string, unknown>): RunFacts {
  const name = resource["service.name"];
  const version = resource["service.version"];
  const kept = resource[original.run];
  const named: RunFacts = {
    pipelineName: typeof name === "string" ? name : undefined,
    pipelineVersion: typeof version === "string" ? version : undefined,
  };
  if (typeof kept !== "string") return named;
  try {
    return { ...named, ...runFacts(JSON.parse(kept)) };
  } catch {
    return named;
  }
}

/** The facts of a run's row as an export of Flujo Lens keeps it. */
function runFacts(run: unknown): RunFacts {
  if (!isObject(run)) return {};
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  const number = (value: unknown) =>
    typeof value === "number" && Number.isFinite(value) ? value : undefined;
  return {
    pipelineName: text(run.pipeline_name),
    pipelineVersion: text(run.pipeline_version),
    status: text(run.status),
    startTime: number(run.start_time),
    endTime: number(run.end_time),
    totalCost: number(run.total_cost),
  };
}

/** The runs of an export of several; undefined when it is none. */
function nestedRuns(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || !Array.isArray(value.runs) || value.runs.length === 0) return undefined;
  return value.runs.every((run) => isObject(run) && "trace_tree" in run) ? value.runs : undefined;
}

/** A run without spans is left out of several; the only one is a mistake. */
function fromSeveral(nested: readonly unknown[], file: string): Imported {
  const full = nested.length === 1 ? nested : nested.filter((run) => !isEmptyTree(run));
  if (full.length === 0) throw bad(file, "there is no span in it");
  const left = nested.length - full.length;
  return {
    format: "flujo",
    runs: full.map((run) => fromFlujo(traceOf(run, file), run)),
    notes: left === 0 ? [] : [`Runs without spans were left out: ${formatCount(left)}.`],
  };
}

function isEmptyTree(run: unknown): boolean {
  return isObject(run) && Array.isArray(run.trace_tree) && run.trace_tree.length === 0;
}

function fromFlujo({ spans }: FileTrace, value: unknown): ImportedRun {
  const run = isObject(value) && isObject(value.run) ? value.run : {};
  const root = spans[0]!;
  const told = typeof root.attributes === "string" ? {} : root.attributes;
  const facts: RunFacts = {
    pipelineName: textOf(told["flujo.pipeline.name"]),
    pipelineVersion: textOf(told["flujo.pipeline.version"]),
    ...Object.fromEntries(Object.entries(runFacts(run)).filter(([, fact]) => fact !== undefined)),
  };
  const runId = textOf(run.run_id) ?? root.run_id ?? `imported-${root.span_id}`;
  const imported = spans.map(
    ({ span_id, parent_span_id, name, status, start_time, end_time, attributes }): ImportedSpan => ({
      span_id,
      parent_span_id,
      name,
      status,
      start_time,
      end_time,
      attributes,
    }),
  );
  return runOf(runId, imported, facts);
}

/** Many a JSON file has a name at its top; a span has more. */
function looksLikeTrace(value: unknown): boolean {
  if (nestedRuns(value) !== undefined) return true;
  const tree = isObject(value) && "trace_tree" in value ? value.trace_tree : value;
  const root: unknown = Array.isArray(tree) ? tree[0] : tree;
  return isObject(root) && ["span_id", "start_time", "children"].some((key) => key in root);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The whole text, or its lines where each is a JSON object of its own. */
function documentsOf(bytes: Uint8Array): (readonly [from: number, to: number])[] {
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const firstEnd = bytes.indexOf(NEWLINE, start);
  const isLines = firstEnd >= 0 && isWholeObject(bytes.subarray(start, firstEnd));
  if (!isLines) return [[start, bytes.length]];
  const lines: [number, number][] = [];
  for (let from = start; from < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, from);
    const to = end < 0 ? bytes.length : end;
    if (
      Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(to - from, 64))
        .toString("utf8")
        .trim() !== ""
    ) {
      lines.push([from, to]);
    }
    from = to + 1;
  }
  return lines;
}

function isWholeObject(line: Uint8Array): boolean {
  const head = line.findIndex((byte) => byte > 0x20);
  const tail = line.findLastIndex((byte) => byte > 0x20);
  return head >= 0 && head < tail && line[head] === 0x7b && line[tail] === 0x7d;
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (thrown) {
    const why = thrown instanceof Error ? oneLine(thrown.message, 160) : "";
    throw bad(file, `it is not JSON (${why})`);
  }
}

async function readBytes(file: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const handle = await open(file, "r");
    try {
      const { size } = await handle.stat();
      if (size > MOST_BYTES) throw bad(file, "it is larger than 2 GB; split it by traces");
      return await handle.readFile({ signal });
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    throw thrown instanceof TraceError ? thrown : fileFailure(file, thrown);
  }
}

/** Lets go of the thread now and then, tells progress, and notices a cancellation. */
class Pace {
  constructor(private readonly options: CallOptions) {}

  async rest(fraction: number): Promise<void> {
    this.options.onProgress?.(Math.min(1, fraction));
    await new Promise((resolve) => setImmediate(resolve));
    if (this.options.signal?.aborted) throw new TraceError("cancelled", "Cancelled.");
  }
}

function bad(file: string, why: string): TraceError {
  return new TraceError("unreadable", `${file} is not an exported trace: ${why}.`);
}
