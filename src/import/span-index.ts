import type { Bytes } from "./bytes.ts";

/** Bytes between two spans that are read along rather than skipped, and bytes read at once. */
const GAP = 4 << 10;
const BLOCK = 4 << 20;

/** Where the spans of a file stand, by trace: 24 bytes a span, so that the file itself need not be in memory. */
export class SpanIndex {
  private readonly traces = new Map<string, number>();
  private positions = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private arrays = new Uint32Array(1024);
  private owners = new Uint32Array(1024);
  private count = 0;

  /** Notes a span of a trace: its place in the file, and the array that it stands in. */
  add(traceId: string, position: number, length: number, array: number): void {
    let owner = this.traces.get(traceId);
    if (owner === undefined) {
      owner = this.traces.size;
      this.traces.set(traceId, owner);
    }
    if (this.count === this.lengths.length) this.grow();
    this.positions[this.count] = position;
    this.lengths[this.count] = length;
    this.arrays[this.count] = array;
    this.owners[this.count] = owner;
    this.count += 1;
  }

  get spans(): number {
    return this.count;
  }

  /** The traces in order of their first spans, each with its spans as they follow each other in the file. */
  *byTrace(source: Bytes): Generator<{ traceId: string; spans: Iterable<IndexedSpan> }> {
    const starts = new Uint32Array(this.traces.size + 1);
    for (let at = 0; at < this.count; at += 1) starts[this.owners[at]! + 1]! += 1;
    for (let trace = 0; trace < this.traces.size; trace += 1) starts[trace + 1]! += starts[trace]!;
    const order = new Uint32Array(this.count);
    const next = starts.slice();
    for (let at = 0; at < this.count; at += 1) {
      const owner = this.owners[at]!;
      order[next[owner]!] = at;
      next[owner]! += 1;
    }
    for (const [traceId, trace] of this.traces) {
      yield { traceId, spans: this.read(source, order.subarray(starts[trace]!, starts[trace + 1]!)) };
    }
  }

  private *read(source: Bytes, places: Uint32Array): Generator<IndexedSpan> {
    for (let at = 0; at < places.length; ) {
      const first = this.positions[places[at]!]!;
      let end = first + this.lengths[places[at]!]!;
      let until = at + 1;
      while (until < places.length) {
        const position = this.positions[places[until]!]!;
        const next = position + this.lengths[places[until]!]!;
        if (position - end > GAP || next - first > BLOCK) break;
        end = next;
        until += 1;
      }
      const block = Buffer.allocUnsafe(end - first);
      source.read(block, first);
      for (; at < until; at += 1) {
        const place = places[at]!;
        const from = this.positions[place]! - first;
        yield { array: this.arrays[place]!, text: block.toString("utf8", from, from + this.lengths[place]!) };
      }
    }
  }

  private grow(): void {
    const size = this.count * 2;
    const larger = <A extends Float64Array | Uint32Array>(make: (size: number) => A, from: A): A => {
      const array = make(size);
      array.set(from);
      return array;
    };
    this.positions = larger((length) => new Float64Array(length), this.positions);
    this.lengths = larger((length) => new Uint32Array(length), this.lengths);
    this.arrays = larger((length) => new Uint32Array(length), this.arrays);
    this.owners = larger((length) => new Uint32Array(length), this.owners);
  }
}

export interface IndexedSpan {
  readonly array: number;
  /** JSON. */
  readonly text: string;
}
