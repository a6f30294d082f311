import { Doubles } from "../arrays/growing.ts";
import { RareNumbers } from "../arrays/rare-numbers.ts";
import { TextColumn } from "../arrays/text-column.ts";
import type { SqlValue } from "../engine/reader.ts";
import { ATTRIBUTE_NUMBERS_SQL, type AttributeNumbers, attributeNumbers } from "./attribute-numbers.ts";
import { MessageRoom } from "./message-room.ts";
import { RowHints } from "./row-hints.ts";
import { type ErrorHint, errorFromAttributes } from "./span-error.ts";
import { SpanIds } from "./span-ids.ts";
import { asNumber, asText, parseAttributes } from "./values.ts";

/** The rows of one run's spans, column by column, in row order. Times are raw; NaN stands for what is missing. */
export interface SpanRows {
  readonly size: number;
  readonly keys: Float64Array;
  readonly ids: SpanIds;
  readonly names: TextColumn;
  readonly statuses: TextColumn;
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly costs: RareNumbers;
  readonly tokens: RareNumbers;
  readonly attempts: RareNumbers;
  /** What failed spans say of themselves, by row. */
  readonly hints: RowHints;
}

/** Columns of `lens_spans` for {@link RowCollector.addRow}; the attributes of what failed come after them. */
export const ROW_SQL = `key, span_id, parent_span_id, name, status, start_raw, end_raw, ${ATTRIBUTE_NUMBERS_SQL}`;

/** What a span's row says besides its ids; times raw, NaN for what is missing. */
export interface StoredSpan {
  readonly key: number;
  readonly name: string;
  readonly status: string;
  readonly start: number;
  readonly end: number;
  readonly numbers: AttributeNumbers;
  /** Looked at for an error; null when it did not fail. */
  readonly attributes: string | null;
}

/** Gathers {@link SpanRows}. Each row begins with its ids, which go into {@link ids}; then {@link add} takes the rest of it. */
export class RowCollector {
  readonly ids: SpanIds;
  readonly #keys: Doubles;
  readonly #names: TextColumn;
  readonly #statuses: TextColumn;
  readonly #starts: Doubles;
  readonly #ends: Doubles;
  readonly #costs: RareNumbers;
  readonly #tokens: RareNumbers;
  readonly #attempts: RareNumbers;
  readonly #hints = new RowHints();
  readonly #messages = new MessageRoom();

  /** @param expected How many rows will come, as far as it is known. */
  constructor(expected = 16) {
    const room = Math.max(16, expected);
    this.ids = new SpanIds(room);
    this.#keys = new Doubles(room);
    this.#names = new TextColumn(room);
    this.#statuses = new TextColumn(room);
    this.#starts = new Doubles(room);
    this.#ends = new Doubles(room);
    this.#costs = new RareNumbers(room);
    this.#tokens = new RareNumbers(room);
    this.#attempts = new RareNumbers(room);
  }

  get size(): number {
    return this.#keys.length;
  }

  add({ key, name, status, start, end, numbers, attributes }: StoredSpan): void {
    const row = this.size;
    this.#keys.push(key);
    this.#names.push(name);
    this.#statuses.push(status);
    this.#starts.push(start);
    this.#ends.push(end);
    this.#costs.set(row, numbers.cost);
    this.#tokens.set(row, numbers.tokens);
    this.#attempts.set(row, numbers.attempt);
    if (attributes === null) return;
    const hint = errorFromAttributes(parseAttributes(attributes));
    if (hint) this.hint(hint);
  }

  /** Adds a row of {@link ROW_SQL}, followed by its attributes where it failed, else NULL. */
  addRow(row: readonly SqlValue[]): void {
    const [key, id, parent, name, status, start, end, extracted, attributes] = row;
    this.ids.add(asText(id) ?? "", asText(parent));
    this.add({
      key: key as number,
      name: asText(name) ?? "",
      status: asText(status) ?? "unknown",
      start: asNumber(start) ?? Number.NaN,
      end: asNumber(end) ?? Number.NaN,
      numbers: attributeNumbers(extracted),
      attributes: asText(attributes),
    });
  }

  /** What the last row says of its error. */
  hint(hint: ErrorHint): void {
    this.#hints.set(this.size - 1, this.#messages.bounded(hint));
  }

  /** All rows; none can be added any more. */
  finish(): SpanRows {
    const { size } = this;
    this.ids.finish();
    return {
      size,
      keys: this.#keys.values.subarray(0, size),
      ids: this.ids,
      names: this.#names,
      statuses: this.#statuses,
      starts: this.#starts.values.subarray(0, size),
      ends: this.#ends.values.subarray(0, size),
      costs: this.#costs,
      tokens: this.#tokens,
      attempts: this.#attempts,
      hints: this.#hints,
    };
  }
}
