import type { Reader, SqlValue } from "../engine/reader.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "./attribute-numbers.ts";
import { NumberList, nearestRank } from "./percentiles.ts";
import { outlineSpan, rowOfKey, stateInRun } from "./run-spans.ts";
import { findRun, listRuns } from "./runs.ts";
import type { StoreSession } from "./session.ts";
import { stateOfRun } from "./status.ts";
import { HISTORY_RUNS, readNameHistory } from "./step-history.ts";
import type {
  PipelineFigures,
  StepSpans,
  StepSummaries,
  StepSummariesQuery,
  StepSummary,
  WantedStep,
} from "./step-model.ts";
import { asNumber, asText } from "./values.ts";

interface RecentRun {
  readonly status: string;
  readonly pipeline: string;
  /** 0 for the newest. */
  readonly order: number;
}

/** What is counted of one wanted step. */
interface Tally {
  readonly name: string;
  /** The only pipelines whose runs count; all do when undefined. */
  readonly within: ReadonlySet<string> | undefined;
  readonly pipelines: Set<string>;
  readonly runs: Set<string>;
  readonly durations: NumberList;
  failed: number;
  cost: number | null;
  /** Undefined before the first span. */
  last: LastSpan | undefined;
}

interface LastSpan {
  readonly runId: string;
  readonly order: number;
  readonly start: number;
  readonly key: number;
}

const COLUMNS = `run_id, name, key, status, start_raw, end_raw, ${ATTRIBUTE_NUMBERS_SQL}`;
const LISTED_SPANS = 500;
const LISTED_RUNS = 2_000;

export function stepSummaries(
  session: StoreSession,
  reader: Reader,
  { steps, pipelines = [], runs }: StepSummariesQuery,
): Omit<StepSummaries, "snapshot"> {
  return {
    steps: tally(reader, steps, runs).map((found) => summary(session, reader, found)),
    pipelines: pipelines.flatMap((name) => pipelineFigures(reader, name, runs ?? HISTORY_RUNS)),
  };
}

/** The names of all spans in the newest `limit` runs of each pipeline; of all runs when undefined. */
export function stepNames(reader: Reader, limit: number | undefined): string[] {
  const names = new Set<string>();
  const recent = recentRuns(reader, limit);
  for (const [done, runId] of [...recent.keys()].entries()) {
    reader.checkCancelled();
    if (done % 50 === 0) reader.progress(done / recent.size);
    reader.each("SELECT DISTINCT name FROM lens_spans WHERE run_id = ?", [runId], ([name]) => {
      names.add(asText(name!) ?? "");
    });
  }
  return [...names].sort();
}

export function stepSpans(
  reader: Reader,
  name: string,
  pipelines: readonly string[] = [],
  limit = LISTED_SPANS,
): Omit<StepSpans, "snapshot"> {
  const within = knownPipelines(reader, pipelines);
  const history = readNameHistory(reader, within.length > 0 ? within : undefined, name, LISTED_RUNS);
  const listed = history.occurrences.slice(0, limit);
  const pipelineOf = new Map<string, string>();
  for (const { run_id } of listed) {
    if (!pipelineOf.has(run_id)) pipelineOf.set(run_id, findRun(reader, run_id)?.pipeline_name ?? "");
  }
  return {
    name,
    spans: listed.map((one) => ({ ...one, pipeline_name: pipelineOf.get(one.run_id)! })),
    total: history.occurrences.length,
    runs: history.runIds.length,
    complete: history.complete && history.runIds.length < LISTED_RUNS,
    narrowed: within.length > 0,
  };
}

/** Those of the pipelines that have a run. */
function knownPipelines(reader: Reader, pipelines: readonly string[]): string[] {
  return pipelines.filter((pipeline) =>
    reader.get("SELECT 1 AS known FROM lens_runs WHERE pipeline_name = ? LIMIT 1", [pipeline]),
  );
}

function tally(reader: Reader, steps: readonly WantedStep[], limit: number | undefined): Tally[] {
  if (steps.length === 0) return [];
  const recent = recentRuns(reader, limit);
  const known = new Set([...recent.values()].map(({ pipeline }) => pipeline));
  const tallies = steps.map((step) => newTally(step, known));
  const byName = new Map<string, Tally[]>();
  for (const one of tallies) {
    const same = byName.get(one.name);
    if (same) same.push(one);
    else byName.set(one.name, [one]);
  }
  const wanted = JSON.stringify([...byName.keys()]);
  const count = (row: readonly SqlValue[]) => countSpan(byName, recent, row);
  if (limit === undefined) {
    reader.each(
      `SELECT ${COLUMNS} FROM lens_spans_scan WHERE name IN (SELECT value FROM json_each(?))`,
      [wanted],
      count,
    );
    return tallies;
  }
  const counted = [...recent].filter(([, { pipeline }]) => tallies.some((one) => counts(one, pipeline)));
  for (const [done, [runId]] of counted.entries()) {
    reader.checkCancelled();
    if (done % 50 === 0) reader.progress(done / counted.length);
    reader.each(
      `SELECT ${COLUMNS} FROM lens_spans WHERE run_id = ? AND name IN (SELECT value FROM json_each(?))`,
      [runId, wanted],
      count,
    );
  }
  return tallies;
}

function newTally({ name, pipelines = [] }: WantedStep, known: ReadonlySet<string>): Tally {
  const within = new Set(pipelines.filter((pipeline) => known.has(pipeline)));
  return {
    name,
    within: within.size > 0 ? within : undefined,
    pipelines: new Set(),
    runs: new Set(),
    durations: new NumberList(),
    failed: 0,
    cost: null,
    last: undefined,
  };
}

function counts({ within }: Tally, pipeline: string): boolean {
  return within === undefined || within.has(pipeline);
}

function recentRuns(reader: Reader, limit: number | undefined): Map<string, RecentRun> {
  const recent = new Map<string, RecentRun>();
  reader.each(
    `SELECT run_id, status, pipeline_name FROM (
      SELECT run_id, status, pipeline_name, row, started,
        row_number() OVER (PARTITION BY pipeline_name ORDER BY started DESC, row DESC) AS place
      FROM (SELECT run_id, status, pipeline_name, row, lens_time(start_text) AS started FROM lens_runs))
    WHERE place <= ? ORDER BY started DESC, row DESC`,
    [limit ?? Number.MAX_SAFE_INTEGER],
    ([runId, status, pipeline]) => {
      recent.set(asText(runId!) ?? "", {
        status: asText(status!) ?? "unknown",
        pipeline: asText(pipeline!) ?? "",
        order: recent.size,
      });
    },
  );
  return recent;
}

function countSpan(
  tallies: ReadonlyMap<string, readonly Tally[]>,
  recent: ReadonlyMap<string, RecentRun>,
  row: readonly SqlValue[],
): void {
  const [runValue, nameValue, keyValue, statusValue, startValue, endValue, extracted] = row;
  const runId = asText(runValue!) ?? "";
  const run = recent.get(runId);
  if (!run) return;
  const start = asNumber(startValue) ?? Number.NaN;
  const duration = (asNumber(endValue) ?? Number.NaN) - start;
  const last = { runId, order: run.order, start, key: keyValue as number };
  const { cost } = attributeNumbers(extracted);
  const failed =
    stateInRun(asText(statusValue!) ?? "unknown", true, stateOfRun(run.status)) === "failed" ? 1 : 0;
  for (const tally of tallies.get(asText(nameValue!) ?? "") ?? []) {
    if (!counts(tally, run.pipeline)) continue;
    tally.pipelines.add(run.pipeline);
    tally.runs.add(runId);
    if (tally.last === undefined || isLater(last, tally.last)) tally.last = last;
    if (!Number.isNaN(cost)) tally.cost = (tally.cost ?? 0) + cost;
    if (Number.isNaN(duration)) continue;
    tally.durations.push(duration);
    tally.failed += failed;
  }
}

function isLater(one: LastSpan, other: LastSpan): boolean {
  if (one.order !== other.order) return one.order < other.order;
  return one.start !== other.start ? one.start > other.start : one.key > other.key;
}

function summary(session: StoreSession, reader: Reader, found: Tally): StepSummary | undefined {
  if (found.last === undefined) return undefined;
  const durations = found.durations.sorted();
  const { runId, key } = found.last;
  const spans = session.runSpans(reader, runId);
  return {
    name: found.name,
    pipelines: [...found.pipelines].sort(),
    narrowed: found.within !== undefined,
    runs: found.runs.size,
    spans: durations.length,
    failed: found.failed,
    p50: percentile(durations, 0.5),
    p95: percentile(durations, 0.95),
    cost: found.cost,
    last: { run: spans.run, span: outlineSpan(spans, rowOfKey(spans, key)!, -1) },
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
