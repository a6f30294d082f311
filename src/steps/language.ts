export type SourceLanguage = "python" | "yaml";

/** The language of a source file by its name; undefined for files that hold no steps. */
export function languageOf(file: string): SourceLanguage | undefined {
  if (/\.pyi?$/i.test(file)) return "python";
  return /\.ya?ml$/i.test(file) ? "yaml" : undefined;
}
