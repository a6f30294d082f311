import type { PackedTexts } from "./packed-texts.ts";
import { trimmed } from "./trimmed.ts";

/** Makes {@link PackedTexts}, one text after the other. */
export class TextPacker {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #bytes: Uint8Array<ArrayBuffer>;
  #ends: Uint32Array<ArrayBuffer>;
  #used = 0;
  count = 0;

  /** Room that is never used costs address space, not memory. */
  constructor({ texts = 256, bytes = 4096 }: { readonly texts?: number; readonly bytes?: number } = {}) {
    this.#bytes = new Uint8Array(bytes);
    this.#ends = new Uint32Array(texts);
  }

  /** Halves of surrogate pairs come out as U+FFFD. */
  add(text: string): void {
    // UTF-8 takes at most three bytes for one unit of UTF-16.
    const needed = this.#used + text.length * 3;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (this.count === this.#ends.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#used += this.#encoder.encodeInto(text, this.#bytes.subarray(this.#used)).written;
    this.#ends[this.count] = this.#used;
    this.count += 1;
  }

  /** The text that was added as the `place`-th, from 0. */
  at(place: number): string {
    const from = place === 0 ? 0 : this.#ends[place - 1];
    return this.#decoder.decode(this.#bytes.subarray(from, this.#ends[place]));
  }

  finish(): PackedTexts {
    return { bytes: trimmed(this.#bytes, this.#used), ends: trimmed(this.#ends, this.count) };
  }
}
