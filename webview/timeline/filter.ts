/** What the spans of an outline have in common, for choosing among them. */
import type { OutlineSpan } from "../../src/protocol/messages.ts";

/** What the status filter compares: the state, or the raw text when the vocabulary does not have it. */
export function statusValue(span: Pick<OutlineSpan, "state" | "status">): string {
  return span.state === "unknown" ? `=${span.status}` : span.state;
}

export interface Choice {
  readonly value: string;
  readonly count: number;
}

/** Distinct values with their counts added up, most frequent first. */
export function choices(counted: Iterable<readonly [value: string, count: number]>): Choice[] {
  const counts = new Map<string, number>();
  for (const [value, count] of counted) counts.set(value, (counts.get(value) ?? 0) + count);
  return Array.from(counts, ([value, count]) => ({ value, count })).sort(
    (a, b) => b.count - a.count || (a.value < b.value ? -1 : 1),
  );
}
