/** Text from traces is hostile. These make it inert and visible; escaping for a markup language is each face's own duty. */

// Control characters (C0, C1), bidirectional overrides and isolates, zero-width characters, line and paragraph separators, byte order mark.
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: making them visible is what this is for.
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFF9-\uFFFB]/g;

/** Shows characters that would hide, reorder or control text as `\u{202E}`. Keeps tabs and line breaks. */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (char) => `\\u{${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}}`,
  );
}

/** One visible line of at most `max` characters, cut with "…". Line breaks and tabs become spaces. */
export function oneLine(text: string, max = 200): string {
  // Nothing past the cut is looked at, so that a value of megabytes costs nothing.
  const head = visible(
    text
      .slice(0, max * 2)
      .replace(/\s+/g, " ")
      .trim(),
  );
  const chars = Array.from(head);
  return chars.length > max || text.length > max * 2 ? `${chars.slice(0, max - 1).join("")}…` : head;
}

/** Cuts after `max` UTF-16 units, never in the middle of a pair, and says how much is missing. */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text;
  const code = text.charCodeAt(max - 1);
  const end = code >= 0xd800 && code <= 0xdbff ? max - 1 : max;
  return `${text.slice(0, end)}… (${(text.length - end).toLocaleString("en-US")} more characters)`;
}
