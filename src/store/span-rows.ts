import type { SqlValue } from "../engine/reader.ts";
import { ATTRIBUTE_NUMBERS_SQL, type AttributeNumbers, attributeNumbers } from "./attribute-numbers.ts";
import { KeptTexts } from "./kept-texts.ts";
import { RowHints } from "./row-hints.ts";
import { errorFromAttributes } from "./span-error.ts";
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
  readonly hints: RowHints;
  readonly texts: KeptTexts;
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
    hints: new RowHints(),
    texts: new KeptTexts(),
  };
}

/** Columns of `lens_spans` for {@link appendRow}; the attributes of what failed come after them. */
export const ROW_SQL = `key, span_id, parent_span_id, name, status, start_raw, end_raw, ${ATTRIBUTE_NUMBERS_SQL}`;

/** Adds a row of {@link ROW_SQL}, followed by its attributes where it failed, else NULL. */
export function appendRow(rows: SpanRows, row: readonly SqlValue[]): void {
  const [key, id, parent, name, status, start, end, extracted, attributes] = row;
  appendSpan(rows, {
    key: key as number,
    id: asText(id) ?? "",
    parent: rows.texts.same(asText(parent)),
    name: rows.texts.same(asText(name)) ?? "",
    status: rows.texts.same(asText(status)) ?? "unknown",
    start: asNumber(start) ?? Number.NaN,
    end: asNumber(end) ?? Number.NaN,
    numbers: attributeNumbers(extracted),
    attributes: asText(attributes),
  });
}

/** One span as it is stored; times raw, NaN for what is missing. */
export interface StoredSpan {
  readonly key: number;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number;
  readonly numbers: AttributeNumbers;
  /** Looked at for an error; null when it did not fail. */
  readonly attributes: string | null;
}

export function appendSpan(rows: SpanRows, span: StoredSpan): void {
  const at = rows.keys.length;
  rows.keys.push(span.key);
  rows.ids.push(span.id);
  rows.parents.push(span.parent);
  rows.names.push(span.name);
  rows.statuses.push(span.status);
  rows.starts.push(span.start);
  rows.ends.push(span.end);
  rows.costs.push(span.numbers.cost);
  rows.tokens.push(span.numbers.tokens);
  rows.attempts.push(span.numbers.attempt);
  if (span.attributes === null) return;
  const hint = errorFromAttributes(parseAttributes(span.attributes));
  if (hint) rows.hints.set(at, rows.texts.bounded(hint));
}
