import type { Reader } from "../../engine/reader.ts";
import type { PipelinePerformance, ReportQuery, State, TimeRange } from "../model.ts";
import { type BareReport, inOrder, layOut, performance, rangeBefore, reportStatistics } from "../report.ts";
import { filtersSpans } from "../span-facts.ts";
import { stretchOf } from "../timeline.ts";
import { Chosen } from "./chosen-spans.ts";
import { statisticsOf } from "./column-statistics.ts";
import { failureGroups } from "./failure-groups.ts";
import { countSpans, ReportSpans, runsHolding } from "./report-spans.ts";
import { figuresOfRuns, pipelineOf, type RunFacts, runStates, runsAsked, versionOf } from "./run-facts.ts";
import { select } from "./selection.ts";
import type { FailureColumns, SpanColumns } from "./span-columns.ts";

/** As `statisticsReport`, from columns. `now` in seconds since the epoch. */
export function columnReport(
  reader: Reader,
  columns: SpanColumns & { readonly failures: FailureColumns },
  facts: RunFacts,
  query: ReportQuery,
  now: number,
): BareReport {
  const { timeRange } = query;
  const before = rangeBefore(timeRange, now);
  const asked = runsAsked(columns, facts, query);
  const axis = query.axis ?? timeRange;
  const layout = layOut(extremes(facts, chosen(facts, asked, axis)), axis, query.utcOffset, now);
  const taken = new Chosen(columns, select(columns, query));
  const counted = filtersSpans(query) ? both(asked, runsHolding(columns, taken)) : asked;
  const runs = chosen(facts, counted, timeRange);
  const figures = (some: Uint32Array) => figuresOfRuns(facts, some, 1, () => 0)[0]!;
  const { cost, tokens, p50, p95 } = figures(runs);
  reader.checkCancelled();
  const statistics = reportStatistics(statisticsOf(columns, taken, query.groupBy));
  reader.checkCancelled();
  const spans = new ReportSpans(columns, taken.spans, query.groupBy ?? "name", layout);
  reader.checkCancelled();
  return {
    statistics,
    runs: { total: runs.length, by_state: countStates(facts, runs), cost, tokens, p50, p95 },
    before: before && {
      range: before,
      ...figures(chosen(facts, counted, upTo(before))),
      ...countSpans(columns, { ...query, timeRange: upTo(before) }),
    },
    timeline: {
      width: layout.width,
      edges: layout.edges,
      runs: countStretches(facts, runs, layout),
    },
    series: spans.series(),
    pipelines: pipelines(columns, facts, runs, spans),
    errors: failureGroups(reader, columns, columns.failures, query),
    histogram: spans.histogram.result(),
    covered: spans.covered(),
  };
}

/** The places of the counted runs that start in a range. */
function chosen({ size, start }: RunFacts, counted: Uint8Array, range: TimeRange | undefined): Uint32Array {
  const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = range ?? [];
  const anyTime = from === Number.NEGATIVE_INFINITY && to === Number.POSITIVE_INFINITY;
  const found = new Uint32Array(size);
  let count = 0;
  for (let run = 0; run < size; run += 1)
    if (counted[run] === 1 && (anyTime || (start[run]! >= from && start[run]! <= to))) found[count++] = run;
  return found.subarray(0, count);
}

/** Earliest and latest start of some runs, those that are known. */
function extremes({ start }: RunFacts, runs: Uint32Array): number[] {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const run of runs) {
    if (start[run]! < least) least = start[run]!;
    if (start[run]! > most) most = start[run]!;
  }
  return least <= most ? [least, most] : [];
}

/** The inclusive range of what lies below the end of another one: ends in the largest number below. */
function upTo([from, to]: readonly [number, number]): TimeRange {
  return [from, below(to)];
}

/** The largest number below another one that is not 0. */
function below(number: number): number {
  const bits = new BigInt64Array(Float64Array.of(number).buffer);
  bits[0]! += number > 0 ? -1n : 1n;
  return new Float64Array(bits.buffer)[0]!;
}

/** 1 where a run is in one set and among the first runs in another. */
function both(all: Uint8Array, some: Uint8Array): Uint8Array {
  return all.map((one, run) => one & (some[run] ?? 0));
}

function countStates({ state }: RunFacts, runs: Uint32Array): Partial<Record<State, number>> {
  const counts: Partial<Record<State, number>> = {};
  for (const run of runs) {
    const word = runStates[state[run]!]!;
    counts[word] = (counts[word] ?? 0) + 1;
  }
  return counts;
}

function countStretches(
  { state, start }: RunFacts,
  runs: Uint32Array,
  layout: BareReport["timeline"] | Pick<BareReport["timeline"], "width" | "edges">,
): Partial<Record<State, number[]>> {
  const counts: Partial<Record<State, number[]>> = {};
  for (const run of runs) {
    const stretch = stretchOf(layout, start[run]!);
    if (stretch < 0) continue;
    const word = runStates[state[run]!]!;
    counts[word] ??= new Array<number>(layout.edges.length - 1).fill(0);
    counts[word][stretch]! += 1;
  }
  return counts;
}

function pipelines(
  columns: SpanColumns,
  facts: RunFacts,
  runs: Uint32Array,
  spans: ReportSpans,
): PipelinePerformance[] {
  const { pipelines: names, versions } = columns.runs;
  /** Pairs of pipeline and version, numbered as they come. */
  const pairs = new Map<number, number>();
  const pairOf = new Uint32Array(facts.size);
  const newest: number[] = [];
  for (const run of runs) {
    const id = pipelineOf(columns, facts, run) * versions.length + versionOf(columns, facts, run);
    const pair = pairs.get(id) ?? pairs.size;
    pairs.set(id, pair);
    pairOf[run] = pair;
    newest[pair] = Math.max(newest[pair] ?? 0, facts.start[run]! || 0);
  }
  const ofPair = figuresOfRuns(facts, runs, pairs.size, (run) => pairOf[run]!);
  const ofPipeline = figuresOfRuns(facts, runs, names.length, (run) => pipelineOf(columns, facts, run));
  const pairSpans = Array.from(pairs, () => ({ total_spans: 0, failed_spans: 0 }));
  const pipelineSpans = names.map(() => ({ total_spans: 0, failed_spans: 0 }));
  for (let run = 0; run < columns.runs.size; run += 1) {
    const total = spans.spansOfRun[run]!;
    if (total === 0) continue;
    const pipeline = pipelineOf(columns, facts, run);
    const pair = pairs.get(pipeline * versions.length + versionOf(columns, facts, run));
    for (const counts of [pipelineSpans[pipeline]!, pair === undefined ? undefined : pairSpans[pair]!]) {
      if (counts === undefined) continue;
      counts.total_spans += total;
      counts.failed_spans += spans.failedOfRun[run]!;
    }
  }
  return inOrder(
    names.flatMap((pipeline_name, at) => {
      const own = ofPipeline[at]!;
      if (own.runs === 0) return [];
      const some = Array.from(pairs).filter(([id]) => Math.floor(id / versions.length) === at);
      return [
        {
          pipeline_name,
          ...performance(own),
          ...pipelineSpans[at]!,
          versions: some.map(([id, pair]) => ({
            newest: newest[pair]!,
            figures: {
              pipeline_version: versions[id % versions.length]!,
              ...performance(ofPair[pair]!),
              ...pairSpans[pair]!,
            },
          })),
        },
      ];
    }),
  );
}
