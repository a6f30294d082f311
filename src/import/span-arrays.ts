/**
 * Finds the arrays of spans in a JSON text without parsing it whole: files of a gigabyte hold more than a string of
 * JavaScript can, and one span at a time is all that has to be in memory.
 */

/** A JSON text whose arrays of spans are out of it. */
export interface SplitJson {
  /** The text with `{"$spans": n}` in place of the n-th array. */
  readonly skeleton: string;
  /** For each array the places of its elements in the bytes: from and to, in turn. */
  readonly arrays: readonly Float64Array[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const COLON = 0x3a;

/** Bytes looked at before other work of the thread gets its turn. */
const SLICE = 4 << 20;

/**
 * @param bytes JSON in UTF-8.
 * @param key Name of the arrays to take out, wherever they stand.
 * @param rest Called between slices with how far it is, 0 to 1; awaited, so that it can let go of the thread or throw.
 */
export async function splitSpans(
  bytes: Uint8Array,
  key: string,
  rest: (fraction: number) => Promise<void>,
): Promise<SplitJson> {
  const wanted = Buffer.from(JSON.stringify(key));
  const skeleton: string[] = [];
  const arrays: Float64Array[] = [];
  let copied = 0;
  /** Depth of the array under way, -1 outside. Elements lie one deeper. */
  let arrayDepth = -1;
  let places: number[] = [];
  let elementStart = -1;
  let depth = 0;
  let keyIsWanted = false;
  let nextRest = SLICE;
  let at = 0;
  while (at < bytes.length) {
    if (at >= nextRest) {
      await rest(at / bytes.length);
      nextRest = at + SLICE;
    }
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      const end = endOfString(bytes, at);
      if (arrayDepth < 0) keyIsWanted = isKey(bytes, at, end, wanted);
      at = end;
      continue;
    }
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      if (arrayDepth < 0 && byte === OPEN_ARRAY && keyIsWanted) {
        skeleton.push(text(bytes, copied, at), `{"$spans":${arrays.length}}`);
        arrayDepth = depth;
        places = [];
        elementStart = -1;
      } else if (arrayDepth >= 0 && depth === arrayDepth + 1) elementStart = at;
      keyIsWanted = false;
      depth += 1;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
      depth -= 1;
      if (arrayDepth >= 0) {
        if (depth === arrayDepth + 1 && elementStart >= 0) {
          places.push(elementStart, at + 1);
          elementStart = -1;
        } else if (depth === arrayDepth) {
          arrays.push(Float64Array.from(places));
          arrayDepth = -1;
          copied = at + 1;
        }
      }
    } else if (byte === COMMA) keyIsWanted = false;
    at += 1;
  }
  skeleton.push(text(bytes, copied, bytes.length));
  return { skeleton: skeleton.join(""), arrays };
}

/** The elements of an array that {@link splitSpans} found, parsed one at a time. Throws `SyntaxError`. */
export function* elementsOf(bytes: Uint8Array, places: Float64Array): Generator<unknown> {
  for (let at = 0; at < places.length; at += 2) yield JSON.parse(text(bytes, places[at]!, places[at + 1]!));
}

function isKey(bytes: Uint8Array, from: number, to: number, wanted: Uint8Array): boolean {
  if (to - from !== wanted.length) return false;
  for (let at = 0; at < wanted.length; at += 1) if (bytes[from + at] !== wanted[at]) return false;
  let next = to;
  while (bytes[next]! <= 0x20) next += 1;
  return bytes[next] === COLON;
}

/** Just past the closing quote of the string that begins at `from`; the end of the text when there is none. */
function endOfString(bytes: Uint8Array, from: number): number {
  let end = bytes.indexOf(QUOTE, from + 1);
  while (end >= 0) {
    let slashes = 0;
    while (bytes[end - 1 - slashes] === BACKSLASH) slashes += 1;
    if (slashes % 2 === 0) return end + 1;
    end = bytes.indexOf(QUOTE, end + 1);
  }
  return bytes.length;
}

function text(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
}
