/** Numbers texts as they come, by their UTF-8 bytes, so that each is decoded once. */
export class Dictionary {
  readonly texts: string[] = [];
  private readonly decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  private pool = Buffer.alloc(4096);
  private ends: number[] = [0];
  private hashes: number[] = [];
  private slots = new Int32Array(256).fill(-1);
  private last = -1;

  /** The number of a text. Throws a TypeError for bytes that are not UTF-8. */
  idOf(bytes: Buffer, start: number, length: number): number {
    // Neighbours are often equal.
    if (this.last >= 0 && this.equals(this.last, bytes, start, length)) return this.last;
    let hash = 0x811c9dc5 ^ length;
    for (let at = start; at < start + length; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (let id = this.slots[slot]!; id >= 0; id = this.slots[slot]!) {
      if (this.hashes[id] === hash && this.equals(id, bytes, start, length)) {
        this.last = id;
        return id;
      }
      slot = (slot + 1) & mask;
    }
    return this.add(bytes, start, length, hash);
  }

  /** The number of a text that need not come from a row. */
  idOfText(text: string): number {
    const bytes = Buffer.from(text);
    return this.idOf(bytes, 0, bytes.length);
  }

  private equals(id: number, bytes: Buffer, start: number, length: number): boolean {
    const from = this.ends[id]!;
    if (this.ends[id + 1]! - from !== length) return false;
    for (let at = 0; at < length; at += 1) if (this.pool[from + at] !== bytes[start + at]) return false;
    return true;
  }

  private add(bytes: Buffer, start: number, length: number, hash: number): number {
    const id = this.texts.length;
    const from = this.ends[id]!;
    if (from + length > this.pool.length) {
      const larger = Buffer.alloc(Math.max(this.pool.length * 2, from + length));
      this.pool.copy(larger);
      this.pool = larger;
    }
    const text = this.decoder.decode(bytes.subarray(start, start + length));
    // SQLite in WebAssembly hands out text up to its first NUL.
    if (text.includes("\0")) throw new TypeError("a text with a NUL");
    bytes.copy(this.pool, from, start, start + length);
    this.ends.push(from + length);
    this.hashes.push(hash);
    this.texts.push(text);
    if (this.texts.length * 2 > this.slots.length)
      this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    else if (this.texts.length > 1) {
      this.place(id);
      return id;
    }
    for (let each = 0; each <= id; each += 1) this.place(each);
    return id;
  }

  private place(id: number): void {
    const mask = this.slots.length - 1;
    let slot = this.hashes[id]! & mask;
    while (this.slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.slots[slot] = id;
  }
}
