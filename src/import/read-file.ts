import { TraceError } from "../engine/errors.ts";
import { original } from "../export/original.ts";
import { formatCount } from "../format/numbers.ts";
import { oneLine } from "../format/text.ts";
import type { CallOptions } from "../store/model.ts";
import { isObject } from "../store/values.ts";
import { type Bytes, bytesInMemory, FileBytes } from "./bytes.ts";
import { type FileTrace, fileFailure, traceOf } from "./flujo-file.ts";
import { type JaegerProcess, readJaegerSpan, readProcesses } from "./jaeger.ts";
import type { Imported, ImportedRun, ImportedSpan } from "./model.ts";
import { type OtlpContext, readAttributes, readOtlpSpan, traceIdOf } from "./otlp.ts";
import { type RunFacts, runOf } from "./runs.ts";
import { SpanIndex } from "./span-index.ts";
import { scanSpans } from "./span-scanner.ts";

/** Bytes up to which a nested trace, which has to be parsed whole, fits one string. */
const MOST_NESTED = 500_000_000;
/** Spans that are read before progress is told again. */
const PACE = 500;

/** Traces in a file, told one after the other. */
export interface OpenedTraces {
  readonly format: Imported["format"];
  /** What was left out, one sentence each; complete when all runs were read. */
  notes(): string[];
  /** The runs, each made when it is asked for. Throws a `TraceError`. */
  runs(): Generator<ImportedRun>;
}

/** Called with how far the work is, 0 to 1; throws to end it. */
export type Progress = (fraction: number) => void;

/**
 * Lets `work` have the traces of a file: a debug export of flujo, OTLP JSON, OTLP in JSON Lines, or JSON of Jaeger; which
 * of them is found by looking. OTLP and Jaeger files may be of any size: 24 bytes a span are kept, and the spans of one
 * trace at a time; a debug export is parsed whole. Throws a `TraceError`.
 */
export function withTraces<T>(file: string, progress: Progress, work: (traces: OpenedTraces) => T): T {
  let source: FileBytes | undefined;
  try {
    source = new FileBytes(file);
    return work(openTraces(source, file, progress));
  } catch (thrown) {
    throw thrown instanceof TraceError ? thrown : fileFailure(file, thrown);
  } finally {
    source?.close();
  }
}

/** As {@link withTraces}, with all runs in memory. Rejects with a `TraceError`. */
export async function readTraces(file: string, options: CallOptions = {}): Promise<Imported> {
  return withTraces(file, progressOf(options), collect);
}

/** As {@link readTraces}, for bytes that are here already. `file` names them in errors. */
export async function parseTraces(
  bytes: Uint8Array,
  file: string,
  options: CallOptions = {},
): Promise<Imported> {
  return collect(openTraces(bytesInMemory(bytes), file, progressOf(options)));
}

function collect(traces: OpenedTraces): Imported {
  const runs = [...traces.runs()];
  return { format: traces.format, runs, notes: traces.notes() };
}

function progressOf({ signal, onProgress }: CallOptions): Progress {
  return (fraction) => {
    onProgress?.(Math.min(1, fraction));
    if (signal?.aborted) throw new TraceError("cancelled", "Cancelled.");
  };
}

/** What tells how the spans of an array are read. */
type ArrayContext =
  | { readonly format: "otlp"; readonly context: OtlpContext; readonly facts: RunFacts }
  | { readonly format: "jaeger"; readonly processes: ReadonlyMap<string, JaegerProcess> };

/** Throws a `TraceError`. */
function openTraces(source: Bytes, file: string, progress: Progress): OpenedTraces {
  const index = new SpanIndex();
  const contexts = new Contexts();
  let refused = 0;
  let documents = 0;
  let format: "otlp" | "jaeger" | undefined;
  let first: unknown;
  scanSpans(source, "spans", {
    element: (array, position, bytes) => {
      const id = traceIdOf(parseSpan(bytes.toString("utf8"), file));
      if (id === undefined) refused += 1;
      else index.add(id, position, bytes.length, array);
    },
    document: (text) => {
      const value = parse(text, file);
      const found = formatOf(value);
      documents += 1;
      if (documents === 1) {
        first = value;
        format = found;
      } else if (found === undefined || found !== format) {
        throw bad(file, "its lines are not all traces of OTLP");
      }
      if (found === "otlp") contexts.addOtlp(value);
      else if (found === "jaeger") contexts.addJaeger(value);
    },
    progress: (fraction) => progress(fraction / 2),
  });
  if (format === undefined) return openNested(source, first, file);
  if (index.spans === 0 && refused === 0) throw bad(file, "there is no span in it");
  return {
    format,
    notes: () => leftOut(refused),
    *runs() {
      let done = 0;
      let any = false;
      for (const { spans } of index.byTrace(source)) {
        let runId: string | undefined;
        let facts: RunFacts = {};
        const read: ImportedSpan[] = [];
        for (const { array, text } of spans) {
          done += 1;
          if (done % PACE === 0) progress(0.5 + done / index.spans / 2);
          const found = readSpan(parseSpan(text, file), contexts.of(array));
          if (found === undefined) {
            refused += 1;
            continue;
          }
          if (read.length === 0) ({ runId, facts } = found);
          read.push(found.span);
        }
        if (runId === undefined) continue;
        any = true;
        yield runOf(runId, read, facts);
      }
      if (!any) throw bad(file, "there is no span in it");
    },
  };
}

interface ReadSpan {
  readonly runId: string;
  readonly span: ImportedSpan;
  readonly facts: RunFacts;
}

function readSpan(value: unknown, context: ArrayContext | undefined): ReadSpan | undefined {
  if (context?.format === "otlp") {
    const read = readOtlpSpan(value, context.context);
    return read && { runId: read.runId ?? read.traceId, span: read.span, facts: context.facts };
  }
  const read = context && readJaegerSpan(value, context.processes);
  return read && { runId: read.traceId, span: read.span, facts: { pipelineName: read.service || undefined } };
}

/** What stands around the arrays of spans. Arrays of the same scope share one context. */
class Contexts {
  private readonly byArray: (ArrayContext | undefined)[] = [];
  private readonly shared = new Map<string, ArrayContext>();

  of(array: number): ArrayContext | undefined {
    return this.byArray[array];
  }

  addOtlp(value: unknown): void {
    for (const group of resourceGroups(value)) {
      const scopes = group.scopeSpans ?? group.scope_spans ?? group.instrumentationLibrarySpans;
      for (const scopeGroup of (Array.isArray(scopes) ? scopes : []).filter(isObject)) {
        const scope = scopeGroup.scope ?? scopeGroup.instrumentationLibrary;
        const name = isObject(scope) && typeof scope.name === "string" ? scope.name : undefined;
        const key = JSON.stringify([group.resource, name]);
        let context = this.shared.get(key);
        if (context === undefined) {
          const attributes = isObject(group.resource) ? group.resource.attributes : undefined;
          const resource = readAttributes(attributes);
          const facts = factsOf(resource);
          delete resource[original.run];
          context = { format: "otlp", context: { resource, scope: name }, facts };
          this.shared.set(key, context);
        }
        this.put(scopeGroup.spans, context);
      }
    }
  }

  addJaeger(value: unknown): void {
    const traces = isObject(value) && Array.isArray(value.data) ? value.data : [value];
    for (const trace of traces.filter(isObject))
      this.put(trace.spans, { format: "jaeger", processes: readProcesses(trace.processes) });
  }

  private put(place: unknown, context: ArrayContext): void {
    if (isObject(place) && typeof place.$spans === "number") this.byArray[place.$spans] = context;
  }
}

function leftOut(refused: number): string[] {
  if (refused === 0) return [];
  return [
    refused === 1
      ? "One span was left out: it has no name, no id or no trace."
      : `${formatCount(refused)} spans were left out: they have no name, no id or no trace.`,
  ];
}

/** A debug export, or several in one file: trees that are parsed whole. */
function openNested(source: Bytes, head: unknown, file: string): OpenedTraces {
  if (source.size > MOST_NESTED) throw bad(file, "it is too large to be read as one tree");
  if (!looksLikeTrace(head)) throw bad(file, "there is no span at its top");
  const bytes = Buffer.alloc(source.size);
  source.read(bytes, 0);
  // Whole, because a tree may have a key named as the arrays that were set aside.
  const whole = parse(bytes.toString("utf8"), file);
  const nested = nestedRuns(whole) ?? [whole];
  const full = nested.length === 1 ? nested : nested.filter((run) => !isEmptyTree(run));
  if (full.length === 0) throw bad(file, "there is no span in it");
  const left = nested.length - full.length;
  return {
    format: "flujo",
    notes: () => (left === 0 ? [] : [`Runs without spans were left out: ${formatCount(left)}.`]),
    *runs() {
      for (const run of full) yield fromFlujo(traceOf(run, file), run);
    },
  };
}

/** The runs of an export of several; undefined when it is none. */
function nestedRuns(value: unknown): readonly unknown[] | undefined {
  if (!isObject(value) || !Array.isArray(value.runs) || value.runs.length === 0) return undefined;
  return value.runs.every((run) => isObject(run) && "trace_tree" in run) ? value.runs : undefined;
}

function isEmptyTree(run: unknown): boolean {
  return isObject(run) && Array.isArray(run.trace_tree) && run.trace_tree.length === 0;
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

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch (thrown) {
    const why = thrown instanceof Error ? oneLine(thrown.message, 160) : "";
    throw bad(file, `it is not JSON (${why})`);
  }
}

function parseSpan(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? oneLine(thrown.message, 120) : "";
    throw bad(file, `a span in it is no JSON (${why})`);
  }
}

function bad(file: string, why: string): TraceError {
  return new TraceError("unreadable", `${file} is not an exported trace: ${why}.`);
}
