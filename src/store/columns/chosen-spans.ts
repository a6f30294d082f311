import { eachRun, runOf, type Selection, stateSlot, takes } from "./selection.ts";
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

/** A selection with the spans it takes, which are found when they are first asked for. */
export class Chosen {
  private found: ChosenSpans | undefined;

  constructor(
    private readonly columns: SpanColumns,
    readonly selection: Selection,
  ) {}

  get spans(): ChosenSpans {
    this.found ??= chosenSpans(this.columns, this.selection);
    return this.found;
  }
}

/** Spans that are looked at at once. */
const CHUNK = 4096;
/** Spans that are visited at once; what is needed of them fits into a processor's nearest memory. */
export const VISITED = 8192;
/** Shorter stretches cost more than their spans one by one. */
const SHORTEST = 256;

/** Finds the spans that a selection takes. */
export function chosenSpans(columns: SpanColumns, selection: Selection): ChosenSpans {
  const { anyTime, pipelines, versions } = selection;
  const choice = new Choice(columns, selection);
  if (anyTime && pipelines === undefined && versions === undefined) choice.addAll(0, columns.size);
  else
    eachRun(columns, selection, (run, first, end, inTime) => {
      if (inTime) choice.addAll(first, end);
      else choice.addSome(run, first, end);
    });
  const chosen = choice.result();
  return { ...chosen, byPipeline: countByPipeline(columns, chosen) };
}

/** 1 for each run with a chosen span. */
export function runsOf({ runs }: SpanColumns, { stretches, single }: ChosenSpans): Uint8Array {
  const { first, size } = runs;
  const holding = new Uint8Array(size);
  for (let at = 0; at < stretches.length; at += 2) {
    const end = stretches[at + 1]!;
    for (let run = runOf(first, stretches[at]!); run < size && first[run]! < end; run += 1) holding[run] = 1;
  }
  let run = 0;
  for (let at = 0; at < single.length; at += 1) {
    while (first[run + 1]! <= single[at]!) run += 1;
    holding[run] = 1;
  }
  return holding;
}

/** Gathers chosen spans, in order. */
class Choice {
  private readonly stretches: number[] = [];
  private single = new Uint32Array(1024);
  private count = 0;
  /** A stretch that may go on. */
  private from = 0;
  private to = 0;
  private readonly testsSpans: boolean;

  constructor(
    private readonly columns: SpanColumns,
    private readonly selection: Selection,
  ) {
    const { names, errors, states, anyDuration, test } = selection;
    this.testsSpans = !anyDuration || [names, errors, states, test].some((one) => one !== undefined);
  }

  /** Adds those of a stretch that pass the tests of single spans, whatever their time. */
  addAll(first: number, end: number): void {
    if (first !== this.to) {
      this.close();
      this.from = first;
    }
    this.to = end;
  }

  /** Adds those of a run that the selection takes, time and all. */
  addSome(run: number, first: number, end: number): void {
    this.close();
    this.from = end;
    this.to = end;
    this.makeRoom(end - first);
    const { columns, selection, single } = this;
    for (let span = first; span < end; span += 1)
      if (takes(columns, selection, run, span)) single[this.count++] = span;
  }

  result(): Omit<ChosenSpans, "byPipeline"> {
    this.close();
    return { stretches: this.stretches, single: this.single.subarray(0, this.count) };
  }

  private close(): void {
    const { from, to, stretches } = this;
    if (this.testsSpans) {
      for (let chunk = from; chunk < to; chunk += CHUNK) this.addChunk(chunk, Math.min(to, chunk + CHUNK));
      return;
    }
    if (to - from >= SHORTEST) {
      stretches.push(from, to);
      return;
    }
    this.makeRoom(to - from);
    for (let span = from; span < to; span += 1) this.single[this.count++] = span;
  }

  private addChunk(from: number, to: number): void {
    const { columns, selection, stretches } = this;
    this.makeRoom(to - from);
    const end = keepTaken(columns, selection, this.single, this.count, from, to);
    if (end - this.count < to - from || to - from < SHORTEST) this.count = end;
    else if (stretches.at(-1) === from) stretches[stretches.length - 1] = to;
    else stretches.push(from, to);
  }

  private makeRoom(more: number): void {
    const { single, count } = this;
    if (count + more <= single.length) return;
    this.single = new Uint32Array(Math.max(2 * single.length, count + more));
    this.single.set(single.subarray(0, count));
  }
}

/**
 * Writes those of some spans that pass the tests of single spans into `places` from `begin` on, and gives the end of what it
 * wrote. A place is written in any case and counted if it stays: a branch would often be guessed wrong.
 */
function keepTaken(
  { name, error, duration, status, runs }: SpanColumns,
  { names, errors, states, shortest, longest, anyDuration, test }: Selection,
  places: Uint32Array,
  begin: number,
  first: number,
  end: number,
): number {
  let count = begin;
  if (names === undefined) for (let span = first; span < end; span += 1) places[count++] = span;
  else
    for (let span = first; span < end; span += 1) {
      places[count] = span;
      count += names[name[span]!]!;
    }
  if (errors !== undefined) {
    let kept = begin;
    for (let at = begin; at < count; at += 1) {
      const span = places[at]!;
      places[kept] = span;
      kept += errors[error[span]!]!;
    }
    count = kept;
  }
  if (!anyDuration) {
    let kept = begin;
    for (let at = begin; at < count; at += 1) {
      const span = places[at]!;
      places[kept] = span;
      if (duration[span]! >= shortest && duration[span]! <= longest) kept += 1;
    }
    count = kept;
  }
  if (states !== undefined) {
    let kept = begin;
    for (let at = begin; at < count; at += 1) {
      const span = places[at]!;
      places[kept] = span;
      // What becomes of its run matters only for a span that is not finished.
      const slot = Number.isNaN(duration[span]!)
        ? stateSlot(status[span]!, false, runs.over[runOf(runs.first, span)]!)
        : stateSlot(status[span]!, true, 0);
      kept += states[slot]!;
    }
    count = kept;
  }
  if (test !== undefined && count > begin) {
    let kept = begin;
    let run = runOf(runs.first, places[begin]!);
    for (let at = begin; at < count; at += 1) {
      const span = places[at]!;
      while (span >= runs.first[run + 1]!) run += 1;
      places[kept] = span;
      if (test(span, run)) kept += 1;
    }
    count = kept;
  }
  return count;
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
