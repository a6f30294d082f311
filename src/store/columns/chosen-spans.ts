import { eachRun, runOf, type Selection, takes } from "./selection.ts";
import type { SpanColumns } from "./span-columns.ts";

/** Which spans a selection takes. */
export interface ChosenSpans {
  /** Stretches of which every span is taken: each one's first span and the one after its last. */
  readonly stretches: readonly number[];
  /** The other spans that are taken, in order. */
  readonly single: Uint32Array;
  /** How many spans are taken, by pipeline. */
  readonly byPipeline: Float64Array;
}

/** Spans that are looked at at once. */
const CHUNK = 4096;
/** Spans that are visited at once; what is needed of them fits into a processor's nearest memory. */
export const VISITED = 8192;
/** Shorter stretches cost more than their spans one by one. */
const SHORTEST = 256;

/** Finds the spans that a selection takes. */
export function chosenSpans(columns: SpanColumns, selection: Selection): ChosenSpans {
  const { runs } = columns;
  const { anyTime, pipelines, versions, states, test } = selection;
  const ofRuns = [pipelines, versions, states, test].some((one) => one !== undefined);
  if (!selection.all && anyTime && !ofRuns) return bySpanAlone(columns, selection);
  const byPipeline = new Float64Array(runs.pipelines.length);
  const stretches: number[] = [];
  let single = new Uint32Array(1024);
  let count = 0;
  let from = 0;
  let to = 0;
  const close = () => {
    if (to - from >= SHORTEST) stretches.push(from, to);
    else {
      single = withRoom(single, count, to - from);
      for (let span = from; span < to; span += 1) single[count++] = span;
    }
    from = to;
  };
  eachRun(columns, selection, (run, first, end, all) => {
    const pipeline = runs.pipeline[run]!;
    if (all) {
      byPipeline[pipeline]! += end - first;
      if (first !== to) {
        close();
        from = first;
      }
      to = end;
      return;
    }
    close();
    single = withRoom(single, count, end - first);
    const before = count;
    for (let span = first; span < end; span += 1)
      if (takes(columns, selection, run, span)) single[count++] = span;
    byPipeline[pipeline]! += count - before;
  });
  close();
  return { stretches, single: single.subarray(0, count), byPipeline };
}

/** Visits the chosen spans some at a time: those at `places`, or without these `size` ones from `first` on. */
export function eachChunk(
  { stretches, single }: ChosenSpans,
  visit: (size: number, first: number, places: Uint32Array | undefined) => void,
): void {
  for (let at = 0; at < stretches.length; at += 2) {
    const end = stretches[at + 1]!;
    for (let first = stretches[at]!; first < end; first += VISITED)
      visit(Math.min(VISITED, end - first), first, undefined);
  }
  for (let at = 0; at < single.length; at += VISITED) {
    const places = single.subarray(at, at + VISITED);
    visit(places.length, 0, places);
  }
}

/** As {@link chosenSpans} where a span's name, error and duration decide. */
function bySpanAlone(columns: SpanColumns, selection: Selection): ChosenSpans {
  const { size, name, error, duration } = columns;
  const { names, errors, shortest, longest, anyDuration } = selection;
  const stretches: number[] = [];
  let single = new Uint32Array(1 << 16);
  let count = 0;
  for (let chunk = 0; chunk < size; chunk += CHUNK) {
    const end = Math.min(size, chunk + CHUNK);
    single = withRoom(single, count, end - chunk);
    const from = count;
    // Written in any case, and counted if it is taken: a branch would often be guessed wrong.
    if (names === undefined) for (let span = chunk; span < end; span += 1) single[count++] = span;
    else
      for (let span = chunk; span < end; span += 1) {
        single[count] = span;
        count += names[name[span]!]!;
      }
    if (errors !== undefined) {
      let kept = from;
      for (let at = from; at < count; at += 1) {
        const span = single[at]!;
        single[kept] = span;
        kept += errors[error[span]!]!;
      }
      count = kept;
    }
    if (!anyDuration) {
      let kept = from;
      for (let at = from; at < count; at += 1) {
        const span = single[at]!;
        single[kept] = span;
        if (duration[span]! >= shortest && duration[span]! <= longest) kept += 1;
      }
      count = kept;
    }
    if (count - from < end - chunk) continue;
    // All of them.
    count = from;
    if (stretches.at(-1) === chunk) stretches[stretches.length - 1] = end;
    else stretches.push(chunk, end);
  }
  const chosen = { stretches, single: single.subarray(0, count) };
  return { ...chosen, byPipeline: countByPipeline(columns, chosen) };
}

function countByPipeline(
  { runs }: SpanColumns,
  { stretches, single }: Omit<ChosenSpans, "byPipeline">,
): Float64Array {
  const { first, pipeline } = runs;
  const counts = new Float64Array(runs.pipelines.length);
  for (let at = 0; at < stretches.length; at += 2) {
    const [from, to] = [stretches[at]!, stretches[at + 1]!];
    for (let run = runOf(first, from); run < runs.size && first[run]! < to; run += 1)
      counts[pipeline[run]!]! += Math.min(first[run + 1]!, to) - Math.max(first[run]!, from);
  }
  let run = 0;
  for (let at = 0; at < single.length; at += 1) {
    while (first[run + 1]! <= single[at]!) run += 1;
    counts[pipeline[run]!]! += 1;
  }
  return counts;
}

function withRoom(numbers: Uint32Array<ArrayBuffer>, count: number, more: number): Uint32Array<ArrayBuffer> {
  if (count + more <= numbers.length) return numbers;
  const larger = new Uint32Array(Math.max(2 * numbers.length, count + more));
  larger.set(numbers.subarray(0, count));
  return larger;
}
