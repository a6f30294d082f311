import type { PackedTexts } from "./packed-texts.ts";
import { trimmed } from "./trimmed.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Makes {@link PackedTexts}, one text after the other. */
export class TextPacker {
  #bytes: Uint8Array<ArrayBuffer>;
  #ends: Uint32Array<ArrayBuffer>;
  #used = 0;
  /** Where the staged text ends. */
  #staged = 0;
  count = 0;

  /** Room that is never used costs address space, not memory. */
  constructor({ texts = 256, bytes = 4096 }: { readonly texts?: number; readonly bytes?: number } = {}) {
    this.#bytes = new Uint8Array(bytes);
    this.#ends = new Uint32Array(texts);
  }

  /** Halves of surrogate pairs come out as U+FFFD. */
  add(text: string): void {
    this.stage(text);
    this.addStaged();
  }

  /** Adds a text of another packer. */
  addFrom(other: TextPacker, place: number): void {
    const from = place === 0 ? 0 : other.#ends[place - 1]!;
    this.stageBytes(other.#bytes, from, other.#ends[place]!);
    this.addStaged();
  }

  /** Puts a text behind all others without adding it; what was staged before is gone. */
  stage(text: string): void {
    // UTF-8 takes at most three bytes for one unit of UTF-16.
    this.#reserve(text.length * 3);
    this.#staged = this.#used + encoder.encodeInto(text, this.#bytes.subarray(this.#used)).written;
  }

  /** As {@link stage}, for a text in UTF-8. */
  stageBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#reserve(to - from);
    const own = this.#bytes;
    const used = this.#used;
    const shift = used - from;
    // Ids are short: a view of each would take longer than its bytes.
    if (to - from < 64) for (let at = from; at < to; at += 1) own[at + shift] = bytes[at]!;
    else own.set(bytes.subarray(from, to), used);
    this.#staged = used + to - from;
  }

  /** Adds the staged text. */
  addStaged(): void {
    if (this.count === this.#ends.length) {
      const larger = new Uint32Array(this.count * 2);
      larger.set(this.#ends);
      this.#ends = larger;
    }
    this.#used = this.#staged;
    this.#ends[this.count] = this.#used;
    this.count += 1;
  }

  /** Whether the staged text is the `place`-th. */
  isStaged(place: number): boolean {
    const from = place === 0 ? 0 : this.#ends[place - 1]!;
    const length = this.#staged - this.#used;
    if (this.#ends[place]! - from !== length) return false;
    const bytes = this.#bytes;
    const used = this.#used;
    for (let at = 0; at < length; at += 1) if (bytes[from + at] !== bytes[used + at]) return false;
    return true;
  }

  /** A hash of the staged text. */
  hashOfStaged(seed: number): number {
    const bytes = this.#bytes;
    const end = this.#staged;
    let hash = seed ^ (end - this.#used);
    for (let at = this.#used; at < end; at += 1) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    return hash ^ (hash >>> 15);
  }

  /** The text that was added as the `place`-th, from 0. */
  at(place: number): string {
    const from = place === 0 ? 0 : this.#ends[place - 1];
    return decoder.decode(this.#bytes.subarray(from, this.#ends[place]));
  }

  /** The staged text. */
  get staged(): string {
    return decoder.decode(this.#bytes.subarray(this.#used, this.#staged));
  }

  finish(): PackedTexts {
    return { bytes: trimmed(this.#bytes, this.#used), ends: trimmed(this.#ends, this.count) };
  }

  #reserve(more: number): void {
    const needed = this.#used + more;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#used));
    this.#bytes = larger;
  }
}
