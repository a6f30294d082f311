import { attributeKeys } from "../attribute-numbers.ts";

const KEYS = attributeKeys.map((key) => Buffer.from(key));
/** Numbers of the wanted keys by their length. */
const KEYS_BY_LENGTH: (readonly number[] | undefined)[] = Array.from({ length: 64 }, () => undefined);
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
export class AttributeScan {
  /** US dollars; NaN for what is not there or is no number, as {@link tokens}. */
  cost = Number.NaN;
  tokens = Number.NaN;
  /** Which try it was; only looked for when asked. */
  attempt = Number.NaN;
  private readonly kinds = new Uint8Array(KEYS.length);
  private readonly numbers = new Float64Array(KEYS.length);
  /** For each level of nesting, whether it is an object. */
  private readonly objects = new Uint8Array(DEEPEST + 2);
  private bytes: Buffer = Buffer.alloc(0);
  private view: DataView = new DataView(new ArrayBuffer(0));
  private end = 0;
  private unsure = false;
  private readonly wanted: number;

  /** @param attempts Also looks for {@link attempt}, which columns do not keep. */
  constructor(private readonly attempts = false) {
    this.wanted = attempts ? KEYS.length : 4;
  }

  /** False when only SQLite can tell. Text that is not JSON has no numbers. Behind the end must be room for three more bytes. */
  read(bytes: Buffer, view: DataView, start: number, end: number): boolean {
    this.bytes = bytes;
    this.view = view;
    this.end = end;
    this.unsure = false;
    const { kinds } = this;
    for (let key = 0; key < kinds.length; key += 1) kinds[key] = Kind.Absent;
    const valid = this.isJson(start);
    if (this.unsure) return false;
    this.cost = valid ? this.first(0) : Number.NaN;
    this.tokens = valid ? this.first(2) : Number.NaN;
    if (this.attempts) this.attempt = valid ? this.first(4) : Number.NaN;
    return true;
  }

  private first(key: number): number {
    const named = this.kinds[key] === Kind.Absent || this.kinds[key] === Kind.Null ? key + 1 : key;
    if (this.kinds[named] !== Kind.Number) return Number.NaN;
    const value = this.numbers[named]!;
    return Number.isFinite(value) ? value : Number.NaN;
  }

  private isJson(start: number): boolean {
    const { bytes, view, end, objects } = this;
    let depth = 0;
    let at = start;
    let key = -1;
    let wantsKey = false;
    // Each turn reads one key or one value.
    for (;;) {
      if (at >= end) return false;
      let byte = bytes[at]!;
      if (byte <= 32) {
        at = this.skipSpace(at);
        if (at >= end) return false;
        byte = bytes[at]!;
      }
      if (byte === 34) {
        const from = at + 1;
        let escaped = false;
        at = from;
        // Four bytes at a time, to the next that is a quote, a backslash or below a space.
        for (;;) {
          if (at >= end) return false;
          const word = view.getInt32(at, true);
          const quote = word ^ 0x22222222;
          const slash = word ^ 0x5c5c5c5c;
          const found =
            (((quote - 0x01010101) & ~quote) |
              ((slash - 0x01010101) & ~slash) |
              ((word - 0x20202020) & ~word)) &
            0x80808080;
          if (found === 0) {
            at += 4;
            continue;
          }
          // The lowest mark is of the first such byte.
          at += (31 - Math.clz32(found & -found)) >> 3;
          if (at >= end) return false;
          const special = bytes[at]!;
          if (special === 34) break;
          if (special !== 92) {
            if (special === 0) this.unsure = true;
            return false;
          }
          const length = this.escapeAt(at);
          if (length === 0) return false;
          escaped = true;
          at += length;
        }
        if (wantsKey) {
          if (depth === 1) {
            key = this.keyAt(from, at);
            // Of equal keys the first counts.
            if (key >= 0 && this.kinds[key] !== Kind.Absent) key = -1;
            // A key may be written with escapes.
            if (escaped) this.unsure = true;
          }
          at += 1;
          if (bytes[at] !== 58) at = this.skipSpace(at);
          if (at >= end || bytes[at] !== 58) return false;
          at += 1;
          wantsKey = false;
          continue;
        }
        // A number may be written as text.
        if (key >= 0) this.unsure = true;
        at += 1;
      } else if (wantsKey) {
        return false;
      } else if (byte === 123 || byte === 91) {
        if (key >= 0) this.kinds[key] = Kind.Other;
        key = -1;
        depth += 1;
        if (depth > DEEPEST) {
          this.unsure = true;
          return false;
        }
        const isObject = byte === 123;
        objects[depth] = isObject ? 1 : 0;
        at = this.skipSpace(at + 1);
        if (!(at < end && bytes[at] === (isObject ? 125 : 93))) {
          wantsKey = isObject;
          continue;
        }
        depth -= 1;
        at += 1;
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
      key = -1;
      // What follows the value closes, separates or ends.
      for (;;) {
        if (at < end && bytes[at]! <= 32) at = this.skipSpace(at);
        if (depth === 0) return at === end;
        if (at >= end) return false;
        const next = bytes[at]!;
        at += 1;
        if (next === 44) break;
        if (next !== (objects[depth] === 1 ? 125 : 93)) return false;
        depth -= 1;
      }
      wantsKey = objects[depth] === 1;
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

  /** Length of an escape; 0 for one that JSON does not have. */
  private escapeAt(at: number): number {
    const { bytes, end } = this;
    const letter = bytes[at + 1]!;
    if (letter !== 117) return SIMPLE_ESCAPES.includes(letter) ? 2 : 0;
    for (let digit = at + 2; digit < at + 6; digit += 1)
      if (digit >= end || !isHexDigit(bytes[digit]!)) return 0;
    return 6;
  }

  private skipNumber(start: number): number {
    const { bytes } = this;
    let at = start;
    if (bytes[at] === 45) at += 1;
    const whole = this.skipDigits(at);
    if (whole === at || (bytes[at] === 48 && whole > at + 1)) return -1;
    at = whole;
    if (at >= this.end) return at;
    if (bytes[at] === 46) {
      const fraction = this.skipDigits(at + 1);
      if (fraction === at + 1) return -1;
      at = fraction;
      if (at >= this.end) return at;
    }
    if ((bytes[at]! | 32) === 101) {
      let from = at + 1;
      if (from < this.end && (bytes[from] === 43 || bytes[from] === 45)) from += 1;
      const exponent = this.skipDigits(from);
      if (exponent === from) return -1;
      at = exponent;
    }
    return at;
  }

  private skipDigits(start: number): number {
    const { bytes, end } = this;
    let at = start;
    while (at < end && bytes[at]! >= 48 && bytes[at]! <= 57) at += 1;
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
    const length = end - start;
    for (const key of (length < KEYS_BY_LENGTH.length ? KEYS_BY_LENGTH[length] : undefined) ?? NO_KEYS) {
      if (key >= this.wanted) continue;
      const wanted = KEYS[key]!;
      let at = 0;
      while (at < wanted.length && wanted[at] === bytes[start + at]) at += 1;
      if (at < wanted.length) continue;
      // Of equal keys the first one counts.
      return this.kinds[key] === Kind.Absent ? key : -1;
    }
    return -1;
  }
}

function isHexDigit(byte: number): boolean {
  return (byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 102);
}
