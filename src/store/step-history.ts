import type { Reader, SqlValue } from "../engine/reader.ts";
import { anchor, isMonotonic, toWallClock } from "./clock.ts";
import { HistogramCounts } from "./histogram.ts";
import type { Run } from "./model.ts";
import { nearestRank } from "./percentiles.ts";
import { orNull, type RunSpans, readRunSpans, rowOfKey, stateInRun } from "./run-spans.ts";
import { listRuns } from "./runs.ts";
import { errorFromAttributes } from "./span-error.ts";
import { isFailedSql } from "./status.ts";
import type { SameError, StepHistory, StepOccurrence } from "./step-model.ts";
import { stepSiblings } from "./step-siblings.ts";
import { asNumber, asText, parseAttributes } from "./values.ts";

/** Spans of one name over the newest runs, newest first. Depends on no single span, so that it can be kept. */
export interface NameHistory {
  readonly runIds: readonly string[];
  readonly complete: boolean;
  readonly occurrences: readonly StepOccurrence[];
}

/** Runs looked at when nothing else is asked for. */
export const HISTORY_RUNS = 200;
export const OCCURRENCES_LISTED = 50;
export const SAME_ERRORS_LISTED = 20;
export const FAILURES_LISTED = 20;

const MOST_OCCURRENCES = 50_000;
/** Milliseconds. A pipeline of huge runs is looked back on less far, and the answer says so. */
const PATIENCE = 2_000;
const PAGE = 50;

/** Gives all spans of a run. */
export type ReadRun = (run: Run) => RunSpans;

/** Looks for spans of one name in the newest `limit` runs of one or several pipelines (of all when undefined), run by run, until time or room runs out. */
export function readNameHistory(
  reader: Reader,
  pipeline: string | readonly string[] | undefined,
  name: string,
  limit: number,
  read: ReadRun = (run) => readRunSpans(reader, run),
): NameHistory {
  const deadline = performance.now() + PATIENCE;
  const runIds: string[] = [];
  const occurrences: StepOccurrence[] = [];
  let after: Run | undefined;
  while (runIds.length < limit) {
    const page = listRuns(reader, {
      pipeline,
      limit: Math.min(PAGE, limit - runIds.length),
      ...(after && { after }),
    });
    for (const run of page) {
      if (performance.now() > deadline || occurrences.length > MOST_OCCURRENCES)
        return { runIds, complete: false, occurrences };
      reader.checkCancelled();
      reader.progress(runIds.length / limit);
      runIds.push(run.run_id);
      if (run.span_count > 0) for (const one of occurrencesIn(reader, run, name, read)) occurrences.push(one);
    }
    after = page.at(-1);
    if (page.length < PAGE) break;
  }
  return { runIds, complete: true, occurrences };
}

/** Spans of one name in one run, the latest first. */
function occurrencesIn(reader: Reader, run: Run, name: string, read: ReadRun): StepOccurrence[] {
  const found: { start: number; occurrence: StepOccurrence }[] = [];
  let offset: number | undefined;
  let whole: RunSpans | undefined;
  reader.each(
    `SELECT key, status, start_raw, end_raw, CASE WHEN ${isFailedSql("status")} THEN attributes END
      FROM lens_spans WHERE run_id = ? AND name = ? ORDER BY key DESC`,
    [run.run_id, name],
    ([keyValue, status, startValue, endValue, attributes]) => {
      const key = keyValue as number;
      const start = asNumber(startValue) ?? Number.NaN;
      const end = asNumber(endValue) ?? Number.NaN;
      if (isMonotonic(start)) offset ??= offsetOf(reader, run);
      const wall = toWallClock(start, offset ?? 0);
      const state = stateInRun(asText(status) ?? "unknown", !Number.isNaN(end), run.state);
      let error: string | undefined;
      if (state === "failed") {
        error = errorFromAttributes(parseAttributes(asText(attributes ?? null)))?.type;
        if (error === undefined) {
          // What a span does not say of itself its children, its step and its run do.
          whole ??= read(run);
          error = whole.errors.get(rowOfKey(whole, key) ?? -1)?.type ?? "unknown";
        }
      }
      found.push({
        start: wall,
        occurrence: {
          run_id: run.run_id,
          key,
          state,
          start_time: orNull(wall),
          duration: orNull(end - start),
          ...(error !== undefined && { error_type: error }),
        },
      });
    },
  );
  found.sort(
    (a, b) =>
      (Number.isNaN(b.start) ? -Infinity : b.start) - (Number.isNaN(a.start) ? -Infinity : a.start) || 0,
  );
  return found.map(({ occurrence }) => occurrence);
}

function offsetOf(reader: Reader, run: Run): number {
  const row = reader.get<{ earliest: SqlValue }>(
    "SELECT min(start_raw) AS earliest FROM lens_spans WHERE run_id = ?",
    [run.run_id],
  );
  return anchor(asNumber(row?.earliest) ?? Number.POSITIVE_INFINITY, run.start_time);
}

/** Where the span at `row` stands in the history of its name. */
export function stepHistory(
  spans: RunSpans,
  row: number,
  history: NameHistory,
): Omit<StepHistory, "snapshot"> {
  const own = spans.run.run_id;
  const key = spans.rows.keys[row]!;
  const duration = spans.rows.ends[row]! - spans.rows.starts[row]!;
  const counts = new HistogramCounts();
  const completed: number[] = [];
  let count = 0;
  let failed = 0;
  let slowerThan = 0;
  let rivals = 0;
  for (const one of history.occurrences) {
    if (one.duration === null || one.duration < 0) continue;
    counts.add(one.duration, one.state === "failed");
    count += 1;
    if (one.state === "failed") failed += 1;
    if (one.state !== "completed") continue;
    completed.push(one.duration);
    if (one.run_id === own && one.key === key) continue;
    rivals += 1;
    if (one.duration < duration) slowerThan += 1;
  }
  const sorted = Float64Array.from(completed).sort();
  const others = history.occurrences.filter((one) => one.run_id !== own);
  const failures = others.filter((one) => one.state === "failed");
  const older = olderRuns(spans, history);
  return {
    name: spans.rows.names.at(row),
    pipeline_name: spans.run.pipeline_name,
    runs: history.runIds.length,
    complete: history.complete,
    includes_run: history.runIds.includes(own),
    count,
    failed,
    histogram: counts.result(),
    completed:
      sorted.length === 0
        ? null
        : { count: sorted.length, p50: nearestRank(sorted, 0.5), p95: nearestRank(sorted, 0.95) },
    rank: duration >= 0 && rivals > 0 ? { slower_than: slowerThan, of: rivals } : null,
    others: others.slice(0, OCCURRENCES_LISTED),
    others_total: others.length,
    failures: failures.slice(0, FAILURES_LISTED),
    failures_total: failures.length,
    completed_before: others.find((one) => one.state === "completed" && older.has(one.run_id)) ?? null,
    same_error: sameError(spans, row, older, failures),
    siblings: stepSiblings(spans, row),
  };
}

/** Runs stand newest first: what comes after this run in the list was before it. A run beyond the list is older than all of it. */
function olderRuns({ run }: RunSpans, { runIds }: NameHistory): ReadonlySet<string> {
  const place = runIds.indexOf(run.run_id);
  return new Set(place < 0 ? [] : runIds.slice(place + 1));
}

function sameError(
  spans: RunSpans,
  row: number,
  older: ReadonlySet<string>,
  failures: readonly StepOccurrence[],
): SameError | null {
  const error = spans.errors.get(row);
  if (!error) return null;
  const same = failures.filter((one) => one.error_type === error.type);
  const before = same.filter((one) => older.has(one.run_id));
  return {
    error_type: error.type,
    before: before.length,
    after: same.length - before.length,
    occurrences: same.slice(0, SAME_ERRORS_LISTED),
    last_before: before[0] ?? null,
  };
}
