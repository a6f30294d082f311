import { UnreadableTable } from "../../engine/table-scan.ts";

/** Numbers of texts: half as wide where there are few texts. */
export type Numbers = Uint8Array | Uint16Array;

/** All spans of runs that the database knows, one array a fact, in the order of the rows; the spans of a run stand together. */
export interface SpanColumns {
  readonly size: number;
  /** Index in {@link names}. */
  readonly name: Numbers;
  /** Index in {@link statuses}. */
  readonly status: Uint8Array;
  /** Seconds since the epoch; NaN where unknown. */
  readonly start: Float64Array;
  /** Seconds; NaN while unfinished. */
  readonly duration: Float64Array;
  /** Seconds in the span and none of its children. */
  readonly self: Float64Array;
  /** US dollars; NaN where unknown. */
  readonly cost: Float64Array;
  /** NaN where unknown. Half as wide where no number is lost by that. */
  readonly tokens: Float32Array | Float64Array;
  /** Index in {@link errorTypes}, 0 for a span that did not fail. */
  readonly error: Numbers;
  readonly names: readonly string[];
  readonly statuses: readonly string[];
  readonly errorTypes: readonly string[];
  readonly runs: RunColumns;
  /** Undefined where there are too many kinds of failures to keep. */
  readonly failures: FailureColumns | undefined;
  /** Bytes that the arrays take. */
  readonly bytes: number;
  /** Spans whose run the database does not know, and which are not here. */
  readonly leftOut: number;
}

/** The runs of the spans, in the order in which their spans stand. */
export interface RunColumns {
  readonly size: number;
  /** The spans of run `r` stand from `first[r]` to before `first[r + 1]`. */
  readonly first: Uint32Array;
  /** What `lens_runs.row` says of it. Half as wide where that is enough. */
  readonly row: Float64Array | Uint32Array;
  /** Key of its first span. Half as wide where that is enough. */
  readonly firstKey: Float64Array | Uint32Array;
  /** 1 where the keys of its spans follow each other without a gap. */
  readonly dense: Uint8Array;
  /** Its spans start no earlier and no later, seconds since the epoch, up to minutes apart; the whole of time when some span's start is unknown. */
  readonly from: Float32Array;
  readonly to: Float32Array;
  /** Index in {@link pipelines}. */
  readonly pipeline: Uint16Array;
  /** Index in {@link versions}. */
  readonly version: Uint16Array;
  /** 1 for a run that has ended, so that none of its spans runs any more. */
  readonly over: Uint8Array;
  readonly pipelines: readonly string[];
  readonly versions: readonly (string | null)[];
}

/** The deepest failed spans: those with none below them. Spans of a run stand together, runs in their order. */
export interface FailureColumns {
  readonly span: Uint32Array;
  /** Index in {@link fingerprints}. */
  readonly kind: Uint16Array;
  readonly fingerprints: readonly string[];
}

/** Bytes a span, for deciding beforehand whether all fit; with what its run takes. */
export const BYTES_PER_SPAN = 50;

/** What is known of each span. */
export interface Facts {
  name: Numbers;
  status: Uint8Array;
  start: Float64Array;
  duration: Float64Array;
  self: Float64Array;
  cost: Float64Array;
  tokens: Float32Array | Float64Array;
  error: Numbers;
}

/** Room for so many spans. Memory that is never written to is never taken. */
export function emptyColumns(size: number): Facts {
  return {
    name: new Uint8Array(size),
    status: new Uint8Array(size),
    start: new Float64Array(size),
    duration: new Float64Array(size),
    self: new Float64Array(size),
    cost: new Float64Array(size),
    tokens: new Float32Array(size),
    error: new Uint8Array(size),
  };
}

/** The same spans with room for `size` of them. */
export function resized(columns: Facts, count: number, size: number): Facts {
  const next = emptyColumns(size);
  for (const key of keysOf(next)) widenLike(next, key, columns[key]);
  for (const key of keysOf(next)) next[key].set(columns[key].subarray(0, count));
  return next;
}

export function keysOf(facts: Facts): (keyof Facts)[] {
  return Object.keys(facts) as (keyof Facts)[];
}

/** Makes a column as wide as another one of its kind, if it is narrower. */
export function widenLike(columns: Facts, key: keyof Facts, other: Facts[keyof Facts]): void {
  if (other.BYTES_PER_ELEMENT <= columns[key].BYTES_PER_ELEMENT) return;
  if (key === "tokens") columns.tokens = Float64Array.from(columns.tokens);
  else if (key === "name" || key === "error") widen(columns, key);
}

function widen(columns: Facts, key: "name" | "error"): void {
  columns[key] = Uint16Array.from(columns[key]);
}

/** Keeps the number of a span's name or error type, with as many bits as it needs. */
export function setNumber(columns: Facts, key: "name" | "error", span: number, number: number): void {
  if (number > 0xff) makeRoomFor(columns, key, number);
  columns[key][span] = number;
}

/** Makes a column wide enough for a number. */
export function makeRoomFor(columns: Facts, key: "name" | "error", number: number): void {
  if (number > 0xff && columns[key].BYTES_PER_ELEMENT === 1) widen(columns, key);
}

/** Keeps how many tokens a span took, with as many bits as it needs. */
export function setTokens(columns: Facts, span: number, tokens: number): void {
  columns.tokens[span] = tokens;
  if (columns.tokens[span] === tokens || Number.isNaN(tokens)) return;
  columns.tokens = Float64Array.from(columns.tokens);
  columns.tokens[span] = tokens;
}

/** Whole numbers, half as wide where that is enough. */
export function narrowed(numbers: readonly number[] | Float64Array): Float64Array | Uint32Array {
  return numbers.every(isShort) ? Uint32Array.from(numbers) : Float64Array.from(numbers);
}

export function isShort(number: number): boolean {
  return number >= 0 && number <= 0xffffffff;
}

/** Values by their numbers in order of appearance, at most 65,536 of them. */
export class Numbered<T> {
  readonly values: T[];
  private readonly numbers: Map<T, number>;

  constructor(...first: T[]) {
    this.values = first;
    this.numbers = new Map(first.map((value, index) => [value, index]));
  }

  numberOf(value: T): number {
    let number = this.numbers.get(value);
    if (number === undefined) {
      number = checked(this.values.length);
      this.numbers.set(value, number);
      this.values.push(value);
    }
    return number;
  }
}

/** A number that fits into so many bits. Throws {@link UnreadableTable}. */
export function checked(number: number, most = 0xffff): number {
  if (number > most) throw new UnreadableTable("too many different values");
  return number;
}
