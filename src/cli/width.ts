/** Widths in the cells of a terminal: East Asian wide characters and emoji take two, combining marks none. */

const PLAIN = /^[\u0020-\u007E]*$/;

// Wide and fullwidth blocks of Unicode's EastAsianWidth; wide emoji are caught by their property.
const WIDE =
  /^[\p{Emoji_Presentation}\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\u4DBF\u4E00-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{16FE0}-\u{18DFF}\u{1AFF0}-\u{1B2FF}\u{1F200}-\u{1F2FF}\u{20000}-\u{3FFFD}]/u;

const EMOJI_STYLE = /\uFE0F/;
const NOTHING = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function graphemeWidth(grapheme: string): number {
  if (WIDE.test(grapheme) || EMOJI_STYLE.test(grapheme)) return 2;
  return NOTHING.test(grapheme) ? 0 : 1;
}

/** Cells that `text` takes. It must be one inert line. */
export function displayWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += graphemeWidth(segment);
  return width;
}

/** `text`, cut with "…" when it takes more than `max` cells. */
export function cutTo(text: string, max: number): string {
  if (displayWidth(text) <= max) return text;
  let kept = "";
  let width = 0;
  for (const { segment } of segmenter.segment(text)) {
    width += graphemeWidth(segment);
    if (width > max - 1) break;
    kept += segment;
  }
  return max < 1 ? "" : `${kept}…`;
}

/** Spaces that bring `text` to `width` cells. */
export function padding(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - displayWidth(text)));
}
