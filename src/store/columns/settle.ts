import type { Reader, SqlValue } from "../../engine/reader.ts";
import { UnreadableTable } from "../../engine/table-scan.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "../attribute-numbers.ts";
import { anchor, earliestMonotonic, toWallClock } from "../clock.ts";
import { readToldErrors } from "../run-spans.ts";
import { mergeErrors } from "../span-error.ts";
import { concat } from "./concat.ts";
import type { Pending } from "./failed-spans.ts";
import { FailureBuilder } from "./failure-builder.ts";
import type { KnownRuns } from "./known-runs.ts";
import { checked, type FailureColumns, Numbered, type SpanColumns, setTokens } from "./span-columns.ts";
import type { Stretch } from "./stretch.ts";

type Spans = Omit<Stretch, "leaves">;

/** Columns, and what it takes to bring them up to date later. */
export interface Settled {
  readonly columns: SpanColumns;
  readonly spans: Spans;
  /** When each run began by its own record, seconds since the epoch; NaN where unknown. */
  readonly created: Float64Array;
}

/**
 * Brings together what the rows of spans tell and what is known of their runs.
 * @param clocked Runs before and after these have their times on the wall clock already; all others are put on it.
 */
export function settle(
  reader: Reader,
  all: Spans,
  known: KnownRuns,
  fresh: readonly [from: number, to: number] = [0, all.runs.size],
): Settled {
  const spans = withoutUnknown(all, known);
  const { size, facts, runs } = spans;
  const numbers = new Int32Array(runs.size);
  const seen = new Uint8Array(known.row.length);
  const created = new Float64Array(runs.size);
  const columns = {
    size: runs.size,
    first: runs.first,
    row: new Float64Array(runs.size),
    firstKey: runs.firstKey,
    dense: runs.dense,
    from: new Float64Array(runs.size),
    to: new Float64Array(runs.size),
    pipeline: new Uint16Array(runs.size),
    version: new Uint16Array(runs.size),
    over: new Uint8Array(runs.size),
    pipelines: known.pipelines.values,
    versions: known.versions.values,
  };
  for (let run = 0; run < runs.size; run += 1) {
    const number = known.ids.findHashed(runs.hashes[2 * run]!, runs.hashes[2 * run + 1]!);
    if (seen[number] === 1) throw new UnreadableTable("a run in pieces");
    seen[number] = 1;
    numbers[run] = number;
    created[run] = known.start[number]!;
    columns.row[run] = known.row[number]!;
    columns.pipeline[run] = known.pipeline[number]!;
    columns.version[run] = known.version[number]!;
    columns.over[run] = known.over[number]!;
    const starts = facts.start.subarray(runs.first[run]!, runs.first[run + 1]!);
    if (run >= fresh[0] && run < fresh[1]) putOnWallClock(starts, created[run]!);
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (let at = 0; at < starts.length; at += 1) {
      const start = starts[at]!;
      if (!(start >= from)) from = Number.isNaN(start) ? Number.NEGATIVE_INFINITY : start;
      if (!(start <= to)) to = Number.isNaN(start) ? Number.POSITIVE_INFINITY : start;
    }
    columns.from[run] = from;
    columns.to[run] = to;
  }
  for (let at = 0; at < spans.unclear.length; at += 2) {
    const { cost, tokens } = askForNumbers(reader, spans.unclear[at + 1]!);
    facts.cost[spans.unclear[at]!] = cost;
    setTokens(facts, spans.unclear[at]!, tokens);
  }
  const { errorTypes, failures } = tellErrors(reader, spans, (run) => known.ids.textOf(numbers[run]!));
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
  const arrays: readonly object[] = [trimmed, columns, failures ?? {}, { hashes: runs.hashes, created }];
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
      leftOut: all.size - size,
    },
    spans: { ...spans, errorTypes, unclear: [] },
    created,
  };
}

/** Spans of runs that the database does not know are left out. */
function withoutUnknown(all: Spans, known: KnownRuns): Spans {
  const { runs } = all;
  const isKnown = (run: number) =>
    known.ids.findHashed(runs.hashes[2 * run]!, runs.hashes[2 * run + 1]!) >= 0;
  const parts: { from: number; to: number }[] = [];
  for (let run = 0; run < runs.size; run += 1) {
    if (!isKnown(run)) continue;
    const last = parts.at(-1);
    if (last?.to === run) last.to = run + 1;
    else parts.push({ from: run, to: run + 1 });
  }
  const [only] = parts;
  if (runs.size === 0 || (parts.length === 1 && only?.from === 0 && only.to === runs.size)) return all;
  const stretch = { ...all, leaves: { rows: new Uint16Array(0), overflow: new Uint32Array(0) } };
  if (only === undefined) return concat([{ stretch, from: 0, to: 0 }], 0, true);
  return concat(
    parts.map((part) => ({ stretch, ...part })),
    0,
    false,
  );
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
  for (const [at, span] of known?.span.entries() ?? [])
    failures.addKind(span, known!.fingerprints[known!.kind[at]!]);
  let last: { run: number; told: ReturnType<typeof readToldErrors> } | undefined;
  const tell = ({ run }: Pending) => {
    if (last?.run !== run) last = { run, told: readToldErrors(reader, idOf(run)) };
    return last.told;
  };
  for (const one of pending) {
    const { span, child, name, own, top, wantsType, place } = one;
    if (wantsType && child !== undefined) facts.error[span] = facts.error[child]!;
    else if (wantsType) {
      const { steps, run } = tell(one);
      facts.error[span] = types.numberOf(steps.get(name)?.type ?? (top ? run?.type : undefined) ?? "unknown");
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
