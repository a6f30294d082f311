import type { Reader } from "../../engine/reader.ts";
import type { State, StatisticsQuery } from "../model.ts";
import { eachCountedRun, type RunFigures } from "../run-figures.ts";
import { Percentiles } from "./percentiles.ts";
import { type CountedFigures, plus, scanCountedRuns, type VisitCounted } from "./scan-counted-runs.ts";
import { select } from "./selection.ts";
import { Numbered, type SpanColumns } from "./span-columns.ts";

/** All runs as reports count them, one array a fact: those of the columns in their order, then those without spans. */
export interface RunFacts {
  readonly size: number;
  /** Seconds since the epoch; NaN where unknown. */
  readonly start: Float64Array;
  /** Seconds; NaN while it runs. */
  readonly duration: Float64Array;
  /** US dollars; NaN where unknown. */
  readonly cost: Float64Array;
  /** NaN where unknown. Half as wide where no number is lost by that. */
  readonly tokens: Float32Array | Float64Array;
  /** Index in {@link runStates}. */
  readonly state: Uint8Array;
  /** Of those without spans, which the columns do not have. */
  readonly others: OtherRuns;
}

interface OtherRuns {
  /** What `lens_runs.row` says of each. */
  readonly row: Float64Array;
  /** Index in the pipelines of the columns. */
  readonly pipeline: Uint16Array;
  /** Index in the versions of the columns. */
  readonly version: Uint16Array;
}

/** Index of a run's pipeline, by its place in the facts. */
export function pipelineOf({ runs }: SpanColumns, { others }: RunFacts, run: number): number {
  return run < runs.size ? runs.pipeline[run]! : others.pipeline[run - runs.size]!;
}

/** Index of a run's version, by its place in the facts. */
export function versionOf({ runs }: SpanColumns, { others }: RunFacts, run: number): number {
  return run < runs.size ? runs.version[run]! : others.version[run - runs.size]!;
}

export const runStates: readonly State[] = [
  ...(["running", "completed", "failed"] as const),
  ...(["paused", "cancelled", "unknown"] as const),
];
const FAILED = runStates.indexOf("failed");

/** Reads the pages of runs and steps; where that cannot be, asks SQL, which takes many times as long. */
export function readRunFacts(reader: Reader, columns: SpanColumns): RunFacts {
  const size = reader.get<{ runs: number }>("SELECT count(*) AS runs FROM lens_runs")?.runs ?? 0;
  const scanned = new FactCollector(columns, size);
  if (scanCountedRuns(reader, scanned.visit)) return scanned.result();
  const asked = new FactCollector(columns, size);
  eachCountedRun(reader, {}, asked.visit);
  return asked.result();
}

/** Gathers what is counted of runs. */
export class FactCollector {
  private readonly pipelines: Numbered<string>;
  private readonly versions: Numbered<string | null>;
  private readonly facts: Omit<RunFacts, "tokens">;
  private readonly tokens: Float64Array;
  private places: Map<number, number> | undefined;
  private next: number;

  /** @param size How many runs there are, with and without spans. */
  constructor(
    private readonly columns: SpanColumns,
    size: number,
  ) {
    const { runs } = columns;
    this.pipelines = new Numbered(...runs.pipelines);
    this.versions = new Numbered(...runs.versions);
    this.tokens = new Float64Array(size);
    this.facts = {
      size,
      start: new Float64Array(size),
      duration: new Float64Array(size),
      cost: new Float64Array(size),
      state: new Uint8Array(size),
      others: {
        row: new Float64Array(size - runs.size),
        pipeline: new Uint16Array(size - runs.size),
        version: new Uint16Array(size - runs.size),
      },
    };
    this.next = runs.size;
  }

  /** Takes a run that comes in the order of rows. */
  readonly visit: VisitCounted = (run, row) => {
    const { runs } = this.columns;
    this.places ??= new Map(Array.from(runs.row, (known, place) => [known, place]));
    const at = this.places.get(row) ?? this.next++;
    this.put(at, run, row);
  };

  /**
   * Takes all runs from facts of a state before, but for those that have changed.
   * @param rowsBefore What `lens_runs.row` said of the runs of its columns.
   * @param rows What it says of those without spans now.
   * @param changed By that row.
   * @returns False when a run is in neither.
   */
  copy(
    before: RunFacts,
    rowsBefore: ArrayLike<number>,
    rows: readonly number[],
    changed: ReadonlyMap<number, CountedFigures>,
  ): boolean {
    const { facts, columns } = this;
    const places = new Places(rowsBefore, before.others.row);
    for (let at = 0; at < facts.size; at += 1) {
      const other = at - columns.runs.size;
      const row = other < 0 ? columns.runs.row[at]! : rows[other]!;
      const run = changed.get(row);
      if (run !== undefined) {
        this.put(at, run, row);
        places.pass(row);
        continue;
      }
      const place = places.of(row);
      // A run without spans that had some tells its pipeline anew.
      if (place === undefined || (other >= 0 && place < rowsBefore.length)) return false;
      facts.start[at] = before.start[place]!;
      facts.duration[at] = before.duration[place]!;
      facts.cost[at] = before.cost[place]!;
      this.tokens[at] = before.tokens[place]!;
      facts.state[at] = before.state[place]!;
      if (other < 0) continue;
      facts.others.row[other] = row;
      facts.others.pipeline[other] = before.others.pipeline[place - rowsBefore.length]!;
      facts.others.version[other] = before.others.version[place - rowsBefore.length]!;
    }
    return true;
  }

  result(): RunFacts {
    const narrow = Float32Array.from(this.tokens);
    const isLossless = narrow.every((value, run) => Object.is(value, this.tokens[run]));
    return { ...this.facts, tokens: isLossless ? narrow : this.tokens };
  }

  private put(at: number, run: CountedFigures, row: number): void {
    const { facts, columns } = this;
    facts.start[at] = run.start;
    facts.duration[at] = run.duration;
    facts.cost[at] = run.cost ?? Number.NaN;
    this.tokens[at] = run.tokens ?? Number.NaN;
    facts.state[at] = runStates.indexOf(run.state);
    const other = at - columns.runs.size;
    if (other < 0) return;
    facts.others.row[other] = row;
    facts.others.pipeline[other] = this.pipelines.numberOf(run.pipeline_name);
    facts.others.version[other] = this.versions.numberOf(run.pipeline_version);
  }
}

/** Where runs stood before. They mostly stand in the same order. */
class Places {
  private next = 0;
  private known: Map<number, number> | undefined;

  constructor(
    private readonly rows: ArrayLike<number>,
    private readonly others: ArrayLike<number>,
  ) {}

  /** Goes past a run that is not asked for. */
  pass(row: number): void {
    if (this.rowAt(this.next) === row) this.next += 1;
  }

  of(row: number): number | undefined {
    const place = this.rowAt(this.next) === row ? this.next : this.search(row);
    if (place !== undefined) this.next = place + 1;
    return place;
  }

  private rowAt(place: number): number | undefined {
    const { rows, others } = this;
    return place < rows.length ? rows[place] : others[place - rows.length];
  }

  private search(row: number): number | undefined {
    this.known ??= new Map(
      Array.from({ length: this.rows.length + this.others.length }, (_, place) => [
        this.rowAt(place)!,
        place,
      ]),
    );
    return this.known.get(row);
  }
}

/** 1 for every run of the query's pipeline and version. */
export function runsAsked(columns: SpanColumns, facts: RunFacts, query: StatisticsQuery): Uint8Array {
  const { pipelines: wanted, versions } = select(columns, query);
  const asked = new Uint8Array(facts.size);
  for (let run = 0; run < facts.size; run += 1) {
    if (wanted !== undefined && wanted[pipelineOf(columns, facts, run)] === 0) continue;
    if (versions !== undefined && versions[versionOf(columns, facts, run)] === 0) continue;
    asked[run] = 1;
  }
  return asked;
}

/** As `runFigures`, for every group of some runs. `groupOf` gives a group's number by the run's place in the facts. */
export function figuresOfRuns(
  facts: RunFacts,
  chosen: Uint32Array,
  groups: number,
  groupOf: (run: number) => number,
): RunFigures[] {
  const { duration, cost, tokens, state } = facts;
  const zeros = () => new Float64Array(groups);
  const runs = zeros();
  const failed = zeros();
  const ended = zeros();
  const costs = zeros().fill(Number.NaN);
  const used = zeros().fill(Number.NaN);
  const percentiles = new Percentiles(groups, duration);
  for (const run of chosen) {
    const group = groupOf(run);
    runs[group]! += 1;
    if (state[run] === FAILED) failed[group]! += 1;
    costs[group] = plus(costs[group]!, cost[run]!);
    used[group] = plus(used[group]!, tokens[run]!);
    if (Number.isNaN(duration[run]!)) continue;
    ended[group]! += 1;
    percentiles.count(group, run);
  }
  const gather = percentiles.seek(ended, [0.5, 0.95]);
  for (const run of chosen) {
    const group = groupOf(run);
    if (!Number.isNaN(duration[run]!) && gather.wants(group, run)) gather.add(group, run);
  }
  const known = (value: number) => (Number.isNaN(value) ? null : value);
  return gather.result().map(([p50, p95], group) => ({
    runs: runs[group]!,
    failed_runs: failed[group]!,
    p50: ended[group]! > 0 ? p50! : null,
    p95: ended[group]! > 0 ? p95! : null,
    cost: known(costs[group]!),
    tokens: known(used[group]!),
  }));
}
