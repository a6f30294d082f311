/**
 * The spans of a run as columns, as they arrived. Whole objects are made one at a time, when something asks about one span:
 * a page that holds a million of them holds no million objects.
 */
import { placeIn } from "../../src/arrays/ascending.ts";
import { LazyTexts } from "../../src/arrays/packed-texts.ts";
import type { OutlineColumns, OutlineSpan, Run, SpanColumns, State } from "../../src/protocol/messages.ts";

/** A run with its spans. */
export interface RunOutline extends Pick<OutlineColumns, "provisional" | "total" | "warnings" | "snapshot"> {
  readonly run: Run;
  readonly spans: SpanTable;
}

export function runOutline(columns: OutlineColumns): RunOutline {
  const { run, provisional, total, warnings, snapshot } = columns;
  return { run, provisional, total, warnings, snapshot, spans: new SpanTable(columns) };
}

export class SpanTable {
  readonly length: number;
  /** Seconds since the epoch at which offset 0 lies. */
  readonly origin: number;
  readonly keys: Float64Array;
  /** Index of the parent, -1 at the top; always before the child. */
  readonly parents: Int32Array;
  readonly depths: Int32Array;
  /** Index after the last span of the subtree. */
  readonly subtreeEnds: Int32Array;
  /** Seconds from `origin`; NaN when unknown, as in every column. */
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly durations: Float64Array;
  readonly selfTimes: Float64Array;
  readonly states: Uint8Array;
  /** What `states` holds for each state. */
  readonly stateCodes: Readonly<Record<State, number>>;
  /** Equal names have equal numbers. */
  readonly names: Int32Array;
  readonly deepest: number;
  readonly #columns: SpanColumns;
  readonly #texts: LazyTexts;
  readonly #ids: LazyTexts;
  #byKey: KeyIndex | undefined;
  #children: Int32Array | undefined;

  constructor(columns: SpanColumns) {
    this.#columns = columns;
    this.length = columns.size;
    this.origin = columns.origin;
    this.keys = columns.keys;
    this.parents = columns.parents;
    this.starts = columns.starts;
    this.ends = columns.ends;
    this.durations = columns.durations;
    this.selfTimes = columns.selfTimes;
    this.states = columns.states;
    this.names = columns.names;
    this.stateCodes = codesOf(columns.stateNames);
    this.#texts = new LazyTexts(columns.texts);
    this.#ids = new LazyTexts(columns.spanIds);
    this.depths = depthsOf(columns.parents);
    this.subtreeEnds = subtreeEndsOf(columns.parents);
    this.deepest = this.depths.reduce((most, depth) => Math.max(most, depth), 0);
  }

  /** Everything about the span at `index`; undefined when there is none. */
  span(index: number): OutlineSpan | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const { costs, tokens, attempts } = this.#columns;
    const error = this.#error(index);
    return {
      key: this.keys[index]!,
      span_id: this.spanId(index),
      parent: this.parents[index]!,
      depth: this.depths[index]!,
      child_count: this.childCount(index),
      name: this.name(index),
      ...this.statusOf(index),
      start_time: orNull(this.origin + this.starts[index]!),
      end_time: orNull(this.origin + this.ends[index]!),
      duration: orNull(this.durations[index]!),
      self_time: orNull(this.selfTimes[index]!),
      cost: orNull(costs?.[index]),
      tokens: orNull(tokens?.[index]),
      attempt: orNull(attempts?.[index]),
      ...(error && { error }),
    };
  }

  name(index: number): string {
    return this.#texts.at(this.names[index]!);
  }

  /** Numbers of spans by raw status and what it means. */
  statusCounts(): { state: State; status: string; count: number }[] {
    const { states } = this;
    const { statuses, stateNames } = this.#columns;
    const counts = new Map<number, number>();
    for (let index = 0; index < this.length; index++) {
      const pair = statuses[index]! * 256 + states[index]!;
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    return Array.from(counts, ([pair, count]) => ({
      state: stateNames[pair % 256] ?? "unknown",
      status: this.#texts.at(Math.floor(pair / 256)),
      count,
    }));
  }

  /** The raw status and what it means. */
  statusOf(index: number): Pick<OutlineSpan, "state" | "status"> {
    return { state: this.state(index), status: this.#texts.at(this.#columns.statuses[index]!) };
  }

  attempt(index: number): number | null {
    return orNull(this.#columns.attempts?.[index]);
  }

  spanId(index: number): string {
    return this.#ids.at(index);
  }

  state(index: number): State {
    return this.#columns.stateNames[this.states[index]!] ?? "unknown";
  }

  failed(index: number): boolean {
    return this.states[index] === this.stateCodes.failed;
  }

  /** True when spans hang below this one. They follow it directly, because rows stand in reading order. */
  hasChildren(index: number): boolean {
    return this.subtreeEnds[index]! > index + 1;
  }

  childCount(index: number): number {
    this.#children ??= childCountsOf(this.parents);
    return this.#children[index] ?? 0;
  }

  /** Index of the span with this key, -1 when there is none. */
  indexOf(key: number): number {
    this.#byKey ??= new KeyIndex(this.keys);
    return this.#byKey.find(key);
  }

  /** Index of the first span with this id, -1 when there is none. */
  indexOfId(id: string): number {
    return this.#ids.find(id);
  }

  /** Text of an error, for search; empty for a span that did not fail. */
  errorText(index: number): string {
    const error = this.#error(index);
    return error ? `${error.type}\n${error.message}` : "";
  }

  #error(index: number): OutlineSpan["error"] {
    const { rows, types, messages } = this.#columns.errors;
    const at = placeIn(rows, index);
    if (at === undefined) return undefined;
    return { type: this.#texts.at(types[at]!), message: this.#texts.at(messages[at]!) };
  }
}

/** Finds a key's index. A hash table over two typed arrays takes a tenth of what a Map takes. */
class KeyIndex {
  readonly #keys: Float64Array;
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(keys: Float64Array) {
    this.#keys = keys;
    const size = 2 ** Math.ceil(Math.log2(Math.max(4, keys.length * 2)));
    this.#mask = size - 1;
    this.#slots = new Int32Array(size);
    for (let index = keys.length - 1; index >= 0; index--) {
      let slot = this.#slotOf(keys[index]!);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#slots[slot] = index + 1;
    }
  }

  find(key: number): number {
    for (let slot = this.#slotOf(key); this.#slots[slot] !== 0; slot = (slot + 1) & this.#mask) {
      const index = this.#slots[slot]! - 1;
      if (this.#keys[index] === key) return index;
    }
    return -1;
  }

  #slotOf(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & this.#mask;
  }
}

function depthsOf(parents: Int32Array): Int32Array {
  const depths = new Int32Array(parents.length);
  for (let index = 0; index < parents.length; index++) {
    const parent = parents[index]!;
    if (parent >= 0) depths[index] = depths[parent]! + 1;
  }
  return depths;
}

function subtreeEndsOf(parents: Int32Array): Int32Array {
  const ends = new Int32Array(parents.length);
  for (let index = parents.length - 1; index >= 0; index--) {
    if (ends[index] === 0) ends[index] = index + 1;
    const parent = parents[index]!;
    if (parent >= 0 && ends[index]! > ends[parent]!) ends[parent] = ends[index]!;
  }
  return ends;
}

function childCountsOf(parents: Int32Array): Int32Array {
  const counts = new Int32Array(parents.length);
  for (const parent of parents) if (parent >= 0) counts[parent]! += 1;
  return counts;
}

function codesOf(names: readonly State[]): Record<State, number> {
  const code = (state: State) => names.indexOf(state);
  return {
    running: code("running"),
    completed: code("completed"),
    failed: code("failed"),
    paused: code("paused"),
    cancelled: code("cancelled"),
    unknown: code("unknown"),
  };
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}
