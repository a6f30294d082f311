import type { PackedTexts } from "./packed-texts.ts";

/** Makes {@link PackedTexts}, one text after the other. */
export class TextPacker {
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder();
  #bytes = new Uint8Array(1 << 12);
  #ends = new Uint32Array(1 << 8);
  #used = 0;
  count = 0;

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
    return { bytes: this.#bytes.slice(0, this.#used), ends: this.#ends.slice(0, this.count) };
  }
}
