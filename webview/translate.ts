/**
 * The page's texts in the language of VS Code. English is the key, as in the extension itself; the panel writes the
 * translations into the page, so that the first thing drawn is in the right language already.
 */
import * as v from "valibot";

/** English text to translated text, both with `{0}`, `{1}`, … where values go. */
export type Translations = Readonly<Record<string, string>>;

const schema = v.record(v.string(), v.string());

/** Reads the translations from the page's element; none when it has none, or when they cannot be read. */
export function readTranslations(json: string | null | undefined): Translations {
  if (!json) return {};
  try {
    const parsed = v.safeParse(schema, JSON.parse(json));
    return parsed.success ? parsed.output : {};
  } catch {
    // English is better than no page.
    return {};
  }
}

/** Puts `values` in place of `{0}`, `{1}`, … in one go: a value that looks like a placeholder stays as it is. */
export function fill(text: string, values: readonly (string | number)[]): string {
  return text.replace(/\{(\d+)\}/g, (placeholder, index) => String(values[Number(index)] ?? placeholder));
}

/** Absent where units that speak are tested without a page. */
declare const document:
  | { querySelector(selector: string): { getAttribute(name: string): string | null } | null }
  | undefined;

const translations = readTranslations(
  typeof document === "undefined"
    ? undefined
    : document.querySelector('meta[name="flujo-lens-texts"]')?.getAttribute("content"),
);

/** An English text in the language of VS Code, with `values` in it. */
export function t(text: string, ...values: readonly (string | number)[]): string {
  return fill(Object.hasOwn(translations, text) ? translations[text]! : text, values);
}
