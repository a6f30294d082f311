/** Bits of the table, a power of two: 8 MiB. Of 5 million ids one in 230 new ones is taken for a known one. */
const BITS = 1 << 26;
const PROBES = 4;

/** Tells ids that were certainly never added, in a memory that does not grow with them. */
export class SeenIds {
  private readonly words = new Uint32Array(BITS / 32);

  add(id: string): void {
    for (const bit of bitsOf(id)) this.words[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** False only for an id that was never added. */
  mayHave(id: string): boolean {
    return bitsOf(id).every((bit) => (this.words[bit >>> 5]! & (1 << (bit & 31))) !== 0);
  }
}

function bitsOf(id: string): number[] {
  let one = 0x811c9dc5;
  let other = 0x9747b28c;
  for (let at = 0; at < id.length; at += 1) {
    const unit = id.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    other = Math.imul(other ^ unit, 0x85ebca6b);
    other ^= other >>> 13;
  }
  one ^= one >>> 15;
  return Array.from({ length: PROBES }, (_, probe) => (one + Math.imul(probe, other | 1)) & (BITS - 1));
}
