import type { Reader } from "../engine/reader.ts";
import type { State } from "./model.ts";
import { nearestRank } from "./percentiles.ts";
import { endOfRun } from "./run-end.ts";
import { type PassQuery, runCondition } from "./span-pass.ts";
import { stateOfRun } from "./status.ts";
import { asNumber, asText, parseTime } from "./values.ts";

/** A run as statistics count it. NaN stands for what is not known. */
export interface CountedRun {
  readonly run_id: string;
  readonly pipeline_name: string;
  readonly pipeline_version: string | null;
  readonly state: State;
  /** Seconds since the epoch. */
  readonly start: number;
  /** Seconds; NaN while it runs. */
  readonly duration: number;
  /** US dollars: the run's own, else the sum of its steps'. */
  readonly cost: number | null;
  readonly tokens: number | null;
}

/** All runs of a query's pipeline and version, whatever their time. */
export function readCountedRuns(reader: Reader, query: PassQuery): CountedRun[] {
  const runs: CountedRun[] = [];
  eachCountedRun(reader, query, (run) => runs.push(run));
  return runs;
}

/** Visits the same runs one by one. `row` is that of `lens_runs`. */
export function eachCountedRun(
  reader: Reader,
  query: PassQuery,
  visit: (run: CountedRun, row: number) => void,
): void {
  const chosen = runCondition(query);
  reader.each(
    `SELECT run.run_id, run.pipeline_name, run.pipeline_version, run.status, run.start_text, run.end_text, run.updated_text,
      run.execution_ms, run.total_cost, step.cost, step.tokens, run.row
      FROM ${chosen ? `(SELECT * FROM lens_runs WHERE ${chosen.sql})` : "lens_runs"} AS run
      LEFT JOIN (SELECT run_id, sum(cost) AS cost, sum(tokens) AS tokens FROM lens_steps
          ${chosen ? `WHERE run_id IN (SELECT run_id FROM lens_runs WHERE ${chosen.sql})` : ""} GROUP BY run_id) AS step
        ON step.run_id = run.run_id`,
    chosen ? [...chosen.params, ...chosen.params] : [],
    ([id, name, version, status, startText, endText, updated, ms, cost, stepCost, tokens, row]) => {
      const state = stateOfRun(asText(status) ?? "unknown");
      const start = parseTime(startText);
      const end =
        state === "running" ? null : endOfRun(start, parseTime(endText), parseTime(updated), asNumber(ms));
      visit(
        {
          run_id: asText(id) ?? "",
          pipeline_name: asText(name) ?? "",
          pipeline_version: asText(version),
          state,
          start: start ?? Number.NaN,
          duration: end === null || start === null ? Number.NaN : end - start,
          cost: asNumber(cost) ?? asNumber(stepCost),
          tokens: asNumber(tokens),
        },
        row as number,
      );
    },
  );
}

export interface RunFigures {
  readonly runs: number;
  readonly failed_runs: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly cost: number | null;
  readonly tokens: number | null;
}

export function runFigures(runs: readonly CountedRun[]): RunFigures {
  const durations = runs.flatMap(({ duration }) => (Number.isNaN(duration) ? [] : duration));
  const sorted = Float64Array.from(durations).sort();
  return {
    runs: runs.length,
    failed_runs: runs.filter(({ state }) => state === "failed").length,
    p50: sorted.length > 0 ? nearestRank(sorted, 0.5) : null,
    p95: sorted.length > 0 ? nearestRank(sorted, 0.95) : null,
    cost: sum(runs.map((run) => run.cost)),
    tokens: sum(runs.map((run) => run.tokens)),
  };
}

/** The runs by a key, in order of first appearance. */
export function groupRuns<K>(runs: readonly CountedRun[], key: (run: CountedRun) => K): Map<K, CountedRun[]> {
  const groups = new Map<K, CountedRun[]>();
  for (const run of runs) {
    const group = groups.get(key(run));
    if (group) group.push(run);
    else groups.set(key(run), [run]);
  }
  return groups;
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (value === null ? total : (total ?? 0) + value), null);
}
