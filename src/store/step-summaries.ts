import type { Reader, Snapshot, SqlValue } from "../engine/reader.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "./attribute-numbers.ts";
import type { OutlineSpan, Run } from "./model.ts";
import { NumberList, nearestRank } from "./percentiles.ts";
import { outlineSpan, stateInRun } from "./run-spans.ts";
import { findRun, listRuns } from "./runs.ts";
import type { StoreSession } from "./session.ts";
import { stateOfRun } from "./status.ts";
import { HISTORY_RUNS, readNameHistory, type StepOccurrence } from "./step-history.ts";
import { asNumber, asText } from "./values.ts";

/** How the steps of some names, and some pipelines, did lately. Names without a span are left out. */
export interface StepSummaries {
  readonly steps: readonly StepSummary[];
  readonly pipelines: readonly PipelineFigures[];
  readonly snapshot: Snapshot;
}

export interface StepSummariesQuery {
  /** Names of steps, exact. */
  names: readonly string[];
  /** Names of pipelines, exact. */
  pipelines?: readonly string[];
  /** Only the newest so many runs of each pipeline; all when undefined. */
  runs?: number;
}

/** All spans of one name, over the runs that were asked for. Seconds, US dollars. */
export interface StepSummary {
  readonly name: string;
  /** Runs with at least one span of the name. */
  readonly runs: number;
  /** Spans with a start and an end; percentiles by nearest rank are over them, and `failed` counts among them. */
  readonly spans: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  /** The sum; null when no span carries a cost. */
  readonly cost: number | null;
  /** The latest span of the newest run. */
  readonly last: { readonly run: Run; readonly span: OutlineSpan };
}

/** The newest runs of one pipeline; percentiles are of whole runs that have ended. */
export interface PipelineFigures {
  readonly pipeline_name: string;
  readonly runs: number;
  readonly failed: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly cost: number | null;
  readonly last: Run;
}

/** Spans of one name over all pipelines, newest first. */
export interface StepSpans {
  readonly name: string;
  readonly spans: readonly (StepOccurrence & { readonly pipeline_name: string })[];
  /** Spans found; more than `spans.length` when the list was cut. */
  readonly total: number;
  /** Runs that were looked at; `complete` is false when older ones were not. */
  readonly runs: number;
  readonly complete: boolean;
  readonly snapshot: Snapshot;
}

interface RecentRun {
  readonly status: string;
  /** 0 for the newest. */
  readonly order: number;
}

interface Tally {
  readonly runs: Set<string>;
  readonly durations: NumberList;
  failed: number;
  cost: number | null;
  last: { runId: string; order: number; start: number; key: number };
}

const COLUMNS = `run_id, name, key, status, start_raw, end_raw, ${ATTRIBUTE_NUMBERS_SQL}`;
const LISTED_SPANS = 500;
const LISTED_RUNS = 2_000;

export function stepSummaries(
  session: StoreSession,
  reader: Reader,
  { names, pipelines = [], runs }: StepSummariesQuery,
): Omit<StepSummaries, "snapshot"> {
  const tallies = tally(reader, names, runs);
  return {
    steps: names.flatMap((name) => {
      const found = tallies.get(name);
      return found ? [summary(session, reader, name, found)] : [];
    }),
    pipelines: pipelines.flatMap((name) => pipelineFigures(reader, name, runs ?? HISTORY_RUNS)),
  };
}

export function stepSpans(reader: Reader, name: string, limit = LISTED_SPANS): Omit<StepSpans, "snapshot"> {
  const history = readNameHistory(reader, undefined, name, LISTED_RUNS);
  const listed = history.occurrences.slice(0, limit);
  const pipelines = new Map<string, string>();
  for (const { run_id } of listed) {
    if (!pipelines.has(run_id)) pipelines.set(run_id, findRun(reader, run_id)?.pipeline_name ?? "");
  }
  return {
    name,
    spans: listed.map((one) => ({ ...one, pipeline_name: pipelines.get(one.run_id)! })),
    total: history.occurrences.length,
    runs: history.runIds.length,
    complete: history.complete && history.runIds.length < LISTED_RUNS,
  };
}

function tally(reader: Reader, names: readonly string[], limit: number | undefined): Map<string, Tally> {
  const tallies = new Map<string, Tally>();
  if (names.length === 0) return tallies;
  const recent = recentRuns(reader, limit);
  const wanted = JSON.stringify(names);
  const count = (row: readonly SqlValue[]) => countSpan(tallies, recent, row);
  if (limit === undefined) {
    reader.each(
      `SELECT ${COLUMNS} FROM lens_spans_scan WHERE name IN (SELECT value FROM json_each(?))`,
      [wanted],
      count,
    );
    return tallies;
  }
  let done = 0;
  for (const runId of recent.keys()) {
    reader.checkCancelled();
    if (done % 50 === 0) reader.progress(done / recent.size);
    done += 1;
    reader.each(
      `SELECT ${COLUMNS} FROM lens_spans WHERE run_id = ? AND name IN (SELECT value FROM json_each(?))`,
      [runId, wanted],
      count,
    );
  }
  return tallies;
}

function recentRuns(reader: Reader, limit: number | undefined): Map<string, RecentRun> {
  const recent = new Map<string, RecentRun>();
  reader.each(
    `SELECT run_id, status FROM (
      SELECT run_id, status, row, started,
        row_number() OVER (PARTITION BY pipeline_name ORDER BY started DESC, row DESC) AS place
      FROM (SELECT run_id, status, pipeline_name, row, lens_time(start_text) AS started FROM lens_runs))
    WHERE place <= ? ORDER BY started DESC, row DESC`,
    [limit ?? Number.MAX_SAFE_INTEGER],
    ([runId, status]) => {
      recent.set(asText(runId!) ?? "", { status: asText(status!) ?? "unknown", order: recent.size });
    },
  );
  return recent;
}

function countSpan(
  tallies: Map<string, Tally>,
  recent: ReadonlyMap<string, RecentRun>,
  row: readonly SqlValue[],
): void {
  const [runValue, nameValue, keyValue, statusValue, startValue, endValue, extracted] = row;
  const runId = asText(runValue!) ?? "";
  const run = recent.get(runId);
  if (!run) return;
  const name = asText(nameValue!) ?? "";
  const start = asNumber(startValue) ?? Number.NaN;
  const duration = (asNumber(endValue) ?? Number.NaN) - start;
  const last = { runId, order: run.order, start, key: keyValue as number };
  let known = tallies.get(name);
  if (!known) {
    known = { runs: new Set(), durations: new NumberList(), failed: 0, cost: null, last };
    tallies.set(name, known);
  }
  known.runs.add(runId);
  if (isLater(last, known.last)) known.last = last;
  const { cost } = attributeNumbers(extracted);
  if (!Number.isNaN(cost)) known.cost = (known.cost ?? 0) + cost;
  if (Number.isNaN(duration)) return;
  known.durations.push(duration);
  if (stateInRun(asText(statusValue!) ?? "unknown", true, stateOfRun(run.status)) === "failed")
    known.failed += 1;
}

function isLater(one: Tally["last"], other: Tally["last"]): boolean {
  if (one.order !== other.order) return one.order < other.order;
  return one.start !== other.start ? one.start > other.start : one.key > other.key;
}

function summary(session: StoreSession, reader: Reader, name: string, found: Tally): StepSummary {
  const durations = found.durations.sorted();
  const { runId, key } = found.last;
  const spans = session.runSpans(reader, runId);
  return {
    name,
    runs: found.runs.size,
    spans: durations.length,
    failed: found.failed,
    p50: percentile(durations, 0.5),
    p95: percentile(durations, 0.95),
    cost: found.cost,
    last: { run: spans.run, span: outlineSpan(spans, spans.byKey.get(key)!, -1) },
  };
}

function pipelineFigures(reader: Reader, pipeline: string, limit: number): PipelineFigures[] {
  const runs = listRuns(reader, { pipeline, limit });
  const [last] = runs;
  if (!last) return [];
  const durations = Float64Array.from(runs.flatMap(({ duration }) => duration ?? [])).sort();
  const costs = runs.flatMap(({ total_cost }) => total_cost ?? []);
  return [
    {
      pipeline_name: pipeline,
      runs: runs.length,
      failed: runs.filter(({ state }) => state === "failed").length,
      p50: percentile(durations, 0.5),
      p95: percentile(durations, 0.95),
      cost: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
      last,
    },
  ];
}

function percentile(sorted: Float64Array, share: number): number | null {
  return sorted.length === 0 ? null : nearestRank(sorted, share);
}
