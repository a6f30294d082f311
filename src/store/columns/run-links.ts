import { Doubles } from "../../arrays/growing.ts";
import { type StoredRow, UnreadableTable } from "../../engine/table-scan.ts";
import { cutCycles, selfTimes, sortByStart } from "../tree.ts";

/** Ids and times of the spans of one run while it is read, and what follows from them. */
export class RunLinks {
  size = 0;
  readonly starts = new Doubles();
  readonly ends = new Doubles();
  /** Ids one after the other, each padded to whole words. */
  private pool = Buffer.alloc(4096);
  private words = new Int32Array(this.pool.buffer, this.pool.byteOffset, this.pool.length >> 2);
  /** Of each span: where its id begins in the pool, its length and hash, then the same of its parent's; length -1 for none. */
  private entries = new Int32Array(6 * 64);
  private used = 0;
  private parent = new Int32Array(64);
  private covered = new Float64Array(64);
  private slots = new Int32Array(64);

  clear(): void {
    this.size = 0;
    this.used = 0;
    this.starts.length = 0;
    this.ends.length = 0;
  }

  /** @param parentLength -1 for no parent. Times on any one clock; NaN where unknown. */
  add(
    row: StoredRow,
    id: number,
    idLength: number,
    parent: number,
    parentLength: number,
    start: number,
    end: number,
  ): void {
    const at = this.size * 6;
    if (at + 6 > this.entries.length) {
      const larger = new Int32Array(this.entries.length * 2);
      larger.set(this.entries);
      this.entries = larger;
    }
    this.put(at, row, id, idLength);
    this.put(at + 3, row, parent, parentLength);
    this.starts.push(start);
    this.ends.push(end);
    this.size += 1;
  }

  private put(at: number, { bytes, view }: StoredRow, start: number, length: number): void {
    const { entries } = this;
    entries[at] = this.used;
    entries[at + 1] = length;
    if (length < 0) return;
    if (this.used + length + 4 > this.pool.length) this.growPool(length + 4);
    const { words, used } = this;
    const end = start + length;
    let place = used >> 2;
    let hash = 0x811c9dc5 ^ length;
    let zeros = 0;
    let from = start;
    for (; from + 4 <= end; from += 4) {
      const word = view.getInt32(from, true);
      zeros |= (word - 0x01010101) & ~word;
      words[place++] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    if (from < end) {
      let word = bytes[from]!;
      if (from + 1 < end) word |= bytes[from + 1]! << 8;
      if (from + 2 < end) word |= bytes[from + 2]! << 16;
      const padded = word | (-1 << (8 * (end - from)));
      zeros |= (padded - 0x01010101) & ~padded;
      words[place++] = word;
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    // SQLite in WebAssembly hands out text up to its first NUL.
    if ((zeros & 0x80808080) !== 0 && bytes.subarray(start, end).includes(0))
      throw new UnreadableTable("a text with a NUL");
    entries[at + 2] = hash;
    this.used = place << 2;
  }

  private growPool(more: number): void {
    const larger = Buffer.alloc(Math.max(this.pool.length * 2, this.used + more + 4) & ~3);
    this.pool.copy(larger);
    this.pool = larger;
    this.words = new Int32Array(larger.buffer, larger.byteOffset, larger.length >> 2);
  }

  /**
   * Index of the parent of every span, -1 at the top; loops are cut. The first of equal ids has the children.
   * Its place is used again for the next run.
   */
  parents(): Int32Array {
    const { size, entries } = this;
    if (this.parent.length < size) this.parent = new Int32Array(size * 2);
    const parent = this.parent.fill(-1, 0, size);
    let wanted = 64;
    while (wanted < size * 2) wanted *= 2;
    if (this.slots.length < wanted) this.slots = new Int32Array(wanted);
    const { slots } = this;
    const mask = wanted - 1;
    slots.fill(-1, 0, wanted);
    for (let index = 0; index < size; index += 1) {
      let slot = entries[index * 6 + 2]! & mask;
      while (slots[slot]! >= 0) {
        if (this.equal(slots[slot]! * 6, index * 6)) break;
        slot = (slot + 1) & mask;
      }
      if (slots[slot]! < 0) slots[slot] = index;
    }
    let ordered = true;
    for (let index = 0; index < size; index += 1) {
      const at = index * 6 + 3;
      if (entries[at + 1]! < 0) continue;
      let slot = entries[at + 2]! & mask;
      while (slots[slot]! >= 0 && !this.equal(slots[slot]! * 6, at)) slot = (slot + 1) & mask;
      parent[index] = slots[slot]!;
      if (slots[slot]! >= index) ordered = false;
    }
    // Parents that all stand before their children make no loop.
    if (!ordered) cutCycles(parent.subarray(0, size));
    return parent;
  }

  /** Writes what {@link selfTimes} says of each span into `target`, from `first` on. */
  selfTimes(parent: Int32Array, target: Float64Array, first: number): void {
    const { size } = this;
    const starts = this.starts.values;
    const ends = this.ends.values;
    if (!isSorted(starts, size)) {
      const own = parent.subarray(0, size);
      target.set(selfTimes({ parent: own, order: sortByStart(starts, size) }, starts, ends), first);
      return;
    }
    // Spans usually stand by start. A million runs must not make a million arrays.
    if (this.covered.length < size) this.covered = new Float64Array(size * 2);
    const { covered } = this;
    for (let index = 0; index < size; index += 1) {
      target[first + index] = ends[index]! - starts[index]!;
      covered[index] = starts[index]!;
    }
    for (let index = 0; index < size; index += 1) {
      const up = parent[index]!;
      if (up < 0) continue;
      const end = ends[up]!;
      const from = Math.max(starts[index]!, covered[up]!);
      const to = Number.isNaN(ends[index]!) ? end : Math.min(ends[index]!, end);
      if (!(to > from)) continue;
      target[first + up]! -= to - from;
      covered[up] = to;
    }
    for (let at = first; at < first + size; at += 1) if (target[at]! < 0) target[at] = 0;
  }

  private equal(a: number, b: number): boolean {
    const { entries, words } = this;
    const length = entries[a + 1]!;
    if (entries[a + 2] !== entries[b + 2] || length !== entries[b + 1]) return false;
    const from = entries[a]! >> 2;
    const other = entries[b]! >> 2;
    for (let index = 0; index * 4 < length; index += 1)
      if (words[from + index] !== words[other + index]) return false;
    return true;
  }
}

function isSorted(values: Float64Array, size: number): boolean {
  for (let index = 1; index < size; index += 1) if (!(values[index]! >= values[index - 1]!)) return false;
  return true;
}
