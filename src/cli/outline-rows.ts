import { placeIn } from "../arrays/ascending.ts";
import { LazyTexts } from "../arrays/packed-texts.ts";
import type { OutlineColumns, SpanError, State } from "../store/model.ts";
import type { TraceRow, TraceRows } from "./trace-view.ts";

/** An outline as the rows of a tree. Each row reads its columns when it is asked: a million spans are no million objects. */
export class OutlineRows implements TraceRows {
  readonly length: number;
  /** Places in the columns. */
  private readonly places: Int32Array;
  /** Of the rows, not of the columns. */
  readonly parents: Int32Array;
  readonly depths: Int32Array;
  readonly childCounts: Int32Array;
  private readonly texts: LazyTexts;

  /** @param keys Only the spans with these keys, and their parents; all when undefined. */
  constructor(
    readonly columns: OutlineColumns,
    keys?: Iterable<number>,
  ) {
    const kept = keys === undefined ? undefined : withParents(columns, new Set(keys));
    this.places = kept ?? Int32Array.from({ length: columns.size }, (_, place) => place);
    this.length = this.places.length;
    this.texts = new LazyTexts(columns.texts);
    const rows = new Int32Array(columns.size);
    this.parents = new Int32Array(this.length);
    this.depths = new Int32Array(this.length);
    this.childCounts = new Int32Array(this.length);
    for (const [row, place] of this.places.entries()) {
      rows[place] = row;
      const above = columns.parents[place]!;
      const parent = above < 0 ? -1 : rows[above]!;
      this.parents[row] = parent;
      if (parent < 0) continue;
      this.depths[row] = this.depths[parent]! + 1;
      this.childCounts[parent]! += 1;
    }
  }

  at(row: number): TraceRow | undefined {
    const place = this.places[row];
    return place === undefined ? undefined : new Row(this, row, place);
  }

  text(at: number): string {
    return this.texts.at(at);
  }

  error(place: number): SpanError | undefined {
    const { rows, types, messages } = this.columns.errors;
    const at = placeIn(rows, place);
    return at === undefined ? undefined : { type: this.text(types[at]!), message: this.text(messages[at]!) };
  }
}

class Row implements TraceRow {
  constructor(
    private readonly rows: OutlineRows,
    private readonly row: number,
    private readonly place: number,
  ) {}

  get parent(): number {
    return this.rows.parents[this.row]!;
  }
  get depth(): number {
    return this.rows.depths[this.row]!;
  }
  get child_count(): number {
    return this.rows.childCounts[this.row]!;
  }
  get name(): string {
    return this.rows.text(this.rows.columns.names[this.place]!);
  }
  get status(): string {
    return this.rows.text(this.rows.columns.statuses[this.place]!);
  }
  get state(): State {
    const { states, stateNames } = this.rows.columns;
    return stateNames[states[this.place]!] ?? "unknown";
  }
  get duration(): number | null {
    return known(this.rows.columns.durations, this.place);
  }
  get cost(): number | null {
    return known(this.rows.columns.costs, this.place);
  }
  get tokens(): number | null {
    return known(this.rows.columns.tokens, this.place);
  }
  get attempt(): number | null {
    return known(this.rows.columns.attempts, this.place);
  }
  get error(): SpanError | undefined {
    return this.rows.error(this.place);
  }
}

/** Places of the spans with these keys and of their parents, ascending. */
function withParents({ keys, parents, size }: OutlineColumns, wanted: ReadonlySet<number>): Int32Array {
  const keep = new Uint8Array(size);
  let count = 0;
  for (let place = size - 1; place >= 0; place -= 1) {
    if (wanted.has(keys[place]!)) keep[place] = 1;
    if (keep[place] === 0) continue;
    count += 1;
    const parent = parents[place]!;
    if (parent >= 0) keep[parent] = 1;
  }
  const places = new Int32Array(count);
  let at = 0;
  for (let place = 0; place < size; place += 1) if (keep[place] === 1) places[at++] = place;
  return places;
}

function known(column: Float64Array | undefined, place: number): number | null {
  const value = column?.[place];
  return value === undefined || Number.isNaN(value) ? null : value;
}
