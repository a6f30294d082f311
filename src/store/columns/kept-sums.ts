import type { Chosen } from "./chosen-spans.ts";
import { runOf, type Selection } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";
import { addUp, type Groups, type Sums } from "./sums.ts";

/** How often the spans of each name have what sums over all of them tell only of all names together. */
interface NameCounts {
  /** Finished spans by name and status, those of a name together. */
  readonly byStatus: Float64Array;
  /** Finished spans by name and pipeline, those of a name together. */
  readonly byPipeline: Float64Array;
  /** Spans that are not finished, by name. */
  readonly unfinished: Float64Array;
}

/** Numbers that a table of them may have. */
const MOST_COUNTS = 1 << 20;

interface Kept {
  readonly sums: Map<Groups["by"], Sums>;
  counts?: NameCounts;
}

/** Sums over all spans, by the runs of columns: what is asked most, and what tells the sums of some names. */
const kept = new WeakMap<SpanColumns["runs"], Kept>();

/** Adds up the spans of a selection, unless that was done already. */
export function sumsOf(columns: SpanColumns, chosen: Chosen, groups: Groups): Sums {
  const { selection } = chosen;
  const known = kept.get(columns.runs) ?? { sums: new Map<Groups["by"], Sums>() };
  kept.set(columns.runs, known);
  const whole = known.sums.get(groups.by);
  if (selection.all) {
    const sums = whole ?? addUp(columns, chosen.spans, groups);
    known.sums.set(groups.by, sums);
    return sums;
  }
  if (whole === undefined || groups.by !== "name" || !namesAlone(selection) || !fits(columns))
    return addUp(columns, chosen.spans, groups);
  known.counts ??= countByName(columns);
  return ofNames(whole, known.counts, selection.names);
}

function namesAlone(selection: Selection): selection is Selection & { readonly names: Uint8Array } {
  const { anyTime, anyDuration, pipelines, versions, states, names, errors, test } = selection;
  const others = [pipelines, versions, states, errors, test];
  return names !== undefined && anyTime && anyDuration && others.every((one) => one === undefined);
}

function fits({ names, statuses, runs }: SpanColumns): boolean {
  return names.length * Math.max(statuses.length, runs.pipelines.length) <= MOST_COUNTS;
}

/** Sums over all spans without those of other names. */
function ofNames(whole: Sums, counts: NameCounts, names: Uint8Array): Sums {
  const byStatus = new Float64Array(whole.byStatus.length);
  const byPipeline = new Float64Array(whole.byPipeline.length);
  let unfinished = 0;
  for (let name = 0; name < names.length; name += 1) {
    if (names[name] === 0) continue;
    unfinished += counts.unfinished[name]!;
    addRow(byStatus, counts.byStatus, name);
    addRow(byPipeline, counts.byPipeline, name);
  }
  const count = whole.count.map((spans, name) => (names[name] === 1 ? spans : 0));
  return { ...whole, count, byStatus, byPipeline, unfinished };
}

function addRow(sums: Float64Array, table: Float64Array, row: number): void {
  for (let at = 0; at < sums.length; at += 1) sums[at]! += table[row * sums.length + at]!;
}

function countByName({ size, name, status, duration, names, statuses, runs }: SpanColumns): NameCounts {
  const { pipelines, pipeline, first } = runs;
  const byStatus = new Float64Array(names.length * statuses.length);
  const byPipeline = new Float64Array(names.length * pipelines.length);
  const unfinished = new Float64Array(names.length);
  let run = size > 0 ? runOf(first, 0) : 0;
  for (let span = 0; span < size; span += 1) {
    while (span >= first[run + 1]!) run += 1;
    const own = name[span]!;
    if (Number.isNaN(duration[span]!)) unfinished[own]! += 1;
    else {
      byStatus[own * statuses.length + status[span]!]! += 1;
      byPipeline[own * pipelines.length + pipeline[run]!]! += 1;
    }
  }
  return { byStatus, byPipeline, unfinished };
}
