import type { AttributeNumbers } from "../attribute-numbers.ts";
import { attributeKeys } from "../attribute-numbers.ts";

const KEYS = attributeKeys.map((key) => Buffer.from(key));
/** Numbers of the wanted keys by their length. */
const KEYS_BY_LENGTH: (readonly number[] | undefined)[] = [];
for (const [key, { length }] of KEYS.entries())
  KEYS_BY_LENGTH[length] = [...(KEYS_BY_LENGTH[length] ?? []), key];
const NO_KEYS: readonly number[] = [];
/** What may follow a backslash: " \\ / b f n r t */
const SIMPLE_ESCAPES: readonly number[] = [34, 92, 47, 98, 102, 110, 114, 116];

/** Deeper JSON is left to SQLite, which has a limit of its own. */
const DEEPEST = 500;

const Kind = { Absent: 0, Null: 1, Number: 2, Other: 3 } as const;

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/**
 * Finds the numbers that a span's attributes carry in the bytes of their JSON, as `ATTRIBUTE_NUMBERS_SQL` does: only at the
 * top level, only when all of the text is JSON, only the first of equal keys.
 */
export class AttributeScan implements AttributeNumbers {
  cost = Number.NaN;
  tokens = Number.NaN;
  attempt = Number.NaN;
  private readonly kinds = new Uint8Array(attributeKeys.length);
  private readonly numbers = new Float64Array(attributeKeys.length);
  /** For each level of nesting, whether it is an object. */
  private readonly objects = new Uint8Array(DEEPEST + 2);
  private bytes: Buffer = Buffer.alloc(0);
  /** The same bytes, four at a time. */
  private words: Int32Array = new Int32Array(0);
  private end = 0;
  private escaped = false;
  private unsure = false;

  /** False when only SQLite can tell. Text that is not JSON has no numbers. */
  read(bytes: Buffer, start: number, end: number): boolean {
    if (this.bytes !== bytes) {
      this.bytes = bytes;
      this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    }
    this.end = end;
    this.unsure = false;
    this.kinds.fill(Kind.Absent);
    this.cost = Number.NaN;
    this.tokens = Number.NaN;
    this.attempt = Number.NaN;
    const valid = this.isJson(start);
    if (this.unsure) return false;
    if (!valid) return true;
    this.cost = this.first(0);
    this.tokens = this.first(2);
    this.attempt = this.first(4);
    return true;
  }

  private first(key: number): number {
    const named = this.kinds[key] === Kind.Absent || this.kinds[key] === Kind.Null ? key + 1 : key;
    if (this.kinds[named] !== Kind.Number) return Number.NaN;
    const value = this.numbers[named]!;
    return Number.isFinite(value) ? value : Number.NaN;
  }

  private isJson(start: number): boolean {
    const { bytes, end, objects } = this;
    let depth = 0;
    let at = this.skipSpace(start);
    // Each turn reads one value.
    for (;;) {
      let key = -1;
      if (depth > 0 && objects[depth] === 1) {
        if (bytes[at] !== 34 || at >= end) return false;
        const from = at + 1;
        this.escaped = false;
        at = this.skipString(from);
        if (at < 0) return false;
        if (depth === 1) {
          key = this.keyAt(from, at);
          // A key may be written with escapes.
          if (this.escaped) this.unsure = true;
        }
        at = this.skipSpace(at + 1);
        if (bytes[at] !== 58 || at >= end) return false;
        at = this.skipSpace(at + 1);
      }
      if (at >= end) return false;
      const byte = bytes[at]!;
      if (key >= 0 && this.kinds[key] !== Kind.Absent) key = -1;
      if (byte === 34) {
        at = this.skipString(at + 1);
        if (at < 0) return false;
        // A number may be written as text.
        if (key >= 0) this.unsure = true;
        at += 1;
      } else if (byte === 123 || byte === 91) {
        if (key >= 0) this.kinds[key] = Kind.Other;
        depth += 1;
        if (depth > DEEPEST) {
          this.unsure = true;
          return false;
        }
        const isObject = byte === 123;
        objects[depth] = isObject ? 1 : 0;
        const inside = this.skipSpace(at + 1);
        if (inside < end && bytes[inside] === (isObject ? 125 : 93)) {
          depth -= 1;
          at = inside + 1;
        } else {
          at = inside;
          continue;
        }
      } else if (byte === 45 || (byte >= 48 && byte <= 57)) {
        const from = at;
        at = this.skipNumber(at);
        if (at < 0) return false;
        if (key >= 0) {
          this.kinds[key] = Kind.Number;
          this.numbers[key] = this.numberIn(from, at);
        }
      } else {
        const length = this.literalAt(at);
        if (length === 0) return false;
        if (key >= 0) this.kinds[key] = byte === 110 ? Kind.Null : Kind.Other;
        at += length;
      }
      // What follows the value closes, separates or ends.
      for (;;) {
        at = this.skipSpace(at);
        if (depth === 0) return at === end;
        if (at >= end) return false;
        const next = bytes[at]!;
        if (next === 44) {
          at = this.skipSpace(at + 1);
          break;
        }
        if (next !== (objects[depth] === 1 ? 125 : 93)) return false;
        depth -= 1;
        at += 1;
      }
    }
  }

  private skipSpace(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end) {
      const byte = bytes[at]!;
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) break;
      at += 1;
    }
    return at;
  }

  /** Place of the closing quote; -1 when the text is no JSON. */
  private skipString(start: number): number {
    const { bytes, words, end } = this;
    let at = start;
    while (at < end) {
      // Four bytes at a time while none of them is a quote, a backslash or below a space.
      if ((at & 3) === 0) {
        while (at + 4 <= end) {
          const word = words[at >> 2]!;
          const quote = word ^ 0x22222222;
          const slash = word ^ 0x5c5c5c5c;
          const found =
            ((quote - 0x01010101) & ~quote) | ((slash - 0x01010101) & ~slash) | ((word - 0x20202020) & ~word);
          if ((found & 0x80808080) !== 0) break;
          at += 4;
        }
        if (at >= end) return -1;
      }
      const byte = bytes[at]!;
      if (byte === 34) return at;
      if (byte === 92) {
        const length = this.escapeAt(at);
        if (length === 0) return -1;
        at += length;
      } else if (byte < 32) {
        if (byte === 0) this.unsure = true;
        return -1;
      } else {
        at += 1;
      }
    }
    return -1;
  }

  /** Length of an escape; 0 for one that JSON does not have. */
  private escapeAt(at: number): number {
    const { bytes, end } = this;
    this.escaped = true;
    const letter = bytes[at + 1]!;
    if (letter !== 117) return SIMPLE_ESCAPES.includes(letter) ? 2 : 0;
    for (let digit = at + 2; digit < at + 6; digit += 1)
      if (digit >= end || !isHexDigit(bytes[digit]!)) return 0;
    return 6;
  }

  private skipNumber(start: number): number {
    const { bytes, end } = this;
    let at = start;
    if (bytes[at] === 45) at += 1;
    const digits = (from: number) => {
      let to = from;
      while (to < end && bytes[to]! >= 48 && bytes[to]! <= 57) to += 1;
      return to;
    };
    const whole = digits(at);
    if (whole === at || (bytes[at] === 48 && whole > at + 1)) return -1;
    at = whole;
    if (at < end && bytes[at] === 46) {
      const fraction = digits(at + 1);
      if (fraction === at + 1) return -1;
      at = fraction;
    }
    if (at < end && (bytes[at]! | 32) === 101) {
      let from = at + 1;
      if (from < end && (bytes[from] === 43 || bytes[from] === 45)) from += 1;
      const exponent = digits(from);
      if (exponent === from) return -1;
      at = exponent;
    }
    return at;
  }

  /** Exact: up to 15 digits and a power of ten up to 22 are doubles, and one division rounds once. */
  private numberIn(start: number, end: number): number {
    const { bytes } = this;
    let value = 0;
    let scale = 0;
    let point = false;
    let at = bytes[start] === 45 ? start + 1 : start;
    if (end - at <= 16) {
      for (; at < end; at += 1) {
        const byte = bytes[at]!;
        if (byte === 46) point = true;
        else if (byte >= 48) {
          if (byte > 57) break;
          value = value * 10 + byte - 48;
          if (point) scale += 1;
        } else break;
      }
      if (at === end && value <= Number.MAX_SAFE_INTEGER) {
        value /= POWERS[scale]!;
        return bytes[start] === 45 ? -value : value;
      }
    }
    return Number(bytes.toString("latin1", start, end));
  }

  private literalAt(at: number): number {
    const { bytes, end } = this;
    const left = end - at;
    if (
      left >= 4 &&
      bytes[at] === 116 &&
      bytes[at + 1] === 114 &&
      bytes[at + 2] === 117 &&
      bytes[at + 3] === 101
    )
      return 4;
    if (
      left >= 4 &&
      bytes[at] === 110 &&
      bytes[at + 1] === 117 &&
      bytes[at + 2] === 108 &&
      bytes[at + 3] === 108
    )
      return 4;
    if (
      left >= 5 &&
      bytes[at] === 102 &&
      bytes[at + 1] === 97 &&
      bytes[at + 2] === 108 &&
      bytes[at + 3] === 115 &&
      bytes[at + 4] === 101
    )
      return 5;
    if (bytes[at] === 0) this.unsure = true;
    return 0;
  }

  /** Which of the wanted keys these bytes are; -1 for none. */
  private keyAt(start: number, end: number): number {
    const { bytes } = this;
    for (const key of KEYS_BY_LENGTH[end - start] ?? NO_KEYS) {
      const wanted = KEYS[key]!;
      let at = 0;
      while (at < wanted.length && wanted[at] === bytes[start + at]) at += 1;
      if (at === wanted.length) return key;
    }
    return -1;
  }
}

function isHexDigit(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 102);
}
