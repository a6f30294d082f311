/** Which spans of an outline match what the person asked for. */
import type { OutlineSpan } from "../../src/protocol/messages.ts";
import { durationSoFar, type TimeDomain } from "./scale.ts";

/** An empty text means "any". */
export interface SpanFilter {
  /** A value of {@link statusValue}. */
  readonly status: string;
  /** Exact name. */
  readonly name: string;
  /** Looked for in name, span id, error type and message, any case; all words must be there. */
  readonly text: string;
  /** Seconds. */
  readonly minDuration?: number | undefined;
}

export const noFilter: SpanFilter = { status: "", name: "", text: "" };

/** True when the filter lets everything through. */
export function isOpen(filter: SpanFilter): boolean {
  return (
    filter.status === "" &&
    filter.name === "" &&
    filter.text.trim() === "" &&
    filter.minDuration === undefined
  );
}

/** What the status filter compares: the state, or the raw text when the vocabulary does not have it. */
export function statusValue(span: Pick<OutlineSpan, "state" | "status">): string {
  return span.state === "unknown" ? `=${span.status}` : span.state;
}

export interface Matches {
  /** 1 for each matching index. */
  readonly flags: Uint8Array;
  readonly count: number;
}

/** Matches by index; undefined when the filter is open. Unfinished spans last until the end of `domain`. */
export function matchSpans(
  spans: readonly OutlineSpan[],
  filter: SpanFilter,
  domain: TimeDomain | undefined,
): Matches | undefined {
  if (isOpen(filter)) return undefined;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const texts = words.length > 0 ? searchTexts(spans) : [];
  const flags = new Uint8Array(spans.length);
  let count = 0;
  for (let index = 0; index < spans.length; index++) {
    const span = spans[index]!;
    if (filter.status !== "" && statusValue(span) !== filter.status) continue;
    if (filter.name !== "" && span.name !== filter.name) continue;
    if (filter.minDuration !== undefined) {
      const duration = durationSoFar(span, domain);
      if (duration === null || duration < filter.minDuration) continue;
    }
    if (!words.every((word) => texts[index]!.includes(word))) continue;
    flags[index] = 1;
    count += 1;
  }
  return { flags, count };
}

// Made once an outline, so that each typed letter costs a search and nothing more.
const textsOf = new WeakMap<readonly OutlineSpan[], readonly string[]>();

function searchTexts(spans: readonly OutlineSpan[]): readonly string[] {
  const known = textsOf.get(spans);
  if (known) return known;
  const texts = spans.map(({ name, span_id, error }) =>
    `${name}\n${span_id}\n${error?.type ?? ""}\n${error?.message ?? ""}`.toLowerCase(),
  );
  textsOf.set(spans, texts);
  return texts;
}

export interface Choice {
  readonly value: string;
  readonly count: number;
}

/** Distinct values with their counts, most frequent first. */
export function choices(values: Iterable<string>): Choice[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1),
  );
}
