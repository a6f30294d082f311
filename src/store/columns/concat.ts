import type { Pending } from "./failed-spans.ts";
import { FailureBuilder } from "./failure-builder.ts";
import {
  checked,
  emptyColumns,
  type Facts,
  keysOf,
  makeRoomFor,
  Numbered,
  widenLike,
} from "./span-columns.ts";
import type { Stretch, StretchRuns } from "./stretch.ts";

/** Runs of a stretch, from one to before another. */
export interface Part {
  readonly stretch: Stretch;
  readonly from: number;
  readonly to: number;
}

/**
 * Parts one after the other as one stretch. What the leaves hold is not part of it.
 * @param room Spans for which there should be room.
 * @param inPlace Whether the arrays of the first part may be written to, behind what is taken of it.
 */
export function concat(parts: readonly Part[], room: number, inPlace: boolean): Omit<Stretch, "leaves"> {
  const taken = parts.filter(({ from, to }) => from < to);
  const size = taken.reduce((sum, part) => sum + endOf(part) - startOf(part), 0);
  const [first] = taken;
  const reused =
    inPlace && first !== undefined && first.from === 0 && first.stretch.facts.name.length >= size;
  const facts = reused ? { ...first.stretch.facts } : emptyFor(taken, Math.max(size, room, 64));
  const names = new Numbered<string>();
  const statuses = new Numbered<string>();
  const errorTypes = new Numbered<string>("");
  const failures = new FailureBuilder();
  const pending: Pending[] = [];
  const unclear: number[] = [];
  let whole = true;
  let at = 0;
  let run = 0;
  for (const [index, part] of taken.entries()) {
    const { stretch } = part;
    const [start, end] = [startOf(part), endOf(part)];
    const shift = at - start;
    if (!(reused && index === 0)) copyFacts(stretch.facts, start, end, facts, at);
    const next = at + end - start;
    renumber(facts, "name", at, next, numbersIn(names, stretch.names));
    renumber(facts, "status", at, next, numbersIn(statuses, stretch.statuses, 0xff));
    renumber(facts, "error", at, next, numbersIn(errorTypes, stretch.errorTypes));
    /** Where failures of the part stand now. */
    const places = new Map<number, number>();
    const waiting = stretch.pending.filter(({ span }) => span >= start && span < end);
    const wanted = new Set(waiting.map(({ place }) => place));
    if (stretch.failures === undefined) whole = false;
    else {
      const { span, kind, fingerprints } = stretch.failures;
      for (let each = 0; each < span.length; each += 1) {
        if (span[each]! < start || span[each]! >= end) continue;
        const place = failures.addKind(span[each]! + shift, fingerprints[kind[each]!]);
        if (wanted.has(each)) places.set(each, place);
      }
    }
    for (const one of waiting)
      pending.push({
        ...one,
        span: one.span + shift,
        run: one.run - part.from + run,
        child: one.child === undefined ? undefined : one.child + shift,
        place: one.place === undefined ? undefined : places.get(one.place),
      });
    for (let each = 0; each < stretch.unclear.length; each += 2) {
      const span = stretch.unclear[each]!;
      if (span >= start && span < end) unclear.push(span + shift, stretch.unclear[each + 1]!);
    }
    at += end - start;
    run += part.to - part.from;
  }
  return {
    size,
    facts,
    names: names.values,
    statuses: statuses.values,
    errorTypes: errorTypes.values,
    runs: concatRuns(taken, size),
    failures: whole ? failures.result() : undefined,
    pending,
    unclear,
  };
}

function startOf({ stretch, from }: Part): number {
  return stretch.runs.first[from]!;
}

function endOf({ stretch, to }: Part): number {
  return stretch.runs.first[to]!;
}

/** Facts as wide as the widest of the parts. */
function emptyFor(parts: readonly Part[], room: number): Facts {
  const facts = emptyColumns(room);
  for (const { stretch } of parts) for (const key of keysOf(facts)) widenLike(facts, key, stretch.facts[key]);
  return facts;
}

function copyFacts(source: Facts, start: number, end: number, target: Facts, at: number): void {
  for (const key of keysOf(target)) {
    widenLike(target, key, source[key]);
    target[key].set(source[key].subarray(start, end), at);
  }
}

/** The numbers of texts among others; undefined when they have the same. */
function numbersIn(all: Numbered<string>, texts: readonly string[], most?: number): Uint16Array | undefined {
  const numbers = Uint16Array.from(texts, (text) => checked(all.numberOf(text), most));
  return numbers.every((number, index) => number === index) ? undefined : numbers;
}

function renumber(
  facts: Facts,
  key: "name" | "status" | "error",
  start: number,
  end: number,
  numbers: Uint16Array | undefined,
): void {
  if (numbers === undefined) return;
  if (key !== "status") makeRoomFor(facts, key, Math.max(...numbers));
  const values = facts[key];
  for (let at = start; at < end; at += 1) values[at] = numbers[values[at]!]!;
}

function concatRuns(parts: readonly Part[], spans: number): StretchRuns {
  const size = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  const runs = {
    size,
    first: new Uint32Array(size + 1),
    hashes: new Int32Array(2 * size),
    firstKey: parts.some(({ stretch }) => stretch.runs.firstKey instanceof Float64Array)
      ? new Float64Array(size)
      : new Uint32Array(size),
    dense: new Uint8Array(size),
  };
  let at = 0;
  let spansBefore = 0;
  for (const part of parts) {
    const { stretch, from, to } = part;
    const shift = spansBefore - startOf(part);
    for (let run = from; run < to; run += 1) runs.first[at + run - from] = stretch.runs.first[run]! + shift;
    runs.hashes.set(stretch.runs.hashes.subarray(2 * from, 2 * to), 2 * at);
    runs.firstKey.set(stretch.runs.firstKey.subarray(from, to), at);
    runs.dense.set(stretch.runs.dense.subarray(from, to), at);
    at += to - from;
    spansBefore += endOf(part) - startOf(part);
  }
  runs.first[size] = spans;
  return runs;
}
