/** Texts of a trace made readable. */

export interface ReadableText {
  readonly text: string;
  readonly language: "json" | "plaintext";
}

// Re-indenting more would hold up the page for longer than anyone wants to wait.
const MOST_PARSED = 2_000_000;

/** A JSON object or array with line breaks and indents; any other text as it is, a JSON string without its quotes. */
export function readable(text: string): ReadableText {
  const head = text.trimStart().charAt(0);
  if (text.length > MOST_PARSED || !(head === "{" || head === "[" || head === '"'))
    return { text, language: "plaintext" };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "string") return { text: value, language: "plaintext" };
    return { text: JSON.stringify(value, null, 2), language: "json" };
  } catch {
    // Not JSON after all, or nested too deeply to write: the text itself says it best.
    return { text, language: "plaintext" };
  }
}
