import { lowerBound } from "../../arrays/ascending.ts";
import type { State, StatisticsQuery, TimeRange } from "../model.ts";
import { stateInRun } from "../run-spans.ts";
import type { ColumnTest } from "./column-filter.ts";
import type { SpanColumns } from "./span-columns.ts";

/** Which spans a query takes: whole runs by what is known of them, single spans by tables over their numbers. */
export interface Selection {
  /** True when every span is taken. */
  readonly all: boolean;
  readonly from: number;
  readonly to: number;
  readonly anyTime: boolean;
  /** By pipeline, and by version; undefined for all. */
  readonly pipelines: Uint8Array | undefined;
  readonly versions: Uint8Array | undefined;
  /** By {@link stateSlot}; undefined for all. */
  readonly states: Uint8Array | undefined;
  readonly names: Uint8Array | undefined;
  readonly errors: Uint8Array | undefined;
  readonly shortest: number;
  readonly longest: number;
  readonly anyDuration: boolean;
  /** What a filter says of a span of a run, after all else. */
  readonly test: ColumnTest | undefined;
}

/** Where a table by state has the entry of a span. */
export function stateSlot(status: number, finished: boolean, over: number): number {
  return status * 4 + (finished ? 2 : 0) + over;
}

/** The states by {@link stateSlot}. */
export function stateTable({ statuses }: SpanColumns): State[] {
  return statuses.flatMap((status) =>
    [false, true].flatMap((finished) =>
      (["running", "completed"] as const).map((run) => stateInRun(status, finished, run)),
    ),
  );
}

/** @param test A filter besides the query. */
export function select(columns: SpanColumns, query: StatisticsQuery, test?: ColumnTest): Selection {
  const { pipelineName, pipelineVersion, timeRange, states, names, durationRange, errorTypes } = query;
  const table = <T>(values: readonly T[], takes: (value: T) => boolean) =>
    Uint8Array.from(values, (value) => (takes(value) ? 1 : 0));
  const wantedNames = names && new Set(names);
  const wantedTypes = errorTypes && new Set(errorTypes);
  const { runs } = columns;
  const selection = {
    ...rangeOf(timeRange),
    pipelines:
      pipelineName === undefined ? undefined : table(runs.pipelines, (pipeline) => pipeline === pipelineName),
    versions:
      pipelineVersion === undefined
        ? undefined
        : table(runs.versions, (version) => version === pipelineVersion),
    states: states && table(stateTable(columns), (state) => states.includes(state)),
    names: wantedNames && table(columns.names, (name) => wantedNames.has(name)),
    // The first type stands for no error.
    errors:
      wantedTypes &&
      Uint8Array.from(columns.errorTypes, (type, at) => (wantedTypes.has(at === 0 ? null : type) ? 1 : 0)),
    shortest: durationRange?.[0] ?? Number.NEGATIVE_INFINITY,
    longest: durationRange?.[1] ?? Number.POSITIVE_INFINITY,
    anyDuration: durationRange?.[0] === undefined && durationRange?.[1] === undefined,
    test,
  };
  const { anyTime, pipelines, versions, states: taken, names: wanted, errors, anyDuration } = selection;
  const tables = [pipelines, versions, taken, wanted, errors, test];
  return { ...selection, all: anyTime && anyDuration && tables.every((one) => one === undefined) };
}

function rangeOf(range: TimeRange | undefined): Pick<Selection, "from" | "to" | "anyTime"> {
  const [from, to] = range ?? [];
  return {
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
    anyTime: from === undefined && to === undefined,
  };
}

/** The same selection without its time range. */
export function atAnyTime(selection: Selection): Selection {
  return { ...selection, ...rangeOf(undefined) };
}

/**
 * Visits the stretches of spans that may be taken, one a run. Each of them must be asked with {@link takes}; `inTime` tells that
 * the time range holds them all.
 */
export function eachRun(
  columns: SpanColumns,
  selection: Selection,
  visit: (run: number, first: number, end: number, inTime: boolean) => void,
): void {
  const { runs } = columns;
  const { from, to, anyTime, pipelines, versions } = selection;
  for (let run = 0; run < runs.size; run += 1) {
    if (pipelines !== undefined && pipelines[runs.pipeline[run]!] === 0) continue;
    if (versions !== undefined && versions[runs.version[run]!] === 0) continue;
    const inTime = anyTime || (runs.from[run]! >= from && runs.to[run]! <= to);
    if (!inTime && (runs.to[run]! < from || runs.from[run]! > to)) continue;
    visit(run, runs.first[run]!, runs.first[run + 1]!, inTime);
  }
}

/** Whether a selection takes a span of a run that {@link eachRun} visits. */
export function takes(columns: SpanColumns, selection: Selection, run: number, span: number): boolean {
  const { from, to, anyTime, states, names, errors, shortest, longest, anyDuration, test } = selection;
  if (names !== undefined && names[columns.name[span]!] === 0) return false;
  const start = columns.start[span]!;
  if (!anyTime && !(start >= from && start <= to)) return false;
  if (errors !== undefined && errors[columns.error[span]!] === 0) return false;
  const duration = columns.duration[span]!;
  if (!anyDuration && !(duration >= shortest && duration <= longest)) return false;
  if (states !== undefined) {
    const finished = !Number.isNaN(duration);
    if (states[stateSlot(columns.status[span]!, finished, columns.runs.over[run]!)] === 0) return false;
  }
  return test === undefined || test(span, run);
}

/** The run that a span belongs to: the last one that begins at it or before. */
export function runOf(first: Uint32Array, span: number): number {
  return lowerBound(first, span + 1) - 1;
}
