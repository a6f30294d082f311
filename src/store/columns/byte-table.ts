import { UnreadableTable } from "../../engine/table-scan.ts";

/** Runs come a few at a time: much room for more would be wasted. */
export const GROWTH = 1.05;

/** Bytes of equal texts, numbered in order of appearance. */
export class ByteTable {
  size = 0;
  /** Two hashes of each text, which together tell it from all others. */
  hashes = new Int32Array(128);
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private pool = Buffer.alloc(4096);
  private poolView = viewOf(this.pool);
  private ends = new Uint32Array(65);
  private slots = new Int32Array(128).fill(-1);
  private last = -1;
  private hash = 0;
  private check = 0;

  /** @param keepsTexts Without them, texts are told apart by their hashes alone, and cannot be asked for. */
  constructor(private readonly keepsTexts = true) {}

  /** The number of a text, a new one for a new text. Throws {@link UnreadableTable} for what SQL may read as another text. */
  idOf(bytes: Buffer, view: DataView, start: number, length: number): number {
    const found = this.find(bytes, view, start, length);
    return found >= 0 ? found : this.add(bytes, start, length);
  }

  /** The number of a text, -1 for a new one. */
  find(bytes: Buffer, view: DataView, start: number, length: number): number {
    // Neighbours are often equal.
    if (this.last >= 0 && this.equals(this.last, bytes, view, start, length)) return this.last;
    this.hashOf(bytes, view, start, length);
    if (!this.keepsTexts) return this.findHashed(this.hash, this.check);
    const { slots, hash } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; slots[slot]! >= 0; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (this.hashes[2 * id] === hash && this.equals(id, bytes, view, start, length)) {
        this.last = id;
        return id;
      }
    }
    return -1;
  }

  /** As {@link find}, by the two hashes of a text. */
  findHashed(hash: number, check: number): number {
    const { slots, hashes } = this;
    const mask = slots.length - 1;
    for (let slot = hash & mask; slots[slot]! >= 0; slot = (slot + 1) & mask) {
      const id = slots[slot]!;
      if (hashes[2 * id] === hash && hashes[2 * id + 1] === check) return id;
    }
    return -1;
  }

  textOf(id: number): string {
    return this.decoder.decode(this.pool.subarray(this.ends[id]!, this.ends[id + 1]!));
  }

  private hashOf(bytes: Buffer, view: DataView, start: number, length: number): void {
    const end = start + length;
    let hash = 0x811c9dc5 ^ length;
    let check = 0x2545f491 + length;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = view.getInt32(at, true);
      hash = Math.imul(hash ^ word, 0x01000193);
      hash ^= hash >>> 15;
      check = Math.imul(check + word, 0x5bd1e995);
      check ^= check >>> 13;
    }
    for (; at < end; at += 1) {
      hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
      check = Math.imul(check + bytes[at]!, 0x5bd1e995);
    }
    this.hash = hash ^ (hash >>> 15);
    this.check = check ^ (check >>> 16);
  }

  private equals(id: number, bytes: Buffer, view: DataView, start: number, length: number): boolean {
    const { pool, poolView } = this;
    const from = this.ends[id]!;
    if (this.ends[id + 1]! - from !== length) return false;
    let at = 0;
    for (; at + 4 <= length; at += 4)
      if (poolView.getInt32(from + at, true) !== view.getInt32(start + at, true)) return false;
    for (; at < length; at += 1) if (pool[from + at] !== bytes[start + at]) return false;
    return true;
  }

  private add(bytes: Buffer, start: number, length: number): number {
    if (this.keepsTexts && this.findHashed(this.hash, this.check) >= 0)
      throw new UnreadableTable("texts with equal hashes");
    const id = this.size;
    let odd = false;
    for (let at = start; at < start + length; at += 1) if (bytes[at] === 0 || bytes[at]! > 127) odd = true;
    // SQLite in WebAssembly hands out text up to its first NUL, and reads bytes that are no UTF-8 in its own way.
    if (odd && !isPlain(this.decoder, bytes.subarray(start, start + length)))
      throw new UnreadableTable("a text with a NUL, or not in UTF-8");
    if (this.keepsTexts) this.keep(id, bytes, start, length);
    if (2 * id + 2 > this.hashes.length) this.hashes = grown(this.hashes, GROWTH);
    this.hashes[2 * id] = this.hash;
    this.hashes[2 * id + 1] = this.check;
    this.size = id + 1;
    if (this.size * 5 > this.slots.length * 4) {
      this.slots = new Int32Array(this.slots.length * 2).fill(-1);
      for (let each = 0; each < id; each += 1) this.place(each);
    }
    this.place(id);
    if (this.keepsTexts) this.last = id;
    return id;
  }

  private keep(id: number, bytes: Buffer, start: number, length: number): void {
    const from = this.ends[id]!;
    if (from + length > this.pool.length) {
      const larger = Buffer.alloc(Math.max(this.pool.length * 2, from + length));
      this.pool.copy(larger);
      this.pool = larger;
      this.poolView = viewOf(larger);
    }
    bytes.copy(this.pool, from, start, start + length);
    if (id + 2 > this.ends.length) this.ends = grown(this.ends, 2);
    this.ends[id + 1] = from + length;
  }

  /** Bytes that it takes. */
  get bytes(): number {
    const kept = this.keepsTexts ? this.pool.byteLength + this.ends.byteLength : 0;
    return kept + this.hashes.byteLength + this.slots.byteLength;
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[2 * id]! & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}

function isPlain(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer): boolean {
  try {
    return !decoder.decode(bytes).includes("\0");
  } catch {
    return false;
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function grown<T extends Int32Array | Uint32Array>(values: T, times: number): T {
  const larger = new (values.constructor as new (length: number) => T)(Math.ceil(values.length * times));
  larger.set(values);
  return larger;
}
