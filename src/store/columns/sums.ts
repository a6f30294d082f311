import type { StatisticsGroup } from "../model.ts";
import { stateOfSpan } from "../status.ts";
import { type ChosenSpans, eachChunk, VISITED } from "./chosen-spans.ts";
import { Percentiles } from "./percentiles.ts";
import { runOf, stateSlot } from "./selection.ts";
import type { Numbers, SpanColumns } from "./span-columns.ts";

const SHARES = [0.5, 0.9, 0.95, 0.99] as const;

/** How spans fall into groups, each by one of: a number of the span, its state, or a number of its run. */
export interface Groups {
  readonly by: StatisticsGroup | "all";
  readonly keys: readonly (string | null)[];
  readonly bySpan?: Numbers;
  /** By {@link stateSlot}. */
  readonly byState?: Uint16Array;
  readonly byRun?: Uint16Array;
}

/** Sums over finished spans, by group. */
export interface Sums {
  readonly keys: readonly (string | null)[];
  readonly count: Float64Array;
  readonly total: Float64Array;
  readonly least: Float64Array;
  readonly most: Float64Array;
  readonly failed: Float64Array;
  readonly self: Float64Array;
  readonly cost: Float64Array;
  readonly tokens: Float64Array;
  /** How many spans the sums of costs and tokens are of. */
  readonly costs: Float64Array;
  readonly tokenCounts: Float64Array;
  readonly percentiles: readonly Float64Array[];
  readonly byStatus: Float64Array;
  readonly byPipeline: Float64Array;
  readonly unfinished: number;
}

/** Adds up some spans. */
export function addUp(columns: SpanColumns, chosen: ChosenSpans, groups: Groups): Sums {
  return new Adder(columns, groups).add(chosen);
}

class Adder {
  private readonly sums: Omit<Sums, "percentiles" | "unfinished">;
  /** Group of spans that are not finished. */
  private readonly nowhere: number;
  private readonly isFailed: Uint8Array;
  private readonly percentiles: Percentiles;
  private readonly groupOf = new Uint32Array(VISITED);
  /** The spans of a chunk, those of a group together. */
  private readonly sorted = new Uint32Array(VISITED);
  /** Groups of a chunk as they come. */
  private readonly met = new Uint32Array(VISITED);
  /** How many spans of a chunk each group has, and then where they end. */
  private readonly ends: Uint32Array;
  private unfinished = 0;

  constructor(
    private readonly columns: SpanColumns,
    private readonly groups: Groups,
  ) {
    const { keys } = groups;
    this.nowhere = keys.length;
    const zeros = () => new Float64Array(keys.length);
    this.sums = {
      keys,
      count: zeros(),
      total: zeros(),
      least: zeros().fill(Number.POSITIVE_INFINITY),
      most: zeros().fill(Number.NEGATIVE_INFINITY),
      failed: zeros(),
      self: zeros(),
      cost: zeros(),
      tokens: zeros(),
      costs: zeros(),
      tokenCounts: zeros(),
      byStatus: new Float64Array(columns.statuses.length),
      byPipeline: new Float64Array(columns.runs.pipelines.length),
    };
    this.ends = new Uint32Array(keys.length + 1);
    this.isFailed = Uint8Array.from(columns.statuses, (text) =>
      stateOfSpan(text, true) === "failed" ? 1 : 0,
    );
    this.percentiles = new Percentiles(keys.length + 1, columns.duration);
  }

  add(chosen: ChosenSpans): Sums {
    const { sums, percentiles, groupOf } = this;
    sums.byPipeline.set(chosen.byPipeline);
    eachChunk(chosen, (size, first, places) => {
      this.group(size, first, places);
      this.addChunk(size, first, places);
    });
    const gather = percentiles.seek(sums.count, SHARES);
    eachChunk(chosen, (size, first, places) => {
      this.group(size, first, places);
      gather.addAll(groupOf, size, first, places);
    });
    return { ...sums, percentiles: gather.result(), unfinished: this.unfinished };
  }

  /** Finds the groups of some spans. */
  private group(size: number, start: number, places: Uint32Array | undefined): void {
    const { columns, groupOf } = this;
    const { status, runs } = columns;
    const { bySpan, byState, byRun } = this.groups;
    if (bySpan !== undefined) {
      if (places === undefined) for (let at = 0; at < size; at += 1) groupOf[at] = bySpan[start + at]!;
      else for (let at = 0; at < size; at += 1) groupOf[at] = bySpan[places[at]!]!;
      return;
    }
    if (byState === undefined && byRun === undefined) {
      groupOf.fill(0, 0, size);
      return;
    }
    const { first, over } = runs;
    let run = runOf(first, places === undefined ? start : places[0]!);
    let end = first[run + 1]!;
    for (let at = 0; at < size; at += 1) {
      const span = places === undefined ? start + at : places[at]!;
      while (span >= end) {
        run += 1;
        end = first[run + 1]!;
      }
      groupOf[at] = byRun === undefined ? byState![stateSlot(status[span]!, true, over[run]!)]! : byRun[run]!;
    }
  }

  /** Adds up the spans of a chunk group by group: sums that stay where they are cost a fraction of those that change. */
  private addChunk(size: number, first: number, places: Uint32Array | undefined): void {
    const { groupOf, sorted, met, ends, nowhere } = this;
    const { duration } = this.columns;
    let groups = 0;
    for (let at = 0; at < size; at += 1) {
      let group = groupOf[at]!;
      const span = places === undefined ? first + at : places[at]!;
      if (Number.isNaN(duration[span]!)) {
        group = nowhere;
        groupOf[at] = nowhere;
        this.leaveOut(span);
      }
      const count = ends[group]!;
      if (count === 0) met[groups++] = group;
      ends[group] = count + 1;
    }
    let end = 0;
    for (let at = 0; at < groups; at += 1) {
      const group = met[at]!;
      const count = ends[group]!;
      ends[group] = end;
      end += count;
    }
    for (let at = 0; at < size; at += 1) {
      const group = groupOf[at]!;
      const place = ends[group]!;
      sorted[place] = places === undefined ? first + at : places[at]!;
      ends[group] = place + 1;
    }
    let from = 0;
    for (let at = 0; at < groups; at += 1) {
      const group = met[at]!;
      const to = ends[group]!;
      if (group !== nowhere) this.addGroup(group, from, to);
      ends[group] = 0;
      from = to;
    }
  }

  /** Counts a span that is not finished. */
  private leaveOut(span: number): void {
    const { pipeline, first } = this.columns.runs;
    this.unfinished += 1;
    this.sums.byPipeline[pipeline[runOf(first, span)]!]! -= 1;
  }

  /** Adds up some of {@link sorted}, all of one group. */
  private addGroup(group: number, from: number, to: number): void {
    const { sorted, sums, isFailed, percentiles } = this;
    const { status, duration, self, cost, tokens } = this.columns;
    const { byStatus } = sums;
    let total = 0;
    let least = sums.least[group]!;
    let most = sums.most[group]!;
    let failed = 0;
    let own = 0;
    let spent = 0;
    let used = 0;
    let costs = 0;
    let tokenCounts = 0;
    for (let at = from; at < to; at += 1) {
      const span = sorted[at]!;
      const seconds = duration[span]!;
      total += seconds;
      if (seconds < least) least = seconds;
      if (seconds > most) most = seconds;
      const word = status[span]!;
      failed += isFailed[word]!;
      byStatus[word]! += 1;
      // A span with a start that is not known has no self time.
      if (self[span]! > 0) own += self[span]!;
      const dollars = cost[span]!;
      if (!Number.isNaN(dollars)) {
        spent += dollars;
        costs += 1;
      }
      const some = tokens[span]!;
      if (!Number.isNaN(some)) {
        used += some;
        tokenCounts += 1;
      }
    }
    percentiles.countAll(group, sorted, from, to);
    sums.count[group]! += to - from;
    sums.total[group]! += total;
    sums.least[group] = least;
    sums.most[group] = most;
    sums.failed[group]! += failed;
    sums.self[group]! += own;
    sums.cost[group]! += spent;
    sums.costs[group]! += costs;
    sums.tokens[group]! += used;
    sums.tokenCounts[group]! += tokenCounts;
  }
}
