import type { SqlValue } from "../engine/reader.ts";
import { ATTRIBUTE_NUMBERS_SQL, attributeNumbers } from "./attribute-numbers.ts";
import { type ErrorHint, errorFromAttributes } from "./span-error.ts";
import { asNumber, asText, parseAttributes } from "./values.ts";

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

/** Columns of `lens_spans` for {@link appendRow}; the attributes of what failed come after them. */
export const ROW_SQL = `key, span_id, parent_span_id, name, status, start_raw, end_raw, ${ATTRIBUTE_NUMBERS_SQL}`;

/** Adds a row of {@link ROW_SQL}, followed by its attributes where it failed, else NULL. */
export function appendRow(rows: SpanRows, row: readonly SqlValue[]): void {
  const [key, id, parent, name, status, start, end, extracted, attributes] = row;
  const numbers = attributeNumbers(extracted);
  const at = rows.keys.length;
  rows.keys.push(key as number);
  rows.ids.push(asText(id) ?? "");
  rows.parents.push(asText(parent));
  rows.names.push(asText(name) ?? "");
  rows.statuses.push(asText(status) ?? "unknown");
  rows.starts.push(asNumber(start) ?? Number.NaN);
  rows.ends.push(asNumber(end) ?? Number.NaN);
  rows.costs.push(numbers.cost);
  rows.tokens.push(numbers.tokens);
  rows.attempts.push(numbers.attempt);
  const hint = attributes === null ? undefined : errorFromAttributes(parseAttributes(asText(attributes)));
  if (hint) rows.hints.set(at, hint);
}
