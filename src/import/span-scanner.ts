/**
 * Finds the arrays of spans in JSON text without holding it whole: files of gigabytes hold more than a string of JavaScript
 * can, and one span at a time is all that has to be in memory.
 */
import type { Bytes } from "./bytes.ts";

export interface ScanListener {
  /** An element of the array of this number, which is an object or an array: where it stands, and its bytes until the call ends. */
  element(array: number, position: number, bytes: Buffer): void;
  /** A JSON value has ended: its text with `{"$spans": n}` in place of the array of number n. May be no JSON at all. */
  document(text: string): void;
  /** Called between pieces with how far it is, 0 to 1. May throw. */
  progress(fraction: number): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Bytes that are read at a time. */
const PIECE = 1 << 20;

/**
 * Scans one JSON value, or several after each other as in JSON Lines.
 * @param key Name of the arrays to take out, wherever they stand.
 * @param piece Bytes that are read at a time; tests want few.
 */
export function scanSpans(source: Bytes, key: string, listener: ScanListener, piece = PIECE): void {
  new SpanScanner(source, Buffer.from(JSON.stringify(key)), listener, piece).run();
}

class SpanScanner {
  /** The bytes from {@link base} on; what was dealt with goes when more are read. */
  private buffer: Buffer;
  private base = 0;
  private filled = 0;
  private at = 0;
  private skeleton: Buffer[] = [];
  /** Up to here the bytes outside of arrays are in the skeleton. */
  private copied = 0;
  private arrays = 0;
  private documents = 0;
  private depth = 0;
  /** Depth of the array under way, -1 outside. Elements lie one deeper. */
  private arrayDepth = -1;
  private elementStart = -1;
  private isKey = false;
  private isValueOfKey = false;

  constructor(
    private readonly source: Bytes,
    private readonly wanted: Buffer,
    private readonly listener: ScanListener,
    private readonly piece: number,
  ) {
    this.buffer = Buffer.alloc(piece);
  }

  run(): void {
    while (this.at < this.filled || this.fill()) {
      const byte = this.buffer[this.at]!;
      if (byte === QUOTE) {
        this.string();
        continue;
      }
      if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.open(byte);
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.close();
      else if (byte === COLON) this.isValueOfKey = this.isKey;
      else if (byte === COMMA) this.isValueOfKey = false;
      if (byte > 0x20) this.isKey = false;
      this.at += 1;
    }
    this.flush(this.filled);
    if (this.skeleton.some((part) => part.toString("latin1").trim() !== "") || this.documents === 0)
      this.end();
  }

  private string(): void {
    let end = endOfString(this.buffer, this.at, this.filled);
    while (end < 0) {
      // Begins at `at`, which stays.
      if (!this.fill()) {
        this.at = this.filled;
        return;
      }
      end = endOfString(this.buffer, this.at, this.filled);
    }
    if (this.arrayDepth < 0)
      this.isKey =
        end - this.at === this.wanted.length && this.buffer.subarray(this.at, end).equals(this.wanted);
    this.at = end;
  }

  private open(byte: number): void {
    if (this.arrayDepth < 0 && byte === OPEN_ARRAY && this.isValueOfKey) {
      this.flush(this.at);
      this.skeleton.push(Buffer.from(`{"$spans":${this.arrays}}`));
      this.arrayDepth = this.depth;
    } else if (this.arrayDepth >= 0 && this.depth === this.arrayDepth + 1) this.elementStart = this.at;
    this.isValueOfKey = false;
    this.depth += 1;
  }

  private close(): void {
    this.depth -= 1;
    if (this.arrayDepth >= 0) {
      if (this.depth === this.arrayDepth + 1 && this.elementStart >= 0) {
        const bytes = this.buffer.subarray(this.elementStart, this.at + 1);
        this.listener.element(this.arrays, this.base + this.elementStart, bytes);
        this.elementStart = -1;
      } else if (this.depth === this.arrayDepth) {
        this.arrays += 1;
        this.arrayDepth = -1;
        this.copied = this.at + 1;
      }
    } else if (this.depth <= 0) {
      this.flush(this.at + 1);
      this.end();
      this.depth = 0;
    }
  }

  private end(): void {
    this.documents += 1;
    const text = Buffer.concat(this.skeleton).toString("utf8");
    this.skeleton = [];
    this.listener.document(text);
  }

  /** Takes the bytes outside of arrays up to here into the skeleton. */
  private flush(to: number): void {
    if (this.arrayDepth >= 0) return;
    if (to > this.copied) this.skeleton.push(Buffer.from(this.buffer.subarray(this.copied, to)));
    this.copied = to;
  }

  /** Reads more, and lets go of what is no longer needed. False at the end. */
  private fill(): boolean {
    const position = this.base + this.filled;
    if (position >= this.source.size) return false;
    this.listener.progress(position / this.source.size);
    this.flush(this.at);
    const keep = this.elementStart >= 0 ? this.elementStart : this.at;
    this.buffer.copyWithin(0, keep, this.filled);
    this.base += keep;
    this.filled -= keep;
    this.at -= keep;
    this.copied = this.at;
    if (this.elementStart >= 0) this.elementStart = 0;
    if (this.filled + this.piece > this.buffer.length) {
      const larger = Buffer.alloc(2 * (this.filled + this.piece));
      this.buffer.copy(larger, 0, 0, this.filled);
      this.buffer = larger;
    }
    const count = Math.min(this.buffer.length - this.filled, this.source.size - position);
    this.source.read(this.buffer.subarray(this.filled, this.filled + count), position);
    this.filled += count;
    return true;
  }
}

/** Just past the closing quote of the string that begins at `from`; -1 when it does not end before `to`. */
function endOfString(bytes: Buffer, from: number, to: number): number {
  let end = bytes.indexOf(QUOTE, from + 1);
  while (end >= 0 && end < to) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    end = bytes.indexOf(QUOTE, end + 1);
  }
  return -1;
}
