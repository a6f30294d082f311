/** Half of a surrogate pair, which UTF-8 has no bytes for. */
const HALF_PAIR = /\p{Cs}/u;
const MARK = "\0";

/** A text that UTF-8 has bytes for, different for every text; {@link fromUtf8} gives the text back. */
export function forUtf8(text: string): string {
  return text.startsWith(MARK) || HALF_PAIR.test(text) ? MARK + JSON.stringify(text) : text;
}

/** The text that {@link forUtf8} was given. */
export function fromUtf8(text: string): string {
  return text.startsWith(MARK) ? (JSON.parse(text.slice(MARK.length)) as string) : text;
}
