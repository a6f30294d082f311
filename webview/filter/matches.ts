/** Which spans of the outline a filter takes, and what becomes of them: all that drawing needs to know about filters. */
import { withAncestors } from "../timeline/rows.ts";
import type { SpanTable } from "../timeline/span-table.ts";

/** What happens to the spans that a filter takes: shown with their parents alone, shown among all others, or left out. */
export const filterModes = ["only", "highlight", "out"] as const;
export type FilterMode = (typeof filterModes)[number];

export interface Matches {
  /** 1 for each outline index that the filter takes. */
  readonly flags: Uint8Array;
  readonly count: number;
  readonly mode: FilterMode;
}

/** Matches from the keys that the store found. Keys of spans that the outline left out count for nothing. */
export function matchesOf(keys: Float64Array, spans: SpanTable, mode: FilterMode): Matches {
  const flags = new Uint8Array(spans.length);
  let count = 0;
  for (const key of keys) {
    const index = spans.indexOf(key);
    if (index < 0 || flags[index]) continue;
    flags[index] = 1;
    count += 1;
  }
  return { flags, count, mode };
}

/** 1 for each span whose row stays; undefined when all do. Parents of what stays, stay. */
export function keptRows(spans: SpanTable, matches: Matches | undefined): Uint8Array | undefined {
  if (!matches || matches.mode === "highlight") return undefined;
  return withAncestors(
    spans,
    matches.mode === "only" ? matches.flags : matches.flags.map((flag) => 1 - flag),
  );
}

/** 1 for each span that is not dimmed; undefined when none is dimmed. */
export function litRows(matches: Matches | undefined): Uint8Array | undefined {
  if (!matches || matches.mode === "only") return undefined;
  return matches.mode === "highlight" ? matches.flags : matches.flags.map((flag) => 1 - flag);
}
