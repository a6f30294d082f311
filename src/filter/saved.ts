/** A filter that was given a name. */
export interface SavedFilter {
  readonly name: string;
  readonly text: string;
}

const MOST_RECENT = 30;
const MOST_SAVED = 200;
const LONGEST_NAME = 100;

/** Reads what was stored, whatever that was; the first of two with the same name counts. */
export function savedFrom(stored: unknown): SavedFilter[] {
  if (!Array.isArray(stored)) return [];
  const found = stored.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { name, text } = entry as Record<string, unknown>;
    return typeof name === "string" && name !== "" && typeof text === "string" && text !== ""
      ? [{ name: name.slice(0, LONGEST_NAME), text }]
      : [];
  });
  return found.filter((one, index) => found.findIndex(({ name }) => name === one.name) === index);
}

/** Reads stored texts, newest first. */
export function recentFrom(stored: unknown): string[] {
  if (!Array.isArray(stored)) return [];
  return stored
    .filter((text): text is string => typeof text === "string" && text !== "")
    .slice(0, MOST_RECENT);
}

/** With a filter of this name: a new one comes last, a known one gets the new text in its place. */
export function withSaved(saved: readonly SavedFilter[], name: string, text: string): SavedFilter[] {
  const one = { name: name.slice(0, LONGEST_NAME), text };
  if (has(saved, one.name)) return saved.map((known) => (known.name === one.name ? one : known));
  return [...saved, one].slice(-MOST_SAVED);
}

/** With `text` in front, where it stands once. */
export function withRecent(recent: readonly string[], text: string): string[] {
  return [text, ...recent.filter((known) => known !== text)].slice(0, MOST_RECENT);
}

function has(saved: readonly SavedFilter[], name: string): boolean {
  return saved.some((known) => known.name === name);
}
