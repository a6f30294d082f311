/** Filters over a sample's outline, with the language itself and without a store. */
import { compileFilter, type Subject } from "../../../src/filter/compile.ts";
import { parseFilter } from "../../../src/filter/parser.ts";
import type { FilterVocabulary, Outline, OutlineSpan } from "../../../src/protocol/messages.ts";

/** Keys of the spans that a filter takes. */
export function takenBy(filter: string, outline: Outline): number[] {
  const expression = parseFilter(filter);
  const test = expression ? compileFilter(expression, { now: Date.now() / 1000 }) : () => true;
  return outline.spans.filter((span) => test(subjectOf(span))).map(({ key }) => key);
}

export function wordsOf(outline: Outline): FilterVocabulary {
  const distinct = (values: string[]) => [...new Set(values)].slice(0, 30);
  return {
    attributes: ["flujo.step.type", "latency_s"],
    values: {
      status: distinct(outline.spans.map(({ status }) => status)),
      name: distinct(outline.spans.map(({ name }) => name)),
      error_type: distinct(outline.spans.flatMap(({ error }) => error?.type ?? [])),
      "flujo.step.type": ["agent", "tool call"],
    },
  };
}

function subjectOf(span: OutlineSpan): Subject {
  const facts: Record<string, string | number | null | undefined> = {
    name: span.name,
    id: span.span_id,
    duration: span.duration,
    start: span.start_time,
    error: span.error?.message,
    error_type: span.error?.type,
  };
  return {
    known: (key) => (key === "status" ? [span.status, span.state] : [facts[key] ?? []].flat()),
    attribute: () => [],
    texts: () => [span.name, span.span_id, span.error?.type ?? "", span.error?.message ?? ""],
  };
}
