/** Texts of a trace made readable. */
import { parseNested } from "./llm/values.ts";

export interface ReadableText {
  readonly text: string;
  readonly language: "json" | "plaintext";
}

// Re-indenting more would hold up the page for longer than anyone wants to wait.
const MOST_PARSED = 2_000_000;

/**
 * A JSON object or array with line breaks and indents, JSON in its texts unfolded; any other text as it is, a JSON string without
 * its quotes.
 */
export function readable(text: string): ReadableText {
  const head = text.trimStart().charAt(0);
  if (text.length > MOST_PARSED || !(head === "{" || head === "[" || head === '"'))
    return { text, language: "plaintext" };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "string")
      return parseNested(value) ? readable(value) : { text: value, language: "plaintext" };
    return { text: JSON.stringify(unfolded(value, 0), null, 2), language: "json" };
  } catch {
    // Not JSON after all, or nested too deeply to write: the text itself says it best.
    return { text, language: "plaintext" };
  }
}

/** Deeper than this, texts stay texts. */
const MOST_DEPTH = 50;

/** A value with JSON texts inside of it taken for what they say. */
function unfolded(value: unknown, depth: number): unknown {
  if (depth > MOST_DEPTH) return value;
  if (typeof value === "string") {
    const inside = parseNested(value);
    return inside ? unfolded(inside, depth + 1) : value;
  }
  if (Array.isArray(value)) return value.map((entry) => unfolded(entry, depth + 1));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, unfolded(entry, depth + 1)]));
}
