/**
 * Writes JSON piece by piece and without recursion: a chain of 100,000 spans overflows `JSON.stringify`.
 */

/** Characters that steer or confuse a terminal. JSON may carry any of them as an escape, with the same meaning. */
const UNSAFE = /[\u007F-\u009F\u00AD\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

function jsonString(text: string): string {
  return JSON.stringify(text).replace(
    UNSAFE,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Longer text is written in pieces of so many UTF-16 units. */
const PIECE = 1 << 16;

function* textPieces(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let to = Math.min(text.length, from + PIECE);
    // A pair of surrogates is one character.
    if ((text.charCodeAt(to - 1) & 0xfc00) === 0xd800 && to < text.length) to += 1;
    yield jsonString(text.slice(from, to)).slice(1, -1);
    from = to;
  }
}

type Frame = {
  readonly close: string;
  /** Pieces of a text, or what stands in an array or object. */
  readonly texts?: Iterator<string>;
  readonly items: Iterator<readonly [key: string | undefined, value: unknown]>;
};

/**
 * One JSON value in pieces. Takes what JSON has, plus other iterables (as arrays), so that rows can be shaped one at a time.
 * As `JSON.stringify` does, it leaves out keys whose value is undefined, and writes numbers that JSON lacks as null. Bytes become base64 text.
 */
export function* jsonPieces(value: unknown): Generator<string> {
  const frames: Frame[] = [];
  const first = open(value);
  yield first.text;
  if (first.frame) frames.push(first.frame);
  let separator = "";
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]!;
    const piece = frame.texts?.next();
    if (piece && !piece.done) {
      yield piece.value;
      continue;
    }
    const next = frame.items.next();
    if (next.done) {
      frames.pop();
      separator = ",";
      yield frame.close;
      continue;
    }
    const [key, item] = next.value;
    const opened = open(item);
    yield `${separator}${key === undefined ? "" : `${jsonString(key)}:`}${opened.text}`;
    separator = opened.frame ? "" : ",";
    if (opened.frame) frames.push(opened.frame);
  }
}

function open(value: unknown): { readonly text: string; readonly frame?: Frame } {
  switch (typeof value) {
    case "string":
      if (value.length <= PIECE) return { text: jsonString(value) };
      return { text: '"', frame: { close: '"', texts: textPieces(value), items: [][Symbol.iterator]() } };
    case "number":
      return { text: Number.isFinite(value) ? String(value) : "null" };
    case "boolean":
      return { text: String(value) };
    case "bigint":
      return { text: String(value) };
    case "object":
      break;
    default:
      return { text: "null" };
  }
  if (value === null) return { text: "null" };
  if (value instanceof Uint8Array) return { text: jsonString(Buffer.from(value).toString("base64")) };
  if (Symbol.iterator in value)
    return { text: "[", frame: { close: "]", items: elements(value as Iterable<unknown>) } };
  return { text: "{", frame: { close: "}", items: entries(value) } };
}

function* elements(values: Iterable<unknown>): Generator<readonly [undefined, unknown]> {
  for (const value of values) yield [undefined, value];
}

function* entries(value: object): Generator<readonly [string, unknown]> {
  for (const [key, item] of Object.entries(value)) {
    if (item !== undefined) yield [key, item];
  }
}
