import type { Reader, SqlValue } from "../../engine/reader.ts";
import { UnreadableTable } from "../../engine/table-scan.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "../attribute-numbers.ts";
import { anchor, earliestMonotonic, toWallClock } from "../clock.ts";
import { readToldErrors } from "../run-spans.ts";
import { mergeErrors } from "../span-error.ts";
import { asText } from "../values.ts";
import { concat } from "./concat.ts";
import type { Pending } from "./failed-spans.ts";
import { FailureBuilder } from "./failure-builder.ts";
import type { KnownRuns } from "./known-runs.ts";
import {
  checked,
  type FailureColumns,
  isShort,
  Numbered,
  type SpanColumns,
  setNumber,
  setTokens,
} from "./span-columns.ts";
import type { Stretch } from "./stretch.ts";

type Spans = Omit<Stretch, "leaves">;

/** Columns, and what it takes to bring them up to date later. */
export interface Settled {
  readonly columns: SpanColumns;
  readonly spans: Spans;
  /** Number of each run among the known ones. */
  readonly numbers: Int32Array;
}

/** Runs that stand as they stood in columns before. */
export interface Standing {
  /** Where each run stood, -1 for one that was read now. */
  readonly places: Int32Array;
  readonly before: SpanColumns;
}

/** The numbers of runs among the known ones, -1 for those that are not. */
export function numbersOf({ runs }: Spans, known: KnownRuns): Int32Array {
  const numbers = new Int32Array(runs.size);
  for (let run = 0; run < runs.size; run += 1)
    numbers[run] = known.numberOf(runs.hashes[2 * run]!, runs.hashes[2 * run + 1]!);
  return numbers;
}

/** Brings together what the rows of spans tell and what is known of their runs. Spans of unknown runs are left out. */
export function settleAll(reader: Reader, all: Spans, known: KnownRuns): Settled {
  const numbers = numbersOf(all, known);
  if (!numbers.includes(-1)) return settle(reader, all, known, numbers);
  const spans = withoutUnknown(all, numbers);
  const settled = settle(
    reader,
    spans,
    known,
    numbers.filter((number) => number >= 0),
  );
  return { ...settled, columns: { ...settled.columns, leftOut: all.size - spans.size } };
}

/**
 * As {@link settleAll}, where all runs are known.
 * @param standing Runs whose times are on the wall clock already; those of all others are as stored.
 */
export function settle(
  reader: Reader,
  spans: Spans,
  known: KnownRuns,
  numbers: Int32Array,
  standing?: Standing,
): Settled {
  const { size, facts, runs } = spans;
  const seen = new Uint8Array(known.ids.size);
  const columns = {
    size: runs.size,
    first: runs.first,
    row: numbers.every((number) => isShort(known.row.get(number)))
      ? new Uint32Array(runs.size)
      : new Float64Array(runs.size),
    firstKey: runs.firstKey,
    dense: runs.dense,
    from: new Float32Array(runs.size),
    to: new Float32Array(runs.size),
    pipeline: new Uint16Array(runs.size),
    version: new Uint16Array(runs.size),
    over: new Uint8Array(runs.size),
    pipelines: known.pipelines.values,
    versions: known.versions.values,
  };
  for (let run = 0; run < runs.size; run += 1) {
    const number = numbers[run]!;
    if (seen[number] === 1) throw new UnreadableTable("a run in pieces");
    seen[number] = 1;
    columns.row[run] = known.row.get(number);
    columns.pipeline[run] = known.pipeline[number]!;
    columns.version[run] = known.version[number]!;
    columns.over[run] = known.over[number]!;
    const place = standing === undefined ? -1 : standing.places[run]!;
    if (place >= 0) {
      columns.from[run] = standing!.before.runs.from[place]!;
      columns.to[run] = standing!.before.runs.to[place]!;
      continue;
    }
    const starts = facts.start.subarray(runs.first[run]!, runs.first[run + 1]!);
    putOnWallClock(starts, known.start[number]!);
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < starts.length; at += 1) {
      const start = starts[at]!;
      if (!(start >= from)) from = Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
      if (!(start <= to)) to = Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
    }
    columns.from[run] = atMost(from);
    columns.to[run] = -atMost(-to);
  }
  for (let at = 0; at < spans.unclear.length; at += 2) {
    const { cost, tokens } = askForNumbers(reader, spans.unclear[at + 1]!);
    facts.cost[spans.unclear[at]!] = cost;
    setTokens(facts, spans.unclear[at]!, tokens);
  }
  const { errorTypes, failures } = tellErrors(reader, spans, (run) =>
    runId(reader, known.row.get(numbers[run]!)),
  );
  const trimmed = {
    name: facts.name.subarray(0, size),
    status: facts.status.subarray(0, size),
    start: facts.start.subarray(0, size),
    duration: facts.duration.subarray(0, size),
    self: facts.self.subarray(0, size),
    cost: facts.cost.subarray(0, size),
    tokens: facts.tokens.subarray(0, size),
    error: facts.error.subarray(0, size),
  };
  const arrays: readonly object[] = [trimmed, columns, failures ?? {}, { numbers }];
  const bytes = arrays
    .flatMap((facts) => Object.values<unknown>(facts as Record<string, unknown>))
    .reduce<number>((sum, value) => sum + (ArrayBuffer.isView(value) ? value.byteLength : 0), 0);
  return {
    columns: {
      size,
      ...trimmed,
      names: spans.names,
      statuses: spans.statuses,
      errorTypes,
      runs: columns,
      failures,
      bytes,
      leftOut: 0,
    },
    // Known runs have theirs by number.
    spans: { ...spans, errorTypes, failures, runs: { ...runs, hashes: new Int32Array(0) } },
    numbers,
  };
}

function withoutUnknown(all: Spans, numbers: Int32Array): Spans {
  const stretch = { ...all, leaves: { rows: new Uint16Array(0), overflow: new Uint32Array(0) } };
  const parts: { stretch: Stretch; from: number; to: number }[] = [];
  for (const [run, number] of numbers.entries()) {
    if (number < 0) continue;
    const last = parts.at(-1);
    if (last?.to === run) last.to = run + 1;
    else parts.push({ stretch, from: run, to: run + 1 });
  }
  return concat(parts, 0, false);
}

/** The largest number of half the width. */
const MOST = (2 - 2 ** -23) * 2 ** 127;

/** A number of half the width that is no larger, and close to it. */
function atMost(number: number): number {
  const near = Math.fround(number);
  return near <= number ? near : Math.min(MOST, Math.fround(number - Math.abs(number) * 2 ** -23));
}

function runId(reader: Reader, row: number): string {
  const found = reader.get<{ run_id: SqlValue }>("SELECT run_id FROM lens_runs WHERE row = ?", [row]);
  return asText(found?.run_id) ?? "";
}

/** Times that count from an arbitrary origin become seconds since the epoch. */
function putOnWallClock(starts: Float64Array, created: number): void {
  const offset = anchor(earliestMonotonic(starts), Number.isNaN(created) ? null : created);
  for (let at = 0; at < starts.length; at += 1) starts[at] = toWallClock(starts[at]!, offset);
}

function askForNumbers(reader: Reader, key: number): { readonly cost: number; readonly tokens: number } {
  const found = reader.get<{ numbers: SqlValue }>(
    `SELECT ${ATTRIBUTE_NUMBERS_SQL} AS numbers FROM lens_spans WHERE key = ?`,
    [key],
  );
  return attributeNumbers(found?.numbers);
}

/** Tells the errors that attributes leave open by what is stored of steps and runs. */
function tellErrors(
  reader: Reader,
  spans: Spans,
  idOf: (run: number) => string,
): { errorTypes: string[]; failures: FailureColumns | undefined } {
  const { facts, pending } = spans;
  const types = new Numbered<string>(...spans.errorTypes);
  const failures = new FailureBuilder();
  const known = spans.failures;
  for (let at = 0; known !== undefined && at < known.span.length; at += 1)
    failures.addKind(known.span[at]!, known.fingerprints[known.kind[at]!]);
  let last: { run: number; told: ReturnType<typeof readToldErrors> } | undefined;
  const tell = ({ run }: Pending) => {
    if (last?.run !== run) last = { run, told: readToldErrors(reader, idOf(run)) };
    return last.told;
  };
  for (const one of pending) {
    const { span, child, name, own, top, wantsType, place } = one;
    if (wantsType && child !== undefined) setNumber(facts, "error", span, facts.error[child]!);
    else if (wantsType) {
      const { steps, run } = tell(one);
      const type = steps.get(name)?.type ?? (top ? run?.type : undefined) ?? "unknown";
      setNumber(facts, "error", span, types.numberOf(type));
    }
    if (place === undefined) continue;
    const { steps, run } = tell(one);
    failures.tell(place, mergeErrors(own, steps.get(name), run));
  }
  const told = known && failures.result();
  return {
    errorTypes: types.values,
    failures: told && {
      span: Uint32Array.from(told.span),
      kind: Uint16Array.from(told.kind, (kind) => checked(kind)),
      fingerprints: told.fingerprints,
    },
  };
}
