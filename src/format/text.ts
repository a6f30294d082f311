/** Text from traces is hostile. These make it inert and visible; escaping for a markup language is each face's own duty. */

/**
 * What would hide, reorder or control text: control characters but for tab and line breaks, a carriage return that ends
 * no line, halves of surrogate pairs, line and paragraph separators, and everything without a shape of its own (marks
 * and overrides of direction, characters without width, fillers, tags and selectors, which smuggle text past the eye).
 * The selectors of text and emoji style stay, and a joiner between two pictographs, because it makes one emoji of them.
 */
const UNSEEN =
  /(?!\u200D|\uFE0E|\uFE0F|[\t\n\r])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB]|\r(?!\n)|(?<!\uFE0F|[\p{Extended_Pictographic}\p{Emoji_Modifier}])\u200D|\u200D(?!\p{Extended_Pictographic})/gu;

/** Shows characters that would hide, reorder or control text as `\u{202E}`. Keeps tabs and line breaks. */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (char) => `\\u{${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}}`,
  );
}

/** Text of which {@link oneLine} changes nothing but its length. */
const PLAIN_LINE = /^[!-~]+(?: [!-~]+)*$/;

/** One visible line of at most `max` characters, cut with "…". Line breaks and tabs become spaces. */
export function oneLine(text: string, max = 200): string {
  if (text.length <= max && PLAIN_LINE.test(text)) return text;
  // Nothing past the cut is looked at, so that a value of megabytes costs nothing.
  const start = wholeStart(text, max * 2);
  const head = visible(start.replace(/\s+/g, " ").trim());
  const chars = Array.from(head);
  return chars.length > max || start.length < text.length ? `${chars.slice(0, max - 1).join("")}…` : head;
}

/** Cuts after `max` UTF-16 units, never in the middle of a pair, and says how much is missing. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const start = wholeStart(text, max);
  return `${start}… (${(text.length - start.length).toLocaleString("en-US")} more characters)`;
}

/** At most `max` UTF-16 units from the start, without half a pair at the end. */
function wholeStart(text: string, max: number): string {
  if (text.length <= max) return text;
  const code = text.charCodeAt(max - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? max - 1 : max);
}
