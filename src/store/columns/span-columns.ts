import { UnreadableTable } from "../../engine/table-scan.ts";

/** All spans of runs that the database knows, one array a fact, in the order of the rows; the spans of a run stand together. */
export interface SpanColumns {
  readonly size: number;
  /** Index in {@link names}. */
  readonly name: Uint16Array;
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
  readonly error: Uint16Array;
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
  /** Key of its first span. */
  readonly firstKey: Float64Array;
  /** 1 where the keys of its spans follow each other without a gap. */
  readonly dense: Uint8Array;
  /** Earliest and latest start, seconds since the epoch; the whole of time when some span's start is unknown. */
  readonly from: Float64Array;
  readonly to: Float64Array;
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
  name: Uint16Array;
  status: Uint8Array;
  start: Float64Array;
  duration: Float64Array;
  self: Float64Array;
  cost: Float64Array;
  tokens: Float32Array | Float64Array;
  error: Uint16Array;
}

/** Room for so many spans. Memory that is never written to is never taken. */
export function emptyColumns(size: number): Facts {
  return {
    name: new Uint16Array(size),
    status: new Uint8Array(size),
    start: new Float64Array(size),
    duration: new Float64Array(size),
    self: new Float64Array(size),
    cost: new Float64Array(size),
    tokens: new Float32Array(size),
    error: new Uint16Array(size),
  };
}

/** The same spans with room for `size` of them. */
export function resized(columns: Facts, count: number, size: number): Facts {
  const next = emptyColumns(size);
  if (columns.tokens instanceof Float64Array) next.tokens = new Float64Array(size);
  for (const key of Object.keys(next) as (keyof Facts)[]) next[key].set(columns[key].subarray(0, count));
  return next;
}

/** Keeps how many tokens a span took, with as many bits as it needs. */
export function setTokens(columns: Facts, span: number, tokens: number): void {
  columns.tokens[span] = tokens;
  if (columns.tokens[span] === tokens || Number.isNaN(tokens)) return;
  columns.tokens = Float64Array.from(columns.tokens);
  columns.tokens[span] = tokens;
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
