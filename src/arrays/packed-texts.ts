/** Many texts in two arrays, which cross threads without being copied one by one. */
export interface PackedTexts {
  /** UTF-8, one text after the other. */
  readonly bytes: Uint8Array;
  /** Where each text ends in `bytes`. */
  readonly ends: Uint32Array;
}

/** Decoded texts that stay at hand. */
const KEPT = 5000;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Reads packed texts when they are wanted. */
export class LazyTexts {
  private readonly known = new Map<number, string>();

  constructor(private readonly packed: PackedTexts) {}

  at(place: number): string {
    const known = this.known.get(place);
    if (known !== undefined) return known;
    const { bytes, ends } = this.packed;
    const text = decoder.decode(bytes.subarray(place === 0 ? 0 : ends[place - 1], ends[place]));
    if (this.known.size >= KEPT) this.known.clear();
    this.known.set(place, text);
    return text;
  }

  /** Place of a text, -1 when it is not among them. */
  find(text: string): number {
    const wanted = new TextEncoder().encode(text);
    const { bytes, ends } = this.packed;
    for (let place = 0, from = 0; place < ends.length; place++) {
      const to = ends[place]!;
      if (to - from === wanted.length && wanted.every((byte, at) => bytes[from + at] === byte)) return place;
      from = to;
    }
    return -1;
  }
}
