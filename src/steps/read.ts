import { blueprintDefinitions } from "./blueprint.ts";
import { type Definition, placed } from "./definition.ts";
import type { SourceLanguage } from "./language.ts";
import { pythonDefinitions } from "./python.ts";

/** The steps and pipelines that a text defines, in order. Never throws: what cannot be read defines nothing. */
export function* definitionsIn(language: SourceLanguage, text: string): Generator<void, Definition[]> {
  try {
    const found = language === "python" ? yield* pythonDefinitions(text) : yield* blueprintDefinitions(text);
    return placed(text, found);
  } catch {
    // Nesting that no parser's stack holds.
    return [];
  }
}

/** Runs to the end without a pause. */
export function readDefinitions(language: SourceLanguage, text: string): Definition[] {
  const reading = definitionsIn(language, text);
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
  }
}

/** Milliseconds of work between two pauses: far below what a person notices. */
const SLICE = 5;

/** Runs to the end in short slices, and waits for `pause` between them. Undefined once `stopped` says so. */
export async function readInSlices(
  language: SourceLanguage,
  text: string,
  pause: () => Promise<void>,
  stopped: () => boolean = () => false,
): Promise<Definition[] | undefined> {
  const reading = definitionsIn(language, text);
  let since = performance.now();
  for (;;) {
    const step = reading.next();
    if (step.done) return step.value;
    if (performance.now() - since < SLICE) continue;
    await pause();
    if (stopped()) return undefined;
    since = performance.now();
  }
}
