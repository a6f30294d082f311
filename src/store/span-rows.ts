import type { ErrorHint } from "./span-error.ts";

/** The rows of one run's spans, column by column, in row order. Times are raw; NaN stands for what is missing. */
export interface SpanRows {
  readonly keys: number[];
  readonly ids: string[];
  readonly parents: (string | null)[];
  readonly names: string[];
  readonly statuses: string[];
  readonly starts: number[];
  readonly ends: number[];
  readonly costs: number[];
  readonly tokens: number[];
  readonly attempts: number[];
  /** What failed spans say of themselves, by row. */
  readonly hints: Map<number, ErrorHint>;
}

export function emptyRows(): SpanRows {
  return {
    keys: [],
    ids: [],
    parents: [],
    names: [],
    statuses: [],
    starts: [],
    ends: [],
    costs: [],
    tokens: [],
    attempts: [],
    hints: new Map(),
  };
}
